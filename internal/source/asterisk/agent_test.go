package asterisk

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// log writes a table of events as a queue_log; times are seconds after day, or epochs.
func log(events string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(events), "\n") {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		n, err := strconv.ParseInt(cells[0], 10, 64)
		if err != nil {
			panic(err)
		}
		if n < day/2 {
			n += day
		}
		cells[0] = fmt.Sprint(n)
		b.WriteString(strings.Join(cells, "|") + "\n")
	}
	return b.String()
}

func TestEventsToAgentTime(t *testing.T) {
	f := func(name, events, want string) {
		t.Helper()
		w, b := read(t, QueueLog{}, spec("UTC", "reasons", "coaching=training"), log(events))
		require.Empty(t, b.Rejects, name)
		rows := w.assemble(facts.AgentTime)
		for _, r := range rows {
			r["from"], r["to"] = r["began_at"][11:], r["ended_at"][11:]
		}
		require.Equal(t, table(want), pick(rows, "agent_alias from to state seconds @reason"), name)
	}
	f("a shift in two queues, with a break, a call and after-call work", `
		0    | NONE | q1 | Ana | ADDMEMBER |
		0    | NONE | q2 | Ana | ADDMEMBER |
		600  | NONE | q1 | Ana | PAUSE | lunch
		600  | NONE | q2 | Ana | PAUSE | lunch
		900  | NONE | q1 | Ana | UNPAUSE |
		900  | NONE | q2 | Ana | UNPAUSE |
		1000 | a | q1 | Ana | CONNECT | 5 | x | 5
		1060 | a | q1 | Ana | COMPLETEAGENT | 5 | 60 | 1
		1060 | a | q1 | Ana | WRAPUPSTART | 30
		1800 | NONE | q1 | Ana | REMOVEMEMBER |
		2000 | NONE | q2 | Ana | REMOVEMEMBER |`, `
		Ana | 10:00:00 | 10:10:00 | ready   | 600 | -
		Ana | 10:10:00 | 10:15:00 | break   | 300 | lunch
		Ana | 10:15:00 | 10:16:40 | ready   | 100 | -
		Ana | 10:16:40 | 10:17:40 | talking | 60  | -
		Ana | 10:17:40 | 10:18:10 | wrap_up | 30  | -
		Ana | 10:18:10 | 10:33:20 | ready   | 910 | -`)
	f("paused in one queue, at work in the other; then both, for coaching", `
		0    | NONE | q1 | Ana | ADDMEMBER |
		0    | NONE | q2 | Ana | ADDMEMBER |
		60   | NONE | q1 | Ana | PAUSE | coaching
		120  | NONE | q2 | Ana | PAUSE | coaching
		180  | NONE | q1 | Ana | REMOVEMEMBER |
		180  | NONE | q2 | Ana | REMOVEMEMBER |`, `
		Ana | 10:00:00 | 10:02:00 | ready    | 120 | -
		Ana | 10:02:00 | 10:03:00 | training | 60  | coaching`)
	f("one pause gives way to another within a second", `
		0    | NONE | q1 | Ana | ADDMEMBER |
		60   | NONE | q1 | Ana | PAUSE | lunch
		120  | NONE | q1 | Ana | UNPAUSE |
		120  | NONE | q1 | Ana | PAUSE | coaching
		180  | NONE | q1 | Ana | UNPAUSE |
		200  | NONE | q1 | Ana | REMOVEMEMBER |`, `
		Ana | 10:00:00 | 10:01:00 | ready    | 60 | -
		Ana | 10:01:00 | 10:02:00 | break    | 60 | lunch
		Ana | 10:02:00 | 10:03:00 | training | 60 | coaching
		Ana | 10:03:00 | 10:03:20 | ready    | 20 | -`)
	f("a logoff tells how long the login lasted, an hour's border splits", `
		5400 | a | NONE | Agent/7 | AGENTLOGOFF | SIP/7-01 | 3600`, `
		7 | 10:30:00 | 11:00:00 | ready | 1800 | -
		7 | 11:00:00 | 11:30:00 | ready | 1800 | -`)
	f("a login that never ends lasts to the agent's last event; a second login ends the first at the event before", `
		0    | NONE | q1 | Ana | ADDMEMBER |
		100  | a    | q1 | Ana | CONNECT | 5 | x | 5
		160  | a    | q1 | Ana | COMPLETEAGENT | 5 | 60 | 1
		1000 | NONE | q1 | Ana | ADDMEMBER |
		1060 | NONE | q1 | Ana | PAUSE | lunch`, `
		Ana | 10:00:00 | 10:01:40 | ready   | 100 | -
		Ana | 10:01:40 | 10:02:40 | talking | 60  | -
		Ana | 10:16:40 | 10:17:40 | ready   | 60  | -`)
	f("two calls at once are one conversation; an end under another id counts too", `
		0    | a | q1 | Ana | CONNECT | 5 | x | 5
		30   | b | q2 | Ana | CONNECT | 5 | x | 5
		60   | c | q1 | Ana | ATTENDEDTRANSFER | BRIDGE | z | 5 | 60 | 1
		90   | b | q2 | Ana | COMPLETECALLER | 5 | 60 | 1
		200  | d | q1 | Ana | CONNECT | 5 | x | 5`, `
		Ana | 10:00:00 | 10:01:30 | talking | 90 | -`)
	f("PAUSEALL under the device's name alone is the member's break told twice", `
		0    | NONE | NONE | PJSIP/7 | PAUSEALL |
		60   | NONE | NONE | PJSIP/7 | UNPAUSEALL |`, ``)
	f("paused as they log in, and all queues at once", `
		0    | NONE | q1   | Ana | ADDMEMBER | PAUSED
		60   | NONE | NONE | Ana | UNPAUSEALL |
		120  | NONE | NONE | Ana | PAUSEALL | lunch
		180  | NONE | q1   | Ana | REMOVEMEMBER |`, `
		Ana | 10:00:00 | 10:01:00 | break | 60 | -
		Ana | 10:01:00 | 10:02:00 | ready | 60 | -
		Ana | 10:02:00 | 10:03:00 | break | 60 | lunch`)
}

func TestAgentTimeAcrossWeeks(t *testing.T) {
	const border = week * (day/week + 1)
	w, _ := read(t, QueueLog{}, spec("UTC"), log(fmt.Sprintf(`
		%d | NONE | q | Ana | ADDMEMBER |
		%d | a    | q | Ana | CONNECT | 5 | x | 5
		%d | a    | q | Ana | COMPLETEAGENT | 5 | 120 | 1
		%d | NONE | q | Ana | REMOVEMEMBER |`, border-600, border-60, border+60, border+300)))
	rows := w.assemble(facts.AgentTime)
	require.Equal(t, table(`ready | 540 |
		talking | 60 |
		talking | 60 |
		ready | 240 |`), strings.ReplaceAll(pick(rows, "state seconds none"), "| -", "| "))

	w, _ = read(t, QueueLog{}, spec("UTC"), log(fmt.Sprintf(`
		%d | NONE | q | Ana | ADDMEMBER |
		%d | NONE | q | Ana | REMOVEMEMBER |`, border-600, border+300)))
	require.Equal(t, "ready | 600\nready | 300\n", pick(w.assemble(facts.AgentTime), "state seconds"))
}

// A row never crosses a local hour, and the rows of a stretch add up to it.
func TestHoursOfOddDays(t *testing.T) {
	f := func(zone, from, to string, rows int) {
		t.Helper()
		loc, err := time.LoadLocation(zone)
		require.NoError(t, err)
		a, _ := time.ParseInLocation("2006-01-02 15:04", from, loc)
		b, _ := time.ParseInLocation("2006-01-02 15:04", to, loc)
		parts := hours(span{a, b}, facts.NewClock(loc))
		require.Len(t, parts, rows)
		require.Equal(t, b.Sub(a), total(parts))
		for i, p := range parts {
			last := p.to.Add(-1).In(loc)
			require.Equal(t, p.from.In(loc).Hour(), last.Hour())
			require.Equal(t, p.from.In(loc).Day(), last.Day())
			require.True(t, i == 0 || parts[i-1].to.Equal(p.from))
		}
	}
	f("Europe/Zagreb", "2026-03-29 00:00", "2026-03-30 00:00", 23)
	f("Europe/Zagreb", "2026-10-25 00:00", "2026-10-26 00:00", 25)
	f("Asia/Tehran", "2026-03-29 00:30", "2026-03-29 02:10", 3)
	f("Pacific/Chatham", "2026-04-05 00:00", "2026-04-06 00:00", 26) // the hour of 3 is left at 3:45 and entered again at 2:45
	f("Australia/Lord_Howe", "2026-04-05 00:00", "2026-04-06 00:00", 25)
}

// Both logs of a PBX name one device alike.
func TestDevicesMeet(t *testing.T) {
	f := func(member, want string) {
		t.Helper()
		require.Equal(t, want, device(member))
	}
	f("PJSIP/201", "201")
	f("SIP/anna-bee", "anna-bee")
	f("Local/201@from-queue/n", "201")
	f("Local/@x", "@x")
	f("Agent/1001", "1001")
	f("pjsip/201", "201")
	f("Ana Horvat", "Ana Horvat")
	f("Sales/Ana", "Sales/Ana")
	f("PJSIP/", "PJSIP/")
	require.Equal(t, peer("PJSIP/201-0000001a"), device("PJSIP/201"))
}
