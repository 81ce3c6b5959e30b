package web

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// planPage works a number back along a chain of KPIs to what each working day
// asks for, and says what another rate would change.
type planPage struct {
	shell
	Numbers []planInput
	Rates   []slider
	Teams   []choice
	Chain   string   // as it was asked for
	Chains  []choice // that were written down: name and text
	Open    bool
	Fault   string
	Plan    *planView
	Define  bool // the reader may write chains down
}

// planInput is one number that is typed.
type planInput struct{ Name, Label, Value string }

// planView is a plan as a page shows it.
type planView struct {
	Steps                  grid
	Notes                  []string
	Tried                  []string // what the rates that were moved change
	Worth                  []string // ranked
	WorthTitle             string
	Expect, Sure           string // of a day, said large
	ExpectLabel, SureLabel string
}

// ratePrefix is that of the fields of rates; the unit to which they lead follows.
const ratePrefix = "rate."

// planWords reads what is asked for.
func planWords(v view) goals.PlanWords {
	number := func(name string) float64 {
		x, err := strconv.ParseFloat(strings.ReplaceAll(plainDigits(v.get(name)), ",", "."), 64)
		if err != nil || !(x >= 0 && x < 1e9) {
			return 0
		}
		return x
	}
	w := goals.PlanWords{Chain: v.get("chain"), Target: number("target"), Done: number("done"), Open: v.get("open") != "", Days: int(math.Min(number("days"), 10_000)), Rates: map[string]string{},
		PerHour: number("per_hour"), Hours: number("hours"), Agents: number("agents")}
	if w.Target == 0 {
		w.Target = 50
	}
	if team := v.get("team"); team != "" {
		w.Where = []string{question.Equal("team", team)}
	}
	for name := range v.values {
		unit, ok := strings.CutPrefix(name, ratePrefix)
		text := plainDigits(strings.TrimSpace(v.get(name)))
		if !ok || text == "" {
			continue
		}
		if !strings.ContainsAny(text, "/%٪") { // a slider's
			text += "%"
		}
		w.Rates[unit] = text
	}
	return w
}

func (r *request) plan() error {
	page := planPage{shell: r.shell("nav.plan", "plan")}
	page.Notices = r.done("plan")
	v := r.view()
	w := planWords(v)
	w.Shown = func(rate plan.Rate) string { return dial(&rate, rate).Value + "%" }
	page.Chain, page.Open, page.Define = v.get("chain"), w.Open, r.who.May(auth.DefineKPIs)
	err := r.bookOf(r.asker(), func(b goalBook) error {
		known, err := b.Chains(r.Context())
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(known)) {
			page.Chains = append(page.Chains, choice{Label: name, URL: known[name], Selected: name == w.Chain})
		}
		p, err := b.Plan(r.Context(), w)
		if err != nil && callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		r.fillPlan(&page, w, p)
		if err != nil {
			page.Fault = r.reader.Error(err)
			return nil
		}
		page.Plan = r.planView(p.Planned)
		for _, t := range p.Tried {
			page.Plan.Tried = append(page.Plan.Tried, r.worthText(p.Planned, t))
		}
		return nil
	})
	if err != nil {
		return err
	}
	teams, err := r.valuesOf("team")
	if err != nil {
		return err
	}
	page.Teams = []choice{{Label: r.reader.Text("web.all"), Selected: v.get("team") == ""}}
	for _, t := range teams {
		page.Teams = append(page.Teams, choice{Label: t, URL: t, Selected: t == v.get("team")})
	}
	return r.page("plan", page)
}

// worthText says what another rate changes.
func (r *request) worthText(p track.Planned, w plan.Worth) string {
	args := map[string]any{"stage": goal.Print(r.reader, p.RateLabel(w.Stage)), "from": r.ratio(w.From), "to": r.ratio(w.To), "count": w.Saves}
	if w.Saves < 0 {
		args["count"] = -w.Saves
		return r.reader.T("plan.costs", args)
	}
	return r.reader.T("plan.worth", args)
}

// fillPlan shows what was asked for, and what history knows where nothing was.
func (r *request) fillPlan(page *planPage, w goals.PlanWords, p goals.Asked) {
	a := p.Ask
	for _, n := range []struct {
		name  string
		value float64
	}{{"target", w.Target}, {"done", w.Done}, {"days", float64(a.Days)}, {"agents", a.Agents}, {"per_hour", a.PerHour}, {"hours", a.Hours}} {
		page.Numbers = append(page.Numbers, planInput{Name: n.name, Label: r.reader.Text("plan.input." + n.name), Value: strconv.FormatFloat(math.Round(n.value*10)/10, 'f', -1, 64)})
	}
	for i, u := range p.Along {
		rate := u.Rate
		if text := w.Rates[u.Name]; text != "" {
			if given, err := track.ParseRate(text); err == nil {
				rate = &given
			}
		}
		if i == 0 || rate == nil {
			continue // a stage that the data do not know
		}
		label := p.Along.RateLabel(r.defs, plan.Stage{From: p.Along[i-1].Name, To: u.Name})
		in := dial(u.Rate, *rate)
		in.ID, in.Name, in.Label = "r-"+strconv.Itoa(i), ratePrefix+u.Name, goal.Print(r.reader, label)
		value, _ := rate.Value()
		in.Text = r.ratio(value)
		if u.Rate != nil {
			in.Hint = r.reader.T("plan.own", map[string]any{"rate": r.rateText(*u.Rate)})
		}
		page.Rates = append(page.Rates, in)
	}
}

// fineness is how many decimals a rate takes in per cent: small ones differ in further places.
func fineness(rate float64) (decimals int) {
	decimals = 1
	for ; rate > 0 && rate < 0.01 && decimals < 4; rate *= 10 {
		decimals++
	}
	return decimals
}

// ratio writes a rate as finely as it has to be.
func (r *request) ratio(rate float64) string { return r.reader.Percent(rate, fineness(rate)) }

// dial is a slider of a rate, in per cent, in steps and up to an end that suit
// the measured one (nil: none).
func dial(measured *plan.Rate, at plan.Rate) slider {
	if measured == nil {
		measured = &at
	}
	begin, _ := measured.Value()
	value, _ := at.Value()
	decimals := fineness(begin)
	scale, end := math.Pow10(decimals), math.Pow10(3-decimals) // 100 in steps of 0.1, 10 in steps of 0.01
	plain := func(x float64) string { return strconv.FormatFloat(math.Round(x*scale)/scale, 'f', -1, 64) }
	if 100*value > end {
		end = 100
	}
	return slider{Value: plain(math.Max(100*value, 1/scale)), Min: plain(1 / scale), Max: plain(end), Step: plain(1 / scale), Unit: "%"}
}

// takeChain writes a chain down under a name; without a text it is taken away.
func (r *request) takeChain() error {
	name, text := strings.TrimSpace(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("chain"))
	if name == "" || len(name) > 60 || len(text) > 500 {
		return callpace.E(callpace.Invalid, "plan.name_chain")
	}
	err := r.book(func(b goalBook) error {
		return r.s.Auth.Audited(r.Context(), func(tx store.State) (auth.Entry, error) {
			in := b.Book
			in.State = tx
			return r.who.Entry(auth.SettingsChanged, "plan chain", nil), in.SetChain(r.Context(), name, text, r.who.Account.ID)
		})
	})
	if err != nil {
		return err
	}
	if text == "" {
		return r.redirect("/plan?done=saved")
	}
	return r.redirect("/plan?done=saved&chain=" + escape(name))
}

func (r *request) rateText(rate plan.Rate) string {
	v, _ := rate.Value()
	text := r.ratio(v)
	if c, ok := rate.Counts(); ok {
		text = r.reader.T("plan.measured", map[string]any{"rate": text, "x": r.reader.Number(c.X, 0), "n": r.reader.Number(c.N, 0)})
	}
	return text
}

// rateCell is a rate with its counts below.
func (r *request) rateCell(rate plan.Rate) cell {
	v, _ := rate.Value()
	out := number(r.ratio(v))
	if c, ok := rate.Counts(); ok {
		out.Sub = r.reader.T("plan.counts", map[string]any{"x": r.reader.Number(c.X, 0), "n": r.reader.Number(c.N, 0)})
	}
	return out
}

func (r *request) planView(p track.Planned) *planView {
	text, b := r.reader.Text, p.Plan.Begin
	v := &planView{Expect: r.reader.Int(b.ExpectedPerDay), Sure: r.reader.Int(b.SurePerDay)}
	v.ExpectLabel, v.SureLabel, v.WorthTitle = text("plan.calls_a_day"), text("plan.to_be_sure"), text("plan.worth_most")
	if p.Ask.Days == 0 {
		v.Expect, v.Sure, v.ExpectLabel = r.reader.Int(b.Expected), r.reader.Int(b.Sure), text("plan.calls_in_all")
	}
	v.Steps = grid{ID: "steps", Caption: text("plan.steps"), Head: []gridHead{{Title: text("plan.column.step")}, {Title: text("plan.column.expected"), Numeric: true}, {Title: text("plan.column.sure"), Numeric: true}, {Title: text("plan.column.rate"), Numeric: true}}}
	for i, s := range p.Plan.Steps {
		sure, rate := "", number("")
		if i == 0 {
			sure = r.reader.Int(b.Sure)
		} else {
			rate = r.rateCell(p.Goal.Stages[i-1].Rate)
		}
		v.Steps.Rows = append(v.Steps.Rows, []cell{{Text: goal.Print(r.reader, p.Label(s.Unit)), Header: true}, number(r.reader.Int(s.Number)), number(sure), rate})
	}
	if p.Ask.Days > 0 {
		row := func(label string, a, b string) {
			v.Steps.Rows = append(v.Steps.Rows, []cell{{Text: label, Header: true}, number(a), number(b), number("")})
		}
		row(r.reader.T("plan.per_day", map[string]any{"count": p.Ask.Days}), r.reader.Int(b.ExpectedPerDay), r.reader.Int(b.SurePerDay))
		if expected, sure, ok := p.PerAgentDay(); ok {
			row(r.reader.T("plan.per_agent_day", map[string]any{"count": int64(p.Ask.Agents)}), r.reader.Number(expected, 1), r.reader.Number(sure, 1))
		}
	}
	r.offerRows(&v.Steps)
	if p.Ask.Done > 0 || p.Ask.Open > 0 {
		v.Notes = append(v.Notes, r.reader.T("plan.already", map[string]any{"done": r.reader.Number(p.Ask.Done, 0), "open": r.reader.Number(p.Ask.Open, 1), "need": p.Plan.Need}))
	}
	v.Notes = append(v.Notes, r.reader.T("plan.chance", map[string]any{"chance": r.reader.Chance(p.Plan.Chance)}))
	v.Notes = append(v.Notes, r.messages(append(p.Ratios(), p.Notes()...))...)
	v.Notes = append(v.Notes, r.loadNotes(p)...)
	for _, w := range p.Ranks {
		if w.Saves > 0 {
			v.Worth = append(v.Worth, r.worthText(p, w.Worth))
		}
	}
	return v
}

func (r *request) loadNotes(p track.Planned) (out []string) {
	if l := p.Load; l != nil {
		out = append(out, r.reader.T("plan.load", map[string]any{"count": int64(math.Ceil(l.AgentDays - 1e-9)), "days": r.reader.Number(l.AgentDays, 1), "hours": r.reader.Number(l.Hours, 0)}))
		if l.Available > 0 {
			out = append(out, r.reader.T("plan.used", map[string]any{"available": r.reader.Number(l.Available, 0), "used": r.reader.Percent(l.Used, 0), "sure": r.reader.Percent(p.Sure.Used, 0)}))
		}
	}
	if l := p.Leads; l != nil {
		out = append(out, r.reader.T("plan.leads", map[string]any{"needed": l.Needed, "left": l.Left, "missing": l.Missing}))
	}
	return out
}

func dayRange(day int64) calendar.Range { return calendar.Range{From: day, To: day + 1} }
