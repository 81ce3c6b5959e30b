package mapping

import "time"

// wall turns the time on the wall clocks of one zone into instants and back.
// Asking the zone costs more than reading a whole row, so the answers are kept
// by the hour. It is not safe for concurrent use.
type wall struct {
	zone  *time.Location
	hours [1024]kept // local hour → offset
	spans [1024]kept // quarter of an hour UTC → offset
}

type kept struct {
	key    int64 // the hour or quarter
	offset int64
	set    bool
}

type note uint8

const (
	plain   note = iota
	gap          // the clock jumped over this time: moved forward
	overlap      // the clock showed this time twice: the first is taken
)

type resolved struct {
	utc  int64
	note note
}

func newWall(zone *time.Location) *wall { return &wall{zone: zone} }

// instant gives the instant at which the clock shows local, counted in seconds
// as if it were UTC.
func (w *wall) instant(local int64) resolved {
	hour := floorDiv(local, 3600)
	k := &w.hours[hour&1023]
	if k.set && k.key == hour {
		return resolved{local - k.offset, plain}
	}
	r := w.resolve(local)
	from, to := w.resolve(hour*3600), w.resolve(hour*3600+3599)
	if from.note == plain && to.note == plain && to.utc-from.utc == 3599 {
		*k = kept{hour, hour*3600 - from.utc, true}
	}
	return r
}

func (w *wall) resolve(local int64) resolved {
	// No zone is further than a day from UTC, so a change of the clocks near
	// local lies between these two.
	before, after := w.ask(local-86400), w.ask(local+86400)
	if before == after {
		return resolved{local - before, plain}
	}
	a, b := local-before, local-after
	okA, okB := w.ask(a) == before, w.ask(b) == after
	switch {
	case okA && okB:
		return resolved{min(a, b), overlap}
	case okA:
		return resolved{a, plain}
	case okB:
		return resolved{b, plain}
	}
	return resolved{a, gap}
}

// offset gives the seconds east of UTC at an instant.
func (w *wall) offset(utc int64) int64 {
	span := floorDiv(utc, 900)
	k := &w.spans[span&1023]
	if k.set && k.key == span {
		return k.offset
	}
	offset := w.ask(utc)
	if w.ask(span*900) == offset && w.ask(span*900+899) == offset {
		*k = kept{span, offset, true}
	}
	return offset
}

func (w *wall) ask(utc int64) int64 {
	_, offset := time.Unix(utc, 0).In(w.zone).Zone()
	return int64(offset)
}
