package asterisk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

var ana = source.Person{
	Phone: func(raw string) string { return gone(strings.HasSuffix(bare(raw), "912345678")) },
	Lead:  func(id string) string { return gone(id == "lead-7") },
}

func gone(is bool) string {
	if is {
		return "gone-1"
	}
	return ""
}

// blank erases Ana from an input and checks what must hold for any format:
// nothing of her is left, all else is, and calls keep their shape.
func blank(t *testing.T, f source.Format, data, columns string, records int) string {
	t.Helper()
	w, _ := read(t, f, spec("UTC"), data)
	before := pick(w.assemble(facts.Calls), columns)
	d, err := f.Open(spec("UTC"), []byte(data))
	require.NoError(t, err)
	from, lines := d.Start()
	out, n := d.(source.Blanker).Blank(source.Chunk{Data: []byte(data)[from:], Line: lines + 1}, ana)
	require.Equal(t, records, n)
	blanked := data[:from] + string(out)
	for _, trace := range []string{"912345678", "Ana K", "lead-7"} {
		require.NotContains(t, blanked, trace)
	}
	old, now := strings.SplitAfter(data, "\n"), strings.SplitAfter(blanked, "\n")
	require.Len(t, now, len(old))
	for i := range old {
		if strings.Contains(old[i], "untouched") {
			require.Equal(t, old[i], now[i])
		}
	}
	w, b := read(t, f, spec("UTC"), blanked)
	require.Empty(t, b.Rejects)
	rows := w.assemble(facts.Calls)
	require.Equal(t, before, pick(rows, columns))
	again, n := d.(source.Blanker).Blank(source.Chunk{Data: out, Line: lines + 1}, ana)
	require.Zero(t, n)
	require.Equal(t, string(out), string(again))
	return pick(rows, "phone lead_ref")
}

func TestErasureFromCDR(t *testing.T) {
	data := `"","0912345678","600","default","""Ana K"" <0912345678>","SIP/trunk-01","SIP/201-01","Queue","sales,t","2026-03-02 10:00:00","2026-03-02 10:00:10","2026-03-02 10:00:30",30,20,"ANSWERED","3","1772445600.1","lead-7","","1772445600.1","1"` + "\r\n" +
		`"","201","+385912345678","default","""Ivo"" <201>","SIP/201-02","SIP/trunk-02","Dial","SIP/trunk/+385912345678,30","2026-03-02 11:00:00","2026-03-02 11:00:10","2026-03-02 11:00:30",30,20,"ANSWERED","3","1772449200.1","","","1772449200.1","2"` + "\n" +
		`"","201","0999999999","untouched","""Ivo ""x"""""" <201>","SIP/201-02","SIP/trunk-02","Dial",plain,"2026-03-02 12:00:00","2026-03-02 12:00:10","2026-03-02 12:00:30",30,20,"ANSWERED","3","1772452800.1","","","1772452800.1","3"` + "\n"
	data = strings.Replace(data, `"""Ivo ""x"""""" <201>"`, `"""Ivo ""x"" <201>"`, 1)
	require.Equal(t, "- | gone-1\n- | gone-1\n+385999999999 | -\n",
		blank(t, CDR{}, data, "source_id direction agent_alias queue outcome wait_seconds ring_seconds talk_seconds", 2))
}

func TestErasureFromQueueLog(t *testing.T) {
	events := `1772445600|a|q|NONE|ENTERQUEUE||0912345678|1|Ana K|x
1772445610|a|q|Ivo|CONNECT|10|1772445601.2|5
1772445670|a|q|Ivo|BLINDTRANSFER|00385912345678|out|10|60|1
1772445670|b|q|NONE|ENTERQUEUE||untouched 0999999999|1
1772445680|b|q|NONE|ABANDON|1|1|10
`
	require.Equal(t, "- | gone-1\n- | -\n", blank(t, QueueLog{}, events, "source_id agent_alias outcome wait_seconds talk_seconds", 2))
	rows := "time,callid,queuename,agent,event,data1,data2,data3,data4\n1772445600,a,q,NONE,ENTERQUEUE,,0912345678,1,Ana K\n1772445610,a,q,NONE,ABANDON,1,1,10,\n"
	require.Equal(t, "- | gone-1\n", blank(t, QueueLog{}, rows, "source_id agent_alias outcome wait_seconds", 1))
}
