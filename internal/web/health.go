package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/callpace/callpace/internal/backup"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
)

// metrics are what operators watch; their names are part of the product.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	asked    *atomic.Int64 // when a request last began or ended, in ns since 1970
}

func (s *Server) newMetrics() metrics {
	m := metrics{prometheus.NewRegistry(), prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "callpace_request_seconds",
		Help: "Time to answer a request, by route and status.", Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route", "status"}), new(atomic.Int64)}
	ready := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "callpace_ready", Help: "1 where questions can be answered."}, func() float64 {
		return truth(s.Folder.Ready() == nil)
	})
	damaged := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "callpace_damaged_places", Help: "Places of the journal that cannot be read, and of files that figures lack for it."}, func() float64 {
		return float64(len(s.Folder.Damage()))
	})
	busy := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "callpace_writing", Help: "1 while an input is taken in or history is read again."}, func() float64 {
		return truth(s.Folder.Busy())
	})
	gauges := []struct {
		name, help string
		value      func() float64
	}{
		{"callpace_journal_writable", "1 where inputs can be taken in.", func() float64 { return truth(s.Folder.Health() == nil) }},
		{"callpace_events_behind_inputs", "Inputs of events that are stored and do not count yet.", func() float64 { return float64(s.Folder.Behind().Inputs) }},
		{"callpace_events_behind_bytes", "Bytes of them.", func() float64 { return float64(s.Folder.Behind().Bytes) }},
		{"callpace_events_behind_seconds", "How long the oldest of them has been waiting.", func() float64 { return s.Folder.Behind().Behind(s.Now()).Seconds() }},
		{"callpace_jobs", "Jobs under way or waiting.", func() float64 { return float64(len(s.Jobs.UnderWay())) }},
		{"callpace_disk_free_bytes", "Free bytes on the data folder's disk; -1 where that is not known.", func() float64 {
			if free, known := freeDisk(s.Folder.Dir()); known {
				return float64(free)
			}
			return -1
		}},
	}
	if s.Copy != nil {
		gauges = append(gauges, []struct {
			name, help string
			value      func() float64
		}{
			{"callpace_journal_copy_lag_bytes", "Bytes of the journal that the copy does not hold yet.", func() float64 { return float64(s.Copy().Bytes) }},
			{"callpace_journal_copy_lag_seconds", "How long the copy of the journal has not been complete.", func() float64 { return s.Copy().Behind(s.Now()).Seconds() }},
			{"callpace_journal_copy_failing", "1 where the copy of the journal does not go on.", func() float64 { return truth(s.Copy().Fault != nil) }},
		}...)
	}
	for _, g := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help}, g.value))
	}
	m.registry.MustRegister(m.requests, ready, damaged, busy, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// measured counts a request under its route's pattern, never under its address:
// that would hold names and be without bound.
func (m metrics) measured(pattern string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
		m.asked.Store(began.UnixNano())
		h.ServeHTTP(seen, r)
		m.asked.Store(time.Now().UnixNano())
		m.requests.WithLabelValues(pattern, strconv.Itoa(seen.status)).Observe(time.Since(began).Seconds())
	})
}

// lastAsked is when a request last began or ended.
func (m metrics) lastAsked() time.Time { return time.Unix(0, m.asked.Load()) }

// statusWriter remembers the status that was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the status on.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the real one.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// health tells that the process runs; ready, that it can answer questions. Both
// say no more than that, since anybody may ask.
func health(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") }

// Who asks from this machine is told what is wrong, in words.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	err := s.Folder.Health()
	text := "ok\n"
	if err != nil {
		text = errNotReady.Error() + "\n"
	}
	if isLocal(r) {
		l := s.Texts.Localizer(i18n.Prefer("", r.Header.Get("Accept-Language"), "en"), calendar.Calendar{})
		if err != nil {
			text += l.Error(err) + "\n"
		}
		if lag := s.Folder.Behind(); lag.Inputs > 0 {
			text += l.T("events.lag", map[string]any{"inputs": l.Int(int64(lag.Inputs)), "seconds": l.Int(int64(lag.Behind(s.Now()).Seconds()))}) + "\n"
		}
		for _, d := range s.Folder.Damage() {
			text += l.T("shell.damage_at", map[string]any{"text": l.Message(d)}) + "\n"
		}
		if copied, kept := s.copied(); kept && copied.Fault != nil {
			text += l.T("copy.behind", map[string]any{"path": copied.Target, "reason": l.Error(copied.Fault)}) + "\n"
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = io.WriteString(w, text)
}

// copied tells how the copy of the journal fares; kept is false where none is.
func (s *Server) copied() (l backup.Lag, kept bool) {
	if s.Copy == nil {
		return l, false
	}
	return s.Copy(), true
}

var errNotReady = errors.New("not ready")

// operations are the addresses for operators' programs.
func (s *Server) operations() {
	s.mux.HandleFunc("GET /healthz", health)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.Handle("GET /metrics", s.localOnly(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})))
}

// localOnly answers who asks from this machine alone: figures of operation are
// nobody else's business.
func (s *Server) localOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}
