package letter

import (
	"net/url"

	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/present"
)

// goals says of each running goal what today asks, and how it stands.
func (p *page) goals(r present.Reader, l *morning.Letter, pages string) {
	if len(l.Goals) == 0 {
		return
	}
	p.GoalsTitle = r.Text("morning.goals")
	for _, d := range l.Goals {
		w := present.GoalWords{Reader: r, Report: d.Report}
		actual, target, _ := w.Standing()
		if d.Whole {
			actual, target, _ = w.Of(d.State)
		}
		x := row{Name: name(r.GoalTitle(d.Goal.Goal)), URL: pages + "/goals/" + url.PathEscape(d.Goal.ID),
			Value: r.T("morning.goal_stands", map[string]any{"actual": isolate(actual), "target": isolate(target)}), Verdict: r.Text(d.Status().Key())}
		if d.Known && d.Needed > 0 {
			x.Beside = r.T("morning.goal_today", map[string]any{"needed": isolate(w.Figure(d.Needed))})
		}
		p.Goals = append(p.Goals, x)
	}
}
