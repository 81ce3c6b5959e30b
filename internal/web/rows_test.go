package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/store"
)

func TestRowsBehindANumber(t *testing.T) {
	s := newSite(t)
	s.as(auth.Manager).get("/kpi/calls/rows?period=2026-11").has(200, "9 rows: what the number counts", "385911111103", "2:", "/calls/pbx/4", "/imports/2")
	s.as(auth.Lead).get("/kpi/calls/rows?period=2026-11").has(200, "4 rows", "Boris").lacks("Cvita", "385911111105")
	s.as(auth.Agent).get("/kpi/calls/rows?period=2026-11").has(200, "2 rows", "385911111101").lacks("Boris", "385911111103", "/export")
	s.as(auth.Manager).get("/kpi/calls/rows?period=2026-11&campaign=Gas").has(200, "3 rows")
	s.as(auth.Manager).get("/kpi/calls/rows?period=2025-11").has(200, "No data for these days")
	s.as(auth.Manager).get("/kpi/calls/rows?cursor=zzz").has(400, "cannot be found any more")
}

func TestCallsAreFound(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	f := func(search string, ids ...string) {
		t.Helper()
		a := b.get("/calls?q=" + url.QueryEscape(search)).has(200)
		var got []string
		for _, m := range regexp.MustCompile(`<th scope="row"><a href="/calls/pbx/(\w+)"`).FindAllStringSubmatch(a.body, -1) {
			got = append(got, m[1])
		}
		require.ElementsMatch(t, ids, got, search)
	}
	f("+385911111104", "4")
	f("091 111-1104", "4")
	f("00385 91 111 1104", "4")
	f("۰۹۱۱۱۱۱۱۰۴", "4")
	f("٠٩١١١١١١٠٤", "4")
	f("ana", "1", "2")
	f("ANA", "1", "2")
	f("7", "7")
	f("nobody at all")
	f("' OR 1=1 --")
	s.as(auth.Agent).get("/calls?q="+url.QueryEscape("+385911111104")).has(200, "No call fits")
	b.get("/calls?q="+strings.Repeat("x", 101)).has(400, "at most 100 characters")
}

func TestACall(t *testing.T) {
	s := newSite(t)
	path := "/calls/pbx/2"
	s.as(auth.Manager).get(path).has(200, "385911111102", "Ana", "3:00", "As last told by input 2, line 3", "/imports/2")
	s.as(auth.Lead).get("/calls/pbx/5").has(404, "may not see it")
	s.as(auth.Agent).get("/calls/pbx/3").has(404)
	s.as(auth.Agent).get("/calls/pbx/2%27%20OR%201=1").has(404)
	agent := s.as(auth.Agent)
	agent.post("/calls/pbx/3/notes", "text", "mine?").has(404)
	agent.post(path+"/notes", "text", " ").has(400, "Nothing is written")
	agent.post(path+"/notes", "text", strings.Repeat("x", maxNote+1)).has(422, "at most 2,000 fit")
	agent.post(path+"/notes", "text", "<script>alert(1)</script>").goes(path + "#notes")
	agent.post(path+"/corrections", "text", "This was a sale.").goes(path + "#requests")
	s.as(auth.Lead).get(path).has(200, "&lt;script&gt;", "Ana Anić", "This was a sale.", "open").lacks("<script>alert")
	open, err := s.State.Corrections().FindCorrections(t.Context(), store.CorrectionOpen, "")
	require.NoError(t, err)
	require.Len(t, open, 1)
	require.Equal(t, "Ana", open[0].Agent)
	require.Equal(t, "East", open[0].Team)
}

// Agents who are called by a number are found by it.
func TestCallsOfNumericAgents(t *testing.T) {
	s := newSite(t)
	s.imports("people", "more.csv", ingesttest.RosterMapping, "agent,extension,team\n2017,105,West\n")
	s.imports("pbx", "more.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n10,2026-11-20 15:00:00,105,+385911111110,Solar,no answer,0\n")
	s.as(auth.Manager).get("/calls?q=2017&period=2026-11").has(200, "385911111110").lacks("385911111109")
}

// A file holds all rows of a listing, however many there are.
func TestLongListingInFiles(t *testing.T) {
	s := newSite(t)
	var rows strings.Builder
	rows.WriteString("id,started,ext,phone,campaign,disposition,talk\n")
	const many = 100_010
	for i := range many {
		fmt.Fprintf(&rows, "m%d,2026-10-05 09:00:00,101,+3859%08d,Solar,no answer,0\n", i, i)
	}
	s.imports("pbx", "many.csv", callsMapping, rows.String())
	a := s.as(auth.Manager).get("/kpi/calls/rows/export?period=2026-10").has(200)
	require.Equal(t, many+1, strings.Count(a.body, "\n"))
	entries, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.Exported)})
	require.NoError(t, err)
	require.EqualValues(t, many, entries[0].Detail["rows"])
}

func TestLeadsToActOn(t *testing.T) {
	s := newSite(t)
	for _, l := range leadLists {
		s.as(auth.Agent).get("/leads?show="+l.name).has(200, "Callbacks due today").lacks("/leads/export")
		s.as(auth.Manager).get("/leads/export?show="+l.name).has(200, "input,line")
	}
}

func TestExports(t *testing.T) {
	s := newSite(t)
	s.imports("pbx", "hostile.csv", callsMapping, `id,started,ext,phone,campaign,disposition,talk
"=cmd|' /C calc'!A0",2026-11-21 09:00:00,101,+385911111199,"@SUM(1)",sale,60
`)
	b := s.as(auth.Manager)
	a := b.get("/kpi/calls/rows/export?period=2026-11&format=csv-spreadsheet").has(200, `"'=cmd|`, `"'@SUM(1)"`, `"'+385911111199"`)
	require.Equal(t, "10", a.header.Get("X-Total-Count"))
	require.Contains(t, a.header.Get("Content-Disposition"), "attachment; filename=calls-20261122-1300.csv")
	b.get("/kpi/calls/rows/export?period=2026-11").has(200, "\n2,2,", "@SUM(1)").lacks("'@SUM")
	require.True(t, strings.HasPrefix(b.get("/kpi/calls/export?period=2026-11&by=team&format=xlsx").has(200).body, "PK"))
	b.get("/kpi/calls/export?period=2026-11&by=team").has(200, "team,calls", "East,5", "West,4")
	b.get("/explore/export?kpi=calls,reach_rate&by=agent&period=2026-11").has(200, "agent,calls,", "Ana,3,")
	b.get("/calls/export?q=7").has(200, "+385911111107").lacks("+385911111108")
	b.get("/kpi/calls/export?format=pdf").has(400, "There is no file format")
	b.get("/kpi/calls/export?format=csv-spreadsheet&sep=x").has(400, "separator")
	s.as(auth.Lead).get("/kpi/calls/rows/export?period=2026-11").has(200, "Boris").lacks("Cvita")
	s.as(auth.Agent).get("/kpi/calls/export").has(403)
	s.as(auth.QA).get("/calls/export").has(403)
	entries, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.Exported)})
	require.NoError(t, err)
	require.NotEmpty(t, entries)
}
