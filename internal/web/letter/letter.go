// Package letter words the morning's mail in its reader's language: as plain
// text, and as HTML so simple that any mail program shows it, in either
// direction. The preview on the pages shows the same.
package letter

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"net/url"
	"strings"
	texttemplate "text/template"
	"unicode"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/present"
)

//go:embed templates
var files embed.FS

var (
	asHTML = template.Must(template.ParseFS(files, "templates/letter.gohtml"))
	asText = texttemplate.Must(texttemplate.ParseFS(files, "templates/letter.gotext"))
)

// Writer words letters. It is safe for concurrent use.
type Writer struct {
	Texts *i18n.Catalogue
}

// page is a letter in words; both templates lay it out.
type page struct {
	Lang, Dir, End           string // End: the side at which numbers end
	Subject, Title, About    string
	Callbacks                *line
	GoalsTitle               string
	Goals                    []row
	FirstTitle, FirstNone    string
	FirstNote                string // by which leads they were found
	First                    []line
	DayTitle, DayNote        string
	DayHead                  [4]string
	Day                      []row
	PeriodTitle, PeriodNote  string
	PeriodHead               [3]string
	Period                   []row
	Links                    []line
	Why, LeaveText, LeaveURL string
}

// line is a sentence that leads somewhere; Lead stands before it, as a name.
type line struct{ Lead, Text, URL string }

// row is a KPI. Verdict says in words whether it is out of the usual.
type row struct{ Name, URL, Value, Beside, Verdict string }

// Message words a letter, with the addresses of the pages in it.
func (w Writer) Message(l *morning.Letter, organisation, pages string) (mail.Message, error) {
	p := w.page(l, organisation, pages)
	var text, html bytes.Buffer
	if err := asText.ExecuteTemplate(&text, "letter.gotext", p); err != nil {
		return mail.Message{}, fmt.Errorf("word a letter as text: %w", err)
	}
	if err := asHTML.ExecuteTemplate(&html, "letter", p); err != nil {
		return mail.Message{}, fmt.Errorf("word a letter as HTML: %w", err)
	}
	return mail.Message{Subject: p.Subject, Language: p.Lang, Text: text.String(), HTML: html.String(), LeaveAt: p.LeaveURL}, nil
}

// Preview writes what the mail holds, as a part of a page, and its subject.
func (w Writer) Preview(out io.Writer, l *morning.Letter, organisation, pages string) (subject string, err error) {
	p := w.page(l, organisation, pages)
	return p.Subject, asHTML.ExecuteTemplate(out, "body", p)
}

// Reader is how an account reads: its language, its calendar, its digits.
func (w Writer) reader(l *morning.Letter) present.Reader {
	speaker := w.Texts.Localizer(i18n.Prefer(l.To.Language, "", "en"), l.Calendar)
	if l.To.Preferences.Digits == "latin" {
		speaker = speaker.LatinDigits()
	}
	if l.Tomans {
		speaker = speaker.InTomans()
	}
	return present.Reader{Localizer: speaker, Catalogue: l.Catalogue}
}

func (w Writer) page(l *morning.Letter, organisation, pages string) page {
	r := w.reader(l)
	p := page{Lang: r.Lang(), Dir: "ltr", End: "right"}
	if p.Lang == "zh" {
		p.Lang = "zh-Hans"
	}
	if r.RightToLeft() {
		p.Dir, p.End = "rtl", "left"
	}
	pages = strings.TrimRight(pages, "/")
	at := address{pages, "period", l.Calendar.Key(calendar.Day, l.Day)}
	month := address{pages, "period", l.Calendar.Key(calendar.Month, l.Day)}
	day := r.Place("day", l.Calendar.Key(calendar.Day, l.Day))
	args := map[string]any{"day": day, "organisation": name(organisation)}
	p.Subject, p.Title = r.T("morning.subject", args), day
	p.About = about(r, l)
	if l.Callbacks > 0 {
		p.Callbacks = &line{"", r.T("morning.callbacks", map[string]any{"count": l.Callbacks}), pages + "/leads"}
	}
	p.goals(r, l, pages)
	p.first(r, l, month)
	p.day(r, l, at)
	p.period(r, l, month)
	home := "/"
	if l.Role == auth.Agent {
		home = "/me"
	}
	for _, x := range [][2]string{{"morning.link.home", home}, {"morning.link.today", "/today"}} {
		p.Links = append(p.Links, line{"", r.Text(x[0]), pages + x[1]})
	}
	p.Why, p.LeaveText, p.LeaveURL = r.T("morning.why", args), r.Text("morning.leave"), pages+"/mail/preview"
	return p
}

// about says whose numbers these are.
func about(r present.Reader, l *morning.Letter) string {
	switch teams := l.Scope.Teams(); {
	case l.Scope.All():
		return r.Text("morning.about.all")
	case len(teams) > 0:
		clean := make([]string, len(teams))
		for i, t := range teams {
			clean[i] = name(t)
		}
		return r.T("morning.about.teams", map[string]any{"teams": clean, "count": len(teams)})
	}
	return r.Text("morning.about.own")
}

// first says what to look at first, each with its counts and the reason.
func (p *page) first(r present.Reader, l *morning.Letter, at address) {
	p.FirstTitle = r.Text("morning.first")
	if f := l.ToDate.Weakest; f != nil {
		p.First = append(p.First, line{"", r.T("overview.weakest", map[string]any{"kpi": r.NameWithVariant(f.KPI), "team": name(f.Of), "own": r.Rate(f.Own),
			"others": r.Rate(f.Others), "missed": r.Number(f.Missed(), 0)}), at.to("/kpi/"+url.PathEscape(f.KPI), "team", f.Of)})
	}
	for _, f := range l.ToDate.First {
		p.First = append(p.First, finding(r, f, at))
	}
	p.FirstNote = r.FollowedIn(l.ToDate.First)
	switch {
	case len(p.First) > 0:
	case l.Role == auth.Agent:
		p.FirstTitle = ""
	default:
		p.FirstNone = r.Text("overview.first_none")
	}
}

func finding(r present.Reader, f overview.Finding, at address) line {
	pairs, why := []string{f.By, f.Of}, "overview.why_all"
	if f.Among != "" {
		pairs, why = append(pairs, "campaign", f.Among), "overview.why"
	}
	text := r.T(why, map[string]any{"own": r.Rate(f.Own), "x": r.Number(f.Own.X, 0), "n": r.Number(f.Own.N, 0), "others": r.Rate(f.Others), "campaign": name(f.Among)})
	return line{strings.TrimSpace(r.FindingKind(f) + " " + name(f.Of)), r.T("morning.finding", map[string]any{"kpi": r.Name(f.KPI), "why": text}), at.to("/kpi/"+url.PathEscape(f.KPI), pairs...)}
}

// day sets the day beside the same weekdays before it, and the plan where a
// KPI has a target.
func (p *page) day(r present.Reader, l *morning.Letter, at address) {
	p.DayTitle = r.Text("morning.day")
	weekday := r.Key("weekday", fmt.Sprint(calendar.Weekday(l.Day)))
	p.DayNote = r.T("morning.day_note", map[string]any{"weekday": weekday, "count": overview.Weeks})
	p.DayHead = [4]string{r.Text("morning.kpi"), r.Text("morning.value"), r.Text("morning.usual"), r.Text("morning.verdict")}
	for _, t := range l.Yesterday {
		if !t.Now.Valid && t.Usual.Days == 0 {
			continue // never measured here: nothing to say each morning
		}
		x := row{Name: r.Title(t.Column), URL: at.to("/kpi/" + url.PathEscape(t.Column.Name)), Value: r.Figure(t.Column.Unit, t.Now), Beside: present.NoData}
		if t.Usual.Days > 0 {
			x.Beside = r.T("morning.usual_of", map[string]any{"mean": isolate(value(r, t, t.Usual.Mean)), "low": isolate(value(r, t, t.Usual.Low)), "high": isolate(value(r, t, t.Usual.High))})
		}
		var said []string
		if t.Now.Valid && t.Usual.Days > 0 {
			if key := map[int]string{-1: "morning.below", 1: "morning.above"}[t.Usual.Place(t.Now.Number)]; key != "" {
				said = append(said, r.Text(key))
			}
		}
		if target := t.Column.Target; target != nil {
			said = append(said, r.T("morning.target", map[string]any{"target": r.Value(t.Column.Unit, *target, t.Now.Currency)}))
		}
		x.Verdict = strings.Join(said, r.Text("core.list_comma"))
		p.Day = append(p.Day, x)
	}
}

// value writes what is usual: of counts and amounts no more than they have.
func value(r present.Reader, t morning.Told, v float64) string {
	switch t.Column.Unit {
	case kpi.UnitCount:
		if math.Abs(v) >= 10 {
			v = math.Round(v)
		}
	case kpi.UnitMoney:
		v = math.Round(v)
	}
	return r.Value(t.Column.Unit, v, t.Now.Currency)
}

// period sets the month so far beside as many days of the one before.
func (p *page) period(r present.Reader, l *morning.Letter, at address) {
	f := l.ToDate.Focus
	p.PeriodTitle = r.Place("month", l.Calendar.Key(calendar.Month, l.Day))
	if f.Compare != nil {
		p.PeriodNote = r.T("morning.period_note", map[string]any{"to": r.DayMonth(l.Period.To - 1), "from_before": r.DayMonth(f.Compare.From), "to_before": r.DayMonth(f.Compare.To - 1)})
	}
	p.PeriodHead = [3]string{r.Text("morning.kpi"), r.Text("morning.value"), r.Text("morning.change")}
	for i, c := range f.Columns {
		var x kpi.Figure
		if len(f.Rows) > 0 {
			x = f.Rows[0].Figures[i]
		}
		if !x.Valid && (x.Compared == nil || !x.Compared.Before.Valid) {
			continue
		}
		out := row{Name: r.Title(c), URL: at.to("/kpi/" + url.PathEscape(c.Name)), Value: r.Figure(c.Unit, x), Beside: r.Change(c, x.Compared)}
		if out.Beside == "" {
			out.Beside = present.NoData
		}
		out.Verdict = verdict(r, c, x.Compared)
		p.Period = append(p.Period, out)
	}
}

// verdict says whether a change exceeds chance, and which way it is good.
func verdict(r present.Reader, c kpi.Column, x *kpi.Compared) string {
	switch {
	case x == nil || !x.Valid || !x.Judged:
		return ""
	case !x.Beyond:
		return r.Text("web.within_chance")
	case c.Better != "higher" && c.Better != "lower":
		return ""
	case (x.Diff > 0) == (c.Better == "higher"):
		return r.Text("web.better")
	}
	return r.Text("web.worse")
}

// address makes links to pages about some days.
type address struct{ pages, parameter, days string }

func (a address) to(path string, pairs ...string) string {
	values := url.Values{a.parameter: {a.days}}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return a.pages + path + "?" + values.Encode()
}

const longestName = 80

// name makes a name from the data safe in running text of either direction: on
// one line, without marks that turn its neighbours around, and isolated from
// them. What mail programs would make a link of is taken apart.
func name(text string) string {
	runes := []rune(strings.Join(strings.FieldsFunc(text, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c == '\u061c' || c >= '\u200e' && c <= '\u200f' ||
			c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
	}), " "))
	if len(runes) > longestName {
		runes = append(runes[:longestName], '…')
	}
	return isolate(strings.NewReplacer("://", ": //", "www.", "www .").Replace(string(runes)))
}

// isolate keeps a text and its neighbours of the other direction apart.
func isolate(text string) string { return "\u2068" + text + "\u2069" }
