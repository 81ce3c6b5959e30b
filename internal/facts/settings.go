package facts

import (
	"time"

	"github.com/zeebo/xxh3"

	"github.com/callpace/callpace"
)

// Calendar names the calendar whose months and years an organisation reports by.
type Calendar string

// The calendars.
const (
	Gregorian  Calendar = "gregorian"
	SolarHijri Calendar = "solar-hijri"
)

// Settings are what an organisation says of itself, as far as facts depend on
// it. They are journalled; a change rebuilds the facts.
type Settings struct {
	Zone      string       `json:"zone"`     // IANA name
	Currency  string       `json:"currency"` // ISO 4217
	Country   string       `json:"country"`  // ISO 3166-1 alpha-2: the country of phone numbers without a prefix; may be empty
	WeekStart time.Weekday `json:"week_start"`
	Calendar  Calendar     `json:"calendar"`

	// AnsweredSeconds is the talk time from which an outbound call that is
	// merely "answered" counts as reached.
	AnsweredSeconds float64 `json:"answered_seconds"`
	// CreditDays is how long before an order the call that it is credited to may lie.
	CreditDays int `json:"credit_days"`
	// CallbackMinutes is how far from its due time a promised call may be made and still count as kept.
	CallbackMinutes int `json:"callback_minutes"`
}

// Clock gives the clock of the organisation's zone.
func (s Settings) Clock() (*Clock, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, callpace.E(callpace.Invalid, "settings.bad_zone", "zone", s.Zone).Because(err)
	}
	return NewClock(zone), nil
}

// Origin hashes the identity of a record: the source, what kind of record it
// is (a source may deliver several), and its key.
func Origin(source, record, key string) uint64 {
	h := xxh3.New()
	_, _ = h.WriteString(source)
	_, _ = h.Write([]byte{0})
	_, _ = h.WriteString(record)
	_, _ = h.Write([]byte{0})
	_, _ = h.WriteString(key)
	return h.Sum64()
}
