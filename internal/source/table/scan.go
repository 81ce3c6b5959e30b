package table

import "bytes"

// scanner finds records one after the other. It is the only place that knows
// where a record ends, so that Cut, Rows and Rewrite cannot disagree.
type scanner struct {
	shape *shape
	data  []byte
	pos   int
	lines int  // line ends before pos
	final bool // nothing follows data: what is open at its end is closed there
	split bool // whether records are to be split into fields
	clean bool // no quote in data
	rec   record
}

// next finds the next record and its fields; it skips blank lines and comments.
// It is false where data ends, or ends too early to tell.
func (s *scanner) next() bool {
	for s.pos < len(s.data) {
		end := s.line(s.pos)
		if end < 0 {
			return false
		}
		if !s.idle(end) {
			return s.read(end)
		}
		s.skip(end)
	}
	return false
}

// line gives the end, behind the line end, of the line that begins at pos, or
// -1 where more data is needed to know it.
func (s *scanner) line(pos int) int {
	if i := bytes.IndexByte(s.data[pos:], s.shape.newline); i >= 0 {
		return pos + i + 1
	}
	if s.final {
		return len(s.data)
	}
	return -1
}

// skip goes on behind the line that ends at end.
func (s *scanner) skip(end int) {
	if end > s.pos && s.data[end-1] == s.shape.newline {
		s.lines++
	}
	s.pos = end
}

// idle tells whether the line from pos to end is blank or a comment. One that is
// too long is neither: Cut might not see its beginning.
func (s *scanner) idle(end int) bool {
	if s.bytes(s.pos, end) > s.shape.limit.record {
		return false
	}
	line := s.data[s.pos:s.trim(s.pos, end)]
	if len(s.shape.comment) > 0 && bytes.HasPrefix(line, s.shape.comment) {
		return true
	}
	for _, c := range line {
		if c != ' ' && !(c == '\t' && s.shape.spaces) {
			return false
		}
	}
	return len(line) == 0 || len(s.shape.delimiter) != 1 || s.shape.delimiter[0] != ' '
}

// trim gives the end of the text of data[from:end], before its line end.
func (s *scanner) trim(from, end int) int {
	if end > from && s.data[end-1] == s.shape.newline {
		end--
	}
	if s.shape.newline == '\n' && end > from && s.data[end-1] == '\r' {
		end--
	}
	return end
}

// read reads the record at pos, whose first line ends at end.
func (s *scanner) read(end int) bool {
	r := &s.rec
	*r = record{line: s.lines, from: s.pos, to: end, fields: r.fields[:0]}
	switch {
	case s.bytes(s.pos, end) > s.shape.limit.record:
		r.fault = tooLong
	case s.clean || bytes.IndexByte(s.data[s.pos:end], s.shape.quote) < 0:
		if s.split {
			s.splitPlain(end)
		}
	default:
		if !s.splitQuoted(end) {
			return false
		}
	}
	if s.data[r.to-1] == s.shape.newline {
		r.lines++
	}
	s.pos = r.to
	s.lines += r.lines
	return true
}

// splitPlain splits a line without quotes.
func (s *scanner) splitPlain(end int) {
	r, sh := &s.rec, s.shape
	stop := s.trim(s.pos, end)
	switch {
	case sh.spaces:
		s.splitSpaces(s.pos, stop)
	case len(sh.delimiter) == 1:
		r.fields = splitByte(r.fields, s.data[:stop], s.pos, sh.delimiter[0])
	case len(sh.delimiter) == 0:
		r.fields = append(r.fields, field{from: s.pos, to: stop})
	default:
		from := s.pos
		for {
			i := bytes.Index(s.data[from:stop], sh.delimiter)
			if i < 0 {
				break
			}
			r.fields = append(r.fields, field{from: from, to: from + i})
			from += i + len(sh.delimiter)
		}
		r.fields = append(r.fields, field{from: from, to: stop})
	}
	s.count()
}

// splitByte splits data[from:] at every d. Fields are short, so a plain loop
// beats a search for each.
func splitByte(fields []field, data []byte, from int, d byte) []field {
	start := from
	for i := from; i < len(data); i++ {
		if data[i] == d {
			fields = append(fields, field{from: start, to: i})
			start = i + 1
		}
	}
	return append(fields, field{from: start, to: len(data)})
}

func (s *scanner) splitSpaces(from, stop int) {
	for from < stop {
		for from < stop && isSpace(s.data[from]) {
			from++
		}
		start := from
		for from < stop && !isSpace(s.data[from]) {
			from++
		}
		if from > start {
			s.rec.fields = append(s.rec.fields, field{from: start, to: from})
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// count rejects a record of too many fields.
func (s *scanner) count() {
	if r := &s.rec; len(r.fields) > s.shape.limit.columns && r.fault == sound {
		r.fault = tooMany
	}
}
