package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/callpace/callpace/internal/present"
)

func query(text string) string { return url.QueryEscape(text) }

// corrections sends a later version of one call of long ago, and asks for the
// numbers of its day; and then all calls of a day once more, all corrected.
func (b *bench) corrections(ctx context.Context) error {
	if err := b.running(ctx); err != nil {
		return err
	}
	one := b.out.begin("correct", "one late correction, until the 12 KPIs of its day are right")
	whole := b.out.begin("correct_day", "a whole day's calls corrected, until its 12 KPIs are right")
	for round := range b.rounds + 1 {
		id := b.generator.calls/3 + round*b.generator.calls/100
		line := b.generator.later(id, round)
		of := twelve
		of.days = 1
		started, err := time.Parse(time.DateTime, strings.Split(line, ",")[1])
		if err != nil {
			return err
		}
		of.from = func(int) time.Time { return started.Truncate(24 * time.Hour) }
		onProcessors := watch(b.product)
		ours, passed, err := b.correct(ctx, of, line)
		if err != nil {
			return err
		}
		one.took(round, us, passed, onProcessors())
		for _, x := range b.rivals {
			onProcessors = watch(x)
			began := time.Now()
			if _, err := x.do(ctx, []string{x.load(b.files).amend(strings.Split(strings.TrimSpace(line), ","))}); err != nil {
				return err
			}
			if s, ok := x.peer.(settling); ok {
				if _, err := x.do(ctx, s.settle()); err != nil {
					return err
				}
			}
			rows, _, err := of.ask(ctx, x.dialect(), x.c, round)
			if err != nil {
				return err
			}
			one.took(round, x.name(), time.Since(began), onProcessors())
			if err := same(1, ours, rows); err != nil {
				return fmt.Errorf("%s and %s differ after a correction: %w", us, x.name(), err)
			}
		}
	}
	return b.correctDay(ctx, whole)
}

// settling is a peer that leaves versions of a call side by side for a while,
// and has to be told before it counts.
type settling interface{ settle() []string }

func (b *bench) correct(ctx context.Context, of question, lines string) ([][]string, time.Duration, error) {
	path := filepath.Join(b.dir, "corrections.csv")
	if err := os.WriteFile(path, []byte(header+lines), 0o644); err != nil {
		return nil, 0, err
	}
	sent, err := b.product.upload(ctx, path)
	if err != nil {
		return nil, 0, err
	}
	answer, asked, err := ask[present.Answer](ctx, b.product, of.address(0))
	if err != nil {
		return nil, 0, err
	}
	rows, err := of.rows(answer)
	return rows, sent + asked, err
}

// correctDay is callpace's alone: the peers would be timed on how their
// statement is written.
func (b *bench) correctDay(ctx context.Context, r *row) error {
	for round := range min(b.rounds, 3) + 1 {
		first := b.generator.firstOf(days/2 + round)
		var lines strings.Builder
		for id := first; id < b.generator.firstOf(days/2+round+1); id++ {
			lines.WriteString(b.generator.later(id, round))
		}
		of := twelve
		of.days, of.from = 1, func(int) time.Time { return firstDay.Truncate(24*time.Hour).AddDate(0, 0, days/2+round) }
		onProcessors := watch(b.product)
		_, passed, err := b.correct(ctx, of, lines.String())
		if err != nil {
			return err
		}
		r.took(round, us, passed, onProcessors())
	}
	return nil
}

// reportEvery is how often a report is asked for while something else goes on.
const reportEvery = 100 * time.Millisecond

// sharing is somebody on whom a report and an import can run at once.
type sharing struct {
	name   string
	report func(ctx context.Context, round int) (time.Duration, error)
	take   func(ctx context.Context, csv string) (time.Duration, error)
}

// together runs reports alone, an import alone, and both at once.
func (b *bench) together(ctx context.Context) error {
	if err := b.running(ctx); err != nil {
		return err
	}
	list := []sharing{{us, func(ctx context.Context, round int) (time.Duration, error) {
		_, spent, err := ask[present.Answer](ctx, b.product, twelve.address(round))
		return spent, err
	}, b.product.upload}}
	stall := &rival{peer: &mariadb{engine: "MyISAM"}, dir: filepath.Join(b.dir, "myisam")}
	beside := append([]*rival{}, b.rivals...)
	if chosen(b.peers, stall.name()) && stall.install(ctx) == nil {
		if _, err := b.loadRival(ctx, stall); err != nil {
			return err
		}
		defer func() { _ = errors.Join(stall.end(), os.RemoveAll(stall.dir)) }()
		beside = append(beside, stall)
	}
	for _, x := range beside {
		s, err := x.sharing(ctx, b.files)
		if err != nil {
			b.say("  %s shares nothing: %v", x.name(), err)
			continue
		}
		list = append(list, s)
	}
	alone, beside2 := b.out.begin("report_alone", "a report alone (12 KPIs by agent)"), b.out.begin("report_beside", "a report while an import runs")
	worst := b.out.begin("report_worst", "the longest of them")
	take, both := b.out.begin("take_alone", "an import of a tenth as many calls, alone"), b.out.begin("take_beside", "the same import while reports run")
	for _, s := range list {
		for round := range 10 {
			spent, err := s.report(ctx, round)
			if err != nil {
				return err
			}
			alone.add(s.name, spent, 0)
		}
		spent, err := s.take(ctx, b.more[0])
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		take.add(s.name, spent, 0)
		reports, spent, err := s.both(ctx, b.more[1])
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		both.add(s.name, spent, 0)
		beside2.Times[s.name] = reports
		worst.add(s.name, quantile(reports, 1), 0)
	}
	return nil
}

// sharing gives a peer a connection for the import and one for the reports.
// An engine that lives in its user's process has none.
func (r *rival) sharing(ctx context.Context, f files) (sharing, error) {
	if _, ok := r.peer.(interface{ alone() }); ok {
		return sharing{}, errors.New("it serves one process")
	}
	second, err := r.connect(ctx)
	if err != nil {
		return sharing{}, err
	}
	return sharing{r.name(), func(ctx context.Context, round int) (time.Duration, error) {
		_, spent, err := twelve.ask(ctx, r.dialect(), r.c, round)
		return spent, err
	}, func(ctx context.Context, csv string) (time.Duration, error) {
		began := time.Now()
		for _, s := range r.load(f).append(csv) {
			if _, err := second.run(ctx, s); err != nil {
				return 0, err
			}
		}
		return time.Since(began), nil
	}}, nil
}

// both imports while reports run, one after the other.
func (s sharing) both(ctx context.Context, csv string) (reports []time.Duration, spent time.Duration, err error) {
	during, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	var fault error
	group.Go(func() {
		for round := 0; during.Err() == nil; round++ {
			took, err := s.report(ctx, round)
			if err != nil {
				fault = err
				return
			}
			reports = append(reports, took)
			if rest := reportEvery - took; rest > 0 {
				time.Sleep(rest)
			}
		}
	})
	spent, err = s.take(ctx, csv)
	stop()
	group.Wait()
	return reports, spent, errors.Join(err, fault)
}
