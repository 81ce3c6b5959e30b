package track_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
)

func rate(t *testing.T, text string) *plan.Rate {
	t.Helper()
	r, err := track.ParseRate(text)
	require.NoError(t, err)
	return &r
}

// The seed's worked figures, from what is typed.
func TestWorkedFigures(t *testing.T) {
	f := func(a track.Ask, calls, sure, day, sureDay int64) track.Planned {
		t.Helper()
		p, err := a.Solve()
		require.NoError(t, err)
		b := p.Plan.Begin
		require.Equal(t, []int64{calls, sure, day, sureDay}, []int64{b.Expected, b.Sure, b.ExpectedPerDay, b.SurePerDay})
		return p
	}
	sales := track.Ask{Unit: track.Sales, Target: 50, Days: 21}
	sales.Rates.Close = rate(t, "5%")
	f(sales, 1000, 1114, 48, 54)

	sales.Rates = track.Rates{Appointment: rate(t, "15 %"), Close: rate(t, "1/3")}
	p := f(sales, 1000, 1114, 48, 54)
	require.Equal(t, int64(150), p.Plan.Steps[1].Number)
	require.Equal(t, "6.7", p.Ratios()[0].Args["count"].(callpace.Amount).String())
	sales.Rates.Appointment = rate(t, "0,20")
	f(sales, 750, 835, 36, 40)

	contacts := track.Ask{Unit: track.Contacts, Target: 1000, PerHour: 25, Hours: 6.4}
	contacts.Rates.Contact = rate(t, "35%")
	p = f(contacts, 2858, 2918, 0, 0)
	require.InDelta(t, 17.9, p.Load.AgentDays, 0.05) // 18 agent-days
}

func TestAsksWithoutAWay(t *testing.T) {
	f := func(a track.Ask, key string) {
		t.Helper()
		_, err := a.Solve()
		require.ErrorContains(t, err, key)
		require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
	}
	f(track.Ask{Unit: track.Sales, Target: 50}, "plan.rate_missing")
	f(track.Ask{Unit: track.Sales, Rates: track.Rates{Close: rate(t, "5%")}}, "plan.no_target")
	f(track.Ask{Unit: track.Sales, Target: 50, Rates: track.Rates{Close: rate(t, "0%")}}, "plan.no_way")
	for _, text := range []string{"", "x", "101%", "1.5", "-5%", "1/0", "3/2", "5%%"} {
		_, err := track.ParseRate(text)
		require.Equal(t, callpace.Invalid, callpace.CodeOf(err), text)
	}
}
