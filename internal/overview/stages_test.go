package overview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

func rate(x, n float64) kpi.Figure {
	return kpi.Figure{Valid: n > 0, Number: x / n, Num: x, Den: n, Parts: true}
}

// East reaches as many as the others but has far fewer appointments of them;
// what it misses is worth the sales that appointments bring.
func TestWeakest(t *testing.T) {
	columns := []kpi.Column{{Name: "reach_rate", Better: "higher"}, {Name: "appointment_rate", Better: "higher"}}
	row := func(team string, x ...kpi.Figure) kpi.FrameRow { return kpi.FrameRow{Key: []string{team}, Figures: x} }
	f := &kpi.Frame{Dims: []string{"team"}, Columns: columns, Rows: []kpi.FrameRow{
		row("East", rate(300, 1000), rate(20, 1000)),
		row("North", rate(310, 1000), rate(100, 1000)),
		row("West", rate(290, 1000), rate(100, 1000)),
	}}
	whole := &kpi.Frame{Rows: []kpi.FrameRow{row("", rate(900, 3000), rate(220, 3000), kpi.Figure{Valid: true, Number: 110})}}

	marks := overview.Marks(f)
	require.NotNil(t, marks[0][1])
	require.False(t, marks[0][1].Good)
	require.Nil(t, marks[0][0])
	require.True(t, marks[1][1].Good, "the others stand out for the better, once East is among their others")

	worst, ok := overview.Weakest(f, whole, "")
	require.True(t, ok)
	require.Equal(t, "East", worst.Of)
	require.Equal(t, "appointment_rate", worst.KPI)
	require.InDelta(t, 80, worst.Missed(), 1e-9) // 100 of 1,000 among the others
	require.InDelta(t, 40, worst.Sales, 1e-9)    // 110 sales of 220 appointments
	_, ok = overview.Weakest(f, whole, "North")
	require.False(t, ok)
	require.NotEqual(t, worst.Key(), overview.FindingKey("appointment_rate", "team", "West", ""))
}

func TestCompareWithTeam(t *testing.T) {
	columns := []kpi.Column{
		{Name: "calls", Kind: kpi.KindCount, Better: "higher"},
		{Name: "reach_rate", Kind: kpi.KindProportion, Better: "higher"},
		{Name: "talk_time", Kind: kpi.KindMean, Better: "higher"},
		{Name: "revenue", Kind: kpi.KindSum, Better: "higher"},
	}
	ranged := func(v, low, high float64) kpi.Figure {
		return kpi.Figure{Valid: true, Number: v, Low: low, High: high, Interval: true}
	}
	own := []kpi.Figure{ranged(100, 80, 120), rate(10, 200), ranged(60, 50, 70), {}}
	others := []kpi.Figure{ranged(800, 720, 880), rate(400, 2000), ranged(64, 61, 67), ranged(10, 5, 15)}
	b := overview.Compare(columns, own, others, 4)

	require.Equal(t, 200.0, b[0].Others.Number, "by head")
	require.Equal(t, -100.0, b[0].Diff)
	require.True(t, b[0].Beyond && !b[0].Good)
	require.True(t, b[1].Beyond && !b[1].Good, "5 % of 200 against 20 %")
	require.True(t, b[2].Judged && !b[2].Beyond, "four seconds within ten")
	require.False(t, b[3].Valid, "no data is nothing to compare")
}
