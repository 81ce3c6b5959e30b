package web

import (
	"encoding/csv"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
)

// tables are those of the pages, each with the rows that its files have beside
// their head: 0 where that hangs on the clock.
var tables = []struct {
	page, id string
	rows     int
}{
	{"/agents?period=2026-11", "teams", 3},
	{"/agents?period=2026-11", "agents", 5},
	{"/teams/East?period=2026-11", "agents", 2},
	{"/agents/Ana?period=2026-11", "beside", 0},
	{"/campaigns?period=2026-11", "campaigns", 2},
	{"/campaigns?period=2026-11", "worked", 0},
	{"/today?day=2026-11-20", "today-agent", 0},
	{"/funnel?by=team&period=2026-11", "stages", 2},
	{"/kpi/calls?period=2026-11", "trend-table", 3},
	{"/explore?as=bar&kpi=calls&by=team&period=2026-11", "table-0", 3},
	{"/goals", "companys", 1},
	{"/corrections", "corrections", 1},
	{"/settings/accounts", "accounts", 6},
	{"/settings/teams", "roster", 4},
	{"/settings/audit", "audit", 0},
}

var fileLink = regexp.MustCompile(`href="([^"]*(?:[?&]|&amp;)table=[^"]*)"`)

func TestTablesInFiles(t *testing.T) {
	s := newSite(t)
	s.as(auth.Agent).post("/me/corrections", "subject", "=HYPERLINK(1)", "text", "=1+1").goes("/me#requests")
	s.as(auth.Manager).post("/goals/new", "text", "500 calls this month")
	b := s.as(auth.Admin)
	for _, x := range tables {
		t.Run(x.page+" "+x.id, func(t *testing.T) {
			links := map[string]string{}
			for _, m := range fileLink.FindAllStringSubmatch(b.get(x.page).has(200).body, -1) {
				u, err := url.Parse(html.UnescapeString(m[1]))
				require.NoError(t, err)
				if u.Query().Get("table") == x.id {
					links[u.Query().Get("format")] = u.String()
				}
			}
			require.Len(t, links, 3)
			for format, to := range links {
				require.Positive(t, fileRows(t, b.get(to), format, x.id, x.rows), to)
			}
		})
	}
	b.get("/agents?period=2026-11&table=nothing").has(404, "no table “nothing”")
	b.get("/agents?period=2026-11&table=agents&format=pdf").has(400)
	require.Contains(t, b.get("/corrections?table=corrections&format=csv-spreadsheet").body, `"'=1+1"`)
	b.get("/settings/audit").has(200, "Exported")
	// Who may not export is offered nothing, and gets nothing by asking.
	for _, role := range []auth.Role{auth.Agent, auth.QA} {
		require.Empty(t, fileLink.FindString(s.as(role).get("/funnel?by=team&period=2026-11").has(200).body))
		s.as(role).get("/funnel?by=team&period=2026-11&table=stages").has(403)
	}
	// A file holds what its reader may see.
	lead := s.as(auth.Lead).get("/agents?period=2026-11&table=agents").has(200, "Ana", "Boris")
	lead.lacks("Cvita", "Dino")
}

// fileRows checks a file, and counts its rows without the head.
func fileRows(t *testing.T, a *answer, format, id string, want int) int {
	t.Helper()
	a.has(200)
	_, about, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(about["filename"], id+"-"), about["filename"])
	var rows [][]string
	if format == "xlsx" {
		book, err := excelize.OpenReader(strings.NewReader(a.body))
		require.NoError(t, err)
		rows, err = book.GetRows(book.GetSheetList()[0])
		require.NoError(t, err)
		require.NoError(t, book.Close())
	} else {
		rows, err = csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\uFEFF"))).ReadAll()
		require.NoError(t, err)
	}
	if want > 0 {
		require.Len(t, rows, want+1, "%s %s: %v", id, format, rows)
	}
	return len(rows) - 1
}
