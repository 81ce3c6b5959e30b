package asterisk

import (
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// CDR is the format of Asterisk's call detail records: Master.csv of 16 to 21
// columns, or an export of the table with a header.
type CDR struct{}

// Options describes the settings; docs/asterisk.md explains them.
func (CDR) Options() []source.Option {
	return []source.Option{
		{Name: "columns", Default: "auto"},
		{Name: "zone"},
		{Name: "answered", Default: "bridged", Values: []string{"bridged", "any"}},
		{Name: "extensions", Default: "[0-9]{1,5}"},
		{Name: "agent", Default: "peer", Values: []string{"peer", "number", "accountcode"}},
		{Name: "kind"},
	}
}

// Open settles columns and zone from the options and the first rows.
func (f CDR) Open(spec source.Spec, head []byte) (source.Decoder, error) {
	set, err := settings(CDRName, f.Options(), spec.Options)
	if err != nil {
		return nil, err
	}
	d, front := &cdrDecoder{source: spec.Source}, 0
	if d.layouts, d.comma, front, err = readLayout(set["columns"], head); err != nil {
		return nil, err
	}
	d.start = int64(front)
	if _, mark, _ := header(head); front > mark {
		d.startLines = 1
	}
	if d.zone, err = loadZone(set["zone"], spec.Settings.Zone); err != nil {
		return nil, err
	}
	if set["zone"] == "" {
		d.zone, d.remark = chooseZone(sampleOf(head[front:], d.comma), d.layouts, d.zone)
	}
	d.calls, err = newCallAssembler(spec, set)
	return d, err
}

type cdrDecoder struct {
	lined
	source  string
	layouts layouts
	comma   byte
	zone    *time.Location
	remark  callpace.Message // about the input as a whole
	calls   *callAssembler
}

// Assembler joins rows into calls.
func (d *cdrDecoder) Assembler() facts.Assembler { return d.calls }

// Decode turns rows into legs of calls.
func (d *cdrDecoder) Decode(c source.Chunk, out *facts.Batch) {
	if d.remark.Key != "" && d.first(c) {
		warn(out, c.Line, d.remark)
	}
	var row []string
	eachLine(c, out, func(line string, number int64) {
		var r record
		var reason callpace.Message
		if row, reason = d.read(line, row, &r); reason.Key != "" {
			reject(out, number, line, reason)
			return
		}
		l, reason := d.leg(&r, func(m callpace.Message) { warn(out, number, m) })
		if reason.Key != "" {
			reject(out, number, line, reason)
			return
		}
		hash := int64(xxh3.HashString(line))
		key, group := identity(&r, hash)
		out.Parts = append(out.Parts, facts.Part{Record: int32(len(out.Records)), Group: group, Data: l.encode()})
		out.Records = append(out.Records, facts.Record{Origin: facts.Origin(d.source, "cdr", key), Content: uint64(hash), Line: number})
	})
}

// record is a row by field. Strings are cleaned.
type record [fieldCount]string

// read cuts a line into the fields of a record. row is scratch space.
func (d *cdrDecoder) read(line string, row []string, r *record) ([]string, callpace.Message) {
	row, ok := splitCSV(line, d.comma, row)
	if !ok {
		return row, callpace.M("asterisk.reject.quote")
	}
	found := d.layouts.of(row)
	if found == nil {
		return row, callpace.M("asterisk.reject.columns", "count", len(row), "usual", d.layouts.usual)
	}
	for i, f := range found {
		if f != ignored && row[i] != `\N` && row[i] != "NULL" {
			r[f] = clean(row[i])
		}
	}
	return row, callpace.Message{}
}

// identity gives a row's key and the call that it belongs to. Rows without
// the newer columns are their own key, and without an id their own call.
func identity(r *record, hash int64) (key, group string) {
	own := "row-" + strconv.FormatUint(uint64(hash), 16)
	key, group = own, r[linkedID]
	if r[linkedID] != "" && r[sequence] != "" {
		key = join(r[uniqueID], r[linkedID], r[sequence])
	}
	if group == "" {
		group = r[uniqueID]
	}
	if group == "" {
		group = own
	}
	return key, group
}

// leg checks a record's times and numbers and makes a leg of it. The reason
// has a key where it cannot.
func (d *cdrDecoder) leg(r *record, remark func(callpace.Message)) (leg, callpace.Message) {
	var l leg
	var n [2]int
	for i, f := range [2]field{duration, billsec} {
		whole, _, _ := strings.Cut(r[f], ".")
		v, ok := digits(whole)
		if !ok && r[f] != "" {
			return l, callpace.M("asterisk.reject.number", "value", r[f])
		}
		n[i] = v
	}
	lasted, billed := time.Duration(n[0])*time.Second, time.Duration(n[1])*time.Second
	born, _ := epoch(r[uniqueID])
	var reason callpace.Message
	moment := func(f field, hint time.Time) time.Time {
		text := r[f]
		if text == "" && f != start || strings.HasPrefix(text, "0000-00-00") {
			return time.Time{}
		}
		wall, ok := parseWall(text)
		if !ok {
			if reason.Key == "" {
				reason = callpace.M("asterisk.reject.date", "value", text)
			}
			return time.Time{}
		}
		at, why := resolve(wall, d.zone, hint)
		switch why {
		case gap:
			remark(callpace.M("asterisk.warning.gap", "value", text, "zone", d.zone.String()))
		case overlap:
			remark(callpace.M("asterisk.warning.overlap", "value", text, "zone", d.zone.String()))
		}
		return at
	}
	l.start = moment(start, born)
	l.end = moment(end, l.start.Add(lasted))
	l.answer = moment(answer, l.start.Add(lasted-billed))
	if reason.Key != "" {
		return l, reason
	}
	if l.end.IsZero() || l.end.Before(l.start) {
		l.end = l.start.Add(lasted)
	}
	if l.answer.IsZero() && billed > 0 {
		l.answer = l.end.Add(-billed)
	} else if !l.answer.IsZero() {
		between := l.end.Sub(l.answer)
		if (between - billed).Abs() > time.Second {
			remark(callpace.M("asterisk.warning.billsec", "billsec", n[1], "seconds", int64(between/time.Second)))
		} else {
			l.end = l.answer.Add(billed)
		}
	}
	l.billed = billed > 0
	l.copy(r)
	return l, callpace.Message{}
}
