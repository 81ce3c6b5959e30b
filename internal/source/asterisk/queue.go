package asterisk

import (
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// QueueLog is the format of Asterisk's queue_log: the file, or an export of
// its database table with a header.
type QueueLog struct{}

// Options describes the settings; docs/asterisk.md explains them.
func (QueueLog) Options() []source.Option {
	return []source.Option{{Name: "zone"}, {Name: "reasons"}, {Name: "keys"}, {Name: "agent", Default: "device", Values: []string{"device", "logged"}}}
}

// Open settles the columns from the header, where there is one.
func (f QueueLog) Open(spec source.Spec, head []byte) (source.Decoder, error) {
	set, err := settings(QueueLogName, f.Options(), spec.Options)
	if err != nil {
		return nil, err
	}
	zone, err := loadZone(set["zone"], spec.Settings.Zone)
	if err != nil {
		return nil, err
	}
	d := &queueDecoder{source: spec.Source, zone: zone, logged: set["agent"] == "logged"}
	first, mark, size := header(head)
	d.start = int64(mark)
	if d.columns, d.comma = tableColumns(first); d.columns != nil {
		d.start, d.startLines = int64(mark+size), 1
	}
	d.queues, err = newQueueAssembler(spec, set)
	return d, err
}

type queueDecoder struct {
	lined
	source  string
	zone    *time.Location // of times that are no epoch
	columns []int          // of an export: the log's field in each column, -1 for none
	comma   byte
	logged  bool // agents keep the spelling of the log
	queues  *queueAssembler
}

// Assembler joins events into visits and agents' intervals.
func (d *queueDecoder) Assembler() facts.Assembler { return d.queues }

// Decode turns events into parts of calls and of agents' weeks.
func (d *queueDecoder) Decode(c source.Chunk, out *facts.Batch) {
	eachLine(c, out, func(line string, number int64) {
		e, why, reason := d.read(line)
		if reason.Key != "" {
			reject(out, number, line, reason)
			return
		}
		switch why {
		case gap:
			warn(out, number, callpace.M("asterisk.warning.gap", "value", e.time, "zone", d.zone.String()))
		case overlap:
			warn(out, number, callpace.M("asterisk.warning.overlap", "value", e.time, "zone", d.zone.String()))
		}
		parts := e.parts(int32(len(out.Records)))
		if len(parts) == 0 {
			out.Skipped++
			return
		}
		out.Parts = append(out.Parts, parts...)
		hash := xxh3.HashString(line)
		// An event has no key: the same line twice is one event.
		out.Records = append(out.Records, facts.Record{
			Origin: facts.Origin(d.source, "queue_log", line), Content: hash, Line: number,
		})
	})
}

// tableNames are the columns of the database form of the log.
var tableNames = []string{"time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5"}

// tableColumns recognises the header of an export.
func tableColumns(line string) (columns []int, comma byte) {
	for _, comma := range []byte{',', ';', '\t', '|'} {
		row, ok := splitCSV(line, comma, nil)
		if !ok || len(row) < 5 {
			continue
		}
		columns, found := make([]int, len(row)), 0
		for i, name := range row {
			columns[i] = -1
			for j, known := range tableNames {
				if strings.ToLower(strings.TrimSpace(name)) == known {
					columns[i], found = j, found+1
				}
			}
		}
		if found >= 5 {
			return columns, comma
		}
	}
	return nil, 0
}

// fieldsOf cuts a line into time, callid, queue, agent, event and data.
func (d *queueDecoder) fieldsOf(line string) ([]string, callpace.Message) {
	if d.columns == nil {
		fields := strings.Split(line, "|")
		if len(fields) < 5 {
			return nil, callpace.M("asterisk.reject.queue_fields", "count", len(fields))
		}
		return fields, callpace.Message{}
	}
	row, ok := splitCSV(line, d.comma, nil)
	if !ok {
		return nil, callpace.M("asterisk.reject.quote")
	}
	if len(row) != len(d.columns) {
		return nil, callpace.M("asterisk.reject.columns", "count", len(row), "usual", len(d.columns))
	}
	fields := make([]string, len(tableNames))
	for i, to := range d.columns {
		if to >= 0 && row[i] != `\N` && row[i] != "NULL" {
			fields[to] = row[i]
		}
	}
	// data5 holds what did not fit, with its separators.
	last := len(fields) - 1
	return append(fields[:last:last], strings.Split(fields[last], "|")...), callpace.Message{}
}
