package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/morning"
)

const mailPath = "/settings/mail"

// mailPage is by which server mails go, how it stands with the morning's, and
// what became of the last ones.
type mailPage struct {
	settingsPage
	State   string // of this morning's mail, in words
	Wrong   bool   // it is one to act on
	LogHead string
	Log     []mailRow
	Files   grid // of the log
	Runs    []mailRun
}

// smtp gives the settings of mails.
func (r *request) smtp() (morning.Settings, error) {
	return morning.FindSettings(r.Context(), r.s.State.State)
}

func (r *request) mailSettings() error { return r.mailForm(http.StatusOK, r.filled()) }

func (r *request) mailForm(status int, f *filled) error {
	s, err := r.smtp()
	if err != nil {
		return err
	}
	p, text := mailPage{settingsPage: r.settingsPage("mail")}, r.reader.Text
	p.Lead = text("settings.mail_text")
	passwordHint := text("smtp.password_hint")
	if s.Password != "" {
		passwordHint = r.reader.Sentences(text("settings.mail_password_kept"), text("smtp.password_anew"))
	}
	form := f.view(mailPath, "form.save",
		formField{Kind: "text", Name: "host", Label: text("settings.mail_host"), Hint: text("settings.mail_host_hint"), Value: f.or("host", s.Host), Optional: true, LTR: true, Auto: "off"},
		formField{Kind: "text", Name: "port", Label: text("settings.mail_port"), Value: f.or("port", strconv.Itoa(s.Port)), LTR: true},
		formField{Kind: "select", Name: "tls", Label: text("settings.mail_tls"), Hint: text("smtp.tls_hint"), Groups: choices(f.or("tls", string(s.Security)), "starttls", "STARTTLS", "tls", "TLS", "none", text("settings.mail_no_tls"))},
		formField{Kind: "text", Name: "user", Label: text("settings.mail_user"), Hint: text("smtp.user_hint"), Value: f.or("user", s.User), Optional: true, LTR: true, Auto: "off"},
		formField{Kind: "password", Name: "password", Label: text("web.password"), Hint: passwordHint, Optional: true, LTR: true, Auto: "new-password"},
		formField{Kind: "email", Name: "from", Label: text("settings.mail_from"), Value: f.or("from", s.From), Optional: true, LTR: true},
		formField{Kind: "url", Name: "address", Label: text("smtp.address"), Hint: text("smtp.address_hint"), Value: f.or("address", cmp.Or(s.Address, r.address(""))), Optional: true, LTR: true},
		formField{Kind: "heading", Label: text("morning.title")},
		formField{Kind: "check", Name: "morning", Label: text("morning.send"), Hint: text("morning.send_hint"), Checked: f.orChecked("morning", s.Morning)},
		formField{Kind: "text", Name: "at", Label: text("morning.at"), Hint: text("morning.at_hint"), Value: f.or("at", s.At), LTR: true})
	for i := range form.Fields {
		if form.Fields[i].Kind == "password" {
			form.Fields[i].Value = "" // never sent back, not even what was typed
		}
	}
	p.Form = &form
	if r.canMail() {
		test := r.act(mailPath+"/test", "settings.mail_test", "mail", false)
		p.Test = &test
	}
	if err := r.mailState(&p); err != nil {
		return err
	}
	return r.pageStatus(status, "settings_mail", p)
}

// takeMailSettings keeps the settings. A password that is kept goes to the
// server that it was typed for, by as safe a way, and to no other.
func (r *request) takeMailSettings() error {
	f := r.filled()
	before, err := r.smtp()
	if err != nil {
		return err
	}
	s := morning.Settings{Server: mail.Server{Host: cleanText(f.get("host")), User: cleanText(f.get("user")), Password: mail.Secret(f.values.Get("password")),
		Security: mail.Security(one(f.get("tls"), "starttls", "tls", "none"))}, From: f.get("from"), Address: strings.TrimRight(f.get("address"), "/"),
		Morning: f.values.Has("morning"), At: plainDigits(f.get("at"))}
	s.Port = f.number("port", 1, 65535)
	if s.Security == "" {
		s.Security = mail.StartTLS
	}
	same := s.Host == before.Host && s.Port == before.Port && s.User == before.User && s.Security == before.Security
	if s.Password == "" && s.User != "" && same {
		s.Password = before.Password
	}
	if s.Host != "" && strings.ContainsAny(s.Host, " /:@") && !strings.Contains(s.Host, "::") {
		f.wrong("host", "smtp.bad_host")
	}
	if s.Host != "" && (mail.Address{Address: s.From}).Check() != nil {
		f.wrong("from", "auth.bad_login")
	}
	if u, err := url.Parse(s.Address); (s.Address != "" || s.Host != "") && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery+u.Fragment != "") {
		f.wrong("address", "smtp.bad_url")
	}
	if t, err := time.Parse("15:04", s.At); err == nil {
		s.At = t.Format("15:04")
	} else {
		f.wrong("at", "morning.bad_time")
	}
	if f.bad() {
		return r.mailForm(f.status(nil), f)
	}
	if err := r.saveSetting(morning.SettingName, s, nil); err != nil {
		return err
	}
	return r.redirect(mailPath + "?done=saved")
}

// testMail sends the reader a mail and tells what became of it.
func (r *request) testMail() error {
	if !r.canMail() {
		return callpace.E(callpace.Conflict, "settings.mail_none")
	}
	args := map[string]any{"organisation": r.org.Name}
	if err := r.s.Mail(r.Context(), r.who.Account.Login, r.reader.T("mail.test.subject", args), r.reader.T("mail.test.body", args)); err != nil {
		f := &filled{r: r, faults: map[string]string{}}
		if f.fault = r.reader.Error(err); callpace.CodeOf(err) == callpace.Internal {
			f.fault = r.reader.T("settings.mail_failed", map[string]any{"reason": err.Error()})
		}
		return r.mailForm(http.StatusUnprocessableEntity, f)
	}
	return r.redirect(mailPath + "?done=mailed")
}
