package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
)

// append writes one frame behind the others. It is neither synced nor indexed
// before flush. payload is what is stored, k says of what.
func (j *Journal) append(ctx context.Context, e entry, k kept, payload []byte) (int64, error) {
	e.Seq = j.seq + 1
	e.At = e.At.UTC()
	e.Name, e.Source = strings.ToValidUTF8(e.Name, "\ufffd"), strings.ToValidUTF8(e.Source, "\ufffd") // as JSON gives them back
	text, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("writing entry %d: %w", e.Seq, err)
	}
	k.Packed, k.CRC = len(payload), crc32.Checksum(payload, castagnoli)
	h := header{Entry: text, Kept: k, Chain: chainOf(j.chain, text)}
	front, err := encodeFrame(h)
	if err != nil {
		return 0, fmt.Errorf("writing entry %d: %w", e.Seq, err)
	}
	size := int64(len(front) + len(payload))
	if err := j.room(ctx, size); err != nil {
		return 0, err
	}
	for _, b := range [][]byte{front, payload} {
		if len(b) == 0 {
			continue
		}
		if _, err := j.f.WriteAt(b, j.off); err != nil {
			return 0, j.fail(fmt.Errorf("writing entry %d to segment %d: %w", e.Seq, j.seg, err))
		}
		j.off += int64(len(b))
	}
	h.Entry = nil
	j.pending = append(j.pending, frame{entry: e, header: h, seg: j.seg, off: j.off - size, size: size})
	j.seq, j.chain = e.Seq, h.Chain
	return e.Seq, nil
}

// appendRaw packs raw bytes and appends them whole: settings, specs, proofs, rows.
func (j *Journal) appendRaw(ctx context.Context, e entry, raw []byte) (int64, error) {
	e.Length, e.SHA256 = int64(len(raw)), digestOf(raw)
	return j.append(ctx, e, kept{Length: e.Length, SHA256: e.SHA256}, j.enc.EncodeAll(raw, nil))
}

// room makes sure that a segment is open that has room for a frame.
func (j *Journal) room(ctx context.Context, size int64) error {
	if j.off > 0 && j.off+size > j.opts.SegmentBytes {
		if err := j.flush(ctx); err != nil {
			return err
		}
		if j.f != nil {
			if err := j.f.Close(); err != nil {
				return j.fail(fmt.Errorf("closing segment %d: %w", j.seg, err))
			}
			j.f = nil
		}
		j.seg, j.off = j.seg+1, 0
	}
	if j.f != nil {
		return nil
	}
	f, err := j.fs.Open(j.segName(j.seg), os.O_RDWR|os.O_CREATE)
	if err != nil {
		return j.fail(fmt.Errorf("opening segment %d: %w", j.seg, err))
	}
	j.f = f
	if j.off == 0 {
		if err := j.fs.SyncDir(j.dir); err != nil {
			return j.fail(fmt.Errorf("syncing the journal's folder: %w", err))
		}
	}
	return nil
}

// flush puts what was appended on disk and into the index. Only then may
// anything be acknowledged.
func (j *Journal) flush(ctx context.Context) error {
	if len(j.pending) == 0 {
		return nil
	}
	if err := j.f.Sync(); err != nil {
		return j.fail(fmt.Errorf("syncing segment %d: %w", j.seg, err))
	}
	end := j.pending[len(j.pending)-1]
	m := mark{seg: end.seg, off: end.off + end.size, last: end.off, seq: end.Seq, chain: end.Chain}
	if err := j.idx.add(context.WithoutCancel(ctx), j.pending, m); err != nil {
		// The bytes are on disk and the transaction may be, too: look before writing on.
		j.failed = true
		return err
	}
	j.at, j.pending = m, j.pending[:0]
	return nil
}

// fail notes that a write failed and cuts off at once what it may have left,
// as well as that can be done; attach does it again before the next write.
func (j *Journal) fail(err error) error {
	j.failed, j.doubt = true, true
	if j.f != nil {
		err = errors.Join(err, j.f.Close())
		j.f = nil
	}
	_ = j.distrust()
	return err
}
