package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/store"
)

const (
	maxEvents = 8 << 20        // bytes of one request
	keyMemory = 24 * time.Hour // how long an idempotency key is known
)

// eventsBody documents events, which are read as they come.
var eventsBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: &huma.Schema{
	Type: huma.TypeString, Description: "One JSON object a line: a row with the columns that the source's mapping names"}}}}

type eventsInput struct {
	Source string `query:"source" required:"true" minLength:"1" maxLength:"200" doc:"Source whose mapping (of JSON lines) reads the rows: that of its latest import"`
	Wait   bool   `query:"wait" doc:"Answer when the rows count, with what became of them, instead of when they are stored"`
	Key    string `header:"Idempotency-Key" maxLength:"200" doc:"A key of yours for this request. The same key and body again get the same answer within 24 hours; another body is a conflict"`
	RawRequest
}

type eventsOutput struct {
	Status   int
	Replayed bool `header:"Idempotent-Replayed" doc:"true: the answer of the first time"`
	Body     eventsReport
}

// eventsReport is what became of a post of events.
type eventsReport struct {
	Rows    int64 `json:"rows" doc:"Lines of this request"`
	Pending bool  `json:"pending" doc:"The rows are stored durably and do not count yet: the counts of the import tell later what became of them"`
	report
}

const addEvents = "addEvents"

func (a *API) events() {
	add(a, huma.Operation{OperationID: addEvents, Method: "POST", Path: "/events", Summary: "Add facts as they happen.", DefaultStatus: 202, Errors: []int{404, 409, 413, 503},
		Description: "The answer (202) comes when the rows are stored durably; they count soon after, and the import that it names tells what became of them. With wait=true it comes (200) when they count. " +
			"Rows of a source that arrive before the figures have followed become one input, and its counts are the answer of each. Without a key, too, the same rows again change nothing: rows are known by the key of the mapping."}, auth.Import, a.addEvents)
	a.huma.OpenAPI().Paths["/events"].Post.RequestBody = eventsBody
}

func (a *API) addEvents(ctx context.Context, c *caller, in *eventsInput) (*eventsOutput, error) {
	body, err := io.ReadAll(http.MaxBytesReader(in.w, in.r.Body, maxEvents))
	if err != nil {
		return nil, cutOff(err)
	}
	if body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))); !anyRow(body) {
		return nil, callpace.E(callpace.Invalid, "api.no_events")
	}
	body = append(body, '\n') // a last line without an end could be half a line
	if in.Key == "" {
		return a.takeEvents(ctx, c, in, body)
	}
	return a.once(ctx, c, in, body)
}

// once takes events with a key in once.
func (a *API) once(ctx context.Context, c *caller, in *eventsInput, body []byte) (*eventsOutput, error) {
	id := digest([]byte(c.who.Account.ID + "\x00" + in.Key))
	defer a.keys.hold(id)()
	if err := a.State.Requests().DeleteRequests(ctx, c.now.Add(-keyMemory)); err != nil {
		return nil, err
	}
	asked := digest([]byte(in.Source+"\x00"), body)
	known, begun, err := a.State.Requests().BeginRequest(ctx, store.Request{ID: id, Digest: asked, CreatedAt: c.now})
	if err != nil {
		return nil, err
	}
	if known.Digest != asked {
		return nil, callpace.E(callpace.Conflict, "api.key_used", "name", in.Key)
	}
	if known.Answer != "" {
		out := &eventsOutput{Replayed: true}
		if err := json.Unmarshal([]byte(known.Answer), &out.Body); err != nil {
			return nil, err
		}
		a.settleEvents(ctx, c, in, out)
		return out, nil
	}
	var out *eventsOutput
	if begun {
		out, err = a.takeEvents(ctx, c, in, body)
	} else { // it came before, and was not answered: perhaps the program ended in between
		out, err = a.findEvents(ctx, c, in, body, known.CreatedAt)
	}
	ctx = context.WithoutCancel(ctx) // what was taken in is answered for
	if err != nil {
		if code := callpace.CodeOf(err); code == callpace.Invalid || code == callpace.NotFound || code == callpace.Conflict {
			_ = a.State.Requests().DropRequest(ctx, id) // nothing was taken in: the key may be used for what is mended
		}
		return nil, err
	}
	answer, err := json.Marshal(out.Body)
	if err != nil {
		return nil, err
	}
	return out, a.State.Requests().AnswerRequest(ctx, id, string(answer))
}

// takeEvents has rows journalled by the mapping of their source and, where the
// asker waits for it, counted.
func (a *API) takeEvents(ctx context.Context, c *caller, in *eventsInput, body []byte) (*eventsOutput, error) {
	added, err := a.Folder.Add(ctx, in.Source, func(f *ingest.Folder) (source.Spec, error) { return eventsSpec(ctx, f, in.Source) }, body)
	if err == nil {
		err = a.auditEvents(context.WithoutCancel(ctx), c, in.Source, added)
	}
	if err != nil {
		return nil, err
	}
	return a.tookEvents(ctx, c, in, body, added, false), nil
}

// findEvents answers for rows that are on disk since an attempt that was not
// answered, and else takes them.
func (a *API) findEvents(ctx context.Context, c *caller, in *eventsInput, body []byte, since time.Time) (*eventsOutput, error) {
	added, found, err := a.Folder.Taken(ctx, in.Source, body, since)
	if err != nil {
		return nil, err
	}
	if !found {
		return a.takeEvents(ctx, c, in, body)
	}
	return a.tookEvents(ctx, c, in, body, added, true), nil
}

// tookEvents answers for rows that are on disk.
func (a *API) tookEvents(ctx context.Context, c *caller, in *eventsInput, body []byte, added ingest.Added, replayed bool) *eventsOutput {
	out := &eventsOutput{Replayed: replayed, Body: eventsReport{Rows: rowsIn(body), Pending: true, report: report{Input: added.Input, File: added.File}}}
	a.settleEvents(ctx, c, in, out)
	return out
}

// settleEvents waits until rows count, where the asker does, and gives the answer
// its status. Rows that are on disk are never answered for with an error.
func (a *API) settleEvents(ctx context.Context, c *caller, in *eventsInput, out *eventsOutput) {
	if b := &out.Body; b.Pending && in.Wait && a.Folder.Counted(ctx, b.Input) {
		_ = a.Folder.Read(func(f *ingest.Folder) error {
			r, err := f.Report(ctx, b.Input)
			if err == nil {
				b.Pending, b.report = false, c.report(r)
			}
			return err
		})
	}
	if out.Status = http.StatusOK; out.Body.Pending {
		out.Status = http.StatusAccepted
	}
}

// anyRow tells whether a line is JSON. Those that are not are rejected later, each
// by itself, but a body without any holds something else.
func anyRow(body []byte) bool {
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 && json.Valid(line) {
			return true
		}
	}
	return false
}

// rowsIn counts the lines that hold something.
func rowsIn(body []byte) (n int64) {
	for line := range bytes.Lines(body) {
		if len(bytes.TrimSpace(line)) > 0 {
			n++
		}
	}
	return n
}

// eventsSpec is by what the latest import of a source is read.
func eventsSpec(ctx context.Context, f *ingest.Folder, name string) (source.Spec, error) {
	spec, found, err := f.LatestSpec(ctx, name)
	switch {
	case err != nil:
	case !found:
		err = callpace.E(callpace.NotFound, "api.no_such_source", "source", name)
	case spec.Format != "mapping":
		err = callpace.E(callpace.Invalid, "api.source_without_mapping", "source", name, "format", spec.Format)
	}
	return spec, err
}

// audited remembers in which input an account's rows of a source were last
// noted, so that the audit log tells of them once and not for every post.
type audited struct {
	mu   sync.Mutex
	last map[[2]string]int // by account and source
}

func (a *API) auditEvents(ctx context.Context, c *caller, name string, in ingest.Added) error {
	a.audited.mu.Lock()
	defer a.audited.mu.Unlock()
	who := [2]string{c.who.Account.ID, name}
	if a.audited.last[who] == in.Input {
		return nil
	}
	if err := a.Auth.Audit(ctx, c.who.Entry(auth.Imported, name, map[string]any{"file": in.File})); err != nil {
		return err
	}
	if a.audited.last == nil {
		a.audited.last = map[[2]string]int{}
	}
	a.audited.last[who] = in.Input
	return nil
}

func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
