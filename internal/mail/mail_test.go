package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/mail/mailtest"
)

func hello() mail.Message {
	return mail.Message{ID: "abc", From: mail.Address{Name: "Adria", Address: "numbers@adria.example"}, To: mail.Address{Name: "Ana Anić", Address: "ana@adria.example"},
		Subject: "Dobro jutro", Language: "hr", Text: "Jučer: 12 prodaja\n", HTML: "<p>Jučer: 12 prodaja</p>", LeaveAt: "https://callpace.example/mail/preview"}
}

func TestSend(t *testing.T) {
	f := func(security mail.Security, start func(*testing.T) *mailtest.Server, user, password, want string) {
		t.Helper()
		s := start(t)
		s.Set(func() { s.User, s.Password = "numbers", "a secret" })
		to := mail.Server{Host: "localhost", Port: s.Port, Security: security, User: user, Password: mail.Secret(password)}
		err := mail.Sender{Roots: s.Roots}.Send(context.Background(), to, hello())
		if want != "" {
			require.ErrorContains(t, err, want)
			require.NotContains(t, err.Error(), "a secret")
			require.True(t, mail.Unreached(err))
			require.False(t, mail.Uncertain(err))
			require.Empty(t, s.Letters())
			return
		}
		require.NoError(t, err)
		require.Len(t, s.Letters(), 1)
		l := s.Letters()[0]
		require.Equal(t, "Dobro jutro", l.Subject)
		require.Equal(t, "<abc@adria.example>", l.Header.Get("Message-Id"))
		require.Equal(t, "auto-generated", l.Header.Get("Auto-Submitted"))
		require.Equal(t, "<https://callpace.example/mail/preview>", l.Header.Get("List-Unsubscribe"))
		require.Equal(t, "Jučer: 12 prodaja", strings.TrimSpace(l.Text))
		require.Equal(t, "<p>Jučer: 12 prodaja</p>", strings.TrimSpace(l.HTML))
	}
	f(mail.None, mailtest.Start, "", "", "")
	f(mail.StartTLS, mailtest.Start, "", "", "")
	f(mail.StartTLS, mailtest.Start, "numbers", "a secret", "")
	f(mail.TLS, mailtest.StartTLS, "numbers", "a secret", "")
	f(mail.StartTLS, mailtest.Start, "numbers", "wrong", "smtp.no_sign_in")
	f(mail.None, mailtest.Start, "numbers", "a secret", "smtp.no_sign_in") // the password stays here
	f(mail.TLS, mailtest.Start, "", "", "smtp.no_tls")
}

func TestCertificateIsChecked(t *testing.T) {
	s := mailtest.Start(t)
	err := mail.Sender{}.Send(context.Background(), mail.Server{Host: "localhost", Port: s.Port, Security: mail.StartTLS}, hello())
	require.ErrorContains(t, err, "smtp.bad_certificate")
}

// Where a connection ends decides whether a message may be sent again.
func TestWhatWentWrong(t *testing.T) {
	f := func(drop, refuse, want string, unreached, uncertain bool) {
		t.Helper()
		s := mailtest.Start(t)
		s.Set(func() { s.Drop, s.Refuse = drop, func(string) string { return refuse } })
		err := mail.Sender{Patience: 5 * time.Second}.Send(context.Background(), mail.Server{Host: "localhost", Port: s.Port, Security: mail.None}, hello())
		require.ErrorContains(t, err, want)
		require.Equal(t, unreached, mail.Unreached(err), err)
		require.Equal(t, uncertain, mail.Uncertain(err), err)
	}
	f("CONNECT", "", "smtp.unreached", true, false)
	f("MAIL", "", "smtp.refused_message", false, false)
	f("DATA", "", "smtp.refused_message", false, false)
	f("", "550 no such user", `550 "no such user"`, false, false)
	f("", "451 try later", `451 "try later"`, false, false)
	f("END", "", "smtp.uncertain", false, true)

	err := mail.Sender{}.Send(context.Background(), mail.Server{Host: "localhost", Port: 1, Security: mail.None}, hello())
	require.ErrorContains(t, err, "smtp.unreached")
	require.Equal(t, callpace.Unsupported, callpace.CodeOf(mail.Sender{}.Send(context.Background(), mail.Server{}, hello())))
}

// What people are called never adds a header or a recipient.
func TestHeadersHoldOneLine(t *testing.T) {
	s := mailtest.Start(t)
	to := mail.Server{Host: "localhost", Port: s.Port, Security: mail.None}
	for _, hostile := range []string{"a\r\nBcc: eve@evil.example", "a\nX-Evil: 1\n\nbody", "a\u2028Bcc: eve@evil.example", "a\x00\x1b[0m", "\"<eve@evil.example>, x", "=?utf-8?q?a=0d=0aBcc:_eve?=",
		strings.Repeat("é", 500) + "\r\nBcc: eve@evil.example"} {
		m := hello()
		m.Subject, m.From.Name, m.To.Name, m.Language, m.LeaveAt, m.ID = hostile, hostile, hostile, hostile, "https://x/"+hostile, hostile
		require.NoError(t, mail.Sender{}.Send(context.Background(), to, m), "%q", hostile)
		l := s.Letters()[len(s.Letters())-1]
		require.Equal(t, "ana@adria.example", l.To)
		for name := range l.Header {
			require.NotContains(t, []string{"Bcc", "X-Evil"}, name, "%q: %s", hostile, l.Raw)
		}
		list, err := l.Header.AddressList("To")
		require.NoError(t, err, "%q: %s", hostile, l.Header.Get("To"))
		require.Len(t, list, 1)
		require.Equal(t, "ana@adria.example", list[0].Address)
		require.Equal(t, "Jučer: 12 prodaja", strings.TrimSpace(l.Text))
	}
	for _, hostile := range []string{"ana@adria.example\r\nBcc: eve@evil.example", "Ana <ana@adria.example>", "ana@adria.example, eve@evil.example", "ana", "", "ana@adria.example>\r\nRCPT TO:<eve@evil.example"} {
		m := hello()
		m.To.Address = hostile
		require.Equal(t, callpace.Invalid, callpace.CodeOf(mail.Sender{}.Send(context.Background(), to, m)), "%q", hostile)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	var out strings.Builder
	s := mail.Server{Host: "h", Password: "a secret"}
	fmt.Fprintf(&out, "%v %+v %#v %s %q", s, s, s, s.Password, s.Password)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "server", s, "password", s.Password)
	require.NotContains(t, out.String(), "a secret")
}
