package web

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/kpi"
)

// lateAfter is how old the newest call may be before the day is compared up to
// it and no further.
const lateAfter = 30 * time.Minute

// freshness is how far a source has come.
type freshness struct {
	Source  string
	Arrived string // when its last input came
	Newest  string // of when its newest row is
	Stale   bool
	State   string

	arrived, newest time.Time
}

// happened are the facts whose rows tell of what was: promises, plans and costs
// lie ahead.
var happened = []*facts.Table{facts.Calls, facts.Leads, facts.LeadStages, facts.Orders, facts.Activities, facts.AgentTime, facts.Cases, facts.Surveys, facts.Evaluations}

// freshness lists the sources with their last input and newest row.
func (r *request) freshness() ([]freshness, error) {
	newest, err := r.newest()
	if err != nil {
		return nil, err
	}
	arrived, err := r.arrived()
	if err != nil {
		return nil, err
	}
	var out []freshness
	for source, at := range arrived {
		x := freshness{Source: source, Arrived: r.whenText(at), Newest: "–", State: r.reader.Text("today.fresh")}
		last, ok := newest[newestKey{source, ""}]
		if !ok {
			continue // personnel, costs: nothing in it happens by the hour
		}
		x.Newest, x.newest, x.arrived = r.whenText(last), last, at
		if r.now.Sub(last) > 24*time.Hour && r.now.Sub(at) > 24*time.Hour {
			x.Stale, x.State = true, r.reader.Text("today.stale")
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b freshness) int {
		if a.Source < b.Source {
			return -1
		}
		return 1
	})
	return out, nil
}

// arrived tells when each source's last input came that counts.
func (r *request) arrived() (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		inputs, err := f.Inputs(ctx)
		for _, in := range inputs {
			if in.Status == string(journal.Committed) && in.Arrived.After(out[in.Source]) {
				out[in.Source] = in.Arrived
			}
		}
		return err
	})
	return out, err
}

// callsUntil is the moment up to which calls are known: that of the newest one,
// or of the last input of a source of calls.
func (r *request) callsUntil(newest time.Time) (time.Time, error) {
	rows, err := r.newest()
	if err != nil {
		return newest, err
	}
	arrived, err := r.arrived()
	for source, at := range arrived {
		if _, ok := rows[newestKey{source, facts.Calls.Name}]; ok && at.After(newest) {
			newest = at
		}
	}
	return newest, err
}

// newestKey is a source and a fact; "" for any fact.
type newestKey struct{ source, fact string }

// newestCall is the moment of the newest call of any source in the reader's scope.
func (r *request) newestCall() (at time.Time, ok bool, err error) {
	newest, err := r.newest()
	for k, t := range newest {
		if k.fact == facts.Calls.Name && t.After(at) {
			at, ok = t, true
		}
	}
	return at, ok, err
}

// newest gives the moments of the newest rows up to now, by source and fact.
func (r *request) newest() (map[newestKey]time.Time, error) {
	scope, known := r.asker().Scope, r.known()
	v, err := r.s.memo.recall(known, fmt.Sprintf("newest %#v %d", scope, r.now.Unix()/60), func() (found any, err error) {
		err = r.read(func(e kpi.Engine) (err error) {
			found, err = r.askNewest(context.WithoutCancel(r.Context()), e, scope)
			return err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	return v.(map[newestKey]time.Time), nil
}

func (r *request) askNewest(ctx context.Context, e kpi.Engine, scope kpi.Scope) (map[newestKey]time.Time, error) {
	clock, err := r.settings.Clock()
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	out := map[newestKey]time.Time{}
	g, ctx := errgroup.WithContext(ctx)
	for _, t := range happened {
		g.Go(func() error {
			date := t.Moments[0]
			past := kpi.Op{Name: kpi.Le, Args: []kpi.Expr{kpi.MomentField{Name: date}, kpi.Now{}}}
			groups, err := e.Aggregate(ctx, kpi.Select{Fact: t, Date: date, Undated: true, Scope: scope, Now: r.now.In(clock.Zone()), MaxGroups: kpi.MaxGroups,
				Dims: []kpi.Dim{{Name: "source", Expr: kpi.Field{Name: "source", Kind: facts.Text}}}, Where: []kpi.Expr{past},
				Measures: []kpi.Measure{{ID: "newest", Agg: kpi.Max, Value: kpi.MomentField{Name: date}}}})
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for _, group := range groups {
				if !group.Values[0].Valid {
					continue
				}
				at := time.UnixMicro(int64(whole(group.Values[0]))).UTC()
				for _, k := range []newestKey{{group.Key[0], t.Name}, {group.Key[0], ""}} {
					if at.After(out[k]) {
						out[k] = at
					}
				}
			}
			return nil
		})
	}
	return out, g.Wait()
}
