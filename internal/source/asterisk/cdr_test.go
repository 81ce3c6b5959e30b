package asterisk

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

func TestSpecifiedScenarios(t *testing.T) {
	f, err := os.Open(shared(t, "expected/asterisk-cdr.csv"))
	require.NoError(t, err)
	defer f.Close()
	want, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, want, 21)
	for _, w := range want[1:] {
		data := load(t, "asterisk/cdr/"+w[0])
		got := []string{w[0]}
		for _, rule := range []string{"bridged", "any"} {
			world, b := read(t, CDR{}, spec("America/Chicago", "answered", rule), data)
			calls := world.assemble(facts.Calls)
			answered := 0
			for _, c := range calls {
				if c["outcome"] == "answered" {
					answered++
				}
			}
			if rule == "bridged" {
				got = append(got, fmt.Sprint(b.Read), fmt.Sprint(len(b.Rejects)), fmt.Sprint(len(calls)))
			}
			got = append(got, fmt.Sprint(answered))
		}
		require.Equal(t, w, got)
	}
}

func TestScenarioRemarks(t *testing.T) {
	f := func(file string, rejects, warnings []string) {
		t.Helper()
		_, b := read(t, CDR{}, spec("America/Chicago"), load(t, file))
		r, w := keys(b)
		require.Equal(t, rejects, r, file)
		require.Equal(t, warnings, w, file)
	}
	f("asterisk/cdr/08-core-attended-transfer-to-channel.csv", nil, []string{"3 asterisk.warning.billsec"})
	f("asterisk/cdr/10-sip-protocol-attended-transfer.csv", []string{"1 asterisk.reject.date"}, nil)
	f("asterisk/cdr/20-a-complex-example.csv", []string{"12 asterisk.reject.date"},
		[]string{"1 asterisk.warning.zone_other"}) // its ids are from 13:11, its dates from 13:00
	f("asterisk/broken-quote.csv", []string{"1 asterisk.reject.quote"}, nil)
}

// legRow is a row of Master.csv of 21 columns, written as a table:
// src dst channel dstchannel lastapp lastdata start answer end billsec disposition linkedid sequence
func master21(rows string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(rows), "\n") {
		c := strings.Split(line, "|")
		for i := range c {
			c[i] = strings.TrimSpace(c[i])
		}
		at := func(s string) string {
			if s == "" {
				return ""
			}
			return "2026-03-02 " + s
		}
		start, _ := time.Parse("15:04:05", c[6])
		end, _ := time.Parse("15:04:05", c[8])
		fields := []string{"", c[0], c[1], "default", `"Ana" <` + c[0] + `>`, c[2], c[3], c[4], c[5], at(c[6]), at(c[7]), at(c[8]),
			fmt.Sprint(int(end.Sub(start).Seconds())), c[9], c[10], "DOCUMENTATION", c[11] + c[12], "", "", c[11], c[12]}
		b.WriteString(joinCSV(fields, ',') + "\n")
	}
	return b.String()
}

func TestLegsToCalls(t *testing.T) {
	f := func(name, rows, columns, want string) {
		t.Helper()
		w, b := read(t, CDR{}, spec("Europe/Zagreb"), master21(rows))
		require.Empty(t, b.Rejects, name)
		require.Equal(t, table(want), pick(w.assemble(facts.Calls), columns), name)
	}
	const all = "source_id direction agent_alias queue phone outcome ring_seconds wait_seconds talk_seconds"

	f("out, answered",
		`201|0912345678|PJSIP/201-0000000a|PJSIP/trunk-0000000b|Dial|PJSIP/trunk/0912345678|10:00:00|10:00:09|10:01:09|60|ANSWERED|a|1`,
		all, `a | outbound | 201 | - | +385912345678 | answered | 9 | - | 60`)
	f("out, busy on the second trunk",
		`201|0912345678|PJSIP/201-0a|PJSIP/t1-0b|Dial|x|10:00:00||10:00:02|0|FAILED|a|1
		 201|0912345678|PJSIP/201-0a|PJSIP/t2-0c|Dial|x|10:00:00||10:00:05|0|BUSY|a|2`,
		all, `a | outbound | 201 | - | +385912345678 | busy | 5 | - | -`)
	f("in, through a queue of Local channels, transferred once; only the legs with a person behind count",
		`0912345678|600|SIP/trunk-01|Local/201@from-queue-01;1|Queue|sales,t,,,60|10:00:00||10:00:20|0|NO ANSWER|a|1
		 0912345678|600|SIP/trunk-01|Local/202@from-queue-02;1|Queue|sales,t,,,60|10:00:00|10:00:21|10:02:00|99|ANSWERED|a|2
		 0912345678|202|Local/202@from-queue-02;2|SIP/202-05|Dial|SIP/202|10:00:21|10:00:30|10:02:00|90|ANSWERED|a|3
		 0912345678|203|SIP/trunk-01|SIP/203-06|Dial|SIP/203|10:02:00|10:02:10|10:03:10|60|ANSWERED|a|4`,
		all, `a | inbound | 202 | sales | +385912345678 | answered | - | 30 | 150`)
	f("in, nobody behind the Local channel but a mailbox",
		`0912345678|600|SIP/trunk-01|Local/201@ext-01;1|Dial|Local/201@ext|10:00:00|10:00:20|10:01:00|40|ANSWERED|a|1
		 0912345678|201|Local/201@ext-01;2||VoiceMail|201@default|10:00:20|10:00:20|10:01:00|40|ANSWERED|a|2`,
		all, `a | inbound | - | - | +385912345678 | message | - | 60 | -`)
	f("in, old style: one row, the mailbox answered with the extension still named",
		`0912345678|201|SIP/trunk-01|SIP/201-01|VoiceMail|201|10:00:00|10:00:20|10:01:00|40|ANSWERED|a|1`,
		all, `a | inbound | - | - | +385912345678 | message | - | 60 | -`)
	f("in, given up; NO ANSWER although the PBX had picked up",
		`0912345678|600|SIP/trunk-01|SIP/201-01|Queue|sales|10:00:00|10:00:01|10:00:45|44|NO ANSWER|a|1`,
		all, `a | inbound | - | sales | +385912345678 | abandoned | - | 45 | -`)
	f("parallel legs are not added up",
		`201|0912345678|SIP/201-01|SIP/t-01|Dial|x|10:00:00|10:00:10|10:01:10|60|ANSWERED|a|1
		 201|0912345678|SIP/201-01|SIP/t-02|Dial|x|10:00:00|10:00:40|10:01:40|60|ANSWERED|a|2`,
		all, `a | outbound | 201 | - | +385912345678 | answered | 10 | - | 90`)
	f("inside, and withheld from outside",
		`201|202|SIP/201-01|SIP/202-01|Dial|x|10:00:00|10:00:10|10:01:10|60|ANSWERED|a|1
		 anonymous|202|SIP/trunk-01|SIP/202-01|Dial|x|11:00:00|11:00:10|11:01:10|60|ANSWERED|b|1
		 |202|SIP/trunk-01|SIP/202-01|Dial|x|12:00:00|12:00:10|12:01:10|60|ANSWERED|c|1`,
		"source_id direction agent_alias phone outcome", `
		 a | internal | 201 | - | answered
		 b | inbound | 202 | - | answered
		 c | inbound | 202 | - | answered`)
}

func TestAgentAndAnsweredOptions(t *testing.T) {
	in := `"acme","0912345678","600","default","","SIP/trunk-01","SIP/ivo-01","Dial","x","2026-03-02 10:00:00","2026-03-02 10:00:10","2026-03-02 10:00:30","30","20","ANSWERED","DOCUMENTATION","p-1.1","uf","agent7","p-1.1","1"` + "\n"
	f := func(agent, want string) {
		t.Helper()
		w, _ := read(t, CDR{}, spec("UTC", "agent", agent), in)
		require.Equal(t, want+"\n", pick(w.assemble(facts.Calls), "agent_alias"))
	}
	f("peer", "ivo")
	f("number", "600")
	f("accountcode", "agent7")
	s := spec("UTC")
	s.Settings.AnsweredSeconds = 30
	out := strings.NewReplacer(`"0912345678","600"`, `"201","0912345678"`).Replace(in)
	w, _ := read(t, CDR{}, s, out)
	require.Equal(t, "answered | 0 | 0 | 20\n", pick(w.assemble(facts.Calls), "outcome reached contacted talk_seconds"))
	s.Settings.AnsweredSeconds = 20
	w, _ = read(t, CDR{}, s, out)
	require.Equal(t, "answered | 1 | 1 | 20\n", pick(w.assemble(facts.Calls), "outcome reached contacted talk_seconds"))
}

func TestColumnCounts(t *testing.T) {
	base := `"acme","201","0912345678","ctx","""Ana"" <201>","SIP/201-01","SIP/t-01","Dial","x","2026-03-02 10:00:00","2026-03-02 10:00:10","2026-03-02 10:00:30",30,20,"ANSWERED","DOCUMENTATION"`
	f := func(more, option, group, userfield string) {
		t.Helper()
		w, b := read(t, CDR{}, spec("UTC", "columns", option), base+more+"\n")
		require.Empty(t, b.Rejects, more)
		if group == "" {
			group = fmt.Sprintf("row-%x", b.Records[0].Content)
		}
		require.Equal(t, group+" | "+userfield+" | 20\n", pick(w.assemble(facts.Calls), "source_id @userfield talk_seconds"))
	}
	f(``, "auto", "", "-")
	f(`,"1772445600.1"`, "auto", "1772445600.1", "-")
	f(`,"lead 7"`, "auto", "", "lead 7")
	f(`,"odd-id"`, "uniqueid", "odd-id", "-")
	f(`,"1772445600.1"`, "userfield", "", "1772445600.1")
	f(`,"1772445600.1","lead 7"`, "auto", "1772445600.1", "lead 7")
	f(`,"peer","1772445600.9","4"`, "auto", "1772445600.9", "-")
	f(`,"pbx-1772445600.1","peer","pbx-1772445600.9","4"`, "auto", "pbx-1772445600.9", "-")
	f(`,"lead 7","peer","1772445600.9","4"`, "auto", "1772445600.9", "lead 7")
	f(`,"1772445600.1","lead 7","peer","1772445600.9","4"`, "auto", "1772445600.9", "lead 7")

	_, b := read(t, CDR{}, spec("UTC"), base+"\n"+base+`,"1772445600.1","a","b","1772445600.9","4","x"`+"\n"+base[:60]+"\n")
	r, _ := keys(b)
	require.Equal(t, []string{"2 asterisk.reject.columns", "3 asterisk.reject.columns"}, r)
	// Two rows of one width, then the PBX was given the newer columns.
	_, b = read(t, CDR{}, spec("UTC"), base+"\n"+base+"\n"+base+`,"p","1772445600.9","4"`+"\n"+base+`,"1772445600.1","","p"`+"\n")
	r, _ = keys(b)
	require.Equal(t, []string{"4 asterisk.reject.columns"}, r, "a row that lost its end is no narrower row")
}

func TestHeaderOfFreePBX(t *testing.T) {
	w, b := read(t, CDR{}, spec("UTC"), "\ufeffcalldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid,peeraccount,sequence\r\n"+
		"2026-03-02 10:00:00,\"\"\"Ivi\xe6\"\" <0912345678>\",0912345678,600,ext-queues,PJSIP/t-01,PJSIP/201-01,Queue,\"600,t,,,60\",30,20,ANSWERED,3,,1772445600.1,,38514000000,in-600.wav,0912345678,Ivi\xe6,,,,1772445600.1,,7\r\n")
	require.Empty(t, b.Rejects)
	require.Equal(t, int64(2), b.Records[0].Line)
	require.Equal(t, "2026-03-02 10:00:00 | inbound | 201 | 600 | 10 | 20 | in-600.wav | 38514000000 | \"Iviæ\" <0912345678>\n",
		pick(w.assemble(facts.Calls), "started_at direction agent_alias queue wait_seconds talk_seconds recording @did @clid"))
}

func TestZones(t *testing.T) {
	row := func(id, start, end string) string {
		return joinCSV([]string{"", "201", "0912345678", "c", "", "SIP/201-01", "SIP/t-01", "Dial", "x", start, "", end, "10", "0", "NO ANSWER", "3", id}, ',') + "\n"
	}
	f := func(zone string, option []string, data, started string, warnings ...string) {
		t.Helper()
		w, b := read(t, CDR{}, spec(zone, option...), data)
		_, got := keys(b)
		require.Equal(t, warnings, got)
		require.Equal(t, started+"\n", pick(w.assemble(facts.Calls), "started_at"))
	}
	at := func(s string) string {
		u, err := time.Parse("2006-01-02 15:04:05", s)
		require.NoError(t, err)
		return fmt.Sprintf("%d.7", u.Unix())
	}
	summer := row(at("2026-07-01 10:00:00"), "2026-07-01 12:00:00", "2026-07-01 12:00:10")
	f("Europe/Zagreb", nil, summer, "2026-07-01 10:00:00")
	f("UTC", []string{"zone", "Europe/Zagreb"}, summer, "2026-07-01 10:00:00")
	f("UTC", nil, summer, "2026-07-01 12:00:00", "1 asterisk.warning.zone_other")
	utc := row(at("2026-07-01 12:00:00"), "2026-07-01 12:00:00", "2026-07-01 12:00:10")
	f("Europe/Zagreb", nil, utc, "2026-07-01 12:00:00", "1 asterisk.warning.zone_utc")

	// 02:30 was shown twice on 25 October 2026; the id knows which it was.
	f("Europe/Zagreb", nil, row(at("2026-10-25 00:30:00"), "2026-10-25 02:30:00", "2026-10-25 02:30:10"), "2026-10-25 00:30:00")
	f("Europe/Zagreb", nil, row(at("2026-10-25 01:30:00"), "2026-10-25 02:30:00", "2026-10-25 02:30:10"), "2026-10-25 01:30:00")
	f("Europe/Zagreb", nil, row("note", "2026-10-25 02:30:00", "2026-10-25 02:30:10"), "2026-10-25 00:30:00", "1 asterisk.warning.overlap")
	f("Europe/Zagreb", nil, row("note", "2026-03-29 02:30:00", "2026-03-29 03:30:10"), "2026-03-29 01:30:00", "1 asterisk.warning.gap")
}

func TestParseWall(t *testing.T) {
	f := func(s string, ok bool) {
		t.Helper()
		_, got := parseWall(s)
		require.Equal(t, ok, got, s)
	}
	f("2026-02-28 23:59:59", true)
	f("2026-02-28 23:59:59.123456", true)
	f("2026-02-29 00:00:00", false)
	f("2024-02-29 00:00:00", true)
	f("2013-03-4 13:03:20", false)
	f("2013-04-13:12:08", false)
	f("2026-01-01 24:00:00", false)
	f("", false)
}

func TestOptionsAreChecked(t *testing.T) {
	f := func(format source.Format, zone string, options ...string) {
		t.Helper()
		_, err := format.Open(spec(zone, options...), nil)
		require.ErrorContains(t, err, "asterisk.option.")
	}
	f(CDR{}, "UTC", "colums", "auto")
	f(CDR{}, "UTC", "columns", "src,nonsense")
	f(CDR{}, "UTC", "columns", "src,dst")
	f(CDR{}, "UTC", "answered", "maybe")
	f(CDR{}, "UTC", "extensions", "(")
	f(CDR{}, "UTC", "zone", "Mars/Olympus")
	f(CDR{}, "")
	f(QueueLog{}, "UTC", "reasons", "lunch=eating")
	f(QueueLog{}, "UTC", "keys", "1=sale")
}
