package asterisk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

const visitColumns = "started_at queue agent_alias phone outcome exit_reason wait_seconds talk_seconds"

func TestTransferUnderAnotherCallsID(t *testing.T) {
	w, b := read(t, QueueLog{}, spec("UTC"), load(t, "asterisk/attended-transfer.queue_log"))
	require.Empty(t, b.Rejects)
	require.Equal(t, table(`
		2024-06-03 06:47:39 | 1501 | 7009 | 9030000002 | answered | ATTENDEDTRANSFER | 12 | 120
		2024-06-03 06:49:50 | 1509 | 7051 | 9030000002 | answered | COMPLETEAGENT    | 7  | 173`),
		pick(w.assemble(facts.Calls), visitColumns))
}

// The time column of these tables is seconds after 2026-03-02 10:00:00 UTC.
const day = 1772445600

func TestEventsToVisits(t *testing.T) {
	f := func(name, events, want string) {
		t.Helper()
		w, b := read(t, QueueLog{}, spec("UTC", "keys", "1=message"), log(events))
		require.Empty(t, b.Rejects, name)
		require.Equal(t, table(want), pick(w.assemble(facts.Calls), visitColumns), name)
	}
	f("answered, after another agent did not pick up", `
		0  | a | sales | NONE | ENTERQUEUE    | | 0912345678 | 1
		15 | a | sales | Ana  | RINGNOANSWER  | 15000
		20 | a | sales | Ivo  | CONNECT       | 20 | x | 4
		80 | a | sales | Ivo  | COMPLETECALLER | 20 | 60 | 1`,
		`2026-03-02 10:00:00 | sales | Ivo | +385912345678 | answered | COMPLETECALLER | 20 | 60`)
	f("every way out of a queue", `
		0  | a | q | NONE | ENTERQUEUE      | | 0912345678 | 1
		9  | a | q | NONE | ABANDON         | 1 | 1 | 9
		0  | b | q | NONE | ENTERQUEUE      | | | 1
		8  | b | q | NONE | ABANDON         | 1 | 1 |
		1  | c | q | NONE | ENTERQUEUE      | | | 1
		31 | c | q | NONE | EXITWITHTIMEOUT | 1 | 1 | 30
		2  | d | q | NONE | ENTERQUEUE      | | | 1
		12 | d | q | NONE | EXITWITHKEY     | 1 | 1 | 1 | 10
		3  | e | q | NONE | ENTERQUEUE      | | | 1
		13 | e | q | NONE | EXITWITHKEY     | 9 | 1 | 1 | 10
		4  | f | q | NONE | ENTERQUEUE      | | | 1
		14 | f | q | NONE | EXITEMPTY       | 1 | 1 | 10
		5  | g | q | NONE | JOINEMPTY       |
		6  | h | q | NONE | FULL            |
		7  | i | q | NONE | CLOSED          |`, `
		2026-03-02 10:00:00 | q | - | +385912345678 | abandoned | ABANDON | 9 | -
		2026-03-02 10:00:00 | q | - | - | abandoned | ABANDON | 8 | -
		2026-03-02 10:00:01 | q | - | - | timeout  | EXITWITHTIMEOUT | 30 | -
		2026-03-02 10:00:02 | q | - | - | message  | EXITWITHKEY | 10 | -
		2026-03-02 10:00:03 | q | - | - | overflow | EXITWITHKEY | 10 | -
		2026-03-02 10:00:04 | q | - | - | overflow | EXITEMPTY | 10 | -
		2026-03-02 10:00:05 | q | - | - | closed   | JOINEMPTY | 0 | -
		2026-03-02 10:00:06 | q | - | - | overflow | FULL | 0 | -
		2026-03-02 10:00:07 | q | - | - | closed   | CLOSED | 0 | -`)
	f("one caller, three visits, the last two to the same queue, all in one second's hand-over", `
		0  | a | q1 | NONE | ENTERQUEUE | | 0912345678 | 1
		10 | a | q1 | NONE | EXITWITHTIMEOUT | 1 | 1 | 10
		10 | a | q2 | NONE | ENTERQUEUE | | 0912345678 | 1
		15 | a | q2 | Ana  | CONNECT | 5 | x | 5
		45 | a | q2 | Ana  | BLINDTRANSFER | q2 | ctx | 5 | 30 | 1
		45 | a | q2 | NONE | ENTERQUEUE | | 0912345678 | 1
		45 | a | q2 | Ivo  | CONNECT | 0 | y | 0
		55 | a | q2 | Ivo  | COMPLETEAGENT | 0 | 10 | 1`, `
		2026-03-02 10:00:00 | q1 | -   | +385912345678 | timeout  | EXITWITHTIMEOUT | 10 | -
		2026-03-02 10:00:10 | q2 | Ana | +385912345678 | answered | BLINDTRANSFER   | 5  | 30
		2026-03-02 10:00:45 | q2 | Ivo | +385912345678 | answered | COMPLETEAGENT   | 0  | 10`)
	f("open calls: who talks is answered, who waits is not there yet", `
		0  | a | q | NONE | ENTERQUEUE | | 0912345678 | 1
		7  | a | q | Ana  | CONNECT    |  | x | 5
		9  | b | q | NONE | ENTERQUEUE | | 0912345679 | 1`,
		`2026-03-02 10:00:00 | q | Ana | +385912345678 | answered | open | 7 | -`)
	f("a transfer by LINK has one more column", `
		0  | a | q | NONE | ENTERQUEUE | | 0912345678 | 1
		7  | a | q | Ana  | CONNECT    | 7 | x | 5
		67 | a | q | Ana  | ATTENDEDTRANSFER | LINK | SIP/a | SIP/b | 7 | 60 | 1`,
		`2026-03-02 10:00:00 | q | Ana | +385912345678 | answered | ATTENDEDTRANSFER | 7 | 60`)
	f("the agent asked the second queue before passing the caller on: the end stands under the caller's id", `
		0   | a | q1 | NONE | ENTERQUEUE | | 0912345678 | 1
		10  | a | q1 | Ana  | CONNECT    | 10 | x | 5
		40  | b | q2 | NONE | ENTERQUEUE | | 201 | 1
		45  | b | q2 | Ivo  | CONNECT    | 5 | y | 5
		60  | b | q1 | Ana  | ATTENDEDTRANSFER | BRIDGE | z | 10 | 51 | 1
		100 | a | q2 | Ivo  | COMPLETEAGENT | 5 | 55 | 1`, `
		2026-03-02 10:00:00 | q1 | Ana | +385912345678 | answered | ATTENDEDTRANSFER | 10 | 51
		2026-03-02 10:00:40 | q2 | Ivo | 201 | answered | COMPLETEAGENT | 5 | 55`)
	f("the same agent again, within the second", `
		0  | a | q | NONE | ENTERQUEUE    | | 0912345678 | 1
		15 | a | q | Ana  | CONNECT       | 15 | x | 5
		45 | a | q | Ana  | BLINDTRANSFER | q | ctx | 15 | 30 | 1
		45 | a | q | NONE | ENTERQUEUE    | | 0912345678 | 1
		45 | a | q | Ana  | CONNECT       | 0 | y | 0
		55 | a | q | Ana  | COMPLETEAGENT | 0 | 10 | 1`, `
		2026-03-02 10:00:00 | q | Ana | +385912345678 | answered | BLINDTRANSFER | 15 | 30
		2026-03-02 10:00:45 | q | Ana | +385912345678 | answered | COMPLETEAGENT | 0  | 10`)
	f("a transfer under another id that dates the beginning a second early, across a border of links", `
		0  | a | q | NONE | ENTERQUEUE | | 0912345678 | 1
		32 | a | q | Ana  | CONNECT    | 32 | x | 5
		92 | b | q | Ana  | ATTENDEDTRANSFER | BRIDGE | z | 32 | 61 | 1`,
		`2026-03-02 10:00:00 | q | Ana | +385912345678 | answered | ATTENDEDTRANSFER | 32 | 61`)
	f("a name with the log's own separator in it", `
		0  | a | q | NONE | ENTERQUEUE | | 0912345678 | 1 | An | a
		9  | a | q | NONE | ABANDON    | 1 | 1 | 9`,
		`2026-03-02 10:00:00 | q | - | +385912345678 | abandoned | ABANDON | 9 | -`)
	f("a conversation whose beginning is not in the log is not counted", `
		60 | a | q | Ana | COMPLETEAGENT | 5 | 30 | 1`, ``)
	f("an outbound call told to the queue", `
		90 | a | q | Ana | OUTCALL | ANSWER | 30 | x`,
		`2026-03-02 10:01:00 | q | Ana | - | answered | OUTCALL | - | 30`)
}

func TestVisitDetails(t *testing.T) {
	w, _ := read(t, QueueLog{}, spec("UTC"), log(`
		0  | a | q | NONE | DID           | 38514000000
		0  | a | q | NONE | ENTERQUEUE    | | 0912345678 | 3
		15 | a | q | Ana  | RINGNOANSWER  | 5000
		16 | a | q | Ana  | RINGNOANSWER  | 1500
		20 | a | q | Ivo  | CONNECT       | 20 | x | 4
		80 | a | q | Ivo  | COMPLETEAGENT | 20 | 60 | 3
		80 | a | q | Ivo  | WRAPUPSTART   | 12`))
	require.Equal(t, "a/q/1 | inbound | service | agent | 12 | 1 | 1 | 4 | 2 | 6.5 | 3 | 38514000000\n", pick(w.assemble(facts.Calls),
		"source_id direction kind ended_by wrap_seconds reached contacted @ring @rings_in_vain @ring_in_vain @position @did"))
}

func TestDatabaseForm(t *testing.T) {
	w, b := read(t, QueueLog{}, spec("Europe/Zagreb"), "id,time,callid,queuename,serverid,agent,event,data1,data2,data3,data4,data5\n"+
		`1,"2026-03-02 11:00:00.250000",a,q,,NONE,ENTERQUEUE,,0912345678,1,,`+"\n"+
		`2,"2026-03-02 11:00:04.750000",a,q,,Ana,CONNECT,,x,5,,`+"\n"+
		`3,1772445664.75,a,q,,Ana,ATTENDEDTRANSFER,LINK,SIP/a,SIP/b,5,60|1`+"\n"+
		`4,yesterday,a,q,,Ana,ATTENDEDTRANSFER,LINK,SIP/a,SIP/b,5,60|1`+"\n")
	r, _ := keys(b)
	require.Equal(t, []string{"5 asterisk.reject.time"}, r)
	require.Equal(t, table(`2026-03-02 10:00:00.25 | q | Ana | +385912345678 | answered | ATTENDEDTRANSFER | 4.5 | 60`),
		pick(w.assemble(facts.Calls), visitColumns))
}

func TestQueueLinesRejectedAndSkipped(t *testing.T) {
	_, b := read(t, QueueLog{}, spec("UTC"), "1772445600|NONE|NONE|NONE|QUEUESTART|\n\nnonsense\n17x|a|q|NONE|ABANDON|1|1|1\n1772445600|a|q|NONE|NEWEVENT|1\n1772445600|a|q|NONE||1\n")
	r, _ := keys(b)
	require.Equal(t, []string{"3 asterisk.reject.queue_fields", "4 asterisk.reject.time", "6 asterisk.reject.event"}, r)
	require.Equal(t, 2, b.Skipped)
	require.Equal(t, 5, b.Read)
}
