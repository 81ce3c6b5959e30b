package duck

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/aside"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi/kept"
)

// Fault says why a fact file cannot be used. In every case the remedy is the
// same: set it aside and rebuild it from the journal.
type Fault string

// The faults.
const (
	Stale   Fault = "stale"   // made for other settings, mappings or an older layout
	Damaged Fault = "damaged" // DuckDB cannot read the file or its log
	Foreign Fault = "foreign" // not a fact file of this program
)

// FaultError is the error of Open for a file that has to be rebuilt.
type FaultError struct {
	Fault Fault
	Path  string
	Err   error
}

// Error is the developer's text.
func (e *FaultError) Error() string {
	return fmt.Sprintf("fact file %s is %s: %v", e.Path, e.Fault, e.Err)
}

// Unwrap gives the cause.
func (e *FaultError) Unwrap() error { return e.Err }

// NeedsRebuild tells whether an error of Open means that the file is to be set
// aside and rebuilt, and why.
func NeedsRebuild(err error) (Fault, bool) {
	var e *FaultError
	if errors.As(err, &e) {
		return e.Fault, true
	}
	return "", false
}

// Options limit what DuckDB may use; zero values stand for the defaults.
type Options struct {
	MemoryMB int         // of DuckDB's buffers; default 256
	Threads  int         // default: all processors
	TempDir  string      // for what does not fit in memory; default: path + ".tmp"
	KeepMB   int         // of answers kept until their rows change; default: none, for who asks once
	Aside    *aside.Work // gives way to people who ask; default: what this file renews alone
}

// Open opens the fact file at path, creating it where there is none (see
// Store.Fresh). fingerprint stands for all that shapes facts beside the
// settings and the schema, such as decoder versions; a file of another one is
// Stale. The error is a *FaultError where rebuilding helps.
func Open(path, fingerprint string, settings facts.Settings, o Options) (*Store, error) {
	full, err := fullFingerprint(fingerprint, settings)
	if err != nil {
		return nil, err
	}
	_, err = os.Stat(path)
	missing := errors.Is(err, os.ErrNotExist)
	if missing {
		// A log without its file belongs to nothing.
		if err := remove(path + walSuffix); err != nil {
			return nil, err
		}
	}
	s := &Store{path: path, fingerprint: full, settings: settings, options: o, Fresh: missing, perSlice: leadsPerSlice}
	if err := s.open(context.Background()); err != nil {
		return nil, err
	}
	if o.KeepMB > 0 {
		s.keep = kept.New(o.KeepMB<<20, time.Now, cmp.Or(o.Aside, &aside.Work{}), calendar.New(settings.Calendar, settings.WeekStart), calendar.Range{From: firstDay, To: lastDay}, settings.Currency)
	}
	if missing {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("protect fact file: %w", err), s.Close())
		}
	}
	return s, nil
}

func fullFingerprint(fp string, settings facts.Settings) (string, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return "", fmt.Errorf("encode settings: %w", err)
	}
	return fmt.Sprintf("%d.%d %s %s", facts.SchemaVersion, layoutVersion, text, fp), nil
}

// openFault sorts an error of DuckDB at opening.
func openFault(path string, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "Could not set lock"), strings.Contains(text, "Conflicting lock"):
		return callpace.E(callpace.Conflict, "facts.locked", "path", path).Because(err)
	case strings.Contains(text, "ermission denied"), strings.Contains(text, "No space left"),
		strings.Contains(text, "Cannot open file"):
		return fmt.Errorf("open fact file %s: %w", path, err)
	case strings.Contains(text, "not a valid DuckDB database file"), strings.Contains(text, `Extension "`): // it knows whose file that is
		return &FaultError{Foreign, path, err}
	}
	return &FaultError{Damaged, path, err}
}

// Spoilt tells whether an error of a question or a write means that DuckDB
// gave the file up: it is to be opened anew.
func Spoilt(err error) bool {
	return Corrupt(err) || mentions(err, "database has been invalidated", "FATAL Error", "INTERNAL Error", "sql: database is closed", sql.ErrConnDone.Error())
}

// Corrupt tells whether an error means that the file holds something else than
// what was written: opening it anew does not help.
func Corrupt(err error) bool {
	return mentions(err, "Corrupt database file", "does not match stored checksum", "Serialization Error", "Could not read enough bytes",
		"Failed to load metadata pointer")
}

func mentions(err error, words ...string) bool {
	return err != nil && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(err.Error(), w) })
}

const (
	walSuffix   = ".wal"
	asideSuffix = ".aside"
)

// SetAside moves a fact file and its log out of the way, replacing the ones
// set aside before, and gives the new name. Of a missing file nothing is moved.
func SetAside(path string) (string, error) {
	aside := path + asideSuffix
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return aside, nil
	}
	defer GiveUp()
	for _, suffix := range []string{"", walSuffix} {
		if err := remove(aside + suffix); err != nil {
			return "", err
		}
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("set fact file aside: %w", err)
		}
	}
	return aside, nil
}

// Swap puts a closed, newly built fact file in the place of another.
func Swap(built, path string) error {
	if _, err := os.Stat(built + walSuffix); err == nil {
		return fmt.Errorf("swap fact file: %s was not closed", built)
	}
	if err := remove(path + walSuffix); err != nil {
		return err
	}
	if err := os.Rename(built, path); err != nil {
		return fmt.Errorf("swap fact file: %w", err)
	}
	return nil
}

func remove(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// Remove removes a fact file with its log; a missing one is no error.
func Remove(path string) error {
	return errors.Join(remove(path), remove(path+walSuffix), remove(path+".tmp"))
}

// RemoveAside removes what SetAside kept of a fact file.
func RemoveAside(path string) error { return Remove(path + asideSuffix) }
