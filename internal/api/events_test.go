package api

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/store"
)

func callEvent(i int) string {
	return fmt.Sprintf(`{"id":"t%d","started":"2026-11-20 11:%02d:00","ext":"101","phone":"+385911111107","disposition":"sale","talk":60}`, i, i)
}

// writing keeps the figures from following until release is called.
func (s *site) writing() (release func()) {
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.folder.Write(s.t.Context(), nil, func(*ingest.Folder) error { close(begun); <-end; return nil })
	}()
	<-begun
	release = sync.OnceFunc(func() { close(end); require.NoError(s.t, <-done) })
	s.t.Cleanup(release) // of a test that failed, too
	return release
}

// Posts that come at once are taken in together, each is answered, and one that
// cannot be read keeps nobody else's out.
func TestEventsTogether(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	before := s.count()
	answers := make(chan *answer)
	const posts = 24
	refused := 0
	release := s.writing()
	for i := range posts {
		body := callEvent(i)
		if i%8 == 0 {
			body = "i\x00d\x00\n\x001\x00\n\x00"
		}
		go func() { answers <- p.post("/events?source=pbx", "application/x-ndjson", body) }()
	}
	var input int
	for range posts {
		a := <-answers
		if a.status == 422 {
			require.Contains(t, a.body, "api.no_events")
			refused++
			continue
		}
		var r eventsReport
		a.into(202, &r)
		require.EqualValues(t, 1, r.Rows)
		require.True(t, r.Pending)
		require.True(t, input == 0 || input == r.Input, "one input until the figures follow")
		input = r.Input
	}
	require.Equal(t, posts/8, refused)
	require.EqualValues(t, before, s.count(), "nothing counts yet")
	var one inputEntry
	p.get(fmt.Sprint("/imports/", input)).into(200, &one)
	require.Equal(t, "pending", one.Status)
	require.Zero(t, one.Read)
	require.Equal(t, 1, s.folder.Behind().Inputs)
	release()
	require.True(t, s.folder.Counted(t.Context(), input))
	require.EqualValues(t, before+posts-posts/8, s.count())
	p.get(fmt.Sprint("/imports/", input)).into(200, &one)
	require.Equal(t, "committed", one.Status)
	require.EqualValues(t, posts-refused, one.New)
	require.Zero(t, s.folder.Behind().Inputs)
}

// A key comes again before the figures have followed, and after.
func TestEventsKeyWhilePending(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager).with("Idempotency-Key", "k1")
	before := s.count()
	release := s.writing()
	var first, again eventsReport
	p.post("/events?source=pbx", "application/x-ndjson", callEvent(1)+"\n\n"+callEvent(2)).into(202, &first)
	require.EqualValues(t, 2, first.Rows)
	a := p.post("/events?source=pbx", "application/x-ndjson", callEvent(1)+"\n\n"+callEvent(2))
	a.into(202, &again)
	require.Equal(t, first, again)
	require.Equal(t, "true", a.header.Get("Idempotent-Replayed"))
	release()
	p.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(1)+"\n\n"+callEvent(2)).into(200, &again)
	require.EqualValues(t, 2, again.New)
	require.Equal(t, first.Input, again.Input)
	require.EqualValues(t, before+2, s.count())
}

// forget loses what a post with a key was answered, as a crash does that comes
// between the journal and the answer.
func (s *site) forget(key string) {
	accounts, err := s.state.Accounts().FindAccounts(s.t.Context())
	require.NoError(s.t, err)
	require.Len(s.t, accounts, 1)
	require.NoError(s.t, s.state.Requests().AnswerRequest(s.t.Context(), digest([]byte(accounts[0].ID+"\x00"+key)), ""))
}

// A post whose answer was lost with the program is found again where its rows
// are on disk, and taken where they are not.
func TestEventsKeyAfterACrash(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager).with("Idempotency-Key", "k1")
	before := s.count()
	var first, again, other eventsReport
	p.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(1)+"\n"+callEvent(2)).into(200, &first)
	s.forget("k1")
	a := p.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(1)+"\n"+callEvent(2))
	a.into(200, &again)
	require.Equal(t, first, again)
	require.Equal(t, "true", a.header.Get("Idempotent-Replayed"))
	p = p.with("Idempotency-Key", "k2")
	p.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(3)).into(200, &first)
	s.forget("k2")
	require.NoError(t, s.folder.Replace(t.Context(), nil, func(f *ingest.Folder) error {
		_, err := f.Withdraw(t.Context(), first.Input, false)
		return err
	}))
	p.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(3)).into(200, &other)
	require.Greater(t, other.Input, first.Input)
	require.EqualValues(t, before+3, s.count())
}

// Rows that cannot be understood are told by who waits, and by the import later.
func TestEventsRejected(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	var r eventsReport
	p.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(1)+"\n{\"id\":\n"+callEvent(2)).into(200, &r)
	require.EqualValues(t, 3, r.Rows)
	require.Equal(t, Counts{Read: 3, New: 2, Rejected: 1}, r.Counts)
	var one inputEntry
	p.get(fmt.Sprint("/imports/", r.Input)).into(200, &one)
	require.Equal(t, r.Counts, one.Counts)
}

// What holds no JSON at all is refused at once, and so are rows for a source that
// is read from tables.
func TestEventsNeedLines(t *testing.T) {
	s := newSite(t)
	s.imports("sheet", "calls.csv", strings.Replace(callsMapping, "layout: {kind: jsonl}\n", "", 1), "id,started,ext,phone,disposition,talk\n1,2026-11-02 09:05:00,101,+385911111101,sale,10\n")
	p := s.as(auth.Manager)
	p.post("/events?source=pbx", "application/x-ndjson", "id,started\n2,2026-11-02 09:05:00\n").refuses(422, "api.no_events")
	require.Equal(t, 422, p.post("/events?source=sheet", "application/x-ndjson", callEvent(1)).status)
	require.Zero(t, s.folder.Behind().Inputs)
}

// The audit log tells once who brought an input's rows, and not for every post.
func TestEventsAudited(t *testing.T) {
	s := newSite(t)
	a, b := s.as(auth.Manager), s.as(auth.Admin)
	release := s.writing()
	for i := range 3 {
		for _, p := range []*program{a, b} {
			require.Equal(t, 202, p.post("/events?source=pbx", "application/x-ndjson", callEvent(i)).status)
		}
	}
	release()
	require.True(t, s.folder.Counted(t.Context(), 3))
	require.Equal(t, 200, a.post("/events?source=pbx&wait=true", "application/x-ndjson", callEvent(4)).status)
	told, err := s.state.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.Imported)})
	require.NoError(t, err)
	require.Len(t, told, 3, "two accounts, and one of them again")
}

// Too much that waits is a matter of some seconds.
func TestEventsBehind(t *testing.T) {
	s := newSite(t)
	p := s.api.problem(&caller{reader: s.api.reader(httptest.NewRequest("POST", "/", nil), "")}, callpace.E(callpace.Conflict, "events.behind"))
	require.Equal(t, 503, p.Status)
	require.Equal(t, "5", p.headers.Get("Retry-After"))
}
