package journal

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"github.com/klauspost/compress/gzip"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/callpace/callpace"
)

// content reads what is being delivered, unpacked. The journal keeps content,
// not the packing it travelled in: the same log sent plain, as .gz and as .zst
// is the same log. Of a packed file the digest is kept.
type content struct {
	ctx      context.Context
	name     string
	file     io.ReadCloser
	r        *bufio.Reader // unpacked
	unpack   io.Closer
	digest   hash.Hash // of the packed file; nil: it is not packed
	pos      int64     // unpacked bytes read
	fileRead int64
	progress func(int64)
}

const contentBuffer = 1 << 20

// openContent starts reading. gzip and zstd are told by their first bytes,
// which begin no text.
func openContent(ctx context.Context, a Arrival, progress func(int64)) (*content, error) {
	file, err := a.Open()
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", a.Name, err)
	}
	c := &content{ctx: ctx, name: a.Name, file: file, progress: progress}
	front := bufio.NewReaderSize((*fileReader)(c), contentBuffer)
	head, _ := front.Peek(4) // what is wrong with the file, reading it tells again
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		c.digest = sha256.New()
		z, err := gzip.NewReader(io.TeeReader(front, c.digest))
		if err != nil {
			return nil, errors.Join(c.unpackError(err), file.Close())
		}
		c.unpack = z
		c.r = bufio.NewReaderSize(z, contentBuffer)
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		c.digest = sha256.New()
		z, err := zstd.NewReader(io.TeeReader(front, c.digest), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, errors.Join(c.unpackError(err), file.Close())
		}
		c.unpack = z.IOReadCloser()
		c.r = bufio.NewReaderSize(z, contentBuffer)
	default:
		c.r = front
	}
	return c, nil
}

// fileReader reads the file as it was delivered.
type fileReader content

func (c *fileReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.file.Read(b)
	c.fileRead += int64(n)
	if c.progress != nil && n > 0 {
		c.progress(c.fileRead)
	}
	if err != nil && err != io.EOF {
		err = readError{err}
	}
	return n, err
}

// readError marks an error of the file under its packing.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

// Read gives unpacked bytes.
func (c *content) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.pos += int64(n)
	if err != nil && err != io.EOF {
		err = c.unpackError(err)
	}
	return n, err
}

// unpackError tells a damaged packing, which the user can mend, from a file
// that could not be read.
func (c *content) unpackError(err error) error {
	var file readError
	if c.digest == nil || errors.As(err, &file) || c.ctx.Err() != nil {
		return fmt.Errorf("reading %s: %w", c.name, err)
	}
	return callpace.E(callpace.Invalid, "journal.unpack_failed", "name", c.name).Because(err)
}

// skipTo reads on to a position and tells whether the content reaches it.
func (c *content) skipTo(pos int64) error {
	_, err := io.CopyN(io.Discard, struct{ io.Reader }{c}, pos-c.pos)
	return err
}

// fileDigest gives the digest of a packed file that was read to its end.
func (c *content) fileDigest() Digest {
	if c.digest == nil {
		return Digest{}
	}
	return Digest(c.digest.Sum(nil))
}

func (c *content) Close() error {
	var err error
	if c.unpack != nil {
		err = c.unpack.Close()
	}
	return errors.Join(err, c.file.Close())
}

func digestOf(b []byte) Digest { return sha256.Sum256(b) }
