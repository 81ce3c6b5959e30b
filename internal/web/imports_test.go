package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// salesFile is a file of a system that the site does not know.
const salesFile = `nr;date;campaign;duration;y
1;2026-11-04 10:00;1;61;yes
2;2026-11-04 10:05;2;12;no
3;2026-11-04 10:10;1;30;no
4;2026-11-04 10:20;1;30;no;31.02.2026
`

// uploads sends files as the form does: the token first.
func (b *browser) uploads(token string, pairs ...string) *answer {
	b.site.t.Helper()
	body, kind := uploadForm(token, pairs...)
	return b.sendForm(kind, body, int64(len(body)))
}

func uploadForm(token string, pairs ...string) (body []byte, kind string) {
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	_ = form.WriteField("csrf", token)
	for i := 0; i+1 < len(pairs); i += 2 {
		part, _ := form.CreateFormFile("file", pairs[i])
		_, _ = io.WriteString(part, pairs[i+1])
	}
	_ = form.Close()
	return out.Bytes(), form.FormDataContentType()
}

func (b *browser) sendForm(kind string, body []byte, length int64) *answer {
	hr := httptest.NewRequest(http.MethodPost, "http://callpace.example/imports/new", bytes.NewReader(body))
	hr.ContentLength = length
	hr.Header.Set("Content-Type", kind)
	for name, value := range b.cookies {
		hr.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.site.handler.ServeHTTP(w, hr)
	return &answer{t: b.site.t, status: w.Code, body: w.Body.String(), header: w.Header(), asked: "POST /imports/new"}
}

// location is where the browser is sent on to.
func (a *answer) location() string {
	a.t.Helper()
	require.Equal(a.t, http.StatusSeeOther, a.status, a.body)
	return a.header.Get("Location")
}

// ends waits for a job and gives its page.
func (b *browser) ends(job string) *answer {
	b.site.t.Helper()
	require.Regexp(b.site.t, `^/jobs/[0-9a-f-]{36}$`, job)
	for range 600 {
		if j, err := b.site.Jobs.Find(ctx, strings.TrimPrefix(job, "/jobs/")); err == nil && j.Over() {
			return b.get(job).has(200)
		}
		time.Sleep(20 * time.Millisecond)
	}
	require.Fail(b.site.t, "the job does not end")
	return nil
}

// kept lists what uploads left on the disk.
func (s *site) kept() []string {
	entries, _ := os.ReadDir(s.drafts.dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// figure is a KPI of a source, as the pages have it.
func (s *site) figure(id, from string) string {
	s.t.Helper()
	r := s.request(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	r.who = auth.Identity{Account: store.Account{ID: s.ids[auth.Admin], Role: string(auth.Admin)}, Can: auth.Admin.Permissions()}
	f, _, err := r.ask(question.Words{KPIs: []string{id}, Where: []string{question.Equal("source", from)}})
	require.NoError(s.t, err)
	return r.reader.Figure(f.Columns[0].Unit, f.Rows[0].Figures[0])
}

func TestImportFromUploadToFigures(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	token := auth.CSRFToken(b.secret)

	to := b.uploads(token, "sales 2026-11.csv", salesFile).location()
	require.Regexp(t, `^/imports/draft/[0-9a-f]{16}$`, to)
	info, err := os.Stat(filepath.Join(s.drafts.dir, filepath.Base(to), "0"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	// The guess knows what y says; that campaign is an attempt nobody can know.
	b.get(to).has(200, `value="sales"`, `<option value="sale" selected>`, "not_interested")
	b.post(to, "csrf", token, "source", "bank", "keys", "1", "c0", "", "c0.key", "on", "c1", "calls.started", "c1.format", "iso", "c2", "calls.attempt", "c3", "calls.talk", "c4", "calls.outcome").goes(to)
	b.get(to).has(200, "rejected", "31.02.2026", "calls.attempt")

	page := b.ends(b.post(to, "csrf", token, "do", "import").location())
	page.has(200, "4 read = 3 new &#43; 0 updated &#43; 0 unchanged &#43; 0 skipped &#43; 1 rejected", "1 row was rejected")
	require.Empty(t, s.kept())
	require.Equal(t, "3", s.figure("calls", "bank"))
	require.Equal(t, "1", s.figure("sale_calls", "bank"))

	b.get("/imports").has(200, "sales 2026-11.csv", "bank")
	b.get("/imports/3").has(200, "31.02.2026", "/inputs/3/rejects")
	b.get("/inputs/3/rejects").has(200, "31.02.2026", "\ufeff\"Line\",\"Reason\",\"Row\"")
	b.get("/inputs/3/rejects?format=csv").has(200, "line,reason,row")
	b.get("/imports/sources/bank").has(200, "rejected: could not be understood")
	b.get(to).has(404)

	// The same columns again: the source is known.
	again := b.uploads(token, "sales 2026-12.csv", "nr;date;campaign;duration;y\n9;2026-11-05 09:00;1;5;yes\n").location()
	b.get(again).has(200, `value="bank"`, "These columns came from")
}

func TestWithdrawThroughPages(t *testing.T) {
	s := newSite(t)
	s.imports("pbx", "later.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n4,2026-11-03 09:30:00,102,+385911111104,Solar,not interested,320\n")
	require.Equal(t, "1", s.figure("sale_calls", "pbx"))
	b := s.as(auth.Manager)
	b.get("/inputs/3/withdraw").has(200, "1 record that it updated comes back")
	b.ends(b.post("/inputs/3/withdraw").location()).has(200, "Input 3 is withdrawn.")
	require.Equal(t, "2", s.figure("sale_calls", "pbx"))
	b.get("/imports/3").has(200, "withdrawn").lacks("/inputs/3/withdraw")
	entries, err := s.State.Audit().FindAuditEntries(context.Background(), store.AuditFilter{Action: string(auth.Withdrawn)})
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestMappingAppliedToHistory(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	to := b.post("/imports/sources/pbx/mapping").location()
	b.get(to).has(200, "You change how", "mystery")
	b.post(to, "text", strings.Replace(callsMapping, "sale: sale", "sale: sale, mystery: sale", 1)).goes(to + "?tab=text")
	page := b.ends(b.post(to, "do", "compare", "from", "0").location())
	page.has(200, "What will be different", "outcome")
	require.Equal(t, "2", s.figure("sale_calls", "pbx"), "comparing changes nothing")
	b.ends(b.post(to, "do", "apply").location()).has(200)
	require.Equal(t, "3", s.figure("sale_calls", "pbx"))
	require.Empty(t, s.kept())
}

func TestMappingTextFaultIsShownAtItsLine(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	to := b.uploads(auth.CSRFToken(b.secret), "a.csv", salesFile).location()
	b.post(to, "text", "version: 1\nfacts:\n  calls:\n    startd: date\n").goes(to + "?tab=text")
	b.get(to+"?tab=text").has(200, `<mark>    startd: date</mark>`)
	b.post(to, "do", "import").goes(to) // told by the editor, nothing is imported
	b.post(to, "do", "discard").goes("/imports")
	require.Empty(t, s.kept())
}

func TestUploadsThatAreRefused(t *testing.T) {
	s := newSite(t)
	s.UploadLimit = 4 << 10
	b := s.as(auth.Analyst)
	token := auth.CSRFToken(b.secret)
	f := func(status int, text string, pairs ...string) {
		t.Helper()
		b.uploads(token, pairs...).has(status, text)
		require.Empty(t, s.kept())
	}
	f(422, "more than the 4 KiB", "big.csv", strings.Repeat("a;b\n", 2000))
	f(400, "is empty", "none.csv", "")
	f(400, "Choose a file")
	f(400, "is no workbook", "book.xlsx", salesFile)
	f(400, "is a workbook", "book.csv", "PK\x03\x04 xl/workbook.xml")
	f(400, "is a ZIP archive", "calls.csv", "PK\x03\x04 calls.csv")
	f(400, "is a web page", "calls.csv", "<!DOCTYPE html><title>Sign in</title>")
	f(400, "holds no text", "calls.csv", "%PDF-1.7 …")
	f(400, "holds no text", "calls.csv", "a\x00b\x00c")

	// One good file does not come in with a bad one.
	f(400, "is empty", "good.csv", salesFile, "none.csv", "")

	// The form ends in the middle of a file.
	body, kind := uploadForm(token, "sales.csv", salesFile)
	b.sendForm(kind, body[:len(body)-60], -1).has(400, "cut off")
	require.Empty(t, s.kept())
}

func TestUploadChecksItsTokenBeforeTheFile(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	b.uploads("wrong", "sales.csv", salesFile).has(403)
	require.Empty(t, s.kept())

	// A file before the token is not read.
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	part, err := form.CreateFormFile("file", "sales.csv")
	require.NoError(t, err)
	_, _ = io.WriteString(part, salesFile)
	_ = form.WriteField("csrf", auth.CSRFToken(b.secret))
	_ = form.Close()
	b.sendForm(form.FormDataContentType(), out.Bytes(), int64(out.Len())).has(403)
	require.Empty(t, s.kept())
}

func TestImportsAreForThoseWhoImport(t *testing.T) {
	s := newSite(t)
	draft := s.as(auth.Analyst)
	to := draft.uploads(auth.CSRFToken(draft.secret), "sales.csv", salesFile).location()
	for role, status := range map[auth.Role]int{auth.Agent: 403, auth.Lead: 403, auth.QA: 403, auth.Analyst: 200, auth.Manager: 200, auth.Admin: 200} {
		b := s.as(role)
		for _, path := range []string{"/imports", "/imports/new", "/imports/2", "/imports/sources/pbx", "/imports/watch", "/inputs/2/withdraw"} {
			require.Equal(t, status, b.get(path).status, "%s %s", role, path)
		}
		want := map[int]int{403: 403, 200: 404}[status] // drafts are their owner's
		if role == auth.Analyst {
			want = 200
		}
		require.Equal(t, want, b.get(to).status, role)
	}
}

func TestCutOffUploadsGoWhenTheServerStarts(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	to := b.uploads(auth.CSRFToken(b.secret), "sales.csv", salesFile).location()
	half := filepath.Join(s.drafts.dir, "0123456789abcdef")
	require.NoError(t, os.MkdirAll(half, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(half, "0"), []byte("id;da"), 0o600))
	s.prepareImports()
	require.Equal(t, []string{filepath.Base(to)}, s.kept())
	s.clock.pass(draftTime + time.Hour)
	s.prepareImports()
	require.Empty(t, s.kept())
}

// An import that a stop interrupted is gone on with.
func TestImportGoesOnAfterAStop(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	to := b.uploads(auth.CSRFToken(b.secret), "sales.csv", salesFile).location()
	d, err := s.drafts.read(filepath.Base(to))
	require.NoError(t, err)
	d.By = "Alan"
	require.NoError(t, s.drafts.save(d))
	life, stop := context.WithCancel(context.Background())
	running := 0
	ended := make(chan struct{}, 10)
	s.Jobs.Begin = func(fn func(context.Context)) {
		running++
		go func() { fn(life); ended <- struct{}{} }()
	}
	s.prepareImports()
	require.Eventually(t, func() bool { return len(s.kept()) == 0 }, 20*time.Second, 20*time.Millisecond)
	stop()
	for range running {
		<-ended
	}
	require.Equal(t, "3", s.figure("calls", "sales"))
}

// One that waited for its turn keeps its address, and one that is cancelled in
// line can be begun again.
func TestImportThatWaits(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	to := b.uploads(auth.CSRFToken(b.secret), "sales.csv", salesFile).location()
	begin := func() (end func()) {
		var work sync.WaitGroup
		life, stop := context.WithCancel(ctx)
		s.Jobs.Begin = func(fn func(context.Context)) { work.Go(func() { fn(life) }) }
		return func() { stop(); work.Wait() }
	}
	end := begin()
	_, err := s.Jobs.Add(ctx, jobs.Job{Kind: "backup"}, func(ctx context.Context, _ *jobs.Run) error { <-ctx.Done(); return ctx.Err() })
	require.NoError(t, err)
	token := auth.CSRFToken(b.secret)
	cancelled := b.post(to, "csrf", token, "do", "import").location()
	b.post(cancelled + "/cancel").goes(cancelled)
	b.ends(cancelled)
	job := b.post(to, "csrf", token, "do", "import").location()
	require.NotEqual(t, cancelled, job)
	end()
	b.get(job).has(200, "The server was stopped")

	end = begin()
	require.NoError(t, s.Jobs.Recover(ctx))
	s.prepareImports()
	require.Eventually(t, func() bool { return len(s.kept()) == 0 }, 20*time.Second, 20*time.Millisecond)
	b.ends(job).has(200, "4 read")
	end()
	require.Equal(t, "3", s.figure("calls", "sales"))
}

func TestWatchedFolderTakesFilesIn(t *testing.T) {
	s := newSite(t)
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "pbx"), 0o700))
	require.NoError(t, os.Symlink("/", filepath.Join(root, "out")))
	b := s.as(auth.Admin)
	b.get("/imports/watch").has(200, "--watch-root")
	s.WatchRoot = root
	for _, folder := range []string{"..", "/", "out", "../" + filepath.Base(root) + "x"} {
		b.post("/imports/watch", "folder", folder, "source", "pbx").has(400)
	}
	s.as(auth.Manager).post("/imports/watch", "folder", "pbx", "source", "pbx").has(403)
	b.post("/imports/watch", "folder", "pbx", "source", "pbx").goes("/imports/watch")

	file := filepath.Join(root, "pbx", "new.csv")
	require.NoError(t, os.WriteFile(file, []byte("id,started,ext,phone,campaign,disposition,talk\n50,2026-11-21 09:00:00,101,+385911111150,Solar,sale,60\n"), 0o600))
	require.NoError(t, os.Chtimes(file, s.clock.Now().Add(-time.Minute), s.clock.Now().Add(-time.Minute)))
	life, stop := context.WithCancel(context.Background())
	ended := make(chan struct{}, 1)
	s.Jobs.Begin = func(fn func(context.Context)) { go func() { fn(life); ended <- struct{}{} }() }
	s.watching.start(life, s.Server)
	require.Eventually(t, func() bool {
		var list []ingest.InputInfo
		_ = s.Folder.Look(func(f *ingest.Folder) (err error) { list, err = f.Inputs(life); return err })
		return len(list) == 3 && list[2].New == 1
	}, 20*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool {
		return regexp.MustCompile(`looked 0 minutes ago[^~]*new\.csv`).MatchString(b.get("/imports/watch").body)
	}, 20*time.Second, 20*time.Millisecond)
	stop()
	<-ended
	require.Equal(t, "3", s.figure("sale_calls", "pbx"))
}

func TestSourceNames(t *testing.T) {
	for file, want := range map[string]string{"calls.csv": "calls", "CDR 2026-11-01.csv.gz": "cdr", "زنگ‌ها.xlsx": "زنگ-ها", "2026.csv": "import", "deals_Q3.jsonl": "deals-q3"} {
		require.Equal(t, want, sourceName(file))
	}
}

// The list of inputs is a table like others: whole in a file, for who may export.
func TestInputsAreExported(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.get("/imports").has(200, "table=inputs")
	file := b.get("/imports?table=inputs&format=csv").has(200, "input,file,source,arrived,status,read,new,updated,unchanged,skipped,rejected", "2,calls.csv,pbx,", ",9,9,0,0,0,0").body
	require.Equal(t, 3, strings.Count(file, "\n"))
	b.get("/imports?source=pbx&table=inputs&format=csv").has(200, "calls.csv").lacks("roster.csv")
}
