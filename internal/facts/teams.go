package facts

import (
	"cmp"
	"slices"
)

// TeamSpan is a time in a team, from a day to the day before another.
type TeamSpan struct {
	Team     string
	From, To int64
}

// Disjoint cuts spans of one agent that overlap, in order of time: where
// several hold, the one that began last does.
func Disjoint(spans []TeamSpan) (out []TeamSpan) {
	var borders []int64
	for _, s := range spans {
		borders = append(borders, s.From, s.To)
	}
	slices.Sort(borders)
	borders = slices.Compact(borders)
	for i := 0; i+1 < len(borders); i++ {
		from, to := borders[i], borders[i+1]
		hold := slices.DeleteFunc(slices.Clone(spans), func(s TeamSpan) bool { return s.From > from || s.To < to })
		if len(hold) == 0 {
			continue
		}
		best := slices.MinFunc(hold, func(a, b TeamSpan) int { return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.Team, b.Team)) })
		if last := len(out) - 1; last >= 0 && out[last].Team == best.Team && out[last].To == from {
			out[last].To = to
			continue
		}
		out = append(out, TeamSpan{best.Team, from, to})
	}
	return out
}
