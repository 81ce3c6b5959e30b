package facts

import "slices"

// Append adds another batch of the same source behind b, as if both had been
// decoded from one run of records. o's memory is not kept, but for what its
// strings point to.
func (b *Batch) Append(o *Batch) {
	first := int32(len(b.Records))
	b.Read, b.Skipped = b.Read+o.Read, b.Skipped+o.Skipped
	b.Records = append(b.Records, o.Records...)
	b.Rejects, b.Warnings = append(b.Rejects, o.Rejects...), append(b.Warnings, o.Warnings...)
	at := len(b.Parts)
	b.Parts = append(b.Parts, o.Parts...)
	for i := range b.Parts[at:] {
		b.Parts[at+i].Record += first
	}
	for _, rows := range o.Tables {
		if rows != nil {
			b.Rows(rows.Table).append(rows, first)
		}
	}
}

func (r *Rows) append(o *Rows, first int32) {
	at := len(r.Record)
	r.Record = append(r.Record, o.Record...)
	for i := range r.Record[at:] {
		r.Record[at+i] += first
	}
	for i := range o.Cols {
		r.Cols[i].append(&o.Cols[i], r.N)
	}
	for name, v := range o.Attrs {
		if len(v.set) > 0 { // else it was there before a Reset
			r.attr(name).append(v, r.N)
		}
	}
	r.N += o.N
}

// append puts the elements of o at i and behind; v has at most i elements.
func (v *Vector) append(o *Vector, i int) {
	if len(o.Ints) > 0 {
		v.Ints = append(padded(v.Ints, i), o.Ints...)
	}
	if len(o.Strs) > 0 {
		v.Strs = append(padded(v.Strs, i), o.Strs...)
	}
	if len(o.set) == 0 {
		return
	}
	word, shift := i/64, i%64
	v.set = padded(v.set, word+len(o.set)+1)
	for k, w := range o.set {
		v.set[word+k] |= w << shift
		v.set[word+k+1] |= w >> (64 - shift) // nothing where the shift is 0
	}
}

// padded grows s to n elements with zeros.
func padded[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	at := len(s)
	s = slices.Grow(s, n-at)[:n]
	clear(s[at:])
	return s
}

// Reset empties a batch and keeps its memory for the next rows.
func (b *Batch) Reset() {
	b.Read, b.Skipped = 0, 0
	b.Records, b.Rejects, b.Warnings = emptied(b.Records), emptied(b.Rejects), emptied(b.Warnings)
	b.Parts = emptied(b.Parts)
	for _, rows := range b.Tables {
		if rows == nil {
			continue
		}
		rows.N, rows.Record = 0, rows.Record[:0]
		for i := range rows.Cols {
			rows.Cols[i].reset()
		}
		for _, v := range rows.Attrs {
			v.reset()
		}
	}
}

func (v *Vector) reset() {
	v.Ints, v.Strs, v.set = v.Ints[:0], emptied(v.Strs), emptied(v.set)
}

// emptied gives s without elements, and forgets what they pointed to.
func emptied[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// Memory estimates the bytes that a batch holds, without what its strings
// point to.
func (b *Batch) Memory() int {
	n := 40*len(b.Records) + 80*len(b.Parts)
	vector := func(v *Vector) { n += 8*len(v.Ints) + 16*len(v.Strs) }
	for _, rows := range b.Tables {
		if rows == nil {
			continue
		}
		for i := range rows.Cols {
			vector(&rows.Cols[i])
		}
		for _, v := range rows.Attrs {
			vector(v)
		}
	}
	return n
}
