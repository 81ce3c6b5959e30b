package track

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/kpi"
)

// How far back a forecast looks: half a year of the scope and its peers, two
// years of the company, whose seasons are borrowed.
const (
	ownDays     = 26 * 7
	companyDays = 2 * 366
	mostPeers   = 40
	mostBlocks  = 12 // periods that are asked for one by one; see exact
)

// orders names the KPI that counts what a sum of money is made of.
var orders = map[string]string{"revenue": "sales", "gross_revenue": "gross_sales"}

// kindOf tells how a KPI is forecast; "" is for what is neither sum nor ratio.
func kindOf(e *kpi.Explanation) forecast.Kind {
	switch e.Kind {
	case kpi.KindCount:
		return forecast.Count
	case kpi.KindSum:
		if orders[e.Def.ID] != "" {
			return forecast.Money
		}
		return forecast.Count
	case kpi.KindProportion:
		return forecast.Rate
	case kpi.KindRatio, kpi.KindMean:
		return forecast.Mean
	}
	return ""
}

func additive(k forecast.Kind) bool { return k == forecast.Count || k == forecast.Money }

// source is a KPI over some rows, by day.
type source struct {
	kpi   string
	kind  forecast.Kind
	where []string
	by    string // agent, team, or empty for all rows together
}

// blank are the days of a range, without what happened on them. Weekends are
// staffed like other days: which days are selling days is learned.
func (d Desk) blank(r calendar.Range) []forecast.Day {
	out := make([]forecast.Day, 0, max(0, r.Days()))
	for day := r.From; day < r.To; day++ {
		share, name := d.Working.Day(day)
		if name.Key == "workdays.free" {
			share = 1
		}
		year, month, _ := d.cal().Date(day)
		out = append(out, forecast.Day{Weekday: facts.DateOf(day).Weekday(), Cycle: year, Season: month - 1, Staffed: share})
	}
	return out
}

// days gives what happened on each day, by key; without a dimension under "".
func (d Desk) days(ctx context.Context, s source, r calendar.Range) (map[string][]forecast.Day, error) {
	out := map[string][]forecast.Day{}
	if r.Days() <= 0 {
		return out, nil
	}
	kpis, by := []string{s.kpi}, []string{"day"}
	if s.kind == forecast.Money {
		kpis = append(kpis, orders[s.kpi])
	}
	if s.by != "" {
		by = append(by, s.by)
	}
	f, err := d.ask(ctx, r, s.where, by, false, kpis...)
	if err != nil {
		return nil, err
	}
	place := d.places(r)
	if s.by == "" {
		out[""] = d.blank(r)
	}
	for _, row := range f.Rows {
		at, ok := place[row.Key[0]]
		key := ""
		if s.by != "" {
			if key = row.Key[1]; key == "" {
				continue
			}
		}
		if !ok {
			continue
		}
		if out[key] == nil {
			out[key] = d.blank(r)
		}
		day := &out[key][at]
		day.N, day.X = s.counts(row.Figures)
	}
	return out, nil
}

// places maps the keys of days to their place in a range.
func (d Desk) places(r calendar.Range) map[string]int64 {
	out := make(map[string]int64, max(0, r.Days()))
	for day := r.From; day < r.To; day++ {
		out[d.cal().Key(calendar.Day, day)] = day - r.From
	}
	return out
}

// counts reads N and X of a figure (see forecast.Day).
func (s source) counts(x []kpi.Figure) (n, sum float64) {
	switch s.kind {
	case forecast.Count:
		return x[0].Number, 0
	case forecast.Money:
		return x[1].Number, x[0].Number
	}
	return x[0].Den, x[0].Num
}

// exact makes the days of each block sum to what the KPI itself says of the
// block: "leads contacted in a period" are fewer than those of its days
// summed up, and a lead contacted on Monday is won on Friday. Blocks run
// backward; days before the last one are cut off by the caller's from.
func (d Desk) exact(ctx context.Context, s source, days map[string][]forecast.Day, r calendar.Range, blocks []calendar.Range) error {
	if additive(s.kind) {
		return nil
	}
	for i, b := range blocks {
		f, err := d.ask(ctx, b, s.where, dims(s.by), false, s.kpi)
		if err != nil {
			return err
		}
		same := true
		for _, row := range f.Rows {
			key := ""
			if s.by != "" {
				key = row.Key[0]
			}
			all := days[key]
			if all == nil {
				continue
			}
			n, x := s.counts(row.Figures)
			same = scale(all[b.From-r.From:b.To-r.From], n, x) && same
		}
		if same && i == 1 {
			return nil // the KPI's days add up: no need to ask for the others
		}
	}
	return nil
}

func dims(by string) []string {
	if by == "" {
		return nil
	}
	return []string{by}
}

// scale makes days sum to n and x; same tells that they did.
func scale(days []forecast.Day, n, x float64) (same bool) {
	var sn, sx float64
	for _, d := range days {
		sn, sx = sn+d.N, sx+d.X
	}
	if math.Abs(sn-n) <= 1e-6*math.Abs(n) && math.Abs(sx-x) <= 1e-6*math.Abs(x) {
		return true
	}
	for i := range days {
		before := days[i].N
		if sn > 0 {
			days[i].N *= n / sn
		}
		switch {
		case sx > 0:
			days[i].X *= x / sx
		case sn > 0:
			days[i].X = x * before / sn
		}
	}
	return false
}

// blocksOf lays blocks of a length before a day, the latest first, as many as
// a range holds, and the running one.
func blocksOf(r calendar.Range, before, length int64) []calendar.Range {
	var out []calendar.Range
	if before < r.To {
		out = append(out, calendar.Range{From: max(before, r.From), To: r.To})
	}
	for to := min(before, r.To); to-length >= r.From && len(out) < mostBlocks; to -= length {
		out = append(out, calendar.Range{From: to - length, To: to})
	}
	return out
}

// lastDay is the latest day of which the company's data know anything.
func (d Desk) lastDay(ctx context.Context) (int64, error) {
	r := calendar.Range{From: d.Today - 60, To: d.Today + 1}
	rows, err := d.lenient(ctx, r, nil, []string{"day"}, "calls")
	if err != nil {
		return 0, err
	}
	last := ""
	for _, row := range rows {
		if row.figures[0].Number > 0 {
			last = max(last, row.key[0])
		}
	}
	for day := r.From; day < r.To; day++ {
		if d.cal().Key(calendar.Day, day) == last {
			return day, nil
		}
	}
	return d.Today - 1, nil
}

// over is how much of a usual day's calls come before the hour that it is now.
func (d Desk) over(ctx context.Context) (float64, error) {
	f, err := d.ask(ctx, calendar.Range{From: d.Today - 28, To: d.Today}, nil, []string{"hour"}, false, "calls")
	if code := callpace.CodeOf(err); code == callpace.Invalid || code == callpace.Unsupported {
		return 1, nil
	} else if err != nil {
		return 0, err
	}
	var before, all float64
	now := float64(d.Base.Now.Hour()) + float64(d.Base.Now.Minute())/60
	for _, row := range f.Rows {
		hour, err := strconv.Atoi(row.Key[0])
		if err != nil {
			continue
		}
		n := row.Figures[0].Number
		all += n
		before += n * math.Min(1, math.Max(0, now-float64(hour)))
	}
	if all == 0 {
		return 1, nil
	}
	return before / all, nil
}

// busiest lists the keys with the most N, for peers; ties by name.
func busiest(days map[string][]forecast.Day, but string) []string {
	sum := map[string]float64{}
	var keys []string
	for k, list := range days {
		if k == but {
			continue
		}
		keys = append(keys, k)
		for _, d := range list {
			sum[k] += d.N
		}
	}
	slices.Sort(keys)
	slices.SortStableFunc(keys, func(a, b string) int {
		switch {
		case sum[a] > sum[b]:
			return -1
		case sum[a] < sum[b]:
			return 1
		}
		return 0
	})
	return keys[:min(len(keys), mostPeers)]
}
