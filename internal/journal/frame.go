package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// Kind says what an entry of the journal is.
type Kind string

// The kinds.
const (
	KindSettings Kind = "settings" // payload: the organisation's settings
	KindSpec     Kind = "spec"     // payload: how inputs are to be read; stored once per content
	KindBegin    Kind = "begin"    // an input starts to arrive
	KindBlock    Kind = "block"    // payload: bytes of an input
	KindCommit   Kind = "commit"   // the input has arrived as a whole
	KindWithdraw Kind = "withdraw" // the input counts no longer
	KindRespec   Kind = "respec"   // the input is read by another spec from now on
	KindErase    Kind = "erase"    // payload: proof that a person was erased
	KindTold     Kind = "told"     // payload: what readers were told of corrections; shapes no facts
)

// kinds are those that this program knows; a new one keeps older programs from
// opening a journal that holds it.
var kinds = []Kind{KindSettings, KindSpec, KindBegin, KindBlock, KindCommit, KindWithdraw, KindRespec, KindErase, KindTold}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// String gives the digest in lower-case hex.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero tells that there is no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText writes hex.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads hex of exactly 32 bytes.
func (d *Digest) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(d) {
		return errors.New("digest of a wrong length")
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// entry is what a frame says for ever. Its exact bytes go into the chain, so
// rewriting a payload (an erasure) leaves the chain valid. Positions count the
// bytes as they arrived.
type entry struct {
	Seq    int64     `json:"seq"`
	Kind   Kind      `json:"kind"`
	At     time.Time `json:"at,omitzero"`
	Input  int       `json:"input,omitempty"`
	Stream int       `json:"stream,omitempty"`
	From   int64     `json:"from,omitempty"`       // begin, block, commit: position in the stream
	Length int64     `json:"length,omitempty"`     // raw bytes of the payload; commit: of the whole input
	SHA256 Digest    `json:"sha256,omitzero"`      // of the raw bytes that arrived
	Source string    `json:"source,omitempty"`     // begin
	Name   string    `json:"name,omitempty"`       // begin
	Spec   Digest    `json:"spec,omitzero"`        // begin
	File   Digest    `json:"file_sha256,omitzero"` // commit: digest of the file as it was packed
}

// kept is what the frame's payload holds now. Length and SHA256 are of the raw
// bytes and differ from the entry's only after an erasure.
type kept struct {
	Length int64  `json:"length"`
	SHA256 Digest `json:"sha256,omitzero"`
	Packed int    `json:"packed"` // bytes of the payload
	CRC    uint32 `json:"crc32c"` // of the payload
}

// header is the JSON of a frame.
type header struct {
	Entry json.RawMessage `json:"entry"`
	Kept  kept            `json:"kept"`
	Chain Digest          `json:"chain"` // SHA-256 over the previous chain and the bytes of entry
}

// frame is one frame found in a segment.
type frame struct {
	entry
	header
	seg       int
	off, size int64
}

// payload gives where the payload stands in the segment.
func (f *frame) payload() int64 { return f.off + f.size - int64(f.Kept.Packed) }

// A frame is a preamble, the header's JSON, its CRC32C, and the payload. The
// preamble has a checksum of its own, so that lengths can be trusted: a frame
// of trusted length that the file ends within is a torn one, anything else
// that does not match is damage.
const (
	magic        = "CPJ1"
	preambleSize = 16 // magic, header length, payload length, CRC32C of these
	maxHeader    = 1 << 20
	maxPayload   = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// chainOf links an entry to the one before it.
func chainOf(previous Digest, entry []byte) Digest {
	h := sha256.New()
	h.Write(previous[:])
	h.Write(entry)
	return Digest(h.Sum(nil))
}

// encodeFrame gives the bytes that stand before the payload.
func encodeFrame(h header) ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	if len(text) > maxHeader || h.Kept.Packed > maxPayload {
		return nil, fmt.Errorf("frame too large: header %d, payload %d bytes", len(text), h.Kept.Packed)
	}
	b := make([]byte, 0, preambleSize+len(text)+4)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.Kept.Packed))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	b = append(b, text...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(text, castagnoli)), nil
}

// decodePreamble gives the lengths of header and payload; ok is false for
// bytes that are no preamble.
func decodePreamble(b []byte) (head, packed int, ok bool) {
	if len(b) < preambleSize || string(b[:4]) != magic ||
		crc32.Checksum(b[:12], castagnoli) != binary.LittleEndian.Uint32(b[12:]) {
		return 0, 0, false
	}
	h, p := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	return int(h), int(p), h <= maxHeader && p <= maxPayload
}

var errHeader = errors.New("header does not match its checksum")

// decodeHeader reads the header's JSON with the checksum behind it.
func decodeHeader(b []byte) (h header, e entry, err error) {
	if len(b) < 4 {
		return h, e, errHeader
	}
	text, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(text, castagnoli) != sum {
		return h, e, errHeader
	}
	if err := json.Unmarshal(bytes.Clone(text), &h); err != nil {
		return h, e, err
	}
	if err := json.Unmarshal(h.Entry, &e); err != nil {
		return h, e, err
	}
	return h, e, nil
}
