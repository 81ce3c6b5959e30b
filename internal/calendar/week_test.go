package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

func TestPlaceInWeek(t *testing.T) {
	for start, want := range map[time.Weekday][7]int64{ // of Monday to Sunday
		time.Monday:   {0, 1, 2, 3, 4, 5, 6},
		time.Saturday: {2, 3, 4, 5, 6, 0, 1},
		time.Sunday:   {1, 2, 3, 4, 5, 6, 0},
	} {
		c := calendar.New(facts.Gregorian, start)
		for i, place := range want {
			require.Equal(t, place, c.PlaceInWeek(int64(i+1)), "%s %d", start, i+1)
		}
	}
}
