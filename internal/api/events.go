package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
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
	Key    string `header:"Idempotency-Key" maxLength:"200" doc:"A key of yours for this request. The same key and body again get the same answer within 24 hours; another body is a conflict"`
	RawRequest
}

type eventsOutput struct {
	Replayed bool `header:"Idempotent-Replayed" doc:"true: the answer of the first time"`
	Body     report
}

const addEvents = "addEvents"

func (a *API) events() {
	add(a, huma.Operation{OperationID: addEvents, Method: "POST", Path: "/events", Summary: "Add facts as they happen.", Errors: []int{404, 409, 413},
		Description: "The answer comes when the rows are stored durably and count. Posts to a source that arrive while others are being taken in become one input, and its counts are the answer of each. Without a key, too, the same rows again change nothing: rows are known by the key of the mapping."}, auth.Import, a.addEvents)
	a.huma.OpenAPI().Paths["/events"].Post.RequestBody = eventsBody
}

func (a *API) addEvents(ctx context.Context, c *caller, in *eventsInput) (*eventsOutput, error) {
	body, err := io.ReadAll(http.MaxBytesReader(in.w, in.r.Body, maxEvents))
	if err != nil {
		return nil, cutOff(err)
	}
	if body = bytes.TrimSpace(body); len(body) == 0 {
		return nil, callpace.E(callpace.Invalid, "api.no_events")
	}
	body = append(body, '\n') // a last line without an end could be half a line
	if in.Key == "" {
		r, err := a.takeEvents(ctx, c, in.Source, body)
		return &eventsOutput{Body: c.report(r)}, err
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
	known, err := a.State.Requests().BeginRequest(ctx, store.Request{ID: id, Digest: asked, CreatedAt: c.now})
	if err != nil {
		return nil, err
	}
	if known.Digest != asked {
		return nil, callpace.E(callpace.Conflict, "api.key_used", "name", in.Key)
	}
	if known.Answer != "" {
		out := &eventsOutput{Replayed: true}
		return out, json.Unmarshal([]byte(known.Answer), &out.Body)
	}
	r, err := a.takeEvents(ctx, c, in.Source, body)
	ctx = context.WithoutCancel(ctx) // what was taken in is answered for
	if err != nil {
		if code := callpace.CodeOf(err); code == callpace.Invalid || code == callpace.NotFound {
			_ = a.State.Requests().DropRequest(ctx, id) // nothing was taken in: the key may be used for what is mended
		}
		return nil, err
	}
	out := &eventsOutput{Body: c.report(r)}
	answer, err := json.Marshal(out.Body)
	if err != nil {
		return nil, err
	}
	return out, a.State.Requests().AnswerRequest(ctx, id, string(answer))
}

// specOf is by what the latest import of a source is read.
func (a *API) specOf(ctx context.Context, name string) (spec source.Spec, err error) {
	err = a.Folder.Read(func(f *ingest.Folder) error {
		all, err := f.Inputs(ctx)
		if err != nil {
			return err
		}
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Source == name && all[i].Status != "withdrawn" {
				spec, err = f.SpecOf(ctx, all[i].Input)
				return err
			}
		}
		return callpace.E(callpace.NotFound, "api.no_such_source", "source", name)
	})
	if err == nil && spec.Format != "mapping" {
		err = callpace.E(callpace.Invalid, "api.source_without_mapping", "source", name, "format", spec.Format)
	}
	return spec, err
}

func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
