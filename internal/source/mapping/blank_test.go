package mapping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/source"
)

func TestBlank(t *testing.T) {
	const m = `
version: 1
key: id
personal: [segment]
skip: kind == "TEST"
facts:
  leads: {lead: lead, phone: tel, phones: more, referred_by: by, created: day, segment: segment, list: list}
`
	const data = `id,lead,tel,more,by,day,segment,list,kind,name,note
1,L1,091 123 4567,,,2026-03-02,doctors,A,x,Marija,"likes; ""tea"""
2,L2,,"+385 91 123 4567; 01 2345678",,2026-03-02,,B,x,Ivan,
3,L3,,,L1,2026-03-02,pilots,C,x,Petra,"keep, me"
L1,L1,,,,2026-03-02,,D,TEST,Marija,
5,L5,012222222,,L9,2026-03-02,nurses,E,x,Ana,L1 called
`
	d, c := open(t, zagreb, m, []byte(data))
	person := source.Person{
		Phone: func(raw string) string { return among(source.Phone(raw, "HR") == "+385911234567", "PHONE") },
		Lead:  func(id string) string { return among(id == "L1", "LEAD") },
		Tag:   func(string) string { return "-tag" },
	}
	out, n := d.(source.Blanker).Blank(c, person)
	require.Equal(t, 4, n)
	want := `1,LEAD,PHONE,,,2026-03-02,,A,x,,""
2,L2,,"PHONE",,2026-03-02,,B,x,,
3,L3,,,LEAD,2026-03-02,pilots,C,x,Petra,"keep, me"
LEAD,LEAD,,,,2026-03-02,,D,TEST,,
5,L5,012222222,,L9,2026-03-02,nurses,E,x,Ana,L1 called
`
	require.Equal(t, want, string(out))

	again, n := d.(source.Blanker).Blank(source.Chunk{Data: out, Line: c.Line}, person)
	require.Zero(t, n)
	require.Equal(t, want, string(again))
}

func among(is bool, pseudonym string) string {
	if is {
		return pseudonym
	}
	return ""
}

func TestBlankJSONL(t *testing.T) {
	const m = "version: 1\nlayout: {kind: jsonl}\nkey: id\nfacts: {leads: {lead: id, phone: tel, created: day}}\n"
	const data = `{"id": "L1", "tel": "+385911234567", "day": "2026-03-02", "name": {"first": "Marija"}}
{"id": "L2", "tel": "+385911234568", "day": "2026-03-02", "name": {"first": "Ivan"}}
`
	d, c := open(t, zagreb, m, []byte(data))
	out, n := d.(source.Blanker).Blank(c, source.Person{Phone: func(string) string { return "" }, Lead: func(id string) string { return among(id == "L1", "t") }})
	require.Equal(t, 1, n)
	lines := strings.SplitAfter(string(out), "\n")
	require.NotContains(t, lines[0], "Marija")
	require.NotContains(t, lines[0], "385911234567")
	require.NotContains(t, lines[0], "L1")
	require.Contains(t, lines[0], `"t"`)
	require.Equal(t, strings.SplitAfter(data, "\n")[1], lines[1])
}
