package i18n

import (
	"fmt"
	"math"
)

// Duration writes seconds as 12 s, 3:05 or 1:02:30, long ones as days.
func (l Localizer) Duration(seconds float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	s := int64(math.Round(seconds))
	switch {
	case s >= 48*3600:
		return sign + l.T("duration.days", map[string]any{"days": l.Number(seconds/86400, 1)})
	case s >= 3600:
		return sign + l.Digits(fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60))
	case s >= 60:
		return sign + l.Digits(fmt.Sprintf("%d:%02d", s/60, s%60))
	case seconds == math.Trunc(seconds):
		return sign + l.T("duration.seconds", map[string]any{"seconds": l.Int(s)})
	}
	return sign + l.T("duration.seconds", map[string]any{"seconds": l.Number(seconds, 1)})
}
