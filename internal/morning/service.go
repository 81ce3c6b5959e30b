package morning

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/store"
)

// Kind is the kind of the morning's mails in the log.
const Kind = "morning"

// How long is tried. A morning mail that could not go out until lateness after
// its time is of no use any more.
const (
	Attempts = 5
	lateness = 6 * time.Hour
	every    = 30 * time.Second
	sendTime = time.Minute
)

// waits are the times after a first, a second … failed attempt.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// Deps are what the morning needs.
type Deps struct {
	Folder       *ingest.SharedFolder
	State        *store.DB
	Organisation func(context.Context) (Organisation, error)
	// Write words a letter: subject, text and HTML. pages is the address of the pages.
	Write func(l *Letter, organisation, pages string) (mail.Message, error)
	Send  func(context.Context, mail.Server, mail.Message) error
	Now   func() time.Time
	Log   *slog.Logger
	Jobs  *jobs.Queue // in which each round is seen that sends anything
	Pages string      // address of the pages, where the settings name none
}

// Service sends mails. It is safe for concurrent use.
type Service struct {
	Deps
	round sync.Mutex
	seen  seen
}

// seen are accounts that there was nothing to tell, for a state of the facts:
// they are not asked about again until it changes.
type seen struct {
	day, revision int64
	accounts      map[string]bool
}

// New makes a Service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Run sends each morning's mails until ctx ends.
func (s *Service) Run(ctx context.Context) {
	for settled := false; ctx.Err() == nil; {
		var err error
		if !settled { // nothing is sent before: it might arrive twice
			err = s.settle(ctx)
			settled = err == nil
		}
		if settled {
			err = s.Round(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("morning mail failed", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
}

// settle notes of mails that were being sent when the program ended that nobody
// knows whether they arrived.
func (s *Service) settle(ctx context.Context) error {
	n, err := s.State.Mails().SettleMails(ctx)
	if n > 0 {
		s.Log.Warn("mails were being sent when the program ended; they may have arrived and are not sent again", "mails", n)
	}
	return err
}

// Mail sends a mail of plain text. Without a server it is Unsupported.
func (s *Service) Mail(ctx context.Context, to, subject, body string) error {
	settings, err := FindSettings(ctx, s.State.State)
	if err != nil {
		return err
	}
	org, err := s.Organisation(ctx)
	if err != nil {
		return err
	}
	return s.Send(ctx, settings.Server, mail.Message{From: mail.Address{Name: org.Name, Address: settings.From}, To: mail.Address{Address: to}, Subject: subject, Text: body})
}

// Round sends what is due now. What goes wrong with one mail is in the log of
// mails; an error tells that nothing could be found out.
func (s *Service) Round(ctx context.Context) error {
	s.round.Lock()
	defer s.round.Unlock()
	m, err := s.morning(ctx)
	if err != nil || m.state != Due {
		return err
	}
	accounts, err := s.State.Accounts().FindAccounts(ctx)
	if err != nil {
		return err
	}
	log, err := s.State.Mails().FindMails(ctx, m.today, "")
	if err != nil {
		return err
	}
	sent := map[string]store.Mail{}
	for _, x := range log {
		if x.Kind == Kind {
			sent[x.AccountID] = x
		}
	}
	if revision := s.Folder.Revision(); s.seen.day != m.today || s.seen.revision != revision {
		s.seen = seen{m.today, revision, map[string]bool{}}
	}
	due := slices.DeleteFunc(accounts, func(to store.Account) bool {
		before, tried := sent[to.ID]
		return !Receives(to) || s.seen.accounts[to.ID] || tried && !again(before, s.Now())
	})
	for i, to := range due {
		if message, err := s.write(ctx, m, to); ctx.Err() != nil || s.later(err) {
			continue
		} else if err == nil && message == nil {
			s.seen.accounts[to.ID] = true
			continue
		}
		return s.Jobs.Beside(ctx, jobs.Job{Kind: Kind, Back: "/settings/mail"}, func(ctx context.Context, run *jobs.Run) error { return s.send(ctx, m, due[i:], run) })
	}
	return nil
}

// later tells that a letter could not be written since the facts are being replaced.
func (s *Service) later(err error) bool {
	return callpace.CodeOf(err) == callpace.Conflict && s.Folder.Ready() != nil
}

// Outcome is what became of the mails of one round, by how each ended.
type Outcome map[string]int

// send tells the accounts that are due, and gives an error where a mail did not go out.
func (s *Service) send(ctx context.Context, m this, due []store.Account, run *jobs.Run) error {
	outcome := Outcome{}
	var broken, first error
	for i, to := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		run.Progress("sending", int64(i), int64(len(due)))
		state, why, err := s.tell(ctx, m, to, &broken)
		if err != nil {
			return err
		}
		if state != "" {
			outcome[state]++
			run.Keep(outcome)
		}
		if first == nil {
			first = why
		}
	}
	if first != nil {
		return callpace.E(callpace.Conflict, "morning.not_sent", "count", outcome[store.MailFailed]+outcome[store.MailUnknown], "sent", outcome[store.MailSent]).Because(first)
	}
	return nil
}

// Receives tells whether an account is one to write to.
func Receives(a store.Account) bool {
	return a.DisabledAt.IsZero() && a.Password != "" && !a.Preferences.NoMail && auth.Role(a.Role).Known()
}

// again tells whether a mail that failed is to be tried once more now.
func again(m store.Mail, now time.Time) bool {
	return m.State == store.MailFailed && m.Attempts < Attempts && !now.Before(m.At.Add(waits[min(max(m.Attempts, 1), len(waits))-1]))
}

// tell writes and sends one mail, and gives how that ended and why: "" for one
// that is not sent now. Where the server could not be used, broken says why
// from then on, and the rest is not tried for now.
func (s *Service) tell(ctx context.Context, m this, to store.Account, broken *error) (state string, why, fault error) {
	message, err := s.write(ctx, m, to)
	if err == nil && message == nil {
		s.seen.accounts[to.ID] = true
		return "", nil, nil
	}
	if s.later(err) || ctx.Err() != nil {
		return "", nil, nil
	}
	mine, claimErr := s.State.Mails().ClaimMail(ctx, to.ID, Kind, m.today, Attempts, s.Now())
	if claimErr != nil || !mine {
		return "", nil, claimErr
	}
	if err == nil {
		err = *broken
	}
	if err == nil {
		sending, cancel := context.WithTimeout(ctx, sendTime)
		err = s.Send(sending, m.settings.Server, *message)
		cancel()
		if mail.Unreached(err) {
			*broken = err
		}
	}
	ended := store.Mail{AccountID: to.ID, Kind: Kind, Day: m.today, State: store.MailSent, At: s.Now()}
	if err != nil {
		if ended.State, ended.Error = store.MailFailed, Reason(err); mail.Uncertain(err) {
			ended.State = store.MailUnknown
		}
		s.Log.Warn("morning mail failed", "account", to.ID, "state", ended.State, "error", ended.Error)
	}
	// How it ended is written down even where the program is told to stop meanwhile.
	return ended.State, err, s.State.Mails().UpdateMail(context.WithoutCancel(ctx), ended)
}

// write makes the mail to an account; nil where there is nothing to tell.
func (s *Service) write(ctx context.Context, m this, to store.Account) (*mail.Message, error) {
	var l *Letter
	err := s.Folder.Read(func(f *ingest.Folder) (err error) {
		l, err = m.about.Letter(ctx, f.Store().Engine(), to)
		return err
	})
	if err != nil || l.Empty() {
		return nil, err
	}
	pages := m.settings.Address
	if pages == "" {
		pages = s.Pages
	}
	message, err := s.Write(l, m.about.Organisation.Name, pages)
	if err != nil {
		return nil, fmt.Errorf("write the morning mail: %w", err)
	}
	message.ID = fmt.Sprintf("%s.%d.%s", Kind, m.today, to.ID)
	message.From = mail.Address{Name: m.about.Organisation.Name, Address: m.settings.From}
	message.To = mail.Address{Name: to.Name, Address: to.Login}
	return &message, nil
}

// Reason puts an error in the log of mails: the key of its message, then the
// server's own words. SplitReason takes it apart.
func Reason(err error) string {
	var e *callpace.Error
	if !errors.As(err, &e) {
		return "smtp.internal " + err.Error()
	}
	if e.Err == nil {
		return e.Key
	}
	return e.Key + " " + e.Err.Error()
}

// SplitReason gives the message key and the server's words of a Reason.
func SplitReason(text string) (key, words string) {
	key, words, _ = strings.Cut(text, " ")
	return key, words
}
