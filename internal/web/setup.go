package web

import (
	"context"
	"net/http"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/store"
)

const setUpPath = "/set-up"

// setUpPage asks for the organisation and its first admin, or says where the
// link is that asks for them.
type setUpPage struct {
	shell
	Fault string
	Form  *formView
}

// setUpWhere says where the link is; it never shows it.
func (r *request) setUpWhere() error {
	if needs, err := r.s.Auth.NeedsSetup(r.Context()); err != nil {
		return err
	} else if !needs {
		return r.redirect(signInPath)
	}
	return r.page("set_up", setUpPage{shell: r.shell("setup.title", "")})
}

// setUp shows the form of a link that works.
func (r *request) setUp() error {
	if err := r.setUpLink(); err != nil {
		return r.setUpRefused(err)
	}
	return r.setUpForm(http.StatusOK, r.filled())
}

func (r *request) setUpLink() error {
	l, err := r.s.Auth.FindLink(r.Context(), r.PathValue("token"))
	if err == nil && l.Purpose != store.LinkSetup {
		err = callpace.E(callpace.NotFound, "auth.link_ended")
	}
	return err
}

// setUpRefused answers a link that does not work: with where a new one comes
// from, as long as there is no account.
func (r *request) setUpRefused(err error) error {
	needs, e := r.s.Auth.NeedsSetup(r.Context())
	if e != nil || !needs || callpace.CodeOf(err) != callpace.NotFound {
		return err
	}
	return r.pageStatus(http.StatusNotFound, "set_up", setUpPage{shell: r.shell("setup.title", ""), Fault: r.reader.Error(err)})
}

func (r *request) setUpForm(status int, f *filled) error {
	lang := f.or("language", r.reader.Lang())
	text := r.reader.Text
	fields := []formField{
		{Kind: "heading", Label: text("setup.you")},
		{Kind: "text", Name: "name", Label: text("account.name"), Value: f.or("name", ""), Auto: "name", Focus: true},
		{Kind: "email", Name: "login", Label: text("web.login"), Value: f.or("login", ""), Auto: "username", LTR: true},
		{Kind: "password", Name: "password", Label: text("web.password"), Hint: text("account.password_hint"), Auto: "new-password", LTR: true},
		{Kind: "select", Name: "language", Label: text("web.language"), Groups: r.languageOptions(lang)},
		{Kind: "heading", Label: text("settings.organisation")},
		{Kind: "text", Name: "organisation", Label: text("settings.name"), Value: f.or("organisation", r.org.Name), Auto: "organization"},
	}
	if !r.founded() {
		fields = append(fields, r.placeFields(f, usual(r.reader.Lang()))...)
	}
	if r.s.Sample != nil {
		fields = append(fields, formField{Kind: "check", Name: "sample", Label: text("setup.sample"), Hint: text("setup.sample_hint"), Checked: f.orChecked("sample", false)})
	}
	form := f.view(r.URL.Path, "setup.finish", fields...)
	return r.pageStatus(status, "set_up", setUpPage{shell: r.shell("setup.title", ""), Form: &form})
}

// founded tells whether there is an organisation, as where the command line made it.
func (r *request) founded() bool { return r.settings.Zone != "" }

// takeSetUp makes the organisation and its first admin, who then is signed in.
func (r *request) takeSetUp() error {
	if err := r.setUpLink(); err != nil {
		return r.setUpRefused(err)
	}
	f, token := r.filled(), r.PathValue("token")
	org := Organisation{Name: cleanText(f.get("organisation")), Language: i18n.Prefer(f.get("language"), "", "en")}
	if org.Name == "" {
		f.wrong("organisation", "settings.no_name")
	}
	settings := r.settings
	if !r.founded() {
		settings = usual("")
		f.place(&settings)
	}
	admin := auth.FirstAdmin{Login: f.get("login"), Name: f.get("name"), Password: f.values.Get("password"), Language: f.get("language"), Organisation: org.Name}
	if err := r.s.Auth.CheckSetup(r.Context(), token, admin); err != nil {
		if err = f.take(err); err != nil {
			return r.setUpRefused(err)
		}
	}
	if f.bad() {
		return r.setUpForm(f.status(nil), f)
	}
	in, err := r.found(token, admin, org, settings)
	if err != nil {
		if e := f.take(err); e != nil {
			return e
		}
		return r.setUpForm(f.status(err), f)
	}
	r.signedInCookies(in)
	if r.s.Sample != nil && f.values.Has("sample") {
		if err := r.s.Auth.Audit(r.Context(), auth.Entry{AccountID: in.Account.ID, Action: auth.Imported, Object: "sample", Address: r.visitor().Address}); err != nil {
			return err
		}
		j, err := r.s.Jobs.Add(r.Context(), jobs.Job{Kind: "sample", By: in.Account.Name, Back: "/"}, func(ctx context.Context, j *jobs.Run) error { return r.s.Sample(ctx, j.Progress) })
		if err != nil {
			return err
		}
		return r.redirect(jobPath(j.ID()))
	}
	return r.redirect("/")
}

// found makes the organisation first: with an account and without a folder
// nobody could go on, the other way round the link still works.
func (r *request) found(token string, admin auth.FirstAdmin, org Organisation, settings facts.Settings) (in auth.SignedIn, err error) {
	ctx := context.WithoutCancel(r.Context()) // half of it would be nobody's wish
	if !r.founded() {
		if err := r.s.Folder.Found(ctx, settings); err != nil {
			return in, err
		}
	}
	if err := r.s.State.Settings().UpdateSetting(ctx, OrganisationSetting, org, "", r.now); err != nil {
		return in, err
	}
	return r.s.Auth.CompleteSetup(ctx, token, admin, r.visitor())
}

// placeFields are what an organisation says of where it is.
func (r *request) placeFields(f *filled, s facts.Settings) []formField {
	text := r.reader.Text
	if f.values != nil {
		f.place(&s)
	}
	return []formField{
		{Kind: "select", Name: "country", Label: text("settings.country"), Hint: text("settings.country_hint"), Groups: r.countries(s.Country), Optional: true},
		{Kind: "select", Name: "zone", Label: text("settings.zone"), Hint: text("settings.zone_hint"), Groups: zones(s.Zone)},
		{Kind: "text", Name: "currency", Label: text("settings.currency"), Hint: text("settings.currency_hint"), Value: s.Currency, Suggest: currencies, LTR: true},
		{Kind: "select", Name: "calendar", Label: text("settings.calendar"), Groups: r.calendars(s.Calendar)},
		{Kind: "select", Name: "week_start", Label: text("settings.week_start"), Groups: r.weekdays(s.WeekStart)},
	}
}

// place reads what placeFields ask for, and notes what is wrong.
func (f *filled) place(s *facts.Settings) {
	s.Zone, s.Country = f.get("zone"), f.get("country")
	s.Currency = upper(f.get("currency"))
	s.Calendar = facts.Gregorian
	if f.get("calendar") == string(facts.SolarHijri) {
		s.Calendar = facts.SolarHijri
	}
	s.WeekStart = weekday(f.get("week_start"))
	for _, one := range []facts.Settings{{Zone: s.Zone, Currency: "EUR"}, {Zone: "UTC", Currency: s.Currency}, {Zone: "UTC", Currency: "EUR", Country: s.Country}} {
		if err := ingest.CheckSettings(one); err != nil {
			_ = f.take(err) // always one that the reader can mend
		}
	}
}
