// Package mail hands messages to an SMTP server, and does nothing else: it
// knows no accounts, no languages and no queue. What goes wrong says whether
// the message may have gone out all the same.
package mail

import (
	"errors"
	"log/slog"
	"net/mail"
	"strings"
	"unicode"

	"github.com/callpace/callpace"
)

// Security is how the way to the server is protected.
type Security string

// The ways. None is for a server on the same machine or network; a password is
// then sent only where the server takes it without giving it away.
const (
	StartTLS Security = "starttls" // required, never merely tried
	TLS      Security = "tls"      // from the first byte
	None     Security = "none"
)

// Securities lists the ways, the usual one first.
func Securities() []Security { return []Security{StartTLS, TLS, None} }

// Port is the usual port of a way.
func (s Security) Port() int {
	switch s {
	case TLS:
		return 465
	case None:
		return 25
	}
	return 587
}

// Server is an SMTP server and how to sign in there. Without a Host there is none.
type Server struct {
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	Security Security `json:"tls"`
	User     string   `json:"user,omitempty"` // "": without signing in
	Password Secret   `json:"password,omitempty"`
}

// Secret is a text that is kept and used, and never printed or logged.
type Secret string

// String hides the secret.
func (Secret) String() string { return "…" }

// GoString hides the secret.
func (Secret) GoString() string { return "…" }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("…") }

// Address is somebody's name, which may be empty, and e-mail address.
type Address struct{ Name, Address string }

// Check gives an Invalid error for what is no bare e-mail address.
func (a Address) Check() error {
	parsed, err := mail.ParseAddress(a.Address)
	if err != nil || parsed.Address != a.Address || parsed.Name != "" || a.Address != oneLine(a.Address) {
		return callpace.E(callpace.Invalid, "smtp.bad_address", "address", oneLine(a.Address))
	}
	return nil
}

func (a Address) clean() *mail.Address {
	return &mail.Address{Name: oneLine(a.Name), Address: a.Address}
}

// Message is a mail as plain text and, where HTML is not empty, as HTML too.
type Message struct {
	ID         string // before the @ of its Message-ID, the same at each attempt; "": any
	From, To   Address
	Subject    string
	Language   string // BCP 47
	Text, HTML string
	LeaveAt    string // address of the page where such mails can be turned off
}

// oneLine makes a text fit for a header: what ends a line, or hides there,
// becomes a space.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

// uncertain marks an error after which the message may have been taken.
type uncertain struct{ error }

func (u uncertain) Unwrap() error { return u.error }

// Uncertain tells whether a message may have gone out despite the error: it
// must not be sent again.
func Uncertain(err error) bool { return errors.As(err, new(uncertain)) }

// unreached marks an error that any other message would meet too.
type unreached struct{ error }

func (u unreached) Unwrap() error { return u.error }

// Unreached tells whether the server could not be used at all: there is no
// point in trying the next message.
func Unreached(err error) bool { return errors.As(err, new(unreached)) }
