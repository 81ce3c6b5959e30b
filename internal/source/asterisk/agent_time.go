package asterisk

import (
	"sort"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// exclusive lays conversations over after-call work over breaks over ready
// time, so that every moment has one state, and joins neighbours that agree.
func exclusive(shifts []stretch, busy [2][]span) []stretch {
	var layers []stretch // what comes first wins
	for i, state := range []string{talking, wrapUp} {
		for _, s := range union(busy[i]) {
			layers = append(layers, stretch{s, state, ""})
		}
	}
	for _, wanted := range []bool{false, true} {
		for _, s := range shifts {
			if (s.state == ready) == wanted && s.to.After(s.from) {
				layers = append(layers, s)
			}
		}
	}
	var cuts []time.Time
	for _, s := range layers {
		cuts = append(cuts, s.from, s.to)
	}
	sort.Slice(cuts, func(i, j int) bool { return cuts[i].Before(cuts[j]) })
	return sweep(layers, cuts)
}

// sweep gives each piece between two cuts to the first layer that covers it.
func sweep(layers []stretch, cuts []time.Time) []stretch {
	begins := make([]int, len(layers)) // layers by their beginning
	for i := range begins {
		begins[i] = i
	}
	sort.SliceStable(begins, func(i, j int) bool { return layers[begins[i]].from.Before(layers[begins[j]].from) })
	var result []stretch
	var live []int
	for i := 0; i+1 < len(cuts); i++ {
		from, to := cuts[i], cuts[i+1]
		for len(begins) > 0 && !layers[begins[0]].from.After(from) {
			live, begins = append(live, begins[0]), begins[1:]
		}
		best, still := -1, live[:0]
		for _, l := range live {
			if !layers[l].to.After(from) {
				continue
			}
			if still = append(still, l); best < 0 || l < best {
				best = l
			}
		}
		live = still
		if best < 0 || !to.After(from) {
			continue
		}
		s := layers[best]
		if n := len(result); n > 0 && result[n-1].to.Equal(from) && result[n-1].state == s.state && result[n-1].reason == s.reason {
			result[n-1].to = to
			continue
		}
		result = append(result, stretch{span{from, to}, s.state, s.reason})
	}
	return result
}

// hours cuts a span at the borders of local hours. Where clocks are put
// forward or back the hour ends there too.
func hours(s span, clock *facts.Clock) (parts []span) {
	for s.to.After(s.from) {
		local := s.from.In(clock.Zone())
		_, offset := local.Zone()
		into := (local.UnixMicro() + int64(offset)*1e6) % 3600e6
		border := s.from.Add(time.Duration(3600e6-into) * time.Microsecond)
		if _, change := local.ZoneBounds(); !change.IsZero() && change.Before(border) {
			border = change
		}
		if s.to.Before(border) {
			border = s.to
		}
		parts = append(parts, span{s.from, border.UTC()})
		s.from = border.UTC()
	}
	return parts
}
