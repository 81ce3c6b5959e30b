package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// Settings is one version of the organisation's settings. JSON is as it was put.
type Settings struct {
	Seq  int64
	At   time.Time
	JSON []byte
}

// PutSettings adds a version of the settings and gives its position in the journal.
func (j *Journal) PutSettings(ctx context.Context, json []byte, at time.Time) (seq int64, err error) {
	err = j.write(ctx, func() error {
		if seq, err = j.appendRaw(ctx, entry{Kind: KindSettings, At: at}, json); err != nil {
			return err
		}
		return j.flush(ctx)
	})
	return seq, err
}

// Settings gives the newest settings; NotFound before any were put.
func (j *Journal) Settings(ctx context.Context) (Settings, error) {
	log, err := j.Log(ctx, 0, KindSettings)
	if err != nil {
		return Settings{}, err
	}
	if len(log) == 0 {
		return Settings{}, callpace.E(callpace.NotFound, "journal.no_settings")
	}
	return j.SettingsAt(ctx, log[len(log)-1].Seq)
}

// SettingsAt gives the settings that were put at a position of the journal,
// as Log tells them.
func (j *Journal) SettingsAt(ctx context.Context, seq int64) (Settings, error) {
	raw, at, err := j.payloadOf(ctx, "kind = $1 AND seq = $2", KindSettings, seq)
	return Settings{seq, at, raw}, err
}

// Spec gives the spec of a digest that an input has. One that is not there is
// Damaged: it was journalled before the input.
func (j *Journal) Spec(ctx context.Context, digest Digest) ([]byte, error) {
	seq, err := j.specEntry(ctx, digest)
	if callpace.CodeOf(err) == callpace.NotFound {
		return nil, callpace.E(callpace.Damaged, "journal.no_spec", "spec", digest.String())
	}
	if err != nil {
		return nil, err
	}
	raw, _, err := j.payloadOf(ctx, "seq = $1", seq)
	return raw, err
}

// specEntry gives where the spec of a digest was stored, as far as the index
// knows: readers have no business with what is being written.
func (j *Journal) specEntry(ctx context.Context, digest Digest) (seq int64, err error) {
	err = j.idx.db.QueryRowContext(ctx, "SELECT seq FROM entries WHERE kind = $1 AND sha256 = $2 LIMIT 1", KindSpec, digest[:]).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, callpace.E(callpace.NotFound, "journal.no_spec", "spec", digest.String())
	}
	return seq, err
}

// payloadOf reads the payload of an entry that is no block.
func (j *Journal) payloadOf(ctx context.Context, where string, args ...any) ([]byte, time.Time, error) {
	j.readers.RLock()
	defer j.readers.RUnlock()
	var b block
	var at int64
	var digest []byte
	err := j.idx.db.QueryRowContext(ctx, "SELECT seq, seg, off, size, packed, sha256, at FROM entries WHERE "+where, args...).
		Scan(&b.seq, &b.seg, &b.off, &b.size, &b.packed, &digest, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, callpace.E(callpace.NotFound, "journal.no_entry")
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	f, err := j.openSegment(b.seg)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close()
	packed, err := b.packedBytes(f, b.packed)
	if err != nil {
		return nil, time.Time{}, err
	}
	raw, err := j.dec.DecodeAll(packed, nil)
	if err != nil || digestOf(raw) != Digest(digest) {
		return nil, time.Time{}, b.damaged(fmt.Errorf("entry %d: %w", b.seq, err))
	}
	return raw, time.Unix(0, at).UTC(), nil
}
