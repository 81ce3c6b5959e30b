package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// index finds things in the journal. It is made from the headers alone and can
// always be made again, so it is thrown away rather than mended.
type index struct {
	db   *sql.DB
	path string // "": in memory
}

// mark is how far the index has come: everything before it is on disk, and
// nothing behind it was ever acknowledged.
type mark struct {
	seg   int
	off   int64 // end of the last frame
	last  int64 // beginning of the last frame
	seq   int64
	chain Digest
}

const indexVersion = 2 // PRAGMA user_version

const schema = `
CREATE TABLE mark (seg INTEGER, off INTEGER, last INTEGER, seq INTEGER, chain BLOB);
INSERT INTO mark VALUES (1, 0, 0, 0, x'0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE entries (seq INTEGER PRIMARY KEY, kind TEXT, at INTEGER, input INTEGER, seg INTEGER, off INTEGER,
	size INTEGER, packed INTEGER, sha256 BLOB, chain BLOB);
CREATE INDEX entries_kind ON entries (kind, seq);
CREATE TABLE inputs (input INTEGER PRIMARY KEY, stream INTEGER, source TEXT, name TEXT, at INTEGER, spec BLOB, status TEXT,
	sent_from INTEGER, sent_to INTEGER, kept_from INTEGER, kept_to INTEGER, file BLOB, committed INTEGER);
CREATE INDEX inputs_stream ON inputs (stream, input);
CREATE INDEX inputs_source ON inputs (source, input);
CREATE TABLE blocks (seq INTEGER PRIMARY KEY, input INTEGER, stream INTEGER, seg INTEGER, off INTEGER, size INTEGER, packed INTEGER,
	sent_from INTEGER, sent_length INTEGER, sent_sha256 BLOB, kept_from INTEGER, kept_length INTEGER, kept_sha256 BLOB);
CREATE INDEX blocks_first ON blocks (stream) WHERE sent_from = 0;
CREATE INDEX blocks_stream ON blocks (stream, seq);
CREATE INDEX blocks_input ON blocks (input);
CREATE TABLE damage (seg INTEGER, off INTEGER, key TEXT, PRIMARY KEY (seg, off));
`

// openIndex opens the index of a file, or makes an empty one where the file is
// missing, damaged or of another version; fresh tells that it did. "" is an
// index in memory.
func openIndex(ctx context.Context, path string) (x *index, fresh bool, err error) {
	if path == "" {
		x, err = connect(":memory:")
	} else {
		if asLeft(path) {
			if x, err = connect(path); err == nil {
				if x.usable(ctx) {
					return x, false, nil
				}
				_ = x.db.Close()
			}
		}
		if err = setIndexAside(path); err != nil {
			return nil, false, err
		}
		x, err = connect(path)
	}
	if err != nil {
		return nil, false, err
	}
	if _, err := x.db.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT", schema, indexVersion)); err != nil {
		_ = x.db.Close()
		return nil, false, fmt.Errorf("making the journal's index: %w", err)
	}
	return x, true, nil
}

// synchronous is what makes an index transaction durable. Tests that open
// hundreds of journals turn it off; only a power failure would tell.
var synchronous = "FULL"

func connect(path string) (*index, error) {
	pragmas := "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous(" + synchronous + ")"
	name := path
	if path != ":memory:" {
		name = "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	}
	db, err := sql.Open("sqlite", name+pragmas)
	if err != nil {
		return nil, fmt.Errorf("opening the journal's index: %w", err)
	}
	if path == ":memory:" {
		db.SetMaxOpenConns(1)
		path = ""
	}
	return &index{db, path}, nil
}

func (x *index) usable(ctx context.Context) bool {
	var version int
	var check string
	if err := x.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil || version != indexVersion {
		return false
	}
	err := x.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check)
	return err == nil && check == "ok"
}

// sumSuffix names the file that tells how an index was left: SQLite has no
// checksums, and believes what a page says whose form is right.
const sumSuffix = ".sum"

// asLeft tells whether an index is as it was left, where that is known, and
// forgets it: from here on it changes.
func asLeft(path string) bool {
	sum, err := os.ReadFile(filepath.Clean(path + sumSuffix))
	if err != nil {
		return true
	}
	text, err := os.ReadFile(filepath.Clean(path))
	same := err == nil && digestOf(text).String() == string(sum)
	return os.Remove(path+sumSuffix) == nil && same
}

// close closes the index and notes how it was left.
func (x *index) close() error {
	err := x.db.Close()
	if _, log := os.Stat(x.path + "-wal"); err != nil || x.path == "" || log == nil {
		return err
	}
	text, err := os.ReadFile(filepath.Clean(x.path))
	if err != nil {
		return nil // it is gone, and will be made again
	}
	_ = os.WriteFile(x.path+sumSuffix, []byte(digestOf(text).String()), 0o600) // without it, it is believed
	return nil
}

// setIndexAside moves a file that is no index of this journal out of the way:
// it may be something else that was put in its place. Only an index of another
// version is removed, and an empty file.
func setIndexAside(path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 && !isIndex(path) {
		if err := os.Rename(path, path+".aside"); err != nil {
			return fmt.Errorf("setting the journal's index aside: %w", err)
		}
	}
	return removeIndex(path)
}

// isIndex tells whether a file is an index of another version, or one that was only begun.
func isIndex(path string) bool {
	x, err := connect(path)
	if err != nil {
		return false
	}
	defer x.db.Close()
	var version, tables, ours int
	err = x.db.QueryRow("SELECT (SELECT user_version FROM pragma_user_version), count(*), count(*) FILTER (WHERE name IN ('mark', 'entries', 'blocks')) FROM sqlite_master").
		Scan(&version, &tables, &ours)
	return err == nil && version != indexVersion && (ours == 3 || tables == 0)
}

// removeIndex removes the index with the files that SQLite keeps beside it.
func removeIndex(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", sumSuffix} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing the journal's index: %w", err)
		}
	}
	return nil
}

func (x *index) mark(ctx context.Context) (m mark, err error) {
	var chain []byte
	err = x.db.QueryRowContext(ctx, "SELECT seg, off, last, seq, chain FROM mark").Scan(&m.seg, &m.off, &m.last, &m.seq, &chain)
	copy(m.chain[:], chain)
	return m, err
}

// add folds frames into the index and moves its mark, in one transaction.
func (x *index) add(ctx context.Context, frames []frame, m mark) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("indexing: %w", err)
	}
	defer tx.Rollback()
	for i := range frames {
		if err := fold(ctx, tx, &frames[i]); err != nil {
			return fmt.Errorf("indexing entry %d: %w", frames[i].Seq, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE mark SET seg = $1, off = $2, last = $3, seq = $4, chain = $5", m.seg, m.off, m.last, m.seq, m.chain[:]); err != nil {
		return fmt.Errorf("indexing: %w", err)
	}
	return tx.Commit()
}

// hole is a place that held a frame which the index lacks.
type hole struct {
	seg int
	off int64
	key string // of the message
}

// note remembers holes: the next opening does not look there again.
func (x *index) note(ctx context.Context, holes []hole) error {
	for _, h := range holes {
		if _, err := x.db.ExecContext(ctx, "INSERT OR REPLACE INTO damage VALUES ($1, $2, $3)", h.seg, h.off, h.key); err != nil {
			return fmt.Errorf("noting damage: %w", err)
		}
	}
	return nil
}

// known is where a frame stands and what it must be.
type known struct {
	seq    int64
	seg    int
	off    int64
	digest Digest
}

// someFrames gives the last frames and the first ones up to a place.
func (x *index) someFrames(ctx context.Context, seg int, size int64) (list []known, err error) {
	const frames = `SELECT seq, seg, off, sha256 FROM
		(SELECT seq, seg, off, size, sha256 FROM entries UNION ALL SELECT seq, seg, off, size, sent_sha256 FROM blocks)
		WHERE seg < $1 OR (seg = $1 AND off + size <= $2) ORDER BY seq `
	for _, query := range []string{frames + "DESC LIMIT 20", frames + "LIMIT 5"} {
		rows, err := x.db.QueryContext(ctx, query, seg, size)
		if err != nil {
			return nil, fmt.Errorf("reading the index: %w", err)
		}
		for rows.Next() {
			var k known
			if err := rows.Scan(&k.seq, &k.seg, &k.off, digestColumn{&k.digest}); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			list = append(list, k)
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("reading the index: %w", err)
		}
	}
	return list, nil
}

// lost is the key of a hole at the journal's end, behind which nothing is known.
const lost = "journal.lost_end"

// damage lists the holes.
func (x *index) damage(ctx context.Context) (list []hole, err error) {
	rows, err := x.db.QueryContext(ctx, "SELECT seg, off, key FROM damage ORDER BY seg, off")
	if err != nil {
		return nil, fmt.Errorf("listing damage: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h hole
		if err := rows.Scan(&h.seg, &h.off, &h.key); err != nil {
			return nil, fmt.Errorf("listing damage: %w", err)
		}
		list = append(list, h)
	}
	return list, rows.Err()
}

// numbers gives the highest numbers in use.
func (x *index) numbers(ctx context.Context) (input, stream int, err error) {
	err = x.db.QueryRowContext(ctx, "SELECT coalesce(max(input), 0), coalesce(max(stream), 0) FROM inputs").Scan(&input, &stream)
	return input, stream, err
}
