package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/store"
)

// site is a server on a small company: two teams, four agents, a few calls of
// November 2026, and an account of each role, all with the same password.
//
//	s := newSite(t)
//	s.as(auth.Lead).get("/agents").has(200, "Ana")
//	s.as(auth.Admin).post("/settings/focus", "kpi", "calls").goes("/settings/focus")
type site struct {
	*Server
	t       *testing.T
	dir     string
	clock   *testClock
	handler http.Handler
	ids     map[auth.Role]string // of the accounts
}

// password is everybody's, and otherPassword one to change it to.
const (
	password      = "seven quiet herons"
	otherPassword = "eleven loud sparrows"
)

// people are the accounts of a site, one of each role.
var people = []store.Account{
	{Login: "ana@adria.example", Name: "Ana Anić", Role: string(auth.Agent), Agent: "Ana", Teams: []string{"East"}},
	{Login: "lea@adria.example", Name: "Lea Lead", Role: string(auth.Lead), Teams: []string{"East"}},
	{Login: "quin@adria.example", Name: "Quin Quality", Role: string(auth.QA)},
	{Login: "alan@adria.example", Name: "Alan Analyst", Role: string(auth.Analyst)},
	{Login: "mia@adria.example", Name: "Mia Manager", Role: string(auth.Manager)},
	{Login: "ada@adria.example", Name: "Ada Admin", Role: string(auth.Admin)},
}

const rosterFile = `agent,extension,team
Ana,101,East
Boris,102,East
Cvita,103,West
Dino,104,West
`

// callsFile: 109 is nobody's extension.
const callsFile = `id,started,ext,phone,campaign,disposition,talk
1,2026-11-02 09:05:00,101,+385911111101,Solar,no answer,0
2,2026-11-02 09:10:00,101,+385911111102,Solar,appointment,180
3,2026-11-02 10:00:00,102,+385911111103,Solar,not interested,40
4,2026-11-03 09:30:00,102,+385911111104,Solar,sale,320
5,2026-11-03 11:00:00,103,+385911111105,Solar,appointment,200
6,2026-11-03 11:20:00,103,+385911111106,Solar,no answer,0
7,2026-11-20 12:00:00,104,+385911111107,Gas,sale,260
8,2026-11-20 12:30:00,104,+385911111108,Gas,mystery,15
9,2026-11-20 13:00:00,109,+385911111109,Gas,no answer,0
`

const callsMapping = `version: 1
key: id
facts:
  calls:
    id: id
    started: started
    direction: {value: outbound}
    channel: {value: phone}
    agent: ext
    phone: phone
    campaign: campaign
    outcome:
      column: disposition
      map: {no answer: no_answer, appointment: appointment, not interested: not_interested, sale: sale}
    talk: talk
`

// newSite makes a site; it ends with the test.
func newSite(t *testing.T) *site {
	t.Helper()
	s := newEmptySite(t)
	require.NoError(t, s.Folder.Found(context.Background(), ingesttest.Adria))
	s.imports("people", "roster.csv", ingesttest.RosterMapping, rosterFile)
	s.imports("pbx", "calls.csv", callsMapping, callsFile)
	require.NoError(t, s.State.Settings().UpdateSetting(context.Background(), OrganisationSetting, Organisation{Name: "Adria Test"}, "", s.clock.Now()))
	for _, p := range people {
		p.Language, p.CreatedAt, p.PasswordAt, p.Password = "en", s.clock.Now(), s.clock.Now(), cheapHash()
		a, err := s.State.Accounts().CreateAccount(context.Background(), p)
		require.NoError(t, err)
		s.ids[auth.Role(p.Role)] = a.ID
	}
	return s
}

// newEmptySite is a site as it is after the first start: no organisation, nobody.
func newEmptySite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), clock: &testClock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}, ids: map[auth.Role]string{}}
	state, err := store.Open(context.Background(), s.dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	folder := ingesttest.Share(t, s.dir, s.clock.Now, state)
	texts, _ := ingesttest.Catalogues()
	s.Server, err = New(Deps{Folder: folder, State: state, Auth: auth.New(state, s.clock.Now), Texts: texts, Formats: formats.All(),
		Now: s.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Version: "test", Insecure: true})
	require.NoError(t, err)
	s.handler = s.Handler()
	return s
}

// imports brings a file in.
func (s *site) imports(from, name, mappingText, text string) ingest.Report {
	s.t.Helper()
	return ingesttest.Import(s.t, s.Folder, from, name, mappingText, text)
}

// browser is somebody who asks, with their cookies.
type browser struct {
	site    *site
	cookies map[string]string
	secret  string            // of the session; "" for a stranger
	header  map[string]string // of each request
}

// stranger is nobody yet.
func (s *site) stranger() *browser {
	return &browser{site: s, cookies: map[string]string{}, header: map[string]string{"Accept-Language": "en"}}
}

// as is a browser in which a role is signed in.
func (s *site) as(role auth.Role) *browser {
	s.t.Helper()
	b := s.stranger()
	b.secret = fmt.Sprintf("session of %s %d", role, s.clock.tick())
	sum := sha256.Sum256([]byte(b.secret))
	now := s.clock.Now()
	_, err := s.State.Sessions().CreateSession(context.Background(), store.Session{Hash: hex.EncodeToString(sum[:]), AccountID: s.ids[role], Stage: store.StageOpen,
		UserAgent: "Firefox", Address: "192.0.2.1", CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(24 * time.Hour)})
	require.NoError(s.t, err)
	b.cookies[s.sessionCookie()] = b.secret
	return b
}

// get asks for a page.
func (b *browser) get(path string) *answer { return b.send(http.MethodGet, path, nil) }

// post sends a form of pairs of name and value, as our own page would.
func (b *browser) post(path string, pairs ...string) *answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	if form.Get("csrf") == "" {
		secret := b.cookies[formCookie] // given to whoever is not, or no longer, signed in
		if secret == "" {
			secret = b.secret
		}
		form.Set("csrf", auth.CSRFToken(secret))
	}
	return b.send(http.MethodPost, path, form)
}

func (b *browser) send(method, path string, form url.Values) *answer {
	b.site.t.Helper()
	hr := httptest.NewRequest(method, "http://callpace.example"+path, strings.NewReader(form.Encode()))
	if form != nil {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.header {
		hr.Header.Set(name, value)
	}
	for name, value := range b.cookies {
		hr.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.site.handler.ServeHTTP(w, hr)
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
		if c.Name == b.site.sessionCookie() {
			b.secret = c.Value
		}
	}
	return &answer{t: b.site.t, status: w.Code, body: w.Body.String(), header: w.Header(), asked: method + " " + path}
}

// answer is what came back.
type answer struct {
	t      *testing.T
	asked  string
	status int
	body   string
	header http.Header
}

// has checks the status and that the page holds some texts, as HTML escapes them.
func (a *answer) has(status int, texts ...string) *answer {
	a.t.Helper()
	require.Equal(a.t, status, a.status, "%s: %s", a.asked, a.body)
	for _, text := range texts {
		require.Contains(a.t, a.body, text, a.asked)
	}
	return a
}

// lacks checks that texts are not in the page.
func (a *answer) lacks(texts ...string) *answer {
	a.t.Helper()
	for _, text := range texts {
		require.NotContains(a.t, a.body, text, a.asked)
	}
	return a
}

// goes checks that the browser is sent on.
func (a *answer) goes(to string) *answer {
	a.t.Helper()
	require.Equal(a.t, http.StatusSeeOther, a.status, "%s: %s", a.asked, a.body)
	require.Equal(a.t, to, a.header.Get("Location"), a.asked)
	return a
}

// testClock is a time that tests move.
type testClock struct {
	mu  sync.Mutex
	now time.Time
	n   int
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *testClock) tick() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

// cheapHash is a hash of the password that takes next to no time to check.
var cheapHash = sync.OnceValue(func() string {
	salt := []byte("sixteen bytes of")
	key := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=64,t=1,p=1$%s$%s", argon2.Version, b64.EncodeToString(salt), b64.EncodeToString(key))
})
