package asterisk

import (
	"sort"
	"strconv"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// leg is one row: a path between two channels.
type leg struct {
	start, answer, end time.Time // answer is zero where it was never answered
	billed             bool      // billsec is above zero
	text               record    // the fields that calls are made of
	data               string    // as encoded: breaks ties
}

// kept are the text fields of a leg, in the order in which a part holds them.
var kept = []field{src, dst, context, clid, channel, dstChannel, lastApp, lastData, disposition, accountCode, userField,
	amaFlags, uniqueID, peerAccount, sequence, did, recording, cnum}

func (l *leg) copy(r *record) {
	for _, f := range kept {
		l.text[f] = r[f]
	}
}

// encode writes a leg as the data of a part.
func (l *leg) encode() string {
	fields := make([]string, 0, len(kept)+4)
	for _, at := range []time.Time{l.start, l.answer, l.end} {
		if at.IsZero() {
			fields = append(fields, "")
		} else {
			fields = append(fields, strconv.FormatInt(at.UnixMicro(), 10))
		}
	}
	billed := ""
	if l.billed {
		billed = "1"
	}
	fields = append(fields, billed)
	for _, f := range kept {
		fields = append(fields, l.text[f])
	}
	return join(fields...)
}

func decodeLeg(data string) (l leg, ok bool) {
	fields := split(data)
	if len(fields) != len(kept)+4 {
		return l, false
	}
	for i, at := range []*time.Time{&l.start, &l.answer, &l.end} {
		if fields[i] == "" {
			continue
		}
		us, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return l, false
		}
		*at = time.UnixMicro(us).UTC()
	}
	l.billed = fields[3] != ""
	for i, f := range kept {
		l.text[f] = fields[i+4]
	}
	l.data = data
	return l, true
}

// decodeLegs gives a group's legs by start, then sequence.
func decodeLegs(parts []string) []leg {
	legs := make([]leg, 0, len(parts))
	for _, data := range parts {
		if l, ok := decodeLeg(data); ok {
			legs = append(legs, l)
		}
	}
	sort.Slice(legs, func(i, j int) bool {
		a, b := &legs[i], &legs[j]
		if !a.start.Equal(b.start) {
			return a.start.Before(b.start)
		}
		m, _ := strconv.ParseInt(a.text[sequence], 10, 64)
		n, _ := strconv.ParseInt(b.text[sequence], 10, 64)
		if m != n {
			return m < n
		}
		return a.data < b.data
	})
	return legs
}

// span is a stretch of time.
type span struct{ from, to time.Time }

// union gives the time covered by spans: stretches side by side in time
// count once. The spans come back sorted and merged.
func union(spans []span) []span {
	sort.Slice(spans, func(i, j int) bool { return spans[i].from.Before(spans[j].from) })
	var merged []span
	for _, s := range spans {
		if !s.to.After(s.from) {
			continue
		}
		if n := len(merged); n > 0 && !s.from.After(merged[n-1].to) {
			if s.to.After(merged[n-1].to) {
				merged[n-1].to = s.to
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

func total(spans []span) (d time.Duration) {
	for _, s := range spans {
		d += s.to.Sub(s.from)
	}
	return d
}

// setters for rows of calls and agent_time, by column name.
type rowSetter struct {
	rows *facts.Rows
	row  int
}

func addRow(out *facts.Batch, t *facts.Table, g facts.Group) rowSetter {
	rows := out.Rows(t)
	s := rowSetter{rows, rows.Add(0)}
	rows.SetInt(s.row, t.Col("origin"), int64(g.Origin))
	s.text("source", g.Source)
	return s
}

func (s rowSetter) text(column, v string) { s.rows.SetText(s.row, s.rows.Table.Col(column), v) }
func (s rowSetter) attr(name, v string)   { s.rows.SetAttr(s.row, name, v) }

func (s rowSetter) seconds(column string, d time.Duration) {
	s.rows.SetInt(s.row, s.rows.Table.Col(column), d.Milliseconds())
}

func (s rowSetter) truth(column string, v bool) {
	n := int64(0)
	if v {
		n = 1
	}
	s.rows.SetInt(s.row, s.rows.Table.Col(column), n)
}

func (s rowSetter) moment(name string, m facts.Moment) {
	s.rows.SetMoment(s.row, s.rows.Table.Col(name+"_at"), m)
}
