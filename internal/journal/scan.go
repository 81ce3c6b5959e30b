package journal

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
)

// scanner walks over the frames of one segment, from off to size.
type scanner struct {
	f    File
	seg  int
	off  int64
	size int64
	buf  []byte
}

// fault is a place that holds no valid frame. Torn means that the segment just
// ends there, as after a crash in the middle of a write.
type fault struct {
	off, size int64 // size 0: not known, the next frame must be searched for
	torn      bool
	key       string
}

func (f *fault) Error() string { return fmt.Sprintf("%s at %d", f.key, f.off) }

// next gives the next frame without its payload; io.EOF at a clean end; a
// *fault for what is no frame (then skip goes on behind it).
func (s *scanner) next() (frame, error) {
	left := s.size - s.off
	if left <= 0 {
		return frame{}, io.EOF
	}
	b, err := s.peek(min(left, 1024))
	if err != nil {
		return frame{}, err
	}
	if left < preambleSize {
		torn := bytes.HasPrefix([]byte(magic), b[:min(len(b), len(magic))]) || allZero(b)
		return frame{}, &fault{off: s.off, torn: torn, key: "journal.damaged_frame"}
	}
	head, packed, ok := decodePreamble(b)
	if !ok {
		zero, err := s.zeroToEnd()
		if err != nil {
			return frame{}, err
		}
		return frame{}, &fault{off: s.off, torn: zero, key: "journal.damaged_frame"}
	}
	size := int64(preambleSize + head + 4 + packed)
	if size > left {
		return frame{}, &fault{off: s.off, torn: true, key: "journal.damaged_frame"}
	}
	if b, err = s.peek(int64(preambleSize + head + 4)); err != nil {
		return frame{}, err
	}
	h, e, err := decodeHeader(b[preambleSize : preambleSize+head+4])
	if err != nil || h.Kept.Packed != packed {
		return frame{}, &fault{off: s.off, size: size, key: "journal.damaged_header"}
	}
	f := frame{entry: e, header: h, seg: s.seg, off: s.off, size: size}
	s.off += size
	return f, nil
}

// peek reads n bytes at the scanner's place.
func (s *scanner) peek(n int64) ([]byte, error) {
	if int64(cap(s.buf)) < n {
		s.buf = make([]byte, n)
	}
	b := s.buf[:n]
	if _, err := s.f.ReadAt(b, s.off); err != nil {
		return nil, fmt.Errorf("reading segment %d at %d: %w", s.seg, s.off, err)
	}
	return b, nil
}

// zeroToEnd tells whether only zeros follow: what a file system leaves that
// made a file longer but had not yet written into it.
func (s *scanner) zeroToEnd() (bool, error) {
	b := make([]byte, 64<<10)
	for off := s.off; off < s.size; {
		n := min(int64(len(b)), s.size-off)
		if _, err := s.f.ReadAt(b[:n], off); err != nil {
			return false, fmt.Errorf("reading segment %d at %d: %w", s.seg, off, err)
		}
		if !allZero(b[:n]) {
			return false, nil
		}
		off += n
	}
	return true, nil
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// skip moves behind a fault, to the next place that holds a frame or to the end.
func (s *scanner) skip(f *fault) error {
	if f.size > 0 {
		s.off = f.off + f.size
		return nil
	}
	const window = 1 << 20
	b := make([]byte, window+preambleSize)
	for at := f.off + 1; at < s.size; at += window {
		n := min(int64(len(b)), s.size-at)
		if _, err := s.f.ReadAt(b[:n], at); err != nil {
			return fmt.Errorf("reading segment %d at %d: %w", s.seg, at, err)
		}
		for i := 0; i < int(n); i++ {
			hit := bytes.Index(b[i:n], []byte(magic))
			if hit < 0 {
				break
			}
			i += hit
			if s.frameAt(at + int64(i)) {
				s.off = at + int64(i)
				return nil
			}
		}
	}
	s.off = s.size
	return nil
}

// frameAt tells whether a whole frame with a valid header stands there.
func (s *scanner) frameAt(off int64) bool {
	try := scanner{f: s.f, seg: s.seg, off: off, size: s.size}
	_, err := try.next()
	return err == nil
}

// intact tells whether the payload matches its checksum.
func (s *scanner) intact(f *frame) (bool, error) {
	b, err := readPayload(s.f, f)
	if err != nil {
		return false, err
	}
	return crc32.Checksum(b, castagnoli) == f.Kept.CRC, nil
}

func readPayload(f File, fr *frame) ([]byte, error) {
	b := make([]byte, fr.Kept.Packed)
	if _, err := f.ReadAt(b, fr.payload()); err != nil && len(b) > 0 {
		return nil, fmt.Errorf("reading segment %d at %d: %w", fr.seg, fr.payload(), err)
	}
	return b, nil
}
