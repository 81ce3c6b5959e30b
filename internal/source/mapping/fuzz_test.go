package mapping

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

func amountOf(n int64) callpace.Amount { return callpace.Amount(n) }

// checkBatch looks at what holds for every batch.
func checkBatch(t *testing.T, b *facts.Batch) {
	require.Equal(t, b.Read, len(b.Records)+b.Skipped+len(b.Rejects))
	for _, r := range b.Tables {
		if r == nil {
			continue
		}
		require.Len(t, r.Record, r.N)
		for i := range r.N {
			require.Less(t, int(r.Record[i]), len(b.Records))
			require.Equal(t, int64(b.Records[r.Record[i]].Origin), r.Cols[r.Table.Col("origin")].Int(i))
		}
	}
}

func FuzzMapping(f *testing.F) {
	for _, x := range []string{"version: 1\nfacts: {leads: {lead: a}}", "a: [", "version: 1\nfacts: {calls: {started: {expr: 'a + b'}, direction: a, outcome: b}}", "&a [*a]", "- - - -", "? a\n: b", "facts: {orders: {agent: {shares: [{agent: a}]}, placed: a, amount: b}}\nversion: 1"} {
		f.Add(x)
	}
	entries, _ := os.ReadDir(root + "/examples/mappings")
	for _, e := range entries {
		f.Add(exampleText(f, e.Name()))
	}
	data := []byte("a,b\n1,2026-03-02\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := New().Open(source.Spec{Source: "s", Mapping: text, Settings: zagreb}, data)
		if err != nil {
			require.NotEqual(t, callpace.Internal, callpace.CodeOf(err))
			return
		}
		skip, lines := d.Start()
		var b facts.Batch
		d.Decode(source.Chunk{Data: data[skip:], Line: lines + 1, Tail: true}, &b)
		checkBatch(t, &b)
	})
}

// FuzzDecode throws rows at mappings that use every kind of field.
func FuzzDecode(f *testing.F) {
	mappings := []string{`
version: 1
layout: {delimiter: ",", header: false, columns: [a, b, c, d, e, f]}
formats: {date: [iso, eu, us, rfc2822], decimal: ","}
key: [a, b]
row_version: {column: a, default: "0"}
skip: a == "x" or number(b) > 3
facts:
  calls: {started: {date: c, time: d}, direction: e, outcome: f, talk: {column: d, unit: mm:ss}, phone: a, attempt: {column: a, default: "1"}, pitch_completed: {column: a, map: {"1": "true"}, default: "false"}}
  orders: {placed: {column: c, calendar: solar-hijri}, amount: b, agent: {column: f, shares: true}}
`, `
version: 1
layout: {delimiter: ",", header: false, columns: [a, b, c, d, e, f]}
facts:
  agent_time: {agent: a, state: b, from: c, to: d}
  costs: {from: c, to: d, amount: e, currency: f}
  leads: {lead: a, phones: [b, f], created: {column: e, format: excel}}
  roster: {agent: a, from: c, to: d}
`}
	f.Add("1,2,2026-03-02,10:00,inbound,sale\n")
	f.Add("Ana,ready,2026-03-29 01:30,2026-03-29 05:00,100.5,EUR\n")
	f.Add("۱,۲,1405/01/01,25:00,,\"Ana:60;Ivan:40\"\n")
	f.Add("a,1,1900-01-01,2200-12-31,999999999999,USD\n\"")
	person := source.Person{
		Phone: func(s string) string { return among(len(s)%2 == 0, "p") }, Lead: func(s string) string { return among(len(s)%3 == 0, "t") },
		Tag:  func(string) string { return "x" },
		Text: func(s string) (string, bool) { return s[:len(s)/2], len(s)%5 == 1 },
	}
	f.Fuzz(func(t *testing.T, data string) {
		for _, m := range mappings {
			d, err := New().Open(source.Spec{Source: "s", Mapping: m, Settings: zagreb}, []byte(data))
			if err != nil {
				continue
			}
			skip, lines := d.Start()
			c := source.Chunk{Data: []byte(data)[skip:], Line: lines + 1, Tail: true}
			var b facts.Batch
			d.Decode(c, &b)
			checkBatch(t, &b)
			d.(source.Blanker).Blank(c, person)
			d.(source.Tracer).Trace(c, person, func(source.Sighting) {})
		}
	})
}
