package table

import (
	"bytes"
	"sync"
)

// torn remembers the lines that were longer than a record may be, so that what
// follows behind a cut within such a line is not taken for a record.
type torn struct {
	mu    sync.RWMutex
	lines map[int64]bool
	next  int64 // number of the line at which the next Cut begins
	mid   bool  // the next Cut begins within a torn line
}

func (t *torn) has(line int64) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.lines[line]
}

func (t *torn) add() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lines == nil {
		t.lines = map[int64]bool{}
	}
	t.lines[t.next] = true
}

// Cut gives the length of the longest run of whole records at the front of data
// and how many lines it spans, as source.Decoder documents it. It expects to be
// called from Start on, each time with what the last cut left.
func (r *Reader) Cut(data []byte, giveUp bool) (int, int64) {
	n, lines := 0, 0
	if r.torn.mid {
		n = r.charset.lineEnd(data, r.shape.newline)
		lines = min(n, 1)
	}
	if n > 0 || !r.torn.mid {
		bytes, more := r.cut(data[n:], giveUp && n == 0)
		n, lines = n+bytes, lines+more
		r.torn.mid = false
	}
	if n == 0 && giveUp { // a line that does not end
		n = len(data)
		if r.charset.wide && n > 1 {
			n &^= 1
		}
		r.torn.mid = true
		r.torn.add()
	}
	r.torn.next += int64(lines)
	return n, int64(lines)
}

// cut gives the end of the last record known to be whole, and the lines to it.
// With giveUp records that are open count as closed by the last line end.
func (r *Reader) cut(data []byte, giveUp bool) (int, int) {
	sh := &r.shape
	if sh.quote == 0 || bytes.IndexByte(data, sh.quote) < 0 {
		return r.charset.lastLine(data, sh.newline)
	}
	text, p := data, plain{}
	if !r.charset.direct() {
		p = r.charset.plain(data, sh.newline, false)
		text = p.text
	}
	s := scanner{shape: sh, data: text}
	for s.next() {
	}
	if s.pos == 0 && giveUp {
		return r.charset.lastLine(data, sh.newline)
	}
	if r.charset.direct() {
		return s.pos, s.lines
	}
	return p.offset(s.lines), s.lines
}

// lastLine gives the end of the last line that has one, and the lines to it.
func (c *charset) lastLine(data []byte, newline byte) (n, lines int) {
	if !c.wide {
		n = bytes.LastIndexByte(data, newline) + 1
		return n, bytes.Count(data[:n], []byte{newline})
	}
	for {
		end := c.lineEnd(data[n:], newline)
		if end == 0 {
			return n, lines
		}
		n += end
		lines++
	}
}
