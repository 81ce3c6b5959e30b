package table

import "bytes"

// splitQuoted splits the record at pos, whose first line, holding a quote, ends
// at end. A quote opens only where a field begins. It is false where more data
// is needed to know whether a quote is closed.
//
// A record with a quote that is not closed within the limits is its first line
// alone, so that one stray quote cannot swallow what follows.
func (s *scanner) splitQuoted(end int) bool {
	r, sh := &s.rec, s.shape
	pos, stop := s.pos, s.trim(s.pos, end)
	for pos >= 0 {
		if sh.spaces {
			for pos < stop && isSpace(s.data[pos]) {
				pos++
			}
		}
		if pos >= stop || s.data[pos] != sh.quote {
			from := pos
			var to int
			if to, pos = s.delimiter(from, stop); to > from || !sh.spaces {
				r.fields = append(r.fields, field{from: from, to: to})
			}
			continue
		}
		f, known := s.closing(pos + 1)
		if f.to >= r.to { // in another line
			known = s.extend(f.to)
			stop = s.trim(f.to, r.to)
		}
		if !known {
			return false
		}
		if f.to < 0 || r.lines > 0 && s.bytes(r.from, r.to) > sh.limit.record {
			*r = record{line: r.line, from: s.pos, to: end, fields: r.fields[:0], fault: unclosed}
			return true
		}
		r.fields = append(r.fields, f)
		pos = s.afterQuote(f.to+1, stop)
	}
	s.count()
	return true
}

// afterQuote gives where the next field begins, when a quote has closed before
// pos, or -1; only spaces may stand in between.
func (s *scanner) afterQuote(pos, stop int) int {
	to, next := s.delimiter(pos, stop)
	for _, c := range s.data[pos:to] {
		if r := &s.rec; !isSpace(c) && r.fault == sound {
			r.fault, r.at = afterQuote, len(r.fields)
		}
	}
	return next
}

// extend makes the record go on to the end of the line in which at lies. It is
// false where data ends before.
func (s *scanner) extend(at int) bool {
	r := &s.rec
	end := s.line(at)
	if end < 0 {
		if len(s.data)-s.pos < s.shape.limit.record {
			return false
		}
		end = len(s.data) // too long anyway
	}
	r.lines += bytes.Count(s.data[r.to-1:at], []byte{s.shape.newline})
	r.to = end
	return true
}

// bytes gives the length of data[from:to] with its line end, be it there or not.
func (s *scanner) bytes(from, to int) int {
	if s.data[to-1] == s.shape.newline {
		return to - from
	}
	return to - from + 1
}

// delimiter finds the next delimiter in data[pos:stop]: where the text before
// it ends, and where the next field begins, -1 where this was the last.
func (s *scanner) delimiter(pos, stop int) (to, next int) {
	sh := s.shape
	switch {
	case pos >= stop:
		return pos, -1
	case sh.spaces:
		for to = pos; to < stop && !isSpace(s.data[to]); to++ {
		}
		if to == stop {
			return to, -1
		}
		return to, to + 1
	case len(sh.delimiter) == 0:
		return stop, -1
	}
	i := bytes.Index(s.data[pos:stop], sh.delimiter)
	if i < 0 {
		return stop, -1
	}
	return pos + i, pos + i + len(sh.delimiter)
}

// closing finds the quote that closes the field whose text begins at pos; f.to
// is -1 where there is none within the limits. known is false where data ends
// before one can tell.
func (s *scanner) closing(pos int) (f field, known bool) {
	r, sh := &s.rec, s.shape
	f = field{from: pos, to: -1, quoted: true}
	// The limits are measured from the record's beginning, however much of data
	// there is, so that every cut of the input finds the same.
	window := s.data[:min(len(s.data), max(s.pos+sh.limit.span, r.to))]
	lines, counted := r.lines, r.to-1 // line ends before counted
	over := func(at int) bool {
		if at > counted {
			lines += bytes.Count(window[counted:at], []byte{sh.newline})
			counted = at
		}
		return lines >= sh.limit.spanLines
	}
	for {
		i := bytes.IndexByte(window[pos:], sh.quote)
		if i < 0 {
			return f, s.final || len(s.data)-s.pos >= sh.limit.span || over(len(window))
		}
		at := pos + i
		if over(at) {
			return f, true
		}
		escaped, next := s.escaped(f.from, at)
		switch {
		case next > len(s.data):
			return f, false
		case !escaped:
			f.to = at
			f.escapes = f.escapes || sh.escape != 0 && bytes.IndexByte(s.data[f.from:at], sh.escape) >= 0
			return f, true
		}
		f.escapes = true
		if pos = next; pos > len(window) {
			return f, true
		}
	}
}

// escaped tells whether the quote at at, in a field whose text begins at from,
// is one of the text, and where to look on; that is behind the end of data where
// more of it is needed.
func (s *scanner) escaped(from, at int) (bool, int) {
	if e := s.shape.escape; e != 0 {
		n := at
		for n > from && s.data[n-1] == e {
			n--
		}
		return (at-n)%2 == 1, at + 1
	}
	if at+1 == len(s.data) {
		if s.final {
			return false, at + 1
		}
		return false, at + 2
	}
	if s.data[at+1] == s.shape.quote {
		return true, at + 2
	}
	return false, at + 1
}
