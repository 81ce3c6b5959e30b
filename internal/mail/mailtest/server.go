// Package mailtest is a small SMTP server for tests: it takes mail on the
// loopback, keeps it, and goes wrong as it is told.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Server is the server. What it is to do is changed with Set.
type Server struct {
	Port int
	// Refuse, if set, answers RCPT for an address, as "550 no such user"; "" takes it.
	Refuse func(to string) string
	// Drop ends the connection at a command: CONNECT, MAIL, DATA, or END after the message came whole.
	Drop           string
	User, Password string // of AUTH PLAIN; "" asks for none
	Cert           *tls.Certificate
	Roots          *x509.CertPool

	mu     sync.Mutex
	kept   []Letter
	dials  int
	listen net.Listener
}

// Letter is a mail that came.
type Letter struct {
	From, To string // of the envelope
	Raw      string
	Header   mail.Header
	Subject  string // decoded
	Text     string
	HTML     string
}

// Start starts a server; it ends with the test.
func Start(t *testing.T) *Server { return start(t, false) }

// StartTLS starts a server that speaks TLS from the first byte.
func StartTLS(t *testing.T) *Server { return start(t, true) }

func start(t *testing.T, implicit bool) *Server {
	t.Helper()
	s := &Server{}
	var err error
	s.Cert, s.Roots, err = certificate()
	require.NoError(t, err)
	s.listen, err = net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // of a test
	require.NoError(t, err)
	s.Port = s.listen.Addr().(*net.TCPAddr).Port
	if implicit {
		s.listen = tls.NewListener(s.listen, &tls.Config{Certificates: []tls.Certificate{*s.Cert}, MinVersion: tls.VersionTLS12})
	}
	t.Cleanup(func() { _ = s.listen.Close() })
	go func() {
		for {
			conn, err := s.listen.Accept()
			if err != nil {
				return
			}
			go s.talk(conn)
		}
	}()
	return s
}

// Letters gives what came so far.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter{}, s.kept...)
}

// Dials counts the connections.
func (s *Server) Dials() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dials
}

// Set changes what the server does while it runs.
func (s *Server) Set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *Server) told() (drop string, refuse func(string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Drop, s.Refuse
}

func (s *Server) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	drop, refuse := s.told()
	s.mu.Lock()
	s.dials++
	s.mu.Unlock()
	if drop == "CONNECT" {
		return
	}
	in := textproto.NewConn(conn)
	say := func(line string) { _ = in.PrintfLine("%s", line) }
	say("220 test ready")
	var letter Letter
	for {
		line, err := in.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		if verb = strings.ToUpper(verb); verb == drop {
			return
		}
		switch verb {
		case "EHLO":
			say("250-test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-STARTTLS\r\n250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*s.Cert}, MinVersion: tls.VersionTLS12})
			in = textproto.NewConn(conn)
		case "AUTH":
			say(s.signIn(rest))
		case "MAIL":
			letter = Letter{From: between(rest)}
			say("250 ok")
		case "RCPT":
			letter.To = between(rest)
			if refuse != nil {
				if no := refuse(letter.To); no != "" {
					say(no)
					continue
				}
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			text, err := io.ReadAll(in.DotReader())
			if err != nil || drop == "END" {
				return
			}
			letter.Raw = string(text)
			s.keep(letter)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *Server) signIn(rest string) string {
	_, code, _ := strings.Cut(rest, " ")
	plain, _ := base64.StdEncoding.DecodeString(code)
	s.mu.Lock()
	defer s.mu.Unlock()
	if string(plain) == "\x00"+s.User+"\x00"+s.Password {
		return "235 welcome"
	}
	return "535 5.7.8 not you"
}

func between(text string) string {
	_, text, _ = strings.Cut(text, "<")
	text, _, _ = strings.Cut(text, ">")
	return text
}

func (s *Server) keep(l Letter) {
	m, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(l.Raw)))
	if err == nil {
		l.Header = m.Header
		l.Subject, _ = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		l.parts(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, l)
}

func (l *Letter) parts(contentType, encoding string, body io.Reader) {
	media, params, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(media, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			part, err := r.NextRawPart()
			if err != nil {
				return
			}
			l.parts(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
		}
	}
	switch encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, _ := io.ReadAll(body)
	if media == "text/html" {
		l.HTML = string(text)
		return
	}
	l.Text = string(text)
}

// certificate makes one for localhost, and a pool that trusts it.
func certificate() (*tls.Certificate, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, fmt.Errorf("read what was made: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool, nil
}
