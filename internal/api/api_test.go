package api

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The document is part of the product: a change to it is a decision.
func TestOpenAPI(t *testing.T) {
	s := newSite(t)
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, s.api.Document(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "make it with go test ./internal/api -update")
	require.Equal(t, string(want), string(s.api.Document()), "the API's document changed: if that is meant, go test ./internal/api -update")
	require.Equal(t, string(want), s.stranger().get("/openapi.json").body)
}

func TestWhoMayAsk(t *testing.T) {
	s := newSite(t)
	s.stranger().get("/me").refuses(401, "api.no_token")
	s.stranger().with("Authorization", "Bearer cp_nobody").get("/kpi?kpis=calls").refuses(401, "auth.token_refused")
	require.Equal(t, `Bearer realm="callpace"`, s.stranger().get("/me").header.Get("WWW-Authenticate"))
	lead := s.as(auth.Lead)
	lead.get("/imports").refuses(403, "auth.forbidden")
	lead.upload("x.jsonl", callsFile, "source", "pbx", "mapping", callsMapping).refuses(403, "auth.forbidden")
	lead.send("DELETE", "/imports/1", "", nil).refuses(403, "auth.forbidden")
	lead.post("/events?source=pbx", "application/x-ndjson", callsFile).refuses(403, "auth.forbidden")
	s.as(auth.Manager).get("/nothing").refuses(404, "api.no_operation")
}

// A lead's token sees the lead's team, here as everywhere.
func TestScope(t *testing.T) {
	s := newSite(t)
	calls := func(p *program, more string) float64 {
		var a present.Answer
		p.get("/kpi?kpis=calls&period=2026-11"+more).into(200, &a)
		require.Len(t, a.Rows, 1)
		return *a.Rows[0].Figures["calls"].Value
	}
	manager, lead := s.as(auth.Manager), s.as(auth.Lead)
	require.EqualValues(t, 5, calls(manager, ""))
	require.EqualValues(t, 4, calls(lead, ""))
	var west present.Answer
	lead.get(`/kpi?kpis=calls&period=2026-11&where=team+%3D%3D+%22West%22`).into(200, &west)
	for _, row := range west.Rows {
		require.Zero(t, *row.Figures["calls"].Value)
	}
	var rows rowList
	lead.get("/kpi/calls/rows?period=2026-11").into(200, &rows)
	require.EqualValues(t, 4, rows.Count)
	require.NotContains(t, lead.get("/kpi/calls/rows?period=2026-11").body, "Cvita")
	require.NotContains(t, lead.get("/agents").body, "Cvita")
	require.Contains(t, manager.get("/agents").body, "Cvita")
	require.JSONEq(t, `{"teams": [{"name": "East", "agents": ["Ana", "Boris"]}]}`, lead.get("/teams").body)
	require.Contains(t, lead.get("/me").body, `"everything":false,"teams":["East"]`)
}

func TestWrongQuestions(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	p.get("/kpi?kpis=calls&period=never").refuses(422, "period.bad")
	p.get("/kpi?kpis=cals").refuses(404, "kpi.unknown_near")
	p.get("/kpi").refuses(422, "api.invalid")
	p.get("/kpi/calls/rows?cursor=zzz").refuses(422, "rows.bad_cursor")
	hr := p.with("Accept-Language", "hr")
	require.Equal(t, []Detail{{"query.limit", "api.value.at_most", "smije biti najviše 50000"}}, hr.get("/kpi?kpis=calls&limit=70000").refuses(422, "api.invalid").Errors)
	require.Equal(t, []Detail{{"query.sorted", "api.value.unknown", "ovdje nije poznato; provjerite kako je napisano"}}, hr.get("/kpi?kpis=calls&sorted=calls").refuses(422, "api.invalid").Errors)
	require.Equal(t, "hr.1", p.with("X-Request-Id", "hr.1").get("/me").header.Get("X-Request-Id"))
	require.NotContains(t, p.with("X-Request-Id", "<script>").get("/me").header.Get("X-Request-Id"), "<")
}

func TestTooOften(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	for range int(asking.burst) {
		require.Equal(t, 200, p.get("/me").status)
	}
	a := p.get("/me")
	a.refuses(429, "auth.wait")
	require.Equal(t, "1", a.header.Get("Retry-After"))
	require.Equal(t, 422, p.post("/events?source=pbx", "application/x-ndjson", "").status, "what is sent is counted by itself")
	s.now = s.now.Add(time.Second)
	require.Equal(t, 200, p.get("/me").status)
}

// Pages of rows make up the whole, in the same order, each row once.
func TestRowsPageByPage(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	var whole rowList
	p.get("/kpi/calls/rows").into(200, &whole)
	require.Len(t, whole.Rows, 5)
	var got []map[string]*string
	for cursor := ""; ; {
		var page rowList
		p.get("/kpi/calls/rows?limit=2&cursor="+cursor).into(200, &page)
		require.EqualValues(t, 5, page.Count)
		got = append(got, page.Rows...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, whole.Rows, got)
}

func TestEventsCountOnce(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	event := `{"id":"6","started":"2026-11-20 11:00:00","ext":"101","phone":"+385911111106","disposition":"sale","talk":60}`
	p.post("/events?source=nobody", "application/x-ndjson", event).refuses(404, "api.no_such_source")
	p.post("/events?source=pbx", "application/x-ndjson", " \n").refuses(422, "api.no_events")
	var first, again, other eventsReport
	keyed := p.with("Idempotency-Key", "k1")
	keyed.post("/events?source=pbx&wait=true", "application/x-ndjson", event).into(200, &first)
	require.EqualValues(t, 1, first.New)
	require.EqualValues(t, 1, first.Rows)
	require.False(t, first.Pending)
	a := keyed.post("/events?source=pbx&wait=true", "application/x-ndjson", event)
	a.into(200, &again)
	require.Equal(t, first, again)
	require.Equal(t, "true", a.header.Get("Idempotent-Replayed"))
	keyed.post("/events?source=pbx", "application/x-ndjson", strings.Replace(event, "60", "61", 1)).refuses(409, "api.key_used")
	p.post("/events?source=pbx&wait=true", "application/x-ndjson", event).into(200, &other) // without a key
	require.Zero(t, other.New+other.Updated)
	require.EqualValues(t, 1, other.Unchanged)
	var list struct{ Imports []inputEntry }
	p.get("/imports?source=pbx").into(200, &list)
	require.Len(t, list.Imports, 3, "the file and two posts")
	s.now = s.now.Add(keyMemory + time.Minute) // the token has ended, and the key with it
	require.NoError(t, s.state.Requests().DeleteRequests(context.Background(), s.now.Add(-keyMemory)))
	require.EqualValues(t, 6, s.count())
}

// The same key at once from many: taken in once, answered alike.
func TestEventsAtOnce(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager).with("Idempotency-Key", "k")
	answers := make(chan string)
	for range 8 {
		go func() {
			answers <- p.post("/events?source=pbx&wait=true", "application/x-ndjson", `{"id":"7","started":"2026-11-20 11:00:00","ext":"101","phone":"+385911111107","disposition":"sale","talk":60}`).body
		}()
	}
	first := <-answers
	require.Contains(t, first, `"new":1`)
	for range 7 {
		require.Equal(t, first, <-answers)
	}
}

func TestUpload(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	more := strings.ReplaceAll(callsFile, `"id":"`, `"id":"b`)
	var r report
	p.upload(`C:\logs\more.jsonl`, more, "source", "pbx", "mapping", callsMapping).into(201, &r)
	require.Equal(t, "more.jsonl", r.File)
	require.EqualValues(t, 5, r.New)
	require.EqualValues(t, 10, s.count())
	var one inputEntry
	p.get(fmt.Sprint("/imports/", r.Input)).into(200, &one)
	require.Equal(t, "committed", one.Status)
	require.Equal(t, 200, p.send("DELETE", fmt.Sprint("/imports/", r.Input), "", nil).status)
	require.EqualValues(t, 5, s.count())
	p.get("/imports/99").refuses(404, "api.no_import")
	p.send("DELETE", "/imports/99", "", nil).refuses(404, "api.no_import")
	p.upload("x", more, "mapping", callsMapping).refuses(422, "api.no_source")
	p.upload("x", more, "source", "pbx").refuses(422, "api.no_how")
	p.upload("x", more, "source", "pbx", "format", "nonsense").refuses(422, "import.unknown_format")
	p.upload("x", more, "sauce", "pbx").refuses(422, "api.field_unknown")
	p.upload("x", "", "source", "pbx", "mapping", callsMapping).refuses(422, "api.no_file")
	p.upload("x", strings.Repeat("x", 1<<20+1), "source", "pbx", "mapping", callsMapping).refuses(413, "api.too_large")
	p.post("/imports", "application/json", "{}").refuses(422, "api.no_form")
	p.post("/imports", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\npb").refuses(422, "api.cut_off")
	p.post("/events?source=pbx", "application/x-ndjson", strings.Repeat("x", maxEvents+1)).refuses(413, "api.too_large")
	left, err := filepath.Glob(filepath.Join(s.api.Spool, "upload-*"))
	require.NoError(t, err)
	require.Empty(t, left, "nothing uploaded stays behind")
}

// count is the number of calls as the command line asks for it.
func (s *site) count() int64 {
	s.t.Helper()
	var n int64
	require.NoError(s.t, s.folder.Read(func(f *ingest.Folder) error {
		q, _, err := question.Asker{Settings: f.Settings(), Policy: f.Policy(), Scope: kpi.Everything(), Now: s.now}.Query(question.Words{KPIs: []string{"calls"}})
		require.NoError(s.t, err)
		frame, err := f.Catalogue().Run(context.Background(), f.Store().Engine(), q)
		if err == nil {
			n = int64(frame.Rows[0].Figures[0].Number)
		}
		return err
	}))
	return n
}

func TestCatalogue(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager).with("Accept-Language", "fa")
	require.Contains(t, p.get("/catalogue").body, `"id":"conversion_rate"`)
	var d definition
	p.get("/catalogue/conversion_rate:closer").into(200, &d)
	require.Equal(t, "closer", d.Variant)
	require.Contains(t, d.Sources, "pbx")
	p.get("/catalogue/nothing_like_it").refuses(404, "kpi.unknown")
}
