package asterisk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// anyQueueLine draws an event of few calls, queues and agents, near the
// border of a week, so that they meet often.
func anyQueueLine(t *rapid.T) string {
	at := week*(day/week+1) - 300 + rapid.IntRange(0, 600).Draw(t, "at")
	name := rapid.SampledFrom([]string{"ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "COMPLETECALLER", "ATTENDEDTRANSFER", "ABANDON",
		"EXITWITHTIMEOUT", "RINGNOANSWER", "WRAPUPSTART", "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL",
		"UNPAUSEALL", "AGENTLOGIN", "AGENTLOGOFF", "JOINEMPTY", "QUEUESTART", "DID"}).Draw(t, "event")
	small := func() string { return fmt.Sprint(rapid.IntRange(0, 90).Draw(t, "n")) }
	data := []string{small(), small(), small()}
	if name == "ATTENDEDTRANSFER" {
		data = []string{"APP", "Queue", small(), small(), "1"}
	}
	pick := func(what ...string) string { return rapid.SampledFrom(what).Draw(t, what[0]) }
	return fmt.Sprintf("%d|%s|%s|%s|%s|%s", at, pick("a", "b", "c", "NONE"), pick("q1", "q2", "NONE"), pick("Ana", "Ivo", "NONE"), name, strings.Join(data, "|"))
}

// anyLegs draws rows of Master.csv, some without a sequence: their text is their key.
func anyLegs(t *rapid.T, n int) []string {
	var lines []string
	for i := range n {
		pick := func(what ...string) string { return rapid.SampledFrom(what).Draw(t, what[0]) }
		at := time.Unix(day+30*int64(rapid.IntRange(0, 2).Draw(t, "at")), 0).UTC()
		ring, talk := rapid.IntRange(0, 30).Draw(t, "ring"), rapid.IntRange(0, 60).Draw(t, "talk")
		answered := at.Add(time.Duration(ring) * time.Second)
		ended := answered.Add(time.Duration(talk) * time.Second)
		lines = append(lines, joinCSV([]string{"acc", pick("201", "0912345678", ""), pick("202", "0912345679", "s"), "ctx", "",
			pick("SIP/201-01", "SIP/trunk-02", "Local/202@x-03;2"), pick("SIP/202-04", "Local/202@x-03;1", ""), pick("Dial", "Queue", "VoiceMail"), "sales,t",
			at.Format(time.DateTime), answered.Format(time.DateTime), ended.Format(time.DateTime), fmt.Sprint(ring + talk), fmt.Sprint(talk),
			pick("ANSWERED", "NO ANSWER", "BUSY", "FAILED"), "3", fmt.Sprintf("%d.1", at.Unix()), "", "", pick("1772445600.1", "1772445600.2"), pick("", fmt.Sprint(i))}, ','))
	}
	return lines
}

// Any split, order and repetition of the same records gives the same facts.
func TestSplitsOrdersAndRepetitionsDoNotMatter(t *testing.T) {
	check := func(t *rapid.T, f source.Format, lines []string) {
		s := spec("Europe/Zagreb")
		all := strings.Join(lines, "\n") + "\n"
		whole, _ := read(t, f, s, all)
		d, err := f.Open(s, []byte(all))
		require.NoError(t, err)
		parts := &world{assembler: d.(source.Assembling).Assembler()}
		order := rapid.Permutation(append(append([]string(nil), lines...), rapid.SliceOfN(rapid.SampledFrom(lines), 0, 5).Draw(t, "again")...)).Draw(t, "order")
		for len(order) > 0 {
			n := rapid.IntRange(1, len(order)).Draw(t, "batch")
			out := &facts.Batch{}
			d.Decode(source.Chunk{Data: []byte(strings.Join(order[:n], "\n") + "\n"), Line: 100}, out)
			parts.take(out)
			order = order[n:]
		}
		for _, table := range []*facts.Table{facts.Calls, facts.AgentTime} {
			require.Equal(t, whole.assemble(table), parts.assemble(table))
		}
		exclude(t, whole.assemble(facts.AgentTime))
	}
	t.Run("queue_log", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			check(t, QueueLog{}, rapid.SliceOfN(rapid.Custom(anyQueueLine), 1, 30).Draw(t, "lines"))
		})
	})
	t.Run("cdr", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { check(t, CDR{}, anyLegs(t, rapid.IntRange(1, 12).Draw(t, "rows"))) })
	})
}

// exclude checks that an agent's rows do not overlap and last as long as they say.
func exclude(t require.TestingT, rows []map[string]string) {
	until := map[string]string{}
	for _, r := range rows {
		require.LessOrEqual(t, until[r["agent_alias"]], r["began_at"])
		until[r["agent_alias"]] = r["ended_at"]
		from, err := time.Parse("2006-01-02 15:04:05.999", r["began_at"])
		require.NoError(t, err)
		to, err := time.Parse("2006-01-02 15:04:05.999", r["ended_at"])
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(to.Sub(from).Seconds()), r["seconds"])
	}
}

// pieces decodes an input cut where Cut says, having been offered at most n bytes at first.
func pieces(d source.Decoder, data []byte, n int) *facts.Batch {
	out := &facts.Batch{}
	from, lines := d.Start()
	data, line := data[from:], lines+1
	for len(data) > 0 {
		size, spanned := d.Cut(data[:min(max(n, 1), len(data))], false)
		if size == 0 && n < len(data) {
			n *= 2
			n++
			continue
		}
		if size == 0 {
			d.Decode(source.Chunk{Data: data, Line: line, Tail: true}, out)
			break
		}
		d.Decode(source.Chunk{Data: data[:size], Line: line}, out)
		data, line = data[size:], line+spanned
	}
	return out
}

func fuzz(f *testing.F, format source.Format) {
	f.Fuzz(func(t *testing.T, data []byte, n uint16) {
		s := spec("Europe/Zagreb")
		d, err := format.Open(s, data)
		require.NoError(t, err)
		w := &world{assembler: d.(source.Assembling).Assembler()}
		whole := &facts.Batch{}
		from, lines := d.Start()
		d.Decode(source.Chunk{Data: data[from:], Line: lines + 1, Tail: true}, whole)
		cut := pieces(d, data, int(n))
		require.Equal(t, whole, cut)
		require.Equal(t, whole.Read, len(whole.Records)+whole.Skipped+len(whole.Rejects))
		w.take(whole)
		for _, c := range w.assemble(facts.Calls) {
			for _, column := range []string{"wait_seconds", "talk_seconds", "ring_seconds", "wrap_seconds"} {
				require.NotContains(t, c[column], "-")
			}
			require.NotEmpty(t, c["outcome"])
		}
		exclude(t, w.assemble(facts.AgentTime))
		_, changed := d.(source.Blanker).Blank(source.Chunk{Data: data[from:], Line: lines + 1}, nobody)
		require.Zero(t, changed)
	})
}

var nobody = source.Person{Phone: func(string) string { return "" }, Lead: func(string) string { return "" }}

func FuzzCDR(f *testing.F) {
	f.Add([]byte(master21(`201|0912345678|PJSIP/201-0a|PJSIP/t-0b|Dial|x|10:00:00|10:00:09|10:01:09|60|ANSWERED|1772445600.1|1`)), uint16(7))
	f.Add([]byte("calldate,clid,src,dst,dcontext,channel,dstchannel,disposition,duration,billsec\n2026-10-25 02:30:00,,1,2,x,a,b,ANSWERED,3,9\n"), uint16(0))
	f.Add([]byte("\xef\xbb\xbf\"\"\"x\xff\",\"\n\n\r\n\""), uint16(3))
	fuzz(f, CDR{})
}

func FuzzQueueLog(f *testing.F) {
	f.Add([]byte(log(`
		0   | a | q | NONE | ENTERQUEUE | | 0912345678 | 1
		7   | a | q | Ana  | CONNECT    | 7 | x | 5
		67  | a | q | Ana  | ATTENDEDTRANSFER | LINK | SIP/a | SIP/b | 7 | 60 | 1
		70  | NONE | q | Ana | PAUSE | lunch
		99  | NONE | q | Ana | REMOVEMEMBER |`)), uint16(7))
	f.Add([]byte("time,callid,queuename,agent,event,data1\n2026-10-25 02:30:00.5,a,q,b,CONNECT,1\n"), uint16(0))
	f.Add([]byte("1|a|q|b|AGENTLOGOFF|x|3e7\n1|a|q|b|WRAPUPSTART|9\n"), uint16(1))
	fuzz(f, QueueLog{})
}
