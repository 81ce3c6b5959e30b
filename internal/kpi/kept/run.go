package kept

import (
	"encoding/binary"
	"math"

	"github.com/callpace/callpace"
)

// run is numbers one after the other, in as little room as they take.
type run interface {
	at(i int) callpace.Total
	size() int // in bytes
}

// multiples are whole numbers of a unit, in millionths.
type multiples[T uint8 | int16 | int32 | int64] struct {
	unit int64
	n    []T
}

func (m multiples[T]) at(i int) callpace.Total {
	return callpace.Amount(int64(m.n[i]) * m.unit).Total()
}

func (m multiples[T]) size() int { return binary.Size(m.n) }

// totals are numbers as they are.
type totals []callpace.Total

func (t totals) at(i int) callpace.Total { return t[i] }
func (t totals) size() int               { return 16 * len(t) }

// units are those that numbers come in: things, milliseconds, millionths.
var units = []int64{1_000_000, 1_000, 1}

// packed puts numbers into a run.
func packed(all []callpace.Total) run {
	unit := 0
	low, high := int64(0), int64(0)
	for _, t := range all {
		a, ok := t.Amount()
		if !ok {
			return totals(all)
		}
		for int64(a)%units[unit] != 0 {
			unit++
		}
		low, high = min(low, int64(a)), max(high, int64(a))
	}
	switch low, high = low/units[unit], high/units[unit]; {
	case low >= 0 && high <= math.MaxUint8:
		return narrow[uint8](all, units[unit])
	case low >= math.MinInt16 && high <= math.MaxInt16:
		return narrow[int16](all, units[unit])
	case low >= math.MinInt32 && high <= math.MaxInt32:
		return narrow[int32](all, units[unit])
	}
	return narrow[int64](all, units[unit])
}

func narrow[T uint8 | int16 | int32 | int64](all []callpace.Total, unit int64) run {
	m := multiples[T]{unit, make([]T, len(all))}
	for i, t := range all {
		a, _ := t.Amount()
		m.n[i] = T(int64(a) / unit)
	}
	return m
}
