package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/store"
)

// hugeMapping is callsMapping with a list of leads to each call.
var hugeMapping = strings.Replace(callsMapping, "    campaign: campaign\n", "    campaign: campaign\n    queue: list\n", 1)

// hugeLeads are leads of lists, so that campaigns have lists.
const hugeLeads = `{version: 1, key: id, facts: {leads: {lead: id, created: created, phone: phone, campaign: campaign, list: list}}}`

// hugeCompany has 2,000 agents in 40 teams, 2,000 campaigns with as many lists,
// 40,000 calls, and of everything that people write more than a page can hold.
func hugeCompany(t *testing.T) *site {
	s, _ := newMailSite(t)
	roster, calls, leads := &strings.Builder{}, &strings.Builder{}, &strings.Builder{}
	roster.WriteString("agent,extension,team\n")
	for i := range 2000 {
		fmt.Fprintf(roster, "Agent %04d,%d,Team %02d\n", i, 10_000+i, i/50)
	}
	calls.WriteString("id,started,ext,phone,campaign,disposition,talk,list\n")
	leads.WriteString("id,created,phone,campaign,list\n")
	outcomes := []string{"no answer", "appointment", "not interested", "sale", "no answer"}
	start := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for i := range 40_000 {
		at := start.AddDate(0, 0, i%21).Add(time.Duration(i%540) * time.Minute)
		fmt.Fprintf(calls, "h%d,%s,%d,+3859%08d,Campaign %04d,%s,%d,Queue %04d\n", i, at.Format(time.DateTime), 10_000+i*7%2000, i/2, i*13%2000, outcomes[i*i%5], i%300, i*11%2000)
		if i%2 == 0 {
			fmt.Fprintf(leads, "L%d,%s,+3859%08d,Campaign %04d,List %04d\n", i/2, start.Format(time.DateTime), i/2, i/2%2000, i/2%2000)
		}
	}
	s.imports("people", "huge.csv", ingesttest.RosterMapping, roster.String())
	s.imports("crm", "huge-leads.csv", hugeLeads, leads.String())
	s.imports("pbx", "huge-calls.csv", hugeMapping, calls.String())
	require.NoError(t, s.State.Update(t.Context(), func(tx store.State) error {
		for i := range 500 {
			_, err := tx.Corrections().CreateCorrection(t.Context(), store.Correction{Subject: fmt.Sprintf("call:pbx/h%d", i), Agent: fmt.Sprintf("Agent %04d", i), Team: "Team 01",
				Text: fmt.Sprintf("The customer of call h%d bought; the disposition is wrong.", i), AuthorID: s.ids[auth.Agent], CreatedAt: s.clock.Now()})
			if err != nil {
				return err
			}
		}
		for i := range 300 {
			p := store.Account{Login: fmt.Sprintf("seat%d@adria.example", i), Name: fmt.Sprintf("Seat %d of many", i), Role: string(auth.Agent), Agent: fmt.Sprintf("Agent %04d", i), Language: "en",
				CreatedAt: s.clock.Now(), PasswordAt: s.clock.Now(), Password: cheapHash()}
			if _, err := tx.Accounts().CreateAccount(t.Context(), p); err != nil {
				return err
			}
		}
		return nil
	}))
	s.as(auth.Manager).post("/goals/new", "text", "50000 calls this month").has(303)
	return s
}

// paged are the tables of the huge company that are longer than a page: where
// they are, their id, how many rows they have, and what their first number
// adds up to (0: it has none that does).
var paged = []struct {
	path, id   string
	rows, adds int
}{
	{"/campaigns?period=2026-11", "campaigns", 2002, 40_009},
	{"/campaigns?period=2026-11&campaigns.sort=-calls", "campaigns", 2002, 40_009},
	{"/campaigns?period=2026-11", "worked", 2002, 0},
	{"/campaigns?period=2026-11", "lists", 2000, 0},
	{"/agents?period=2026-11", "agents", 2005, 40_009},
	{"/today?day=2026-11-20", "today-agent", 2002, 0},
	{"/funnel?by=agent&period=2026-11", "stages", 2005, 0},
	{"/kpi/calls?by=campaign&period=2026-11", "parts", 2002, 40_009},
	{"/explore?kpi=calls&by=agent&period=2026-11", "answer", 2005, 40_009},
	{"/explore?kpi=calls&by=agent&as=bar&period=2026-11", "table-0", 2005, 40_009},
	{"/explore?kpi=calls&by=agent&then=day&as=heat&period=2026-11", "heat-0", 2005, 0},
	{"/corrections", "open", 500, 0},
	{"/settings/teams", "roster", 2004, 0},
	{"/settings/accounts", "accounts", 306, 0},
}

// ofAll is how a pager says where it is.
var ofAll = regexp.MustCompile(`^([\d,]+)–([\d,]+) of ([\d,]+)$`)

// No page of the huge company is large, and none hides what it leaves out: page
// after page, a table is whole.
func TestHugePages(t *testing.T) {
	s := hugeCompany(t)
	b := s.as(auth.Admin)
	t.Run("size", func(t *testing.T) {
		for _, path := range append(allPages(s), renderedStates...) {
			if a := b.get(path).follow(b); len(a.body) > mostPageBytes {
				t.Errorf("%s: %d bytes", path, len(a.body))
			}
		}
	})
	for _, p := range paged {
		t.Run(p.path+" "+p.id, func(t *testing.T) { wholeTable(t, b, p.path, p.id, p.rows, p.adds) })
	}
	t.Run("find", func(t *testing.T) {
		b.get("/agents?period=2026-11&agents.find=agent+0007").has(200, "Agent 0007", "1–1 of 1").lacks("Agent 0008")
		b.get("/campaigns?period=2026-11&campaigns.find=%DB%B0%DB%B0%DB%B1%DB%B3").has(200, "Campaign 0013") // Persian digits
		b.get("/agents?period=2026-11&agents.find=nobody").has(200, "Nothing fits “nobody”.")
		b.get("/agents?period=2026-11&agents.page=99999").has(200, "2,001–2,005 of 2,005")
		b.get("/agents?period=2026-11&agents.page=-1").has(200, "1–50 of 2,005")
	})
	t.Run("names", func(t *testing.T) { offersNames(t, b) })
	t.Run("files", func(t *testing.T) {
		for _, p := range paged {
			if p.id == "answer" || strings.HasPrefix(p.id, "heat") || p.id == "parts" {
				continue // saved by addresses of their own
			}
			id := p.id
			if id == "open" {
				id = "corrections"
			}
			path, sign := p.path, "&"
			if !strings.Contains(path, "?") {
				sign = "?"
			}
			a := b.get(path + sign + "table=" + id + "&format=csv").has(200)
			lines, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
			require.NoError(t, err, path)
			require.Len(t, lines, p.rows+1, "%s %s", path, id)
		}
	})
}

// wholeTable goes through a table page by page.
func wholeTable(t *testing.T, b *browser, path, id string, rows, adds int) {
	seen, sum := map[string]bool{}, 0
	for pages := 0; path != ""; pages++ {
		require.Less(t, pages, 100)
		part := pageOfTable(t, b.get(path).has(200).body, id)
		require.Equal(t, []int{len(seen) + 1, len(seen) + len(part.rows), rows}, part.where, path)
		for i, name := range part.rows {
			require.False(t, seen[name], "%s: %s twice", path, name)
			seen[name], sum = true, sum+part.numbers[i]
		}
		path = part.next
	}
	require.Len(t, seen, rows)
	if adds > 0 {
		require.Equal(t, adds, sum)
	}
}

// tablePart is a page of a table: what names its rows, their first numbers,
// "51–100 of 2,000", and the address of the next one.
type tablePart struct {
	rows    []string
	numbers []int
	where   []int
	next    string
}

// pageOfTable reads the table, or list, in front of a pager.
func pageOfTable(t *testing.T, body, id string) (out tablePart) {
	doc, err := html.Parse(strings.NewReader(body))
	require.NoError(t, err)
	var rows *html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "tbody" || n.Data == "ul" && attribute(n, "class") == "findings" {
			rows = n
		}
		if n.Data != "nav" || attribute(n, "id") != id+"-pages" {
			continue
		}
		for x := range n.Descendants() {
			if attribute(x, "rel") == "next" {
				out.next = attribute(x, "href")
			}
			if m := ofAll.FindStringSubmatch(x.Data); x.Type == html.TextNode && m != nil {
				for _, number := range m[1:] {
					out.where = append(out.where, integer(t, number))
				}
			}
		}
		for row := range rows.ChildNodes() {
			if row.Type == html.ElementNode {
				name, number := nameOfRow(row)
				out.rows, out.numbers = append(out.rows, name), append(out.numbers, number)
			}
		}
		return out
	}
	require.Fail(t, "no pages of "+id)
	return out
}

// textIn is the text of a node.
func textIn(n *html.Node) string {
	text := ""
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			text += x.Data + " "
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

// nameOfRow gives what names a row, and the number that follows.
func nameOfRow(row *html.Node) (name string, n int) {
	if row.Data == "li" {
		return textIn(row), 0
	}
	for c := range row.ChildNodes() {
		switch {
		case c.Data == "th":
			name = textIn(c)
		case c.Data == "td" && attribute(c, "class") == "num" && name != "":
			n, _ = strconv.Atoi(strings.ReplaceAll(textIn(c), ",", ""))
			return name, n
		}
	}
	return name, 0
}

func integer(t *testing.T, text string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	require.NoError(t, err)
	return n
}

// offersNames checks what fields with too many values for a list do.
func offersNames(t *testing.T, b *browser) {
	b.get("/kpi/calls?period=2026-11").has(200, `hx-get="/names/agent"`, `hx-get="/names/campaign"`, `<select class="select" id="filter-team"`).lacks("<option>Agent 0007")
	require.Equal(t, "<option value=\"Agent 0007\"></option>\n", b.get("/names/agent?agent=AGENT+0007").has(200).body)
	require.Equal(t, mostNames, strings.Count(b.get("/names/campaign?campaign=").has(200).body, "<option"))
	require.Empty(t, b.get("/names/campaign?campaign=nowhere").has(200).body)
	b.get("/names/outcome?outcome=s").has(404)
	// Without a script the form comes with what was typed: names that fit are shown.
	b.get("/kpi/calls?period=2026-11&campaign=0123").has(200, "You may mean:", "campaign=Campaign&#43;0123")
	b.get("/kpi/calls?period=2026-11&campaign=Campaign+0123").has(200).lacks("You may mean:")
	require.Equal(t, "<option value=\"seat77@adria.example\"></option>\n", b.get("/settings/names?account=Seat+77+of").has(200).body)
}

// allPages are addresses of all pages there are, one for each route.
func allPages(s *site) (at []string) {
	for _, r := range s.routes() {
		if method, pattern, _ := strings.Cut(r.pattern, " "); method == http.MethodGet && !strings.HasSuffix(pattern, "/export") && !strings.Contains(pattern, "/names") && !r.anyone {
			at = append(at, example(pattern))
		}
	}
	return at
}
