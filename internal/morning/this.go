package morning

import (
	"context"
	"time"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// State is how it stands with this morning's mail.
type State string

// The states. Each has the message morning.state.<state>.
const (
	Off        State = "off"         // the organisation sends none
	NoServer   State = "no_server"   // it cannot: no mail server is set
	NotReady   State = "not_ready"   // there is no organisation yet, or its facts are being made
	NotWorking State = "not_working" // today is a day off
	Early      State = "early"       // its time is to come
	NoData     State = "no_data"     // nothing is recorded of the last working day yet
	Due        State = "due"         // its time has come
	Over       State = "over"        // it is too late in the day
)

// this is the morning of today.
type this struct {
	state    State
	settings Settings
	about    About
	today    int64
	due      time.Time
	tells    calendar.Range // the days of which it may tell
}

// about is what letters are made from now, but for the day.
func about(s *ingest.Settled, now time.Time) About {
	return About{Catalogue: s.Catalogue, Settings: s.Settings, Policy: s.Policy, Now: now}
}

// Status tells how it stands with the morning's mail.
type Status struct {
	State State
	Today int64
	Due   time.Time      // today's time
	Days  calendar.Range // of which it may tell
}

// Status finds out how it stands.
func (s *Service) Status(ctx context.Context) (Status, error) {
	m, err := s.morning(ctx)
	if err != nil {
		return Status{}, err
	}
	return Status{m.state, m.today, m.due, m.tells}, nil
}

func (s *Service) morning(ctx context.Context) (m this, err error) {
	if m.settings, err = FindSettings(ctx, s.State.State); err != nil {
		return m, err
	}
	now := s.Now()
	settled := s.Folder.Settled()
	if settled == nil {
		m.about, m.state = About{Now: now}, NotReady
		return m, nil
	}
	m.about = about(settled, now)
	clock, err := m.about.Settings.Clock()
	if err != nil {
		return m, err
	}
	if m.about.Organisation, err = s.Organisation(ctx); err != nil {
		return m, err
	}
	m.today = clock.Moment(now).Day
	m.due = m.settings.due(clock.Zone(), m.today)
	work, err := s.works(ctx, m.about)
	if err != nil {
		return m, err
	}
	m.tells = told(work, m.today)
	switch {
	case !m.settings.Morning:
		m.state = Off
	case m.settings.Host == "":
		m.state = NoServer
	case s.Folder.Ready() != nil:
		m.state = NotReady
	case !work(m.today):
		m.state = NotWorking
	case now.Before(m.due):
		m.state = Early
	case now.After(m.due.Add(lateness)):
		m.state = Over
	default:
		m.state = Due
	}
	if m.state != Due {
		return m, nil
	}
	if m.about.standing, err = s.standing(ctx); err != nil {
		return m, err
	}
	found := false
	err = s.Folder.Read(func(f *ingest.Folder) (err error) {
		m.about.Day, found, err = m.about.DayWithData(ctx, f.Store().Engine(), m.tells)
		return err
	})
	if err == nil && !found {
		m.state = NoData
	}
	return m, err
}

// Preview makes a letter as the next mail to an account would be, or, where
// nothing was recorded of the days that it would tell of, of the last day with
// any; ok is false where there is none at all. It asks in the name of the
// account, so whoever shows it has to know that they may see that; read runs a
// function on the facts.
func (s *Service) Preview(ctx context.Context, to store.Account, read func(func(kpi.Engine) error) error) (l *Letter, ok bool, err error) {
	settled := s.Folder.Settled()
	if settled == nil {
		return nil, false, s.Folder.Ready()
	}
	about := about(settled, s.Now())
	clock, err := about.Settings.Clock()
	if err != nil {
		return nil, false, err
	}
	if about.Organisation, err = s.Organisation(ctx); err != nil {
		return nil, false, err
	}
	if about.standing, err = s.standing(ctx); err != nil {
		return nil, false, err
	}
	today := clock.Moment(about.Now).Day
	work, err := s.works(ctx, about)
	if err != nil {
		return nil, false, err
	}
	err = read(func(e kpi.Engine) (err error) {
		days := told(work, today)
		for range 2 {
			if about.Day, ok, err = about.DayWithData(ctx, e, days); err != nil || ok {
				break
			}
			days.From = today - 400
		}
		if err != nil || !ok {
			return err
		}
		l, err = about.Letter(ctx, e, to)
		return err
	})
	return l, ok && err == nil, err
}

// Failures counts the mails of the last morning with any that did not go out,
// or of which that is not known.
func (s *Service) Failures(ctx context.Context) (day int64, failed int, err error) {
	settled := s.Folder.Settled()
	if settled == nil {
		return 0, 0, nil
	}
	clock, err := settled.Clock()
	if err != nil {
		return 0, 0, err
	}
	today := clock.Moment(s.Now()).Day
	for day = today; day > today-7; day-- {
		log, err := s.State.Mails().FindMails(ctx, day, "")
		if err != nil {
			return 0, 0, err
		}
		if len(log) == 0 {
			continue
		}
		for _, m := range log {
			if m.State == store.MailFailed || m.State == store.MailUnknown {
				failed++
			}
		}
		return day, failed, nil
	}
	return today, 0, nil
}
