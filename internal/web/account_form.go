package web

import (
	"errors"
	"hash/fnv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
)

// formView is a form as a page shows it: its fields, and what is wrong with
// them or with all of it.
type formView struct {
	Action, Submit, CSRF string
	Fault                string
	Fields               []formField
	Danger               bool
	Ask                  string // asked before it is sent
}

// ListID is the id of the names that are offered in a form that is there many
// times: that of the hidden value that tells it from the others.
func (f formView) ListID() string {
	h := fnv.New64a()
	for _, x := range f.Fields {
		if x.Kind == "hidden" {
			_, _ = io.WriteString(h, x.Value)
		}
	}
	return "names-" + strconv.FormatUint(h.Sum64(), 36)
}

// formField is one control with its label, hint and error. Kind is an input's type,
// or select, check, checks, textarea, hidden, heading, text.
type formField struct {
	Kind, Name, Label, Hint, Fault string
	Value                          string
	Checked                        bool
	Groups                         []formGroup
	Auto                           string // autocomplete
	Suggest                        []string
	Names                          string // the address that offers names where they are too many to suggest
	Optional, Focus, LTR           bool
	of                             string // the form's address
}

// suggest offers names for a field: all of them, or, of too many, those that
// fit what is typed, from an address.
func (f formField) suggest(names []string, at string) formField {
	if f.Suggest = names; len(names) > mostOffered {
		f.Suggest, f.Names = nil, at
	}
	return f
}

type formGroup struct {
	Label   string
	Options []formOption
}

type formOption struct {
	Value, Label string
	Selected     bool
}

// ID is the control's, unique on its page.
func (f formField) ID() string { return "f" + strings.ReplaceAll(f.of, "/", "-") + "-" + f.Name }

// Required is what browsers enforce; the server checks all the same.
func (f formField) Required() bool {
	return !f.Optional && f.Kind != "check" && f.Kind != "checks" && f.Kind != "hidden"
}

// filled is what somebody filled in, with what is wrong with it by field.
type filled struct {
	r      *request
	values url.Values
	faults map[string]string
	fault  string // of the form as a whole
}

// filled reads the form that was sent; before it is sent, it is empty.
func (r *request) filled() *filled {
	f := &filled{r: r, faults: map[string]string{}}
	if r.Method == http.MethodPost {
		_ = r.ParseForm() // what is too long was refused before
		f.values = r.PostForm
	}
	return f
}

func (f *filled) get(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// or gives the value that was filled in or, before, the one that holds.
func (f *filled) or(name, before string) string {
	if f.values == nil {
		return before
	}
	return f.values.Get(name)
}

// orChecked is or for a box.
func (f *filled) orChecked(name string, before bool) bool {
	if f.values == nil {
		return before
	}
	return f.values.Has(name)
}

// orAll is or for several boxes of one name.
func (f *filled) orAll(name string, before []string) []string {
	if f.values == nil {
		return before
	}
	return f.values[name]
}

// wrong notes what is wrong with a field.
func (f *filled) wrong(name, key string, args ...any) {
	if f.faults[name] == "" {
		f.faults[name] = f.r.reader.Message(callpace.M(key, args...))
	}
}

// bad tells whether anything is wrong.
func (f *filled) bad() bool { return len(f.faults) > 0 || f.fault != "" }

// number reads a whole number within bounds.
func (f *filled) number(name string, least, most int) int {
	n, err := strconv.Atoi(plainDigits(f.get(name)))
	if err != nil || n < least || n > most {
		f.wrong(name, "form.number", "least", least, "most", most)
	}
	return n
}

// plainDigits brings digits of other scripts to ASCII.
func plainDigits(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '۰' && c <= '۹':
			return '0' + c - '۰'
		case c >= '٠' && c <= '٩':
			return '0' + c - '٠'
		case c == '٫':
			return '.'
		}
		return c
	}, text)
}

// faultFields says beside which field an error belongs, by its key.
var faultFields = map[string]string{
	"auth.bad_login": "login", "store.login_taken": "login", "auth.no_name": "name", "auth.bad_language": "language", "auth.bad_role": "role",
	"auth.no_team": "teams", "auth.no_agent": "agent", "auth.password_short": "password", "auth.password_long": "password",
	"auth.password_common": "password", "auth.password_about_you": "password", "auth.wrong_password": "before", "auth.wrong_code": "code",
	"auth.bad_expiry": "expires", "auth.role_above": "role", "settings.bad_zone": "zone", "settings.bad_currency": "currency",
	"settings.bad_country": "country",
}

// take notes an error that the reader can mend, beside the field that it is
// about; any other comes back.
func (f *filled) take(err error) error {
	var e *callpace.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case callpace.Invalid, callpace.Conflict, callpace.Limit, callpace.Forbidden:
	default:
		return err
	}
	text := f.r.reader.Error(e)
	if name, ok := faultFields[e.Key]; ok {
		f.faults[name] = text
		return nil
	}
	f.fault = text
	return nil
}

// status is that of a form that is shown again, with err as the reason.
func (f *filled) status(err error) int {
	if err != nil {
		return f.r.status(err)
	}
	return http.StatusUnprocessableEntity
}

// view lays the form out; a fault without a field of its own is said above.
func (f *filled) view(action, submit string, fields ...formField) formView {
	v := formView{Action: action, Submit: f.r.reader.Text(submit), Fault: f.fault, CSRF: auth.CSRFToken(f.r.formSecret())}
	shown := map[string]bool{}
	for i := range fields {
		fields[i].Fault, fields[i].of = f.faults[fields[i].Name], action
		shown[fields[i].Name] = true
	}
	for _, name := range sortedKeys(f.faults) {
		if !shown[name] && v.Fault == "" {
			v.Fault = f.faults[name]
		}
	}
	v.Fields = fields
	return v
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// choices are the options of a list, with one selected.
func choices(selected string, pairs ...string) []formGroup {
	g := formGroup{}
	for i := 0; i+1 < len(pairs); i += 2 {
		g.Options = append(g.Options, formOption{pairs[i], pairs[i+1], pairs[i] == selected})
	}
	return []formGroup{g}
}

// among are options of which several may be chosen.
func among(selected []string, values ...string) []formGroup {
	g := formGroup{}
	for _, v := range values {
		g.Options = append(g.Options, formOption{v, v, slices.Contains(selected, v)})
	}
	return []formGroup{g}
}

// act is a button that is a form of its own.
type act struct {
	URL, Label, Icon, Ask, CSRF string
	Danger                      bool
	Name, Value                 string // one field, where one is needed
}

// status gives an error's status, and tells programs how long to wait.
func (r *request) status(err error) int {
	if seconds, slow := retryAfter(err); slow {
		r.w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	return Status(err)
}

// busyFor is how many seconds to stay away where too many sign in at once.
const busyFor = 5

// retryAfter tells whether an error asks to come back later, and when.
func retryAfter(err error) (seconds int, slow bool) {
	var e *callpace.Error
	if !errors.As(err, &e) || e.Code != callpace.Limit {
		return 0, false
	}
	if e.Key == "auth.busy" {
		return busyFor, true
	}
	seconds, slow = e.Args["seconds"].(int)
	return seconds, slow
}
