package morning

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/store"
)

// SettingName is the name of the setting that holds Settings.
const SettingName = "smtp"

// Settings say by which server mails go, and when the morning's. The zero
// Settings send nothing.
type Settings struct {
	mail.Server
	From    string `json:"from"`    // e-mail address
	Address string `json:"address"` // of the pages, as https://callpace.example
	Morning bool   `json:"morning"` // send the morning mail
	At      string `json:"at"`      // local time of day, as 07:30
}

// UsualTime is when the morning mail goes out unless another time is set.
const UsualTime = "07:30"

// FindSettings reads the settings.
func FindSettings(ctx context.Context, state store.State) (Settings, error) {
	s := Settings{Server: mail.Server{Security: mail.StartTLS, Port: mail.StartTLS.Port()}, At: UsualTime, Morning: true}
	if err := state.Settings().FindSetting(ctx, SettingName, &s); err != nil {
		return Settings{}, fmt.Errorf("find mail settings: %w", err)
	}
	return s, nil
}

// ParseTime reads a time of day as minutes after midnight.
func ParseTime(text string) (minutes int, ok bool) {
	t, err := time.Parse("15:04", text)
	return 60*t.Hour() + t.Minute(), err == nil
}

// due is the instant of a day at which the mail goes out. Where clocks skip
// that time it is about the same time of the other side.
func (s Settings) due(zone *time.Location, day int64) time.Time {
	minutes, ok := ParseTime(s.At)
	if !ok {
		minutes, _ = ParseTime(UsualTime)
	}
	d := facts.DateOf(day)
	return time.Date(d.Year(), d.Month(), d.Day(), minutes/60, minutes%60, 0, 0, zone)
}

// works tells the organisation's working days.
func (s *Service) works(ctx context.Context, about About) (func(day int64) bool, error) {
	w, err := s.State.Working(ctx, about.Settings.Country)
	if err != nil {
		return nil, err
	}
	return func(day int64) bool {
		share, _ := w.Day(day)
		return share > 0
	}, nil
}

// told are the days of which the mail of a day may tell: from the working day
// before it on.
func told(work func(int64) bool, today int64) calendar.Range {
	from := today - 1
	for from > today-14 && !work(from) {
		from--
	}
	return calendar.Range{From: from, To: today}
}
