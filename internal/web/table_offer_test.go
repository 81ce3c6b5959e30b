package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/morning"
)

// offeredElsewhere are the tables whose files are offered at the head of their
// page, each with what the link there begins with, and those that are in no
// file, each with the reason.
var offeredElsewhere = []struct{ page, table, link, why string }{
	{"/kpi/", "*", "/export?", ""},
	{"/explore", "*", "/explore/export?", ""},
	{"/catalogue", "*", "table=kpis", ""},
	{"/settings/dispositions", "*", "table=dispositions", ""},
	{"/catalogue/", "What a formula can use", "", "a legend of the form"},
	{"/mail/preview", "*", "", "a letter as it is sent; its numbers are those of pages"},
	{"/design", "*", "", "examples of components"},
	{"/imports/draft/", "*", "", "a form, and a preview of what it would make"},
	{"/goals/1/split", "Parts", "", "a form; once kept, its parts are the goal's"},
}

// Every table of every page there is, as an admin sees it, can be had in files:
// beside it, or as the list above says. What is offered is there.
func TestEveryTableIsOfferedInFiles(t *testing.T) {
	s, draft := fullSite(t)
	b := s.as(auth.Admin)
	used, seen := map[int]bool{}, map[string]bool{}
	for _, path := range append(append(allPages(s), draft), fullPages...) {
		a := b.get(path).follow(b)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			continue
		}
		doc, err := html.Parse(strings.NewReader(a.body))
		require.NoError(t, err)
		all := fileLinks(doc)
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode || n.Data != "table" || len(linksBeside(n)) > 0 {
				continue
			}
			if i := elsewhere(path, n); i < 0 {
				t.Errorf("%s: the table %q is in no file", path, nameOfTable(n))
			} else if link := offeredElsewhere[i].link; !slices.ContainsFunc(all, func(to string) bool { return strings.Contains(to, link) }) && link != "" {
				t.Errorf("%s: the table %q has no %s at the head of its page: %v", path, nameOfTable(n), link, all)
			} else {
				used[i] = true
			}
		}
		for _, to := range all {
			if strings.Contains(to, "format=csv") && !strings.Contains(to, "csv-") && !seen[to] {
				seen[to] = true
				file := b.get(to)
				require.Equal(t, http.StatusOK, file.status, "%s: %s", path, to)
				require.Contains(t, file.header.Get("Content-Disposition"), "attachment", to)
			}
		}
	}
	for i, x := range offeredElsewhere {
		require.True(t, used[i], "no table of %s is as its line %v says", x.page, x)
	}
	for _, table := range []string{"sessions", "tokens", "mails", "sources", "spellings", "watched", "own", "children", "card", "ahead"} {
		require.True(t, slices.ContainsFunc(sortedKeys(seen), func(to string) bool { return strings.Contains(to, "table="+table) }), "%s is offered nowhere", table)
	}
}

// fullPages are pages beside the plain one of each route that hold tables of
// what fullSite has.
var fullPages = slices.Concat(renderedStates, []string{"/goals/2", "/scorecard?by=agent&who=Ana", "/plan?chain=sales+%3C-+calls&target=50&days=21", "/catalogue/own/reached_share"})

// fullSite is a site of which every list has something in it; draft is the page
// of an upload that waits for its mapping.
func fullSite(t *testing.T) (s *site, draft string) {
	s, _ = newMailSite(t)
	defines(s)
	s.WatchRoot = t.TempDir()
	admin, manager := s.as(auth.Admin), s.as(auth.Manager)
	admin.post("/account/tokens", "name", "warehouse", "role", "manager", "expires", "30").has(200)
	admin.post("/imports/watch", "folder", ".", "source", "pbx").goes("/imports/watch")
	manager.post("/goals/new", "text", "20 calls this month")
	manager.post("/goals/1/split", "to", "both", "way", "equal").goes("/goals/1?done=split")
	claimed, err := s.State.Mails().ClaimMail(t.Context(), s.ids[auth.Manager], morning.Kind, facts.DayOf(s.clock.Now().Date()), 0, s.clock.Now())
	require.NoError(t, err)
	require.True(t, claimed)
	return s, admin.uploads(auth.CSRFToken(admin.secret), "more.csv", callsFile).location()
}

// elsewhere gives the line of offeredElsewhere that a table is under.
func elsewhere(path string, table *html.Node) int {
	return slices.IndexFunc(offeredElsewhere, func(x struct{ page, table, link, why string }) bool {
		exact, _, _ := strings.Cut(path, "?")
		fits := exact == x.page || strings.HasSuffix(x.page, "/") && strings.HasPrefix(exact, x.page)
		return fits && (x.table == "*" || x.table == nameOfTable(table))
	})
}

// nameOfTable is the caption of a table, else the label of what it scrolls in.
func nameOfTable(table *html.Node) string {
	for n := range table.Descendants() {
		if n.Data == "caption" && n.FirstChild != nil {
			return strings.TrimSpace(n.FirstChild.Data)
		}
	}
	return attribute(table.Parent, "aria-label")
}

// linksBeside are the links to files in the smallest part of the page that holds
// the table and any.
func linksBeside(table *html.Node) []string {
	for n := table.Parent; n != nil && n.Data != "main"; n = n.Parent {
		if links := fileLinks(n); len(links) > 0 {
			return links
		}
	}
	return nil
}

func fileLinks(part *html.Node) (links []string) {
	for n := range part.Descendants() {
		if n.Data == "a" && strings.Contains(attribute(n, "href"), "format=") {
			links = append(links, attribute(n, "href"))
		}
	}
	return links
}
