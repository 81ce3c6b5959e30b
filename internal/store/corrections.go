package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// The states of a correction.
const (
	CorrectionOpen     = "open"
	CorrectionAccepted = "accepted"
	CorrectionDeclined = "declined"
)

// Correction is an agent's request to correct a record. Accepting it changes
// no fact: whoever keeps the source corrects it there.
type Correction struct {
	ID         string    `json:"id"`
	Subject    string    `json:"subject"`
	Agent      string    `json:"agent"` // whose record it is,
	Team       string    `json:"team"`  // and the team then: who sees the request
	Text       string    `json:"text"`
	AuthorID   string    `json:"author_id"`
	CreatedAt  time.Time `json:"created_at"`
	State      string    `json:"state"`
	Answer     string    `json:"answer,omitempty"`
	AnsweredBy string    `json:"answered_by,omitempty"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

// Corrections is the repository of requests to correct records.
type Corrections struct{ s State }

// Corrections gives the repository of requests to correct records.
func (s State) Corrections() Corrections { return Corrections{s} }

const correctionColumns = "id, subject, agent, team, text, author_id, created_at, state, answer, answered_by, answered_at"

func readCorrection(r row) (c Correction, err error) {
	err = r.Scan(&c.ID, &c.Subject, &c.Agent, &c.Team, &c.Text, &c.AuthorID, instant{&c.CreatedAt},
		&c.State, &c.Answer, &c.AnsweredBy, instant{&c.AnsweredAt})
	return c, err
}

// CreateCorrection adds an open request and gives it back with its id.
func (r Corrections) CreateCorrection(ctx context.Context, c Correction) (Correction, error) {
	id, err := newID()
	if err != nil {
		return Correction{}, err
	}
	c.ID, c.State, c.Answer, c.AnsweredBy, c.AnsweredAt = id, CorrectionOpen, "", "", time.Time{}
	_, err = change(ctx, r.s.write, "INSERT INTO corrections ("+correctionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		c.ID, c.Subject, c.Agent, c.Team, c.Text, c.AuthorID, at(c.CreatedAt), c.State, c.Answer, c.AnsweredBy, at(c.AnsweredAt))
	if err != nil {
		return Correction{}, fmt.Errorf("create correction: %w", err)
	}
	return c, nil
}

// FindCorrection gives a request by its id.
func (r Corrections) FindCorrection(ctx context.Context, id string) (Correction, error) {
	c, err := find(ctx, r.s.read, "store.no_correction", readCorrection, "SELECT "+correctionColumns+" FROM corrections WHERE id = $1", id)
	if err != nil {
		return Correction{}, fmt.Errorf("find correction %s: %w", id, err)
	}
	return c, nil
}

// FindCorrections lists requests in a state ("" for any) of an author ("" for
// any), the earliest first. The caller leaves out what the reader does not see.
func (r Corrections) FindCorrections(ctx context.Context, state, authorID string) ([]Correction, error) {
	found, err := list(ctx, r.s.read, readCorrection, "SELECT "+correctionColumns+` FROM corrections
		WHERE ($1 = '' OR state = $1) AND ($2 = '' OR author_id = $2) ORDER BY created_at, id`, state, authorID)
	if err != nil {
		return nil, fmt.Errorf("find corrections: %w", err)
	}
	return found, nil
}

// AnswerCorrection accepts or declines an open request; one answered before is
// a Conflict.
func (r Corrections) AnswerCorrection(ctx context.Context, id, state, answer, accountID string, now time.Time) error {
	err := must(ctx, r.s.write, callpace.Conflict, "store.correction_answered",
		"UPDATE corrections SET state = $2, answer = $3, answered_by = $4, answered_at = $5 WHERE id = $1 AND state = 'open'",
		id, state, answer, accountID, at(now))
	if err != nil {
		return fmt.Errorf("answer correction %s: %w", id, err)
	}
	return nil
}
