package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/present"
)

// question is put to callpace by its API and to every peer in the best SQL for
// the same numbers that we know of. Each round asks of other days, so that
// nobody can give an answer that was kept.
type question struct {
	id, title string
	kpis, by  string
	more      url.Values // further words of the API
	days      int
	from      func(round int) time.Time
	sql       string // columns: those of by, then the KPIs
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

var twelve = question{
	id: "kpis", title: "12 KPIs by agent, 30 days",
	kpis: "calls,outbound_calls,inbound_calls,cold_calls,reach_rate,contact_rate,talk_time,handle_time,wrap_time,drop_off_rate,service_level,average_wait",
	by:   "agent", days: 30,
	from: func(round int) time.Time { return day(2026, 9, 1).AddDate(0, 0, -30*(round%20)) }, // no day twice: single days are kept
	sql: `SELECT agent, count(*), {{count "direction = 'outbound'"}}, {{count "direction = 'inbound'"}},
	{{count "direction = 'outbound' AND kind = 'cold'"}},
	{{ratio (count (and "direction = 'outbound'" reached)) (count "direction = 'outbound'")}},
	{{ratio (count (and "direction = 'outbound'" contacted)) (count "direction = 'outbound'")}},
	{{avg "talk_s" reached}}, {{avg "talk_s + hold_s + wrap_s" reached}}, {{avg "wrap_s" reached}},
	{{ratio (count (and reached "kind IN ('cold', 'warm')" "ended_by = 'customer'")) (count (and reached "kind IN ('cold', 'warm')"))}},
	{{ratio (count (and "direction = 'inbound'" reached "wait_s <= 20")) (count (and "direction = 'inbound'" "disposition <> 'UNKNOWN'"))}},
	{{avg "wait_s" (and "direction = 'inbound'" reached)}}
FROM calls WHERE started_at >= '{{.From}}' AND started_at < '{{.To}}' GROUP BY agent`,
}

// The year and the one before it have weeks that begin on the same days.
var trend = question{
	id: "trend", title: "12-month trend by team and week, compared with the 12 months before", kpis: "calls,reach_rate,talk_time", by: "team,week",
	more: url.Values{"compare": {"previous"}}, days: 364,
	from: func(round int) time.Time { return day(2025, 11, 3).AddDate(0, 0, -7*(round%8)) },
	sql: `SELECT team, week, sum(n), {{ratio "sum(hit)" "sum(dialled)"}}, {{ratio "sum(talk)" "sum(talks)"}} FROM (
	SELECT agent, {{week "started_at"}} AS week, count(*) AS n, {{count (and "direction = 'outbound'" reached)}} AS hit,
		{{count "direction = 'outbound'"}} AS dialled, {{sum "talk_s" reached}} AS talk, {{count reached}} AS talks
	FROM calls WHERE started_at >= '{{.Before}}' AND started_at < '{{.To}}' GROUP BY agent, {{week "started_at"}}
) w JOIN roster USING (agent) GROUP BY team, week`,
}

// No two calls to a lead begin in the same second, so the first reached call was
// lost where the first lost one is of the same moment.
var funnel = question{
	id: "funnel", title: "funnel and per-lead KPIs: won, lost, first-call loss, cycle time, touches, a year",
	kpis: "won,lost,win_rate,appointments,first_call_loss_rate,first_call_close_rate,sales_cycle_time,calls_per_lead", days: 365,
	from: func(round int) time.Time { return day(2025, 10, 1).AddDate(0, 0, -round%100) },
	sql: `SELECT {{count (in "won")}}, {{count (and "won IS NULL" (in "lost"))}},
	{{ratio (count (in "won")) (count (or (in "won") (and "won IS NULL" (in "lost"))))}}, {{count (in "appointment")}},
	{{ratio (count (and (in "reached") "lost = reached")) (count (in "reached"))}},
	{{ratio (count (and (in "reached") "won = reached")) (count (in "reached"))}},
	{{avg (seconds "reached" "won") (in "won")}}, {{ratio "sum(outbound)" (count "outbound > 0")}}
FROM (SELECT {{lead}} AS lead_, {{first reached}} AS reached, {{first contacted}} AS contacted, {{first "disposition = 'APPT'"}} AS appointment,
		{{first "disposition = 'SALE'"}} AS won, {{first "disposition = 'LOST'"}} AS lost,
		{{count (and "direction = 'outbound'" (in "started_at"))}} AS outbound
	FROM calls GROUP BY {{lead}}) stories`,
}

var questions = []question{twelve, trend, funnel}

func (q question) values(round int) map[string]string {
	from := q.from(round)
	return map[string]string{"From": from.Format(time.DateTime), "To": from.AddDate(0, 0, q.days).Format(time.DateTime),
		"Before": from.AddDate(0, 0, -q.days).Format(time.DateTime)}
}

// address is the question as the API takes it, with intervals.
func (q question) address(round int) string {
	from := q.from(round)
	v := url.Values{"kpis": {q.kpis}, "from": {from.Format(time.DateOnly)}, "to": {from.AddDate(0, 0, q.days-1).Format(time.DateOnly)}, "intervals": {"true"}}
	if q.by != "" {
		v.Set("by", q.by)
	}
	for name, values := range q.more {
		v[name] = values
	}
	return "/api/v1/kpi?" + v.Encode()
}

// ask puts the question to a peer.
func (q question) ask(ctx context.Context, d dialect, c conn, round int) ([][]string, time.Duration, error) {
	sql, err := d.write(q.sql, q.values(round))
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	rows, err := c.run(ctx, sql)
	return rows, time.Since(began), err
}

// rows are callpace's answer in the form of the SQL's: what a row is compared
// with is a row of its own, of the week so much earlier.
func (q question) rows(a present.Answer) ([][]string, error) {
	var dims []string
	if q.by != "" {
		dims = strings.Split(q.by, ",")
	}
	var rows [][]string
	for _, r := range a.Rows {
		var now, before []string
		for _, d := range dims {
			key := ""
			if r.Key[d] != nil {
				key = *r.Key[d]
			}
			earlier := key
			if d == "week" {
				monday, err := mondayOf(key)
				if err != nil {
					return nil, err
				}
				key, earlier = monday.Format(time.DateOnly), monday.AddDate(0, 0, -q.days).Format(time.DateOnly)
			}
			now, before = append(now, key), append(before, earlier)
		}
		compared := false
		for _, k := range strings.Split(q.kpis, ",") {
			f := r.Figures[k]
			now = append(now, number(f.Value))
			if f.Compared != nil {
				compared = true
				before = append(before, number(f.Compared.Before.Value))
			}
		}
		rows = append(rows, now)
		if compared {
			rows = append(rows, before)
		}
	}
	return rows, nil
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}

// mondayOf gives the first day of a week such as 2026-W47.
func mondayOf(week string) (time.Time, error) {
	var year, n int
	if _, err := fmt.Sscanf(week, "%d-W%d", &year, &n); err != nil {
		return time.Time{}, fmt.Errorf("no week: %q", week)
	}
	fourth := day(year, 1, 4) // is always in week 1
	return fourth.AddDate(0, 0, 7*(n-1)-(int(fourth.Weekday())+6)%7), nil
}
