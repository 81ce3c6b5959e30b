package ingest_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/source"
)

// The sources of the properties: a dialler and a CRM whose phones meet, a
// roster, and both logs of a PBX. All records are of few keys, leads, phones
// and agents, so that they meet often. Records that share a key differ in
// their version, so that no order matters.

const callsMapping = `version: 1
key: id
row_version: rev
skip: [result == "test"]
facts:
  calls:
    started: when
    agent: agent
    phone: phone
    direction: {value: outbound}
    kind: {value: cold}
    outcome: {column: result, map: {sale: sale, none: no_answer, "no": not_interested, meet: appointment}}
    talk: talk
  orders: {when: result == "sale", placed: when, phone: phone, amount: amount, agent: agent}
attributes: {except: [rev]}
`

const leadsMapping = `version: 1
key: id
row_version: rev
shared: {lead: id, agent: owner}
facts:
  leads: {created: day, phone: phone, phones: [mobile]}
  lead_stages: {stage: stage, reached: day}
  orders: {when: stage == "won", placed: day, amount: amount}
`

const rosterMapping = `version: 1
key: [name, ext]
facts:
  roster: {agent: name, team: team, alias: ext, from: since}
`

func mapped(name, text string) source.Spec {
	return source.Spec{Source: name, Format: "mapping", Mapping: text}
}

func pick(t *rapid.T, label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(t, label)
}

func some(t *rapid.T, label string, most int, row func(i int) string) []string {
	rows := make([]string, rapid.IntRange(1, most).Draw(t, label))
	for i := range rows {
		rows[i] = row(i)
	}
	return rows
}

// day draws a moment around the end of summer time, a date without a time, or
// what is neither.
func day(t *rapid.T) string {
	d := fmt.Sprintf("2026-10-%02d", rapid.IntRange(23, 27).Draw(t, "day"))
	return pick(t, "time", d, d+" 02:30:00", d+" 09:00:00", d+" 15:20:10", d, "soon")
}

func drawCalls(t *rapid.T) file {
	return file{spec: mapped("dialler", callsMapping), name: "calls.csv", head: "id,rev,when,agent,phone,result,talk,amount,note\n",
		rows: some(t, "calls", 8, func(i int) string {
			return fmt.Sprintf("%d,%d,%s,%s,%s,%s,%d,%d.5,%s\n", rapid.IntRange(1, 5).Draw(t, "id"), i, day(t), pick(t, "agent", "Ana", "201", ""),
				pick(t, "phone", "091 234 5671", "+385912345672", "091 2345 673", ""), pick(t, "result", "sale", "none", "no", "meet", "test", "odd"),
				rapid.IntRange(-1, 90).Draw(t, "talk"), i, pick(t, "note", "", "ok", `"two`+"\n"+`lines, ""said"" he"`, "č"))
		})}
}

func drawLeads(t *rapid.T) file {
	end := pick(t, "line end", "\n", "\r\n")
	return file{spec: mapped("crm", leadsMapping), name: "leads.csv", head: "id;rev;day;owner;phone;mobile;stage;amount" + end,
		rows: some(t, "leads", 6, func(i int) string {
			return fmt.Sprintf("L%d;%d;%s;%s;%s;%s;%s;%d%s", rapid.IntRange(1, 4).Draw(t, "id"), i, day(t), pick(t, "owner", "Ana", "Ivo"),
				pick(t, "phone", "0912345671", ""), pick(t, "mobile", "", "0912345672", "00385912345673"), pick(t, "stage", "new", "won", "lost", "appointment"), 10*i, end)
		})}
}

func drawRoster(t *rapid.T) file {
	all := []string{"Ana,East,201,\n", "Ana,East,SIP/201,\n", "Ivo,West,202,2026-10-25\n", "Ivo,North,203,\n", "Eva,West,201x,\n"}
	return file{spec: mapped("staff", rosterMapping), name: "staff.csv", head: "name,team,ext,since\n", rows: all[:rapid.IntRange(1, len(all)).Draw(t, "roster")]}
}

// drawLegs draws rows of Master.csv: legs of two calls, whose key is their
// sequence.
func drawLegs(t *rapid.T) file {
	return file{spec: source.Spec{Source: "pbx", Format: "asterisk-cdr"}, name: "Master.csv",
		rows: some(t, "legs", 7, func(i int) string {
			at := time.Date(2026, 10, 25, 9, 0, 30*rapid.IntRange(0, 2).Draw(t, "at"), 0, time.UTC)
			ring, talk := rapid.IntRange(0, 30).Draw(t, "ring"), rapid.IntRange(0, 60).Draw(t, "talk")
			answered := at.Add(time.Duration(ring) * time.Second)
			cells := []string{"acc", pick(t, "src", "201", "0912345671"), pick(t, "dst", "202", "0912345673", "s"), "ctx", "", pick(t, "channel", "SIP/201-01", "SIP/trunk-02"),
				pick(t, "dstchannel", "SIP/202-04", "SIP/trunk-05", ""), pick(t, "app", "Dial", "Queue"), "sales,t", at.Format(time.DateTime), answered.Format(time.DateTime),
				answered.Add(time.Duration(talk) * time.Second).Format(time.DateTime), fmt.Sprint(ring + talk), fmt.Sprint(talk),
				pick(t, "disposition", "ANSWERED", "NO ANSWER", "BUSY"), "3", "1793005200.1", "", "", pick(t, "call", "1793005200.1", "1793005200.9"), fmt.Sprint(i)}
			if rapid.IntRange(0, 9).Draw(t, "broken") == 0 {
				cells[9] = "yesterday"
			}
			return `"` + strings.Join(cells, `","`) + "\"\n"
		})}
}

func drawQueue(t *rapid.T) file {
	return file{spec: source.Spec{Source: "queues", Format: "asterisk-queue-log"}, name: "queue_log",
		rows: some(t, "events", 12, func(int) string {
			event := pick(t, "event", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "ATTENDEDTRANSFER", "ABANDON", "RINGNOANSWER", "PAUSE", "UNPAUSE", "ADDMEMBER", "REMOVEMEMBER")
			data := fmt.Sprintf("%d|%d|%d", rapid.IntRange(0, 90).Draw(t, "a"), rapid.IntRange(0, 90).Draw(t, "b"), rapid.IntRange(0, 90).Draw(t, "c"))
			if event == "ENTERQUEUE" {
				data = "|0912345671|1"
			}
			return fmt.Sprintf("%d|%s|%s|%s|%s|%s\n", 1792886400+rapid.IntRange(-300, 300).Draw(t, "at"), pick(t, "call", "a", "b", "NONE"),
				pick(t, "queue", "q1", "q2", "NONE"), pick(t, "agent", "SIP/201", "Ivo", "NONE"), event, data)
		})}
}

// drawFiles draws some of the sources.
func drawFiles(t *rapid.T) []file {
	makers := rapid.Permutation([]func(*rapid.T) file{drawCalls, drawLeads, drawRoster, drawLegs, drawQueue}).Draw(t, "sources")
	files := make([]file, rapid.IntRange(1, 4).Draw(t, "how many"))
	for i := range files {
		files[i] = makers[i](t)
	}
	return files
}
