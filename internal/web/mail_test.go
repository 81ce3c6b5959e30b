package web

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/mail/mailtest"
	"github.com/callpace/callpace/internal/morning"
	letters "github.com/callpace/callpace/internal/web/letter"
)

// newMailSite is a site that can send, by the server that comes with it, on
// the Monday after its last calls.
func newMailSite(t *testing.T) (*site, *mailtest.Server) {
	t.Helper()
	s, server := newSite(t), mailtest.Start(t)
	s.clock.pass(19 * time.Hour) // Monday, 08:00 in Zagreb
	s.Morning = morning.New(morning.Deps{Folder: s.Folder, State: s.State, Now: s.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Jobs: s.Jobs,
		Organisation: func(context.Context) (morning.Organisation, error) {
			return morning.Organisation{Name: "Adria Test"}, nil
		},
		Write: letters.Writer{Texts: s.Texts}.Message, Send: mail.Sender{}.Send})
	s.Mail = s.Morning.Mail
	return s, server
}

func fields(server *mailtest.Server, pairs ...string) []string {
	return append([]string{"host", "localhost", "port", strconv.Itoa(server.Port), "tls", "none", "from", "numbers@adria.example", "address", "https://callpace.example/",
		"morning", "yes", "at", "07:30"}, pairs...)
}

// The password is written, and never comes back; nor does it go to another server.
func TestMailPasswordIsWriteOnly(t *testing.T) {
	s, server := newMailSite(t)
	admin := s.as(auth.Admin)
	admin.get(mailPath).has(200, "no mail server is set")
	kept := func() string {
		settings, err := morning.FindSettings(context.Background(), s.State.State)
		require.NoError(t, err)
		require.Equal(t, "https://callpace.example", settings.Address)
		return string(settings.Password)
	}
	admin.post(mailPath, fields(server, "user", "numbers", "password", "sesame-open")...).goes(mailPath + "?done=saved")
	require.Equal(t, "sesame-open", kept())
	admin.get(mailPath).has(200, "A password is kept").lacks("sesame-open")
	admin.post(mailPath, fields(server, "user", "numbers")...).goes(mailPath + "?done=saved")
	require.Equal(t, "sesame-open", kept())
	admin.post(mailPath, append([]string{"host", "evil.example"}, fields(server, "user", "numbers")[2:]...)...).goes(mailPath + "?done=saved")
	require.Empty(t, kept())
	admin.post(mailPath, append([]string{"from", "nobody"}, fields(server, "password", "sesame-open")...)...).has(422).lacks("sesame-open")
	admin.get("/settings/audit").has(200).lacks("sesame-open")
	for _, role := range []auth.Role{auth.Agent, auth.Lead, auth.QA, auth.Analyst, auth.Manager} {
		s.as(role).get(mailPath).has(403)
		s.as(role).post(mailPath+"/test", "x", "y").has(403)
	}
}

func TestMailSettingsAreChecked(t *testing.T) {
	s, server := newMailSite(t)
	admin := s.as(auth.Admin)
	f := func(text string, pairs ...string) {
		t.Helper()
		all := fields(server)
		for i := 0; i < len(pairs); i += 2 {
			for j := 0; j < len(all); j += 2 {
				if all[j] == pairs[i] {
					all[j+1] = pairs[i+1]
				}
			}
		}
		admin.post(mailPath, all...).has(422, text)
	}
	f("not an e-mail address", "from", "Ana <ana@adria.example>")
	f("not an e-mail address", "from", "ana@adria.example\r\nBcc: eve@evil.example")
	f("not a time of day", "at", "25:00")
	f("name of the server alone", "host", "smtp.example.com:587")
	f("not the address of a site", "address", "javascript:alert(1)")
	f("not the address of a site", "address", "https://a:b@callpace.example")
	f("65", "port", "99999")
}

func TestTestMail(t *testing.T) {
	s, server := newMailSite(t)
	admin := s.as(auth.Admin)
	admin.post(mailPath + "/test").has(409)
	admin.post(mailPath, fields(server)...).goes(mailPath + "?done=saved")
	admin.post(mailPath + "/test").goes(mailPath + "?done=mailed")
	require.Equal(t, "ada@adria.example", server.Letters()[0].To)
	server.Set(func() { server.Refuse = func(string) string { return "550 <b>no such user</b>" } })
	admin.post(mailPath+"/test").has(422, "did not take the mail", "&lt;b&gt;no such user")
}

// What did not go out is told on the overview to those who can mend it, and
// why on the settings' page.
func TestFailedMailIsTold(t *testing.T) {
	s, server := newMailSite(t)
	admin := s.as(auth.Admin)
	admin.post(mailPath, fields(server)...).goes(mailPath + "?done=saved")
	admin.get("/").has(200).lacks("did not arrive for certain")
	server.Set(func() {
		server.Refuse = func(to string) string {
			if to == "mia@adria.example" {
				return "550 5.1.1 no such user"
			}
			return ""
		}
	})
	require.NoError(t, s.Morning.Round(context.Background()))
	admin.get("/").has(200, "1 morning mail of 23 November 2026 did not arrive for certain")
	s.as(auth.Manager).get("/").has(200).lacks("did not arrive for certain")
	admin.get(mailPath).has(200, "Mia Manager", "5.1.1 no such user", "failed", "Ada Admin", "sent")
}

// Everybody sees their own mail and can turn it off; admins see each role's.
func TestMailPreview(t *testing.T) {
	s, _ := newMailSite(t)
	for _, role := range auth.Roles() {
		b := s.as(role)
		b.get(previewPath).has(200, "Morning mail")
		b.post(previewPath, "mail", "off").goes(previewPath + "?done=off")
		a, err := s.State.Accounts().FindAccount(context.Background(), s.ids[role])
		require.NoError(t, err)
		require.True(t, a.Preferences.NoMail)
		require.False(t, morning.Receives(a))
		b.get(previewPath).has(200, "You do not get this mail")
		b.post(previewPath, "mail", "on").goes(previewPath + "?done=on")
	}
	s.as(auth.Manager).get(previewPath).has(200, "Friday, 20 November 2026", "The numbers of the whole company")
	admin := s.as(auth.Admin)
	for _, role := range auth.Roles() {
		for _, lang := range []string{"en", "hr", "uk", "fa", "ro", "zh"} {
			admin.get(previewPath + "?role=" + string(role) + "&speak=" + lang).has(200)
		}
	}
	admin.get(previewPath+"?speak=fa").has(200, `dir="rtl"`, "۲۰ نوامبر ۲۰۲۶")
	s.as(auth.Agent).get(previewPath + "?role=admin").has(200).lacks("The numbers of the whole company")
}
