package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/callpace/callpace"
)

// Note is what somebody wrote beside a finding, a call or an agent.
type Note struct {
	ID        string    `json:"id"`
	Subject   string    `json:"subject"` // what it is about, as the pages name it: "call:…", "finding:…"
	Text      string    `json:"text"`
	Disputed  bool      `json:"disputed"` // the writer says that it is not so
	AuthorID  string    `json:"author_id"`
	CreatedAt time.Time `json:"created_at"`
}

// Notes is the repository of notes.
type Notes struct{ s State }

// Notes gives the repository of notes.
func (s State) Notes() Notes { return Notes{s} }

const noteColumns = "id, subject, text, disputed, author_id, created_at"

func readNote(r row) (n Note, err error) {
	err = r.Scan(&n.ID, &n.Subject, &n.Text, &n.Disputed, &n.AuthorID, instant{&n.CreatedAt})
	return n, err
}

// CreateNote adds a note and gives it back with its id.
func (r Notes) CreateNote(ctx context.Context, n Note) (Note, error) {
	id, err := newID()
	if err != nil {
		return Note{}, err
	}
	n.ID = id
	_, err = change(ctx, r.s.write, "INSERT INTO notes ("+noteColumns+") VALUES ($1, $2, $3, $4, $5, $6)",
		n.ID, n.Subject, n.Text, n.Disputed, n.AuthorID, at(n.CreatedAt))
	if err != nil {
		return Note{}, fmt.Errorf("create note: %w", err)
	}
	return n, nil
}

// FindNotes lists the notes on some subjects, the earliest first.
func (r Notes) FindNotes(ctx context.Context, subjects ...string) ([]Note, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	places, args := make([]string, len(subjects)), make([]any, len(subjects))
	for i, subject := range subjects {
		places[i], args[i] = fmt.Sprintf("$%d", i+1), subject
	}
	found, err := list(ctx, r.s.read, readNote,
		"SELECT "+noteColumns+" FROM notes WHERE subject IN ("+strings.Join(places, ", ")+") ORDER BY created_at, id", args...)
	if err != nil {
		return nil, fmt.Errorf("find notes: %w", err)
	}
	return found, nil
}

// DeleteNote removes a note of its author.
func (r Notes) DeleteNote(ctx context.Context, authorID, id string) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_note", "DELETE FROM notes WHERE id = $1 AND author_id = $2", id, authorID)
	if err != nil {
		return fmt.Errorf("delete note %s: %w", id, err)
	}
	return nil
}
