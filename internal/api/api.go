// Package api answers programs: the same questions as pages and commands, by
// the same functions, as JSON. Who asks is an API token; its scope is part of
// every question. Errors are problems (RFC 9457) with a code that stays and a
// text in the asker's language.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/store"
)

// Prefix is where the API is.
const Prefix = "/api/v1"

// Deps are what the API needs.
type Deps struct {
	Folder *ingest.SharedFolder
	State  *store.DB
	Auth   *auth.Service
	Texts  *i18n.Catalogue
	Now    func() time.Time
	Log    *slog.Logger
	// Jobs shows imports and withdrawals while they are under way; nil: nobody looks.
	Jobs *jobs.Queue
	// SeePeers tells whether agents see the numbers of their teams; nil: no.
	SeePeers func(context.Context) bool
	// Spool is a folder for what is uploaded; "": the system's own.
	Spool string
	// UploadLimit bounds a file, in bytes; 0: 4 GiB.
	UploadLimit int64
	// Linger reads on what is still sent of a body that was refused; nil: nobody waits.
	Linger func(*http.ResponseController, io.Reader)
}

// API answers requests below Prefix. It is safe for concurrent use.
type API struct {
	Deps
	mux      *http.ServeMux
	huma     huma.API
	document []byte
	pace     pace
	keys     keyed
	audited  audited
}

// New makes the API.
func New(d Deps) *API {
	speakProblems()
	a := &API{Deps: d, mux: http.NewServeMux()}
	config := huma.Config{OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "callpace", Version: "1",
		Description: "Telesales KPIs from raw call logs. Equal questions give equal numbers here, on the pages and on the command line. " +
			"Days are those of the organisation's zone and calendar."},
		Servers: []*huma.Server{{URL: Prefix}},
		Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "An API token of an account: cp_…"}}},
		Security: []map[string][]string{{"token": {}}},
	}, Formats: map[string]huma.Format{"application/json": format, "json": format}, DefaultFormat: "application/json", RejectUnknownQueryParameters: true}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, config)
	a.huma.UseMiddleware(a.guard)
	a.numbers()
	a.catalogue()
	a.people()
	a.imports()
	a.events()
	a.goalOperations()
	a.planOperation()
	a.document = a.openAPI()
	a.mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(a.document)
	})
	a.mux.HandleFunc(Prefix+"/", a.nothing)
	return a
}

var format = huma.Format{Marshal: func(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}, Unmarshal: json.Unmarshal}

// openAPI writes the document, the same each time.
func (a *API) openAPI() []byte {
	plain, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic(err) // made of our own types alone
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		panic(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	id := requestID(r)
	h.Set("X-Request-Id", id)
	r = r.WithContext(context.WithValue(r.Context(), callerKey{}, &caller{requestID: id, reader: a.reader(r, "")}))
	a.lingering(w, r)
}

// keyed gives a lock for each key in use.
type keyed struct {
	mu   sync.Mutex
	held map[string]*lock
}

type lock struct {
	sync.Mutex
	users int
}

// hold waits for a key, and gives what lets it go.
func (k *keyed) hold(key string) (release func()) {
	k.mu.Lock()
	if k.held == nil {
		k.held = map[string]*lock{}
	}
	l := k.held[key]
	if l == nil {
		l = &lock{}
		k.held[key] = l
	}
	l.users++
	k.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.held, key)
		}
	}
}

// Document is the OpenAPI 3.1 document of the API.
func (a *API) Document() []byte { return a.document }
