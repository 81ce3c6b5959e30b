package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/callpace/callpace"
)

// patience is how long the server may take for each step.
const patience = 15 * time.Second

// Sender sends messages. Its zero value trusts the system's certificate
// authorities and waits 15 seconds for each step. It is safe for concurrent use.
type Sender struct {
	Roots    *x509.CertPool // nil: the system's
	Patience time.Duration  // 0: 15 seconds
}

// Send hands a message to a server. Without a Host it gives an Unsupported
// error, for a message that cannot be sent Invalid, and Conflict for what went
// wrong on the way; see Uncertain and Unreached.
func (s Sender) Send(ctx context.Context, to Server, m Message) error {
	if to.Host == "" {
		return callpace.E(callpace.Unsupported, "smtp.no_server")
	}
	msg, err := m.compose()
	if err != nil {
		return err
	}
	client, err := s.client(to)
	if err != nil {
		return unreached{callpace.E(callpace.Invalid, "smtp.bad_server", "host", to.Host, "port", to.Port).Because(err)}
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return unreached{s.refusal(to, err)}
	}
	err = client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // what it was there for is done, or told by err
	if msg.IsDelivered() {
		return nil // a word lost after the server took it changes nothing
	}
	return undelivered(err)
}

func (s Sender) client(to Server) (*gomail.Client, error) {
	wait := s.Patience
	if wait == 0 {
		wait = patience
	}
	options := []gomail.Option{gomail.WithPort(to.Port), gomail.WithTimeout(wait), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: to.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12})}
	signIn := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5}
	switch to.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		signIn = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthCramMD5} // the password itself never goes out unprotected
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if to.User != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(signIn...), gomail.WithUsername(to.User), gomail.WithPassword(string(to.Password)))
	}
	return gomail.NewClient(to.Host, options...)
}

func (m Message) compose() (*gomail.Msg, error) {
	if err := errors.Join(m.From.Check(), m.To.Check()); err != nil {
		return nil, fmt.Errorf("compose a mail: %w", err)
	}
	msg := gomail.NewMsg()
	msg.FromMailAddress(m.From.clean())
	msg.ToMailAddress(m.To.clean())
	msg.Subject(oneLine(m.Subject))
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Language != "" {
		msg.SetGenHeader(gomail.HeaderContentLang, oneLine(m.Language))
	}
	if m.LeaveAt != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(oneLine(m.LeaveAt))+">")
	}
	if m.ID == "" {
		msg.SetMessageID()
	} else {
		_, domain, _ := strings.Cut(m.From.Address, "@")
		msg.SetMessageIDWithValue(oneLine(m.ID) + "@" + domain)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

// refusal words why the server could not be used.
func (s Sender) refusal(to Server, err error) error {
	key := "smtp.unreached"
	var reply *textproto.Error
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &authority), errors.As(err, &name), errors.As(err, &invalid):
		key = "smtp.bad_certificate"
	case errors.As(err, &record), strings.Contains(err.Error(), "STARTTLS"):
		key = "smtp.no_tls"
	case errors.As(err, &reply) && (reply.Code == 535 || reply.Code == 534 || reply.Code == 538 || reply.Code == 454),
		strings.Contains(err.Error(), "AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
		key = "smtp.no_sign_in"
	case errors.As(err, &reply):
		key = "smtp.refused"
	}
	return callpace.E(callpace.Conflict, key, "host", to.Host, "port", to.Port).Because(plain(err))
}

// undelivered words why a message did not go out, or may have gone. Only
// without an answer after its text was sent is that not known.
func undelivered(err error) error {
	e := callpace.E(callpace.Conflict, "smtp.refused_message").Because(plain(err))
	var send *gomail.SendError
	var reply *textproto.Error
	if errors.As(err, &send) && send.Reason == gomail.ErrSMTPDataClose && !errors.As(err, &reply) && send.ErrorCode() == 0 {
		return uncertain{callpace.E(callpace.Conflict, "smtp.uncertain").Because(plain(err))}
	}
	return e
}

// plain keeps the text of an error on one line, and of it as much as is of use.
func plain(err error) error {
	text := []rune(oneLine(err.Error()))
	return errors.New(string(text[:min(len(text), 300)]))
}
