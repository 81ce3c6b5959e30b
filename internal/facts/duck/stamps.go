package duck

import (
	"maps"
	"slices"
	"sync"

	"github.com/callpace/callpace/internal/facts"
)

// stamps tell when what was last changed, as numbers of commits since the file
// was opened: by table and day where it is known, else by table. Whoever keeps
// an answer keeps it as long as the stamps of its rows stand.
type stamps struct {
	mu   sync.RWMutex
	base int64 // of everything
	of   map[things]*thingStamps
}

// things are the rows of a table, or the stories of their leads.
type things struct {
	table   *facts.Table
	stories bool
}

type thingStamps struct {
	any  int64                      // of some row
	all  int64                      // of rows of nobody knows which days
	days map[string]map[int64]int64 // of rows of a day, by moment
}

// at is the last change to things with a moment within some days; "": to any.
func (s *stamps) at(what things, moment string, from, to int64) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	ts := s.of[what]
	if ts == nil {
		return s.base
	}
	if moment == "" {
		return max(s.base, ts.any)
	}
	last := max(s.base, ts.all)
	known := ts.days[moment]
	if int64(len(known)) < to-from {
		for day, n := range known {
			if from <= day && day < to {
				last = max(last, n)
			}
		}
		return last
	}
	for day := from; day < to; day++ {
		last = max(last, known[day])
	}
	return last
}

// since lists the days on which things changed after a commit; known is false
// where more may have.
func (s *stamps) since(what things, moment string, n int64) (days []int64, known bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.base > n {
		return nil, false
	}
	ts := s.of[what]
	if ts == nil {
		return nil, true
	}
	for day, at := range ts.days[moment] {
		if at > n {
			days = append(days, day)
		}
	}
	slices.Sort(days)
	return days, ts.all <= n
}

// frozen copies stamps as they are now.
func (s *stamps) frozen() *stamps {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := &stamps{base: s.base, of: make(map[things]*thingStamps, len(s.of))}
	for what, ts := range s.of {
		c := &thingStamps{any: ts.any, all: ts.all, days: make(map[string]map[int64]int64, len(ts.days))}
		for m, days := range ts.days {
			c.days[m] = maps.Clone(days)
		}
		out.of[what] = c
	}
	return out
}

// raise gives what a transaction touched the number of its commit.
func (s *stamps) raise(w touched, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.everything {
		s.base, s.of = n, nil
		return
	}
	for what, rows := range w.things {
		ts := s.of[what]
		if ts == nil {
			ts = &thingStamps{days: map[string]map[int64]int64{}}
			if s.of == nil {
				s.of = map[things]*thingStamps{}
			}
			s.of[what] = ts
		}
		ts.any = n
		if rows.all {
			ts.all = n
			clear(ts.days)
			continue
		}
		for m, days := range rows.days {
			if ts.days[m] == nil {
				ts.days[m] = map[int64]int64{}
			}
			for day := range days {
				ts.days[m][day] = n
			}
		}
	}
}
