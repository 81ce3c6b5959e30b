package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/store"
)

// site is the API of a small company: two teams, a few calls of November 2026.
type site struct {
	t      *testing.T
	api    *API
	now    time.Time
	folder *ingest.SharedFolder
	state  *store.DB
}

const rosterFile = "agent,extension,team\nAna,101,East\nBoris,102,East\nCvita,103,West\n"

const callsMapping = `version: 1
layout: {kind: jsonl}
key: id
facts:
  calls:
    id: id
    started: started
    direction: {value: outbound}
    channel: {value: phone}
    agent: ext
    phone: phone
    outcome: {column: disposition, map: {no answer: no_answer, sale: sale}}
    talk: talk
`

const callsFile = `{"id":"1","started":"2026-11-02 09:05:00","ext":"101","phone":"+385911111101","disposition":"no answer","talk":0}
{"id":"2","started":"2026-11-02 09:10:00","ext":"101","phone":"+385911111102","disposition":"sale","talk":180}
{"id":"3","started":"2026-11-02 10:00:00","ext":"102","phone":"+385911111103","disposition":"no answer","talk":0}
{"id":"4","started":"2026-11-03 09:30:00","ext":"102","phone":"+385911111104","disposition":"sale","talk":320}
{"id":"5","started":"2026-11-03 11:00:00","ext":"103","phone":"+385911111105","disposition":"sale","talk":200}
`

func newSite(t *testing.T) *site {
	t.Helper()
	ctx := context.Background()
	s := &site{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	var err error
	s.state, err = store.Open(ctx, dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.state.Close()) })
	clock := func() time.Time { return s.now }
	s.folder = ingesttest.Share(t, dir, clock, s.state)
	require.NoError(t, s.folder.Found(ctx, ingesttest.Adria))
	s.imports("people", "roster.csv", ingesttest.RosterMapping, rosterFile)
	s.imports("pbx", "calls.jsonl", callsMapping, callsFile)
	texts, _ := ingesttest.Catalogues()
	s.api = New(Deps{Folder: s.folder, State: s.state, Auth: auth.New(s.state, clock), Texts: texts, Now: clock,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Spool: filepath.Join(dir), UploadLimit: 1 << 20})
	return s
}

func (s *site) imports(from, name, mappingText, text string) {
	s.t.Helper()
	ingesttest.Import(s.t, s.folder, from, name, mappingText, text)
}

// program is somebody who asks.
type program struct {
	s      *site
	header map[string]string
}

func (s *site) stranger() *program { return &program{s, map[string]string{}} }

// as makes an account of a role with a token of it.
func (s *site) as(role auth.Role) *program {
	s.t.Helper()
	ctx := context.Background()
	a := store.Account{Login: string(role) + "@adria.example", Name: string(role), Role: string(role), Language: "en", CreatedAt: s.now}
	if role == auth.Lead {
		a.Teams = []string{"East"}
	}
	a, err := s.state.Accounts().CreateAccount(ctx, a)
	require.NoError(s.t, err)
	id := auth.Identity{Account: a, Session: &store.Session{}, Can: role.Permissions()}
	secret, _, err := s.api.Auth.CreateToken(ctx, id, "test", role, s.now.Add(time.Hour))
	require.NoError(s.t, err)
	return &program{s, map[string]string{"Authorization": "Bearer " + secret}}
}

// with adds a header.
func (p *program) with(name, value string) *program {
	out := &program{p.s, map[string]string{name: value}}
	for k, v := range p.header {
		if k != name {
			out.header[k] = v
		}
	}
	return out
}

type answer struct {
	t      *testing.T
	status int
	body   string
	header http.Header
}

func (p *program) get(path string) *answer { return p.send("GET", path, "", nil) }
func (p *program) post(path, kind, body string) *answer {
	return p.send("POST", path, kind, strings.NewReader(body))
}
func (p *program) send(method, path, kind string, body io.Reader) *answer {
	p.s.t.Helper()
	r := httptest.NewRequest(method, "http://callpace.example"+Prefix+path, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for k, v := range p.header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	p.s.api.ServeHTTP(w, r)
	return &answer{p.s.t, w.Code, w.Body.String(), w.Header()}
}

// upload sends a form; the last field is the file.
func (p *program) upload(name, content string, fields ...string) *answer {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		require.NoError(p.s.t, form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile("file", name)
	require.NoError(p.s.t, err)
	_, _ = io.WriteString(part, content)
	require.NoError(p.s.t, form.Close())
	return p.send("POST", "/imports", form.FormDataContentType(), &b)
}

// into reads the JSON of an answer with that status.
func (a *answer) into(status int, v any) {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	require.NoError(a.t, json.Unmarshal([]byte(a.body), v), a.body)
}

// refuses checks a problem.
func (a *answer) refuses(status int, key string) Problem {
	a.t.Helper()
	var p Problem
	a.into(status, &p)
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"))
	require.Equal(a.t, key, p.Key, a.body)
	require.Equal(a.t, status, p.Status)
	require.NotEmpty(a.t, p.Detail)
	require.Equal(a.t, a.header.Get("X-Request-Id"), p.RequestID)
	return p
}
