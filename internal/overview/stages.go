package overview

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/stats"
)

// Mark tells that a part's rate in a column of a frame differs from that of
// the others by more than chance explains, when all that stand beside it are
// looked at too (see stats.BenjaminiHochberg).
type Mark struct {
	Finding
	Good bool
}

// Marks gives the marks of a frame by one dimension (or by one among whose
// values the parts of the next are compared): by row and column, nil for none.
func Marks(f *kpi.Frame) [][]*Mark {
	out := make([][]*Mark, len(f.Rows))
	for i := range out {
		out[i] = make([]*Mark, len(f.Columns))
	}
	at := map[string]int{}
	for i, row := range f.Rows {
		at[strings.Join(row.Key, "\x00")] = i
	}
	var all []Finding
	var columns []int
	var p []float64
	for i := range f.Columns {
		for _, x := range compare(f, i) {
			all, columns, p = append(all, x), append(columns, i), append(p, x.P)
		}
	}
	for i, marked := range stats.BenjaminiHochberg(p, falseShare) {
		if !marked {
			continue
		}
		key := all[i].Of
		if len(f.Dims) > 1 {
			key = all[i].Among + "\x00" + key
		}
		own, _ := all[i].Own.Value()
		others, _ := all[i].Others.Value()
		out[at[key]][columns[i]] = &Mark{all[i], (all[i].better == "lower") == (own < others)}
	}
	return out
}

// Loss is a stage at which a part falls behind the others, with what that
// costs at the end of the funnel.
type Loss struct {
	Finding
	Sales float64 // that would have come more at the others' rate
}

// Weakest gives the stage and part that cost most sales, of those that fall
// behind by more than chance explains; ok is false where none does. of names
// the part that is looked at, "" any. All that
// is missed at a stage is taken to sell as often as what passed it: whole is
// the frame of all parts together, with the columns of f and, last, the sales.
func Weakest(f, whole *kpi.Frame, of string) (worst Loss, ok bool) {
	if len(whole.Rows) == 0 {
		return Loss{}, false
	}
	figures := whole.Rows[0].Figures
	sales := figures[len(figures)-1]
	for _, row := range Marks(f) {
		for i, m := range row {
			if m == nil || m.Good || of != "" && m.Of != of || figures[i].Num <= 0 {
				continue
			}
			if l := (Loss{m.Finding, m.Missed() * sales.Number / figures[i].Num}); !ok || l.Sales > worst.Sales {
				worst, ok = l, true
			}
		}
	}
	return worst, ok
}

// Key names a finding for notes about it.
func (f Finding) Key() string { return FindingKey(f.KPI, f.By, f.Of, f.Among) }

// FindingKey is the name of the finding about a KPI of a part, among the others
// of a campaign ("": among all).
func FindingKey(kpi, by, of, among string) string {
	parts := []string{kpi, of, among}
	if by != "agent" && by != "team" { // people stand without their kind, as they always did
		parts = append(parts, by)
	}
	return "finding:" + strings.Join(parts, "\x1f")
}

// About gives the findings of a frame by campaign and agent that are about one
// agent, the clearest first.
func About(f *kpi.Frame, agent string) []Finding {
	return slices.DeleteFunc(behind(f), func(x Finding) bool { return x.Of != agent })
}

// Behind counts the findings of a frame by campaign and agent for each agent.
func Behind(f *kpi.Frame) map[string]int {
	out := map[string]int{}
	for _, x := range behind(f) {
		out[x.Of]++
	}
	return out
}
