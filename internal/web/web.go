// Package web serves the pages. Each page is a typed struct made in Go and a
// template that lays it out; every state of a page is in its address, and
// every page works without JavaScript. It decides nothing about numbers: they
// come from frames, by the same questions that the command line asks.
package web

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/backup"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/store"
)

// Deps are what the pages need.
type Deps struct {
	Folder  *ingest.SharedFolder
	State   *store.DB
	Auth    *auth.Service
	Texts   *i18n.Catalogue
	Formats *source.Registry
	Now     func() time.Time
	Log     *slog.Logger
	Version string
	// Insecure lets the session's cookie pass without TLS: for a server that only this machine reaches.
	Insecure bool
	// PublicURL is the address that links in mails begin with, without a slash
	// at its end; empty: that of the settings of mails.
	PublicURL string
	// Recordings is the folder below which recordings of calls may be played; "": none.
	Recordings string
	// API answers below /api/v1/; nil: there is none.
	API API
	// UploadLimit bounds the bytes of an upload; 0: 4 GiB.
	UploadLimit int64
	// WatchRoot is the folder below which folders may be watched; "": none.
	WatchRoot string
	// Jobs has long work done beside requests; nil: one is made that nothing stops.
	Jobs *jobs.Queue
	// Copy tells how the copy of the journal fares; nil: none is kept.
	Copy func() backup.Lag
	// Sample makes the sample company in the folder; nil: there is none to be had.
	Sample func(context.Context, ingest.Progress) error
	// Morning is the morning's mail; nil: there is none.
	Morning *morning.Service
	// Mail sends a mail of plain text; nil: none can be sent. An Unsupported
	// error says that no mail server is set up.
	Mail func(ctx context.Context, to, subject, body string) error
}

// Server answers requests for pages. It is safe for concurrent use.
type Server struct {
	Deps
	pages   *template.Template
	mux     *http.ServeMux
	inside  *http.ServeMux // the pages, for the server itself
	metrics metrics
	memo    memo

	drafts   drafts
	watching watching
	hearings hearings
}

// New makes a server of pages.
func New(d Deps) (*Server, error) {
	pages, err := parsePages()
	if err != nil {
		return nil, err
	}
	if d.Jobs == nil {
		d.Jobs = &jobs.Queue{State: d.State.State, Now: d.Now, Log: d.Log}
	}
	s := &Server{Deps: d, pages: pages, mux: http.NewServeMux(), inside: http.NewServeMux()}
	s.metrics = s.newMetrics()
	if s.Auth.Organisation == nil {
		s.Auth.Organisation = s.organisationName
	}
	s.Auth.SecondFactorRoles = s.secondFactorRoles
	if s.Auth.Log == nil {
		s.Auth.Log = s.Log
	}
	s.prepareImports()
	for _, r := range s.routes() {
		s.mux.Handle(r.pattern, s.metrics.measured(r.pattern, s.guard(r)))
		s.inside.Handle(r.pattern, s.guard(r))
	}
	s.operations()
	return s, nil
}
