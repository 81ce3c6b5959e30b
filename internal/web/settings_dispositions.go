package web

import (
	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/question"
)

// dispositionsPage shows what sources' dispositions became, and how many of
// them nobody has mapped.
type dispositionsPage struct {
	shell
	Tabs    []choice
	Sources []dispositionSource
	Files   grid // of all sources
	Empty   *empty
}

type dispositionSource struct {
	Name, Calls, Unknown string
	Some                 bool // that are unknown
	Rows                 []dispositionRow
}

// dispositionRow is one outcome with how many calls have it, and what it means.
type dispositionRow struct {
	Outcome, Calls, Share string
	Reached, Contacted    bool
	Unknown               bool
}

func (r *request) dispositions() error {
	s, tabs := r.settingsShell("dispositions")
	p := dispositionsPage{shell: s, Tabs: tabs}
	w := question.Words{KPIs: []string{"calls"}, By: []string{"source", "outcome"}, Sort: "-calls"}
	f, _, err := r.ask(w)
	if err != nil && callpace.CodeOf(err) != callpace.Invalid {
		return err
	}
	if err != nil || len(f.Rows) == 0 {
		p.Empty = r.nothingYet()
		return r.page("settings_dispositions", p)
	}
	p.Files = r.namedGrid("dispositions", "settings.dispositions")
	p.Files.Files = r.offerFrame(r.view(), p.Files.ID, p.Files.Caption, f, false)
	totals, unknown := map[string]float64{}, map[string]float64{}
	for _, row := range f.Rows {
		totals[row.Key[0]] += row.Figures[0].Number
		if row.Key[1] == "" || row.Key[1] == string(callpace.Unknown) {
			unknown[row.Key[0]] += row.Figures[0].Number
		}
	}
	for _, name := range sortedKeys(totals) {
		x := dispositionSource{Name: name, Calls: r.reader.Int(int64(totals[name])), Unknown: r.reader.Percent(unknown[name]/totals[name], 1), Some: unknown[name] > 0}
		for _, row := range f.Rows {
			if row.Key[0] != name {
				continue
			}
			outcome := callpace.Outcome(row.Key[1])
			flags, known := callpace.FlagsOf(outcome)
			x.Rows = append(x.Rows, dispositionRow{Outcome: r.place("outcome", row.Key[1]), Calls: r.reader.Int(int64(row.Figures[0].Number)), Share: r.reader.Percent(row.Figures[0].Number/totals[name], 1),
				Reached: flags.Human, Contacted: flags.RightParty, Unknown: !known || outcome == callpace.Unknown})
		}
		p.Sources = append(p.Sources, x)
	}
	return r.page("settings_dispositions", p)
}
