package web

import (
	"html/template"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/present"
)

// shell is what every page has around its content. A page's struct embeds it,
// so that templates find the reader's language there and nowhere else.
type shell struct {
	reader       present.Reader
	Title        string
	Section      string // of the navigation
	Lang, Dir    string
	Theme        string
	Organisation string
	SignedIn     bool
	Account      string
	Scope        string // whose numbers these are, in words
	CSRF         string
	Here         string // address of this page
	Nav          []navGroup
	Languages    []language
	Notices      []notice
	Damage       []notice // on every page, until it is mended
	Shortcuts    []shortcut
}

// language is one to change to: by its address for strangers, by its tag for
// those who have it written in their account.
type language struct {
	Tag, Label, URL string
	Selected        bool
}

// navGroup is a part of the navigation.
type navGroup struct {
	Title string
	Items []navItem
}

type navItem struct {
	Label, URL, Icon string
	Key              string // pressed after g
	Current          bool
}

// notice tells the reader of something beside the page's matter.
type notice struct{ Kind, Text string } // Kind: info, good, warn, bad

// Icon is the shape that stands beside the colour.
func (n notice) Icon() string {
	switch n.Kind {
	case "good":
		return "circle-check"
	case "warn", "bad":
		return "triangle-alert"
	}
	return "info"
}

type shortcut struct {
	Keys  []string
	Label string
}

// sections is the navigation: what a reader without the permission does not see.
var sections = []struct {
	group, key, path, icon, press string
	needs                         auth.Permission
}{
	{"numbers", "overview", "/", "layout-dashboard", "o", auth.ViewOwn},
	{"numbers", "today", "/today", "sun", "t", auth.ViewOwn},
	{"numbers", "explore", "/explore", "table", "e", auth.ViewOwn},
	{"numbers", "funnel", "/funnel", "funnel", "f", auth.ViewOwn},
	{"numbers", "campaigns", "/campaigns", "megaphone", "c", auth.ViewTeam},
	{"goals", "goals", "/goals", "target", "g", auth.ViewOwn},
	{"goals", "plan", "/plan", "calculator", "n", auth.ViewOwn},
	{"goals", "scorecard", "/scorecard", "gauge", "w", auth.ViewOwn},
	{"people", "me", "/me", "user", "m", auth.ViewOwn},
	{"people", "agents", "/agents", "users", "a", auth.ViewTeam},
	{"people", "leads", "/leads", "phone-missed", "l", auth.SeeRows},
	{"people", "calls", "/calls", "phone", "p", auth.SeeRows},
	{"data", "imports", "/imports", "upload", "i", auth.Import},
	{"data", "catalogue", "/catalogue", "book-open", "k", auth.ViewOwn},
	{"data", "settings", "/settings", "settings", "s", auth.ManageSettings},
}

// shell makes the frame of a page. title is a message key; section the part of
// the navigation that the page belongs to.
func (r *request) shell(title, section string) shell {
	s := shell{reader: r.reader, Title: r.reader.Text(title), Section: section, Lang: r.reader.Lang(), Dir: "ltr", Organisation: r.org.Name,
		Here: r.URL.RequestURI(), Theme: r.cookie("theme")}
	if s.Lang == "zh" {
		s.Lang = "zh-Hans"
	}
	if r.reader.RightToLeft() {
		s.Dir = "rtl"
	}
	here := r.view()
	for _, lang := range i18n.Languages() {
		s.Languages = append(s.Languages, language{lang, r.s.Texts.Localizer(lang, r.calendar()).T("language.self", nil), here.with("lang", lang), lang == r.reader.Lang()})
	}
	s.CSRF = auth.CSRFToken(r.formSecret())
	if r.secret == "" || r.who.Confined {
		return s
	}
	s.Damage = r.damage()
	s.SignedIn, s.Account, s.Scope = true, r.who.Account.Name, r.scopeText()
	if s.Theme == "" { // this browser's choice goes before the account's
		s.Theme = r.who.Account.Preferences.Theme
	}
	for _, x := range sections {
		if !r.who.May(x.needs) {
			continue
		}
		if len(s.Nav) == 0 || s.Nav[len(s.Nav)-1].Title != r.reader.Text("nav.group."+x.group) {
			s.Nav = append(s.Nav, navGroup{Title: r.reader.Text("nav.group." + x.group)})
		}
		g := &s.Nav[len(s.Nav)-1]
		label := r.reader.Text("nav." + x.key)
		g.Items = append(g.Items, navItem{Label: label, URL: x.path, Icon: x.icon, Key: x.press, Current: x.key == section})
		s.Shortcuts = append(s.Shortcuts, shortcut{[]string{"g", x.press}, label})
	}
	s.Shortcuts = append(s.Shortcuts, shortcut{[]string{"/"}, r.reader.Text("shortcut.search")}, shortcut{[]string{"?"}, r.reader.Text("shortcut.help")})
	return s
}

// mostDamage is how many damaged places every page names.
const mostDamage = 3

// damage tells what of the data cannot be read: who runs callpace where, all
// others that it is so.
func (r *request) damage() (list []notice) {
	all := r.s.Folder.Damage()
	if len(all) > 0 && !r.who.May(auth.ManageSettings) {
		return []notice{{"bad", r.reader.Text("shell.damage")}}
	}
	for _, m := range all[:min(mostDamage, len(all))] {
		list = append(list, notice{"bad", r.reader.T("shell.damage_at", map[string]any{"text": r.reader.Message(m)})})
	}
	return list
}

// scopeText says whose numbers the reader sees.
func (r *request) scopeText() string {
	scope := r.who.Scope(r.org.SeePeers)
	list := r.reader.Text("core.list_comma")
	switch {
	case scope.All():
		return r.reader.Text("scope.all")
	case len(scope.Teams()) > 0:
		return r.reader.T("scope.teams", map[string]any{"teams": strings.Join(scope.Teams(), list), "count": len(scope.Teams())})
	case len(scope.Agents()) > 0:
		return r.reader.T("scope.agents", map[string]any{"agents": strings.Join(scope.Agents(), list)})
	}
	return r.reader.Text("scope.nothing")
}

// T gives a text in the reader's language; args are pairs of name and value.
func (s shell) T(key string, args ...any) string {
	if len(args) == 0 {
		return s.reader.Text(key)
	}
	values := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[args[i].(string)] = args[i+1]
	}
	return s.reader.T(key, values)
}

// Int writes a whole number.
func (s shell) Int(n any) string {
	switch n := n.(type) {
	case int:
		return s.reader.Int(int64(n))
	case int64:
		return s.reader.Int(n)
	}
	return ""
}

// Iso keeps a name or number from being turned around by its neighbours of the
// other direction.
func (s shell) Iso(text string) template.HTML {
	return template.HTML("<bdi>" + template.HTMLEscapeString(text) + "</bdi>")
}
