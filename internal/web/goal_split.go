package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// splitLevels are the choices of the levels, as the form sends them.
var splitLevels = []struct {
	value  string
	levels []goal.Each
}{{"both", []goal.Each{goal.EachTeam, goal.EachAgent}}, {"team", []goal.Each{goal.EachTeam}}, {"agent", []goal.Each{goal.EachAgent}}}

// splitForm is a split as somebody asks for it, by what the address or the form
// holds: to, way, way.TEAM, and a box set.PLACE for each number set by hand. Where nothing is
// asked, it is the split that was kept.
type splitForm struct {
	values url.Values
	ask    goals.SplitAsk
	typed  map[goal.Place]string
	fault  error // of what was typed
}

// placeKey names a place in an address; a slash in a name does not part it.
func placeKey(p goal.Place) string {
	plain := strings.NewReplacer("%", "%25", "/", "%2F")
	return plain.Replace(p.Team) + "/" + plain.Replace(p.Agent)
}

func placeAt(key string) (p goal.Place, ok bool) {
	team, agent, ok := strings.Cut(key, "/")
	if !ok {
		return p, false
	}
	var wrong, wrong2 error
	p.Team, wrong = url.PathUnescape(team)
	p.Agent, wrong2 = url.PathUnescape(agent)
	return p, wrong == nil && wrong2 == nil && p != goal.Place{}
}

// readSplit reads the form of a goal.
func (r *request) readSplit(b goalBook, g store.Goal, values url.Values) (f splitForm, err error) {
	f = splitForm{values: values, typed: map[goal.Place]string{}}
	if values.Get("to") == "" {
		f.ask, _, err = b.Kept(r.Context(), g)
		for at, v := range f.ask.Locks {
			f.typed[at] = r.typedValue(g.Goal, v)
		}
		return f, err
	}
	f.ask = goals.SplitAsk{Way: wayOf(values.Get("way")), Inside: map[string]goal.Way{}, Locks: map[goal.Place]goal.Number{}}
	for _, x := range splitLevels {
		if x.value == values.Get("to") {
			f.ask.Levels = x.levels
		}
	}
	for name := range values {
		if team, ok := strings.CutPrefix(name, "way."); ok && wayOf(values.Get(name)) != "" {
			f.ask.Inside[team] = wayOf(values.Get(name))
		}
		key, box := strings.CutPrefix(name, "set.")
		at, ok := placeAt(key)
		text := strings.TrimSpace(values.Get(name))
		if !box || !ok || text == "" || values.Get("unlock") == key {
			continue
		}
		f.typed[at] = text
		if f.ask.Locks[at], err = r.readValue(g.Goal, text); err != nil {
			delete(f.ask.Locks, at)
			f.fault = err
		}
	}
	return f, nil
}

// wayOf reads a way; "" for none.
func wayOf(text string) goal.Way {
	if w := goal.Way(text); slices.Contains(goal.Ways(), w) {
		return w
	}
	return ""
}

// typedIn is how many of its unit one is that people see and type of a goal:
// ten rials are a toman.
func (r *request) typedIn(g goal.Goal) goal.Number {
	if r.unitOf(g) != kpi.UnitMoney {
		return 1
	}
	by, _ := r.reader.Money(g.Target.Currency)
	return goal.Number(by)
}

func (r *request) unitOf(g goal.Goal) kpi.Unit {
	e, err := r.defs.Explain(g.KPI)
	if err != nil {
		return ""
	}
	return e.Unit
}

// readValue reads a number as it is typed: tomans, per cent with or without the sign.
func (r *request) readValue(g goal.Goal, text string) (n goal.Number, err error) {
	plain := strings.NewReplacer("٪", "%", "٬", "").Replace(plainDigits(text))
	if r.unitOf(g) == kpi.UnitPercent && !strings.HasSuffix(plain, "%") {
		plain += "%"
	}
	if r.unitOf(g) == kpi.UnitSeconds {
		return goal.Seconds(r.reader.Lang(), text)
	}
	by := r.typedIn(g)
	if err := n.UnmarshalText([]byte(plain)); err != nil || n*by/by != n {
		return 0, callpace.E(callpace.Invalid, "goal.bad_number", "text", text)
	}
	return n * by, nil
}

// typedValue is a number as readValue reads it.
func (r *request) typedValue(g goal.Goal, n goal.Number) string {
	if r.unitOf(g) == kpi.UnitPercent {
		return (n * 100).String()
	}
	if s := int64(n.Amount() / callpace.One); r.unitOf(g) == kpi.UnitSeconds && s >= 60 && n.Amount()%callpace.One == 0 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return (n / r.typedIn(g)).String()
}

// splitAs divides as the form asks. A number is locked as it was just shared
// where the form says so.
func (r *request) splitAs(b goalBook, g store.Goal, f *splitForm) (*goals.Split, error) {
	rep, err := r.stands(b, g, false)
	if err != nil {
		return nil, err
	}
	s, err := r.split(b, g, rep, f.ask)
	if callpace.CodeOf(err) == callpace.Invalid && len(f.ask.Locks) > 0 { // what was typed cannot be anybody's part
		f.fault, f.ask.Locks = err, nil
		return r.split(b, g, rep, f.ask)
	}
	at, lock := placeAt(f.values.Get("lock"))
	if err != nil || !lock || f.typed[at] != "" {
		return s, err
	}
	for _, p := range s.All() {
		if p.Place == at {
			f.ask.Locks[at], f.typed[at] = p.Value, r.typedValue(g.Goal, p.Value)
		}
	}
	return r.split(b, g, rep, f.ask)
}

// split divides a goal; whom it rests on is worked out once for all numbers that
// are tried.
func (r *request) split(b goalBook, g store.Goal, rep *track.Report, ask goals.SplitAsk) (*goals.Split, error) {
	if !goals.Splits(g.Goal) {
		return nil, callpace.E(callpace.Unsupported, "goals.no_split")
	}
	v, err := r.recallOf(b, fmt.Sprintf("people %s %v %d", stampOf(g), ask.Levels, r.now.Unix()/3600), func() (any, error) {
		return b.People(context.WithoutCancel(r.Context()), rep, ask.Levels)
	})
	if err != nil {
		return nil, err
	}
	return b.SplitAmong(r.Context(), g, rep, v.(goals.People), ask)
}

func (r *request) splitGoal() error { return r.showSplit(http.StatusOK, r.URL.Query(), nil) }

func (r *request) showSplit(status int, values url.Values, failed error) error {
	page := splitPage{shell: r.shell("goals.split", "goals")}
	err := r.book(func(b goalBook) error {
		g, err := b.Settable(r.Context(), b.sight, r.PathValue("id"))
		if err != nil {
			return err
		}
		page.Head = choice{Label: r.reader.GoalTitle(g.Goal), URL: "/goals/" + g.ID}
		page.Action, page.Version = page.Head.URL+"/split", g.Version
		f, err := r.readSplit(b, g, values)
		if err != nil {
			return err
		}
		s, err := r.splitAs(b, g, &f)
		if err != nil {
			if callpace.CodeOf(err) == callpace.Internal {
				return err
			}
			failed = err
			return nil
		}
		if failed == nil && f.fault != nil {
			failed = f.fault
		}
		r.fillSplit(&page, g, s, f)
		return nil
	})
	if err != nil {
		return err
	}
	if failed != nil {
		page.Fault, page.Save, status = r.reader.Error(failed), false, max(status, r.status(failed))
	}
	return r.pageStatus(status, "goal_split", page)
}

// takeSplit writes the shares down as goals of their own.
func (r *request) takeSplit() error {
	id := r.PathValue("id")
	_ = r.ParseForm() // what is too long was refused before
	values := r.PostForm
	err := r.book(func(b goalBook) error {
		g, err := b.Settable(r.Context(), b.sight, id)
		if err != nil {
			return err
		}
		f, err := r.readSplit(b, g, values)
		if err != nil {
			return err
		}
		s, err := r.splitAs(b, g, &f)
		if err == nil {
			err = f.fault
		}
		if err != nil {
			return err
		}
		g.Version, _ = strconv.Atoi(values.Get("version")) // that was looked at
		return r.writing(b, "split", func(in goals.Book) (string, error) {
			return id, in.CascadeTree(r.Context(), g, s, r.who.Account.Name)
		})
	})
	if err != nil {
		if callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		return r.showSplit(r.status(err), values, err)
	}
	return r.redirect("/goals/" + id + "?done=split")
}
