package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// Pages are asked for before anybody does: after a start, after the facts were
// replaced as a whole, and when the time as of which figures are shown moves on
// (with it the day), when no answer is kept that the first reader's page could
// be made of. After a write the answers below are renewed where they are kept.

// How warming goes: how often it looks whether there is reason to, how long
// nobody else may have asked before the next page, how long it waits for that,
// how long all of it may take, and after how long without anybody it rests;
// mostReaders bounds for how many people whose numbers differ.
const (
	warmEvery   = 250 * time.Millisecond
	quietFor    = 100 * time.Millisecond
	mostQuiet   = time.Second
	longestWarm = 2 * time.Minute
	nobodyFor   = 3 * 24 * time.Hour
	mostReaders = 24
)

// warmth is what pages rest on beside what is written day by day.
type warmth struct {
	whole int64 // see SharedFolder.Whole
	asOf  int64 // in seconds since 1970: see kpi.AsOf
}

// Warm asks for the pages that people begin with until ctx ends, whenever they
// would be made from nothing.
func (s *Server) Warm(ctx context.Context) {
	var last warmth
	for ctx.Err() == nil {
		if now, ready := s.warmth(); ready && now != last && (now.whole != last.whole || time.Since(s.metrics.lastAsked()) < nobodyFor) {
			last = now
			s.warm(ctx)
		}
		select {
		case <-ctx.Done():
		case <-time.After(warmEvery):
		}
	}
}

// warmth is the present state; ready is false while there is nothing to ask.
func (s *Server) warmth() (w warmth, ready bool) {
	if s.Folder.Settled() == nil || s.Folder.Ready() != nil {
		return w, false
	}
	return warmth{s.Folder.Whole(), kpi.AsOf(s.Now()).Unix()}, true
}

// warm asks for everybody's pages, one by one. Whoever was here last comes
// last: what was asked for last is kept for longest.
func (s *Server) warm(ctx context.Context) {
	began, pages := time.Now(), 0
	ctx, cancel := context.WithTimeout(ctx, longestWarm)
	defer cancel()
	whom, err := s.Auth.Readers(ctx)
	if err != nil {
		s.Log.Warn("pages are not asked for beforehand", "error", err)
		return
	}
	for _, who := range slices.Backward(differing(whom)) {
		inside := context.WithValue(ctx, insider{}, who)
		for _, path := range s.beginnings(inside, who) {
			if s.made(inside, path) {
				pages++
			}
		}
	}
	if pages == 0 {
		return
	}
	s.Log.Info("pages were asked for beforehand", "pages", pages, "took", time.Since(began).Round(time.Millisecond))
}

// made asks for a page when nobody else asks, and again where that gave way.
func (s *Server) made(ctx context.Context, path string) (ok bool) {
	s.Folder.Aside().Do(ctx, s.quiet, func(ctx context.Context) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		ok = err == nil && s.warmed(r)
	})
	return ok
}

// warmed asks for a page. One that panics is told in the log, as it is where
// somebody asks for it: the server goes on.
func (s *Server) warmed(r *http.Request) bool {
	err := callpace.Caught(func() error { s.inside.ServeHTTP(nowhere{}, r); return nil })
	if p := new(callpace.Panic); errors.As(err, &p) {
		s.Log.Error("a page asked for beforehand failed", "path", r.URL.Path, "error", err, "stack", string(p.Stack))
	}
	return err == nil
}

// differing are the first of those who see the same numbers.
func differing(all []auth.Identity) (out []auth.Identity) {
	seen := map[string]bool{}
	for _, who := range all {
		key := fmt.Sprintf("%s %q %q", who.Account.Role, who.Account.Teams, who.Account.Agent)
		if !seen[key] && len(out) < mostReaders {
			seen[key] = true
			out = append(out, who)
		}
	}
	return out
}

// beginnings are the pages that somebody begins with: those of the navigation,
// behind the cards and the stages of the overview, and the morning's mail.
func (s *Server) beginnings(ctx context.Context, who auth.Identity) (paths []string) {
	for _, x := range sections {
		if who.May(x.needs) {
			paths = append(paths, x.path)
		}
	}
	var org Organisation
	_ = s.State.Settings().FindSetting(ctx, OrganisationSetting, &org)
	for _, name := range slices.Concat(org.focus(), overview.Steps) {
		paths = append(paths, "/kpi/"+name)
	}
	paths = append(paths, "/mail/preview")
	if own := who.Account.Preferences.StartPage; own != "" {
		paths = append(paths, own)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// quiet waits until nobody has asked for anything for a moment, but not for ever.
func (s *Server) quiet(ctx context.Context) {
	for until := time.Now().Add(mostQuiet); ctx.Err() == nil && time.Now().Before(until) && time.Since(s.metrics.lastAsked()) < quietFor; {
		time.Sleep(quietFor / 4)
	}
}

// insider is the key of the identity in whose name the server itself asks.
type insider struct{}

// nowhere is where pages go that nobody reads.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}
