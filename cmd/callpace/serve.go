package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/backup"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web"
	"github.com/callpace/callpace/internal/web/assets"
)

type serveCommand struct {
	Listen     string `default:"localhost:8080" placeholder:"ADDR"`
	PublicURL  string `name:"public-url" placeholder:"URL"`
	Insecure   bool   ``
	WatchRoot  string `placeholder:"DIR" type:"existingdir"`
	Recordings string `placeholder:"DIR" type:"existingdir"`

	CopyJournal string `placeholder:"DIR" type:"place"`
	Memory      uint   `placeholder:"MB"`
}

// Run serves the data folder until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, a *app) error {
	return a.serve(ctx, *c, nil)
}

// How long a server waits.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	stopTime   = 20 * time.Second // for requests that run
	sweepEvery = time.Hour
	openEvery  = 3 * time.Second // a folder that cannot be opened
)

// serve serves the data folder. ready is called once it listens and the folder
// is open; nil: nothing more is to be said.
func (a *app) serve(ctx context.Context, c serveCommand, ready func(context.Context, *server) error) error {
	if !assets.Built() {
		return callpace.E(callpace.Unsupported, "serve.unbuilt")
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "") {
		return usageError{callpace.E(callpace.Invalid, "serve.bad_public_url", "url", c.PublicURL)}
	}
	texts, err := i18n.Open()
	if err != nil {
		return err
	}
	a.texts = texts
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return callpace.E(callpace.Invalid, "serve.no_folder", "dir", a.Data).Because(err)
	}
	state, err := store.Open(ctx, a.Data)
	if err != nil {
		return err
	}
	defer state.Close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return callpace.E(callpace.Conflict, "serve.cannot_listen", "address", c.Listen).Because(err)
	}
	defer listener.Close()
	srv, err := a.server(ctx, state, listener.Addr(), c)
	if err != nil {
		return err
	}
	return srv.run(ctx, listener, ready)
}

// server is a running callpace.
type server struct {
	app    *app
	url    string
	folder *ingest.SharedFolder
	state  *store.DB
	auth   *auth.Service
	pages  *web.Server
	http   *http.Server

	morning *morning.Service
	copier  *backup.Copier // nil: no copy is kept
	jobs    *jobs.Queue
	log     *slog.Logger
	work    *work
}

// work is what goes on beside requests; it is told to stop with the server.
type work struct {
	ctx   context.Context
	stop  context.CancelFunc
	group sync.WaitGroup
}

// run begins some work; a panic of it must not be silent, so it ends the program.
func (w *work) run(fn func(context.Context)) { w.group.Go(func() { fn(w.ctx) }) }

// end tells the work to stop and waits for it, as long as ctx lasts: what does
// not stop in time is in the journal, and finished at the next start.
func (w *work) end(ctx context.Context) {
	w.stop()
	done := make(chan struct{})
	go func() { w.group.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (a *app) server(ctx context.Context, state *store.DB, address net.Addr, c serveCommand) (*server, error) {
	log := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	s := &server{app: a, state: state, url: strings.TrimSuffix(cmp.Or(c.PublicURL, "http://"+reachable(address)), "/"), auth: auth.New(state, a.now), work: &work{}, log: log}
	s.work.ctx, s.work.stop = context.WithCancel(ctx)
	s.folder = ingest.Share(a.Data, ingest.Deps{Formats: formats.All(), Now: a.now, Typed: state, Sentence: a.say.Message, MemoryMB: memoryMB(c.Memory),
		Notice: func(key string, args ...any) { log.Warn(a.say.Message(callpace.M(key, args...))) }})
	s.jobs = &jobs.Queue{State: state.State, Now: a.now, Log: log, Begin: s.work.run}
	if err := s.jobs.Recover(ctx); err != nil {
		return nil, err
	}
	s.morning = s.morningMail(log)
	var err error
	if s.copier, err = s.copying(c.CopyJournal, log); err != nil {
		return nil, err
	}
	var copied func() backup.Lag
	if s.copier != nil {
		copied = s.copier.Lag
	}
	pages, err := web.New(web.Deps{Copy: copied, Folder: s.folder, State: state, Auth: s.auth, Texts: a.texts, Formats: formats.All(),
		Morning: s.morning, Mail: s.morning.Mail, Now: a.now, Log: log, Version: version, PublicURL: strings.TrimSuffix(c.PublicURL, "/"), Insecure: c.Insecure || c.PublicURL == "" && isLoopback(address), Jobs: s.jobs, Sample: s.sample, WatchRoot: c.WatchRoot,
		Recordings: c.Recordings, API: s.api(log)})
	if err != nil {
		return nil, err
	}
	s.pages = pages
	handler := pages.Handler()
	if c.PublicURL != "" {
		handler = behindProxy(handler)
	}
	s.http = &http.Server{Handler: handler, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	return s, nil
}

func (s *server) run(ctx context.Context, listener net.Listener, ready func(context.Context, *server) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		if err := s.open(ctx); err != nil {
			return err
		}
		g.Go(func() error { return s.serveSocket(ctx) }) // the folder is ours from here on
		if ready != nil {
			if err := ready(ctx, s); err != nil {
				return err
			}
		}
		return s.welcome(ctx)
	})
	g.Go(func() error { s.sweep(ctx); return nil })
	g.Go(func() error { s.morning.Run(ctx); return nil })
	if s.copier != nil {
		s.work.run(s.copier.Run)
	}
	s.work.run(s.folder.Heal)
	s.work.run(s.pages.Warm)
	g.Go(func() error {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err := s.http.Shutdown(late)
		s.work.end(late)
		return errors.Join(err, s.folder.Close(late))
	})
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		return nil // told to stop
	}
	return err
}

// open opens the folder. What is damaged or has no room is tried again: a server
// that ends would be started again and again, and tell nobody.
func (s *server) open(ctx context.Context) error {
	for {
		err := s.folder.Open(ctx, nil)
		if code := callpace.CodeOf(err); err == nil || ctx.Err() != nil || code != callpace.Damaged && code != callpace.Internal {
			return err
		}
		s.log.Error("the folder cannot be opened", "error", err)
		if !pause(ctx, openEvery) {
			return nil
		}
	}
}

// pause waits; false when ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// copying gives what keeps a copy of the journal in a folder; "" is none.
func (s *server) copying(dir string, log *slog.Logger) (*backup.Copier, error) {
	if dir == "" {
		return nil, nil
	}
	c := &backup.Copier{Dir: s.app.Data, Target: dir, Beside: s.folder.Beside, State: s.state, Now: s.app.now, Changed: func(l backup.Lag) {
		if l.Fault != nil {
			log.Error("copy of the journal", "dir", l.Target, "error", l.Fault)
			return
		}
		log.Info("copy of the journal goes on", "dir", l.Target, "entry", l.Seq)
	}}
	if err := c.Check(); err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// welcome tells at the console where the pages are, and while nobody has an
// account, the link by which the first one is made.
func (s *server) welcome(ctx context.Context) error {
	s.app.line("serve.listening", "url", s.url)
	needs, err := s.auth.NeedsSetup(ctx)
	if err != nil || !needs {
		return err
	}
	token, err := s.auth.CreateSetupLink(ctx)
	if err != nil {
		return err
	}
	s.app.line("serve.set_up", "url", s.url+"/set-up/"+token)
	return nil
}

// sweep forgets what has run out, and tells of goals, until ctx ends. Where that
// cannot be written it is tried again the next time: pages need none of it.
func (s *server) sweep(ctx context.Context) {
	for {
		if err := errors.Join(s.auth.Sweep(ctx), s.jobs.Forget(ctx)); err != nil && ctx.Err() == nil {
			s.log.Warn("what has run out is not forgotten yet", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
		if err := s.tellGoals(ctx); err != nil && ctx.Err() == nil {
			s.app.warn(callpace.M("goals.untold", "reason", err))
		}
	}
}

// reachable is the address that a browser on this machine can use.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

func isLoopback(a net.Addr) bool {
	p, err := netip.ParseAddrPort(a.String())
	return err == nil && p.Addr().IsLoopback()
}

// behindProxy takes a visitor's address from the proxy on this machine that
// passed the request on: the last one that it wrote itself.
func behindProxy(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		passed := r.Header.Values("X-Forwarded-For")
		if err == nil && from.Addr().IsLoopback() && len(passed) > 0 {
			list := strings.Split(passed[len(passed)-1], ",")
			if ip, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
				r.RemoteAddr = netip.AddrPortFrom(ip, 0).String()
			}
		}
		h.ServeHTTP(w, r)
	})
}
