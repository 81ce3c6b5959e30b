package store

import (
	"context"
	"fmt"
	"time"
)

// The states of a mail. One whose sending was cut off is unknown: it may have
// arrived, so it is never sent again, and it is shown.
const (
	MailSending = "sending"
	MailSent    = "sent"
	MailFailed  = "failed" // surely not sent
	MailUnknown = "unknown"
)

// Mail is one mail of a kind to an account about a day.
type Mail struct {
	AccountID string    `json:"account_id"`
	Kind      string    `json:"kind"`
	Day       int64     `json:"day"` // days since 1970
	State     string    `json:"state"`
	Attempts  int       `json:"attempts"`
	Error     string    `json:"error,omitempty"` // the server's own words
	At        time.Time `json:"at"`
}

// Mails is the log of mails: each goes out at most once.
type Mails struct{ s State }

// Mails gives the log of mails.
func (s State) Mails() Mails { return Mails{s} }

const mailColumns = "account_id, kind, day, state, attempts, error, at"

func readMail(r row) (m Mail, err error) {
	err = r.Scan(&m.AccountID, &m.Kind, &m.Day, &m.State, &m.Attempts, &m.Error, instant{&m.At})
	return m, err
}

// ClaimMail takes the right to send a mail. It is given once, and again after
// a failure, up to the number of attempts; false means: do not send.
func (r Mails) ClaimMail(ctx context.Context, accountID, kind string, day int64, attempts int, now time.Time) (bool, error) {
	n, err := change(ctx, r.s.write, `INSERT INTO mails (`+mailColumns+`) VALUES ($1, $2, $3, 'sending', 1, '', $4)
		ON CONFLICT (account_id, kind, day) DO UPDATE SET state = 'sending', attempts = mails.attempts + 1, at = excluded.at
			WHERE mails.state = 'failed' AND mails.attempts < $5`, accountID, kind, day, at(now), attempts)
	if err != nil {
		return false, fmt.Errorf("claim mail: %w", err)
	}
	return n == 1, nil
}

// UpdateMail writes how the sending of a claimed mail ended.
func (r Mails) UpdateMail(ctx context.Context, m Mail) error {
	_, err := change(ctx, r.s.write, "UPDATE mails SET state = $4, error = $5, at = $6 WHERE account_id = $1 AND kind = $2 AND day = $3",
		m.AccountID, m.Kind, m.Day, m.State, m.Error, at(m.At))
	if err != nil {
		return fmt.Errorf("update mail: %w", err)
	}
	return nil
}

// SettleMails marks what was being sent when the program ended as unknown; it
// is called once, before anything is sent.
func (r Mails) SettleMails(ctx context.Context) (int, error) {
	n, err := change(ctx, r.s.write, "UPDATE mails SET state = 'unknown' WHERE state = 'sending'")
	if err != nil {
		return 0, fmt.Errorf("settle mails: %w", err)
	}
	return n, nil
}

// FindMails lists the mails about a day in a state ("" for any).
func (r Mails) FindMails(ctx context.Context, day int64, state string) ([]Mail, error) {
	found, err := list(ctx, r.s.read, readMail,
		"SELECT "+mailColumns+" FROM mails WHERE day = $1 AND ($2 = '' OR state = $2) ORDER BY kind, account_id", day, state)
	if err != nil {
		return nil, fmt.Errorf("find mails: %w", err)
	}
	return found, nil
}
