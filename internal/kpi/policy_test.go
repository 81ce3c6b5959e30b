package kpi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// waits are inbound calls answered after 10, 25 and 40 seconds, in May and in June.
func waits(t *testing.T) kpi.Engine {
	b := &facts.Batch{}
	rows := b.Rows(facts.Calls)
	clock := facts.NewClock(time.UTC)
	for _, month := range []time.Month{time.May, time.June} {
		for _, wait := range []int64{10, 25, 40} {
			r := rows.Add(0)
			rows.SetMoment(r, facts.Calls.Col("started_at"), clock.DayMoment(2026, month, 5))
			rows.SetText(r, facts.Calls.Col("direction"), "inbound")
			rows.SetText(r, facts.Calls.Col("outcome"), "answered")
			rows.SetInt(r, facts.Calls.Col("reached"), 1)
			rows.SetInt(r, facts.Calls.Col("wait_seconds"), wait*1000)
		}
	}
	return naive.New(b, kpitest.Calendar, kpitest.Currency)
}

// The settings in force on the last day of the period make the figure, and a
// period that spans a change says so.
func TestSettingsByDate(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	var p kpi.Policy
	set := func(name, value, from string) {
		d, err := c.Find("service_level")
		require.NoError(t, err)
		x, err := c.Setting(d, name, value)
		require.NoError(t, err)
		x.From = from
		p = p.With(x)
	}
	set("threshold", "50", "2026-06-01")
	set("threshold", "30", "2026-06-01") // said again
	set("threshold", "default", "2026-07-01")
	text, err := json.Marshal(p)
	require.NoError(t, err)
	require.JSONEq(t, `{"kpi_settings": [{"kpi": "service_level", "name": "threshold", "value": "30", "from": "2026-06-01"},
		{"kpi": "service_level", "name": "threshold", "value": "default", "from": "2026-07-01"}]}`, string(text))

	e := waits(t)
	f := func(name, period string, pinned string, want string) {
		t.Helper()
		q := query(period, name)
		q.Policy = p
		if pinned != "" {
			day := query(pinned, name).Period.From
			q.AsOf = &day
		}
		frame, err := c.Run(context.Background(), e, q)
		require.NoError(t, err)
		x := frame.Rows[0].Figures[0]
		require.Equal(t, want, fmt.Sprintf("%v/%v %s %v %d", x.Num, x.Den, frame.Columns[0].Variant, x.Marks, len(frame.Columns[0].Changes)))
	}
	f("service_level", "2026-05", "", "1/3 20s [small] 0")
	f("service_level", "2026-06", "", "2/3 30s [small] 0")
	f("service_level", "2026-05-15..2026-06-30", "", "2/3 30s [small redefined] 1")
	f("service_level", "2026-Q2", "", "4/6 30s [small redefined] 1")
	f("service_level", "2026", "", "2/6 20s [small redefined] 2")
	f("service_level", "", "", "2/6 20s [small redefined] 2")
	f("service_level:40s", "2026-Q2", "", "6/6 40s [small] 0") // said in its name
	f("service_level:20s", "2026-06", "", "1/3 20s [small] 0")
	f("service_level:xcally", "2026-Q2", "", "4/6 xcally [small redefined] 1")
	f("service_level", "2026-Q2", "2026-05-31", "2/6 20s [small] 0") // a goal's own
	f("reach_rate", "2026-Q2", "", "0/0  [] 0")
	set("threshold", "12.5", "")
	f("service_level", "2026-05", "", "1/3 12.5s [small] 0")

	x, err := c.ExplainFor("service_level", kpi.Query{Policy: p, Now: kpitest.Now})
	require.NoError(t, err)
	require.Len(t, x.History, 3)
	require.Equal(t, "20", kpi.SettingText(x.Settings["threshold"]))
}

func TestSettingsAreChecked(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	f := func(id, name, value, key string) {
		t.Helper()
		d, err := c.Find(id)
		require.NoError(t, err)
		_, err = c.Setting(d, name, value)
		if key == "" {
			require.NoError(t, err)
			return
		}
		require.ErrorContains(t, err, key)
	}
	f("service_level", "threshold", "30", "")
	f("service_level", "threshold", "30.5", "")
	f("service_level", "threshold", "-1", "kpi.setting.bad_number")
	f("service_level", "threshold", "many", "kpi.setting.bad_number")
	f("service_level", "threshold", "86401", "kpi.setting.bad_number")
	f("service_level", "treshold", "30", "nearest=threshold")
	f("sales", "threshold", "30", "kpi.setting.none")
	f("first_contact_resolution", "days", "7.5", "kpi.setting.bad_number")
	f("first_contact_resolution", "days", "14", "")
	f("premature_loss_rate", "min_tries", "0", "kpi.setting.bad_number")
	f("drop_off_rate", "pitch_kinds", "cold, follow_up", "")
	f("non_selling_share", "states", "admin,lunch", "kpi.setting.bad_word")
	f("non_selling_share", "states", "default", "")
}

// Every number that the catalogue ships is one that a user may set.
func TestDefaultsKeepTheRules(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	n := 0
	for _, d := range c.Defs() {
		for name, value := range c.SettingsOf(d) {
			_, err := c.ParseSetting(d, name, value)
			require.NoError(t, err, d.ID)
			n++
		}
	}
	require.Greater(t, n, 8)
}

// A condition on a column that one of the KPIs lacks names both, and those
// that have it.
func TestConditionOfAnotherFact(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	f := func(where, want string, names ...string) {
		t.Helper()
		q := query("2026-10", names...)
		q.Where = []string{where}
		_, err := c.Plan(context.Background(), engine(t), q)
		require.EqualError(t, err, want)
	}
	f("talk_seconds > 60", "kpi.column_not_of_fact able=calls, reach_rate column=talk_seconds fact=orders kpi=sales", "calls", "sales", "reach_rate")
	q := query("2026-10", "sales")
	q.Where = []string{"planned_seconds > 60"} // no KPI is about schedules
	_, err = c.Plan(context.Background(), engine(t), q)
	require.ErrorContains(t, err, "kpi.column_of_none")
}
