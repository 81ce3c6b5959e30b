package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callpace/callpace"
)

// typed are the columns in which people write what they like. subject names
// the column that says what a row is about, "" where none does.
var typed = []struct{ table, subject string }{{"notes", "subject"}, {"corrections", "subject"}, {"annotations", ""}, {"views", ""}}

// texts are the columns of a table of typed.
var texts = map[string][]string{"notes": {"text"}, "corrections": {"text", "answer"}, "annotations": {"text"}, "views": {"name", "query"}}

// Gone stands where a text about somebody stood.
const Gone = "***"

// EraseTyped takes a person out of what people typed: take gives a text without
// what names the person, and own tells the subjects that are the person's, of
// which nothing is left. It counts the rows that change; with dry, nothing does.
// What stood there before is not in the file any more either, nor are there
// copies of it that a migration kept aside.
func (s State) EraseTyped(ctx context.Context, take func(text string) (rest string, found bool), own func(subject string) bool, dry bool) (changed int, err error) {
	err = s.Update(ctx, func(tx State) error {
		for _, t := range typed {
			for _, column := range texts[t.table] {
				n, err := tx.eraseColumn(ctx, t.table, column, t.subject, take, own, dry)
				if err != nil {
					return fmt.Errorf("erase from %s: %w", t.table, err)
				}
				changed += n
			}
		}
		return nil
	})
	if err != nil || dry {
		return changed, err
	}
	return changed, errors.Join(s.forget(ctx), s.removeAside(ctx))
}

// removeAside removes what migrations kept aside: what was erased stands there yet.
func (s State) removeAside(ctx context.Context) error {
	var path string
	if err := s.read.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		return fmt.Errorf("find what was kept aside: %w", err)
	}
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), Name+".v") {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// line is a text with the row that it stands in.
type line struct{ id, subject, text string }

func (s State) eraseColumn(ctx context.Context, table, column, subject string, take func(string) (string, bool), own func(string) bool, dry bool) (changed int, err error) {
	about := subject
	if about == "" {
		about = "''"
	}
	lines, err := list(ctx, s.read, func(r row) (l line, err error) { return l, r.Scan(&l.id, &l.subject, &l.text) },
		"SELECT id, "+about+", "+column+" FROM "+table+" WHERE "+column+" <> '' ORDER BY id")
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		rest, found := take(l.text)
		switch {
		case subject != "" && own(l.subject):
			rest, found = Gone, l.text != Gone
		case column == "query":
			rest, found = eraseQuery(l.text, take)
		}
		if !found {
			continue
		}
		if changed++; dry {
			continue
		}
		if column == "name" { // of a view: an owner has each but once
			rest += " " + l.id[len(l.id)-4:]
		}
		if _, err := change(ctx, s.write, "UPDATE "+table+" SET "+column+" = $2 WHERE id = $1", l.id, rest); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// eraseQuery takes a person out of the values of an address's query.
func eraseQuery(query string, take func(string) (string, bool)) (rest string, found bool) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return take(query)
	}
	for name, list := range values {
		for i, v := range list {
			if without, some := take(v); some {
				values[name][i], found = without, true
			}
		}
	}
	if !found {
		return query, false
	}
	return values.Encode(), true
}

// How long the side file of a change may stay in use.
const (
	forgetTries = 50
	forgetWait  = 100 * time.Millisecond
)

// forget empties the file's log of changes, in which the pages as they were
// before still stand. What is deleted in the file itself is overwritten (secure_delete).
func (s State) forget(ctx context.Context) error {
	db, ok := s.write.(*sql.DB)
	if !ok {
		return nil // inside a transaction: whoever began it
	}
	for range forgetTries {
		var busy, frames, done int
		if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done); err != nil {
			return fmt.Errorf("empty the log of changes: %w", err)
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(forgetWait):
		}
	}
	return callpace.E(callpace.Conflict, "store.in_use")
}
