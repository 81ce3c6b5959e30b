package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/callpace/callpace/internal/ingest"
)

// What a busy company sends and asks.
const (
	loadRate   = 10_000 // events a second
	loadBatch  = 100
	senders    = 400 // connections
	dashboards = 20  // each asks once a second
	loadTime   = 10 * time.Second

	rightWithin = 2 * time.Minute
)

// load sends events at a rate, while dashboards refresh, and tells how long
// answers took. There is no limit: it is about what is lost, and that is nothing.
func load(ctx context.Context, l *lab) error {
	dir := filepath.Join(l.dir, "load")
	token, err := l.eventFolder(ctx, dir)
	if err != nil {
		return err
	}
	s, err := l.serve(ctx, dir, token)
	if err != nil {
		return err
	}
	span := loadTime
	if l.long {
		span = time.Minute
	}
	m := &measured{}
	work, stop := context.WithTimeout(ctx, span)
	defer stop()
	began := time.Now()
	var all sync.WaitGroup
	batches := make(chan int)
	all.Go(func() { // the rate is kept: what cannot be sent now waits
		defer close(batches)
		for i := 0; ; i++ {
			due := began.Add(time.Duration(i) * time.Second * loadBatch / loadRate)
			select {
			case <-time.After(time.Until(due)):
			case <-work.Done():
				return
			}
			select {
			case batches <- i:
			case <-work.Done():
				return
			}
		}
	})
	for range senders {
		all.Go(func() {
			for i := range batches {
				m.send(ctx, s, i)
			}
		})
	}
	for range dashboards {
		all.Go(func() {
			for tick := time.NewTicker(time.Second); ; {
				select {
				case <-tick.C:
					m.look(ctx, s)
				case <-work.Done():
					return
				}
			}
		})
	}
	all.Wait()
	took, sent := time.Since(began), len(m.acks)*loadBatch+1
	behind, err := m.untilRight(ctx, s, sent)
	if err != nil {
		m.faults = append(m.faults, err.Error())
	}
	peak := s.peak()
	if err := s.stop(); err != nil {
		m.faults = append(m.faults, fmt.Sprintf("the server ended badly: %v: %.300s", err, s.stderr))
	}
	var calls int
	err = opened(ctx, dir, func(f *ingest.Folder) error {
		return errors.Join(f.Ready(), f.Store().DB().QueryRowContext(ctx, "SELECT count(*) FROM calls WHERE source = ?", eventSource).Scan(&calls))
	})
	if err != nil {
		return err
	}
	if calls != sent {
		m.faults = append(m.faults, fmt.Sprintf("%d events are there, %d were acknowledged", calls, sent))
	}
	cpu := s.cmd.ProcessState
	l.report.add(row{Part: "load", What: fmt.Sprintf("%d events/s wanted for %v in batches of %d, %d dashboards", loadRate, span, loadBatch, dashboards), Cases: len(m.acks),
		Checked: "every acknowledged event there, once", Found: m.faults,
		Seen: fmt.Sprintf("%.0f events/s acknowledged, acknowledgement p50 %v, p95 %v, p99 %v; figures right %v after the last; %d dashboard answers, p50 %v, p99 %v; processor %v and %v in the system; %d MiB; load of the machine %s",
			float64(len(m.acks)*loadBatch)/took.Seconds(), quantile(m.acks, .5), quantile(m.acks, .95), quantile(m.acks, .99), behind.Round(time.Millisecond),
			len(m.looks), quantile(m.looks, .5), quantile(m.looks, .99), cpu.UserTime().Round(time.Second/10), cpu.SystemTime().Round(time.Second/10), peak, machineLoad())})
	return nil
}

// untilRight tells how long it takes until the figures hold all that was sent.
func (m *measured) untilRight(ctx context.Context, s *server, sent int) (time.Duration, error) {
	want := fmt.Sprintf(`"exact":"%d"`, sent)
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		status, text, err := s.ask(ctx, http.MethodGet, "/api/v1/kpi?kpis=calls&from=2026-11-01&to=2027-12-31", "", nil)
		if err == nil && strings.Contains(text, want) {
			return time.Since(began), nil
		}
		if time.Since(began) > rightWithin {
			return 0, fmt.Errorf("the figures do not hold all that was acknowledged: %d %.300s %v", status, text, err)
		}
	}
}

// machineLoad is what waits for the machine's processors, over one, five and fifteen minutes.
func machineLoad() string {
	text, _ := os.ReadFile("/proc/loadavg")
	list := strings.Fields(string(text))
	return strings.Join(list[:min(3, len(list))], " ")
}

// measured is how long answers took.
type measured struct {
	mu          sync.Mutex
	acks, looks []time.Duration
	faults      []string
}

func (m *measured) note(list *[]time.Duration, began time.Time, status int, text string, err error) {
	took := time.Since(began)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil || status != http.StatusOK && status != http.StatusAccepted {
		m.faults = append(m.faults, fmt.Sprintf("%d %.200s %v", status, text, err))
		return
	}
	*list = append(*list, took)
}

func (m *measured) send(ctx context.Context, s *server, i int) {
	began := time.Now()
	status, text, err := s.ask(ctx, http.MethodPost, "/api/v1/events?source="+eventSource, "", eventLines(1+i*loadBatch, loadBatch))
	m.note(&m.acks, began, status, text, err)
}

func (m *measured) look(ctx context.Context, s *server) {
	began := time.Now()
	status, text, err := s.ask(ctx, http.MethodGet, "/api/v1/kpi?kpis=calls,sales,reach_rate,talk_time&by=agent", "", nil)
	m.note(&m.looks, began, status, text, err)
}

// quantile gives a quantile, rounded to milliseconds.
func quantile(list []time.Duration, q float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)-1, int(q*float64(len(list))))].Round(time.Millisecond)
}
