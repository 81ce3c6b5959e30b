package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
	letters "github.com/callpace/callpace/internal/web/letter"
)

const hostileMapping = `version: 1
layout: {delimiter: ",", encoding: utf-8}
key: nr
facts:
  calls:
    id: id
    started: started
    direction: {value: outbound}
    channel: {value: phone}
    agent: agent
    phone: phone
    lead: lead
    campaign: campaign
    product: product
    list: list
    queue: queue
    script: script
    outcome: {column: disposition, map: {sale: sale, appointment: appointment, no answer: no_answer}}
    talk: talk
attributes: unmapped
`

const hostileLeads = `{version: 1, key: nr, facts: {leads: {lead: lead, created: created, phone: phone, list: list, campaign: campaign, agent: agent},
  callbacks: {id: nr, lead: lead, agent: agent, phone: phone, due: due, requested: created}}}`

// hostileSite is a company in which every name is one of the texts: a call for
// each text, whose fields are all of them in turn, and a few agents who call a
// lot, so that lists of the best and the worst, and mails, speak of them.
func hostileSite(t *testing.T, texts []string) *site {
	t.Helper()
	s, _ := newMailSite(t)
	at := func(i int) string { return texts[i%len(texts)] }
	key := func(i int) string { // what rows are ordered by must fit into the cursor of a page of them
		return strings.ToValidUTF8(at(i)[:min(len(at(i)), 900)], "")
	}
	roster := [][]string{{"agent", "extension", "team"}}
	calls := [][]string{strings.Split("nr,id,started,agent,phone,lead,campaign,product,list,queue,script,disposition,talk,note", ",")}
	leads := [][]string{strings.Split("nr,lead,created,phone,list,campaign,agent,due", ",")}
	for i := range texts {
		roster = append(roster, []string{key(i), "x" + key(i+1), at(i / 50)})
		day := time.Date(2026, 11, 1+i%22, 8+i%9, i%60, 0, 0, time.UTC)
		calls = append(calls, []string{fmt.Sprint(i), key(i), day.Format(time.DateTime), key(i + 1), at(i + 2), key(i + 3), at(i + 4), at(i + 5), at(i + 6), at(i + 7), at(i + 8), at(i + 9), "30", at(i + 10)})
		leads = append(leads, []string{fmt.Sprint(i), key(i + 3), day.Format(time.DateTime), at(i + 2), at(i + 6), at(i + 4), key(i + 1), "2026-11-23 10:00:00"})
	}
	outcomes := []string{"sale", "appointment", "no answer"}
	for i := range 40 * 40 {
		who := i % 40 * 7
		day := time.Date(2026, 11, 2+i%21, 8+i%9, i%60, 0, 0, time.UTC)
		calls = append(calls, []string{fmt.Sprint("b", i), fmt.Sprint("b", i), day.Format(time.DateTime), key(who), "", key(i), at(who % 11), at(who % 7), at(who % 5), at(who % 3), "", outcomes[i*i%(3+i%2)%3], fmt.Sprint(i % 300), ""})
	}
	s.imports("people", texts[3]+".csv", ingesttest.RosterMapping, csvText(t, roster))
	s.imports("dialler", texts[4]+".csv", hostileMapping, csvText(t, calls))
	s.imports("crm", texts[5]+".csv", hostileLeads, csvText(t, leads))
	for i := 0; i < len(texts); i += 400 { // names of attributes; a header with a NUL is refused
		head := []string{"nr", "id", "started", "agent", "phone", "lead", "campaign", "product", "list", "queue", "script", "disposition", "talk"}
		row := []string{fmt.Sprint("a", i), fmt.Sprint("a", i), "2026-10-05 10:00:00", "Ana", "", "", "", "", "", "", "", "sale", "5"}
		for j := i; j < i+400; j++ {
			head, row = append(head, strings.ReplaceAll(at(j), "\x00", "")), append(row, at(j+1))
		}
		s.imports("attributes", strings.Join(texts[i/10:i/10+20], " ")+".csv", hostileMapping, csvText(t, [][]string{head, row}))
	}
	return s
}

func csvText(t *testing.T, rows [][]string) string {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	require.NoError(t, w.WriteAll(rows))
	return out.String()
}

// writes has people write all the texts wherever people write.
func (s *site) writes(texts []string) {
	t, ctx, now := s.t, context.Background(), s.clock.Now()
	require.NoError(t, s.State.Update(ctx, func(tx store.State) error {
		for i, text := range texts {
			day := facts.DayOf(now.Date()) - int64(i%20)
			if _, err := tx.Annotations().CreateAnnotation(ctx, store.Annotation{FromDay: day, ToDay: day, Kind: "other", Text: text, Team: "", AuthorID: s.ids[auth.Manager], CreatedAt: now}); err != nil {
				return err
			}
			if _, err := tx.Notes().CreateNote(ctx, store.Note{Subject: "call:pbx/1", Text: text, AuthorID: s.ids[auth.Manager], CreatedAt: now}); err != nil {
				return err
			}
			if _, err := tx.Corrections().CreateCorrection(ctx, store.Correction{Subject: "call:pbx/1", Agent: text, Team: text, Text: text, AuthorID: s.ids[auth.Agent], CreatedAt: now}); err != nil {
				return err
			}
			if i%10 == 0 {
				if _, err := tx.Views().CreateView(ctx, store.View{OwnerID: s.ids[auth.Manager], Page: pageOfViews, Name: text, Query: text, Shared: true, UpdatedAt: now}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// hostilePages show what was imported and written.
var hostilePages = []string{"/", "/today", "/today?day=2026-11-20", "/me", "/me?agent=Ana", "/funnel", "/funnel?by=agent", "/funnel?by=campaign", "/campaigns", "/agents", "/corrections", "/leads", "/leads?show=callbacks", "/catalogue",
	"/kpi/calls", "/kpi/calls?by=agent", "/kpi/calls?by=team", "/kpi/calls?by=campaign", "/kpi/reach_rate?by=list&shrink=1", "/kpi/calls?by=outcome",
	"/explore?by=agent&kpi=calls", "/explore?as=heat&by=team&then=campaign", "/explore?as=bar&by=agent&then=team&kpi=calls", "/explore?as=line&by=team&kpi=calls", "/explore?as=scatter&kpi=calls,reach_rate&by=agent",
	"/kpi/calls/rows", "/calls", "/calls/pbx/1", "/imports", "/imports/new", "/imports/watch", "/imports/3", "/imports/4", "/imports/5", "/imports/6", "/inputs/4/rejects", "/inputs/4/withdraw", "/imports/sources/dialler", "/imports/sources/attributes",
	"/settings", "/settings/organisation", "/settings/roles", "/settings/focus", "/settings/accounts", "/settings/accounts/new", "/settings/teams", "/settings/dispositions", "/settings/mail", "/settings/audit", "/settings/erase",
	"/settings/calendar", "/goals", "/goals/new", "/plan", "/scorecard", "/account", "/mail/preview", "/kpi/calls/rows?period=2026-10", "/catalogue/own", "/catalogue/new", "/catalogue/settings/service_level", "/catalogue/own/reached_share", "/calls/attributes/a0", "/calls/attributes/a400", "/explore?by=attr.note&kpi=calls"}

func TestHostileTextsAreInert(t *testing.T) {
	texts := ingesttest.HostileTexts(2000)
	s := hostileSite(t, texts)
	s.writes(texts)
	s.definesHostile(texts)
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	admin, manager := s.as(auth.Admin), s.as(auth.Manager)

	t.Run("pages", func(t *testing.T) {
		for _, at := range hostilePages {
			a := admin.get(at).follow(admin)
			require.Less(t, a.status, 500, "%s: %s", at, a.body)
			a.inert(t)
		}
	})
	t.Run("rows", func(t *testing.T) {
		seen := 0
		for at := "/kpi/calls/rows?period=2026-11"; at != ""; seen++ {
			doc := inert(t, at, s.at(t, manager, at))
			at = ""
			for n := range doc.Descendants() {
				if rel, href := attribute(n, "rel"), attribute(n, "href"); rel == "next" {
					at = href
				}
			}
		}
		require.Greater(t, seen, 60)
	})
	t.Run("details", func(t *testing.T) {
		for i := 0; i < len(texts); i += 50 {
			at := []string{"/agents/", "/campaigns/", "/teams/", "/calls/dialler/"}[i/50%4] + url.PathEscape(texts[i])
			a := admin.get(at)
			require.Less(t, a.status, 500, "%s: %s", at, a.body)
			a.inert(t)
		}
	})
	t.Run("parameters", func(t *testing.T) {
		small, _ := newMailSite(t)
		hostileParameters(t, small, small.as(auth.Manager), texts)
	})
	t.Run("exports", func(t *testing.T) { hostileExports(t, s, manager, texts) })
	t.Run("mails", func(t *testing.T) { hostileMails(t, s, admin, texts) })
	_, _, err := s.State.Audit().VerifyAudit(t.Context())
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(log.String()), "\n") {
		require.True(t, line == "" || strings.HasPrefix(line, "time="), "a line of the log that a text made: %q", line)
	}
	require.NotContains(t, log.String(), "level=ERROR")
}

// at is a page that is there; what fails ends the subtest alone.
func (s *site) at(t *testing.T, b *browser, path string) string {
	t.Helper()
	a := b.get(path)
	require.Equal(t, http.StatusOK, a.status, "%.300s: %.2000s", a.asked, a.body)
	return a.body
}

// inert checks a page, or that what is none is saved to a file.
func (a *answer) inert(t *testing.T) {
	t.Helper()
	switch {
	case a.status/100 == 3:
	case strings.HasPrefix(a.header.Get("Content-Type"), "text/html"):
		inert(t, a.asked, a.body)
	default:
		require.True(t, strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment"), "%s: %v", a.asked, a.header)
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), a.asked)
	}
}

// follow goes where a page without its own address sends the browser.
func (a *answer) follow(b *browser) *answer {
	if to := a.header.Get("Location"); a.status == http.StatusSeeOther {
		return b.get(to)
	}
	return a
}

// hostileParameters puts texts in all places of addresses, while the
// organisation and the reader bear others as their names.
func hostileParameters(t *testing.T, s *site, b *browser, texts []string) {
	ctx := context.Background()
	at := []string{"/kpi/calls?period=%s", "/kpi/calls?from=%s&to=2026-11-20", "/kpi/calls?compare=%s", "/kpi/calls?by=%s", "/explore?kpi=calls&then=%s&by=team", "/explore?kpi=calls&sort=%s&by=team", "/explore?as=%s",
		"/explore?where=%s", "/kpi/calls/rows?cursor=%s", "/calls?q=%s", "/explore?view=%s", "/leads?show=%s", "/sign-in?lang=%s", "/kpi/calls/export?format=%s", "/kpi/calls/export?format=csv-spreadsheet&sep=%s", "/account?done=%s",
		"/today?day=%s", "/today?kpi=%s", "/explore?kpi=%s", "/kpi/calls?per=%s", "/goals/new?text=%s", "/goals/new?text=5+calls+this+month+agent%%3D%s", "/mail/preview?role=%s&speak=%s", "/me?agent=%s", "/funnel?by=%s", "/settings/audit?account=%s&action=%s",
		"/agents?sort=%s", "/campaigns?sort=%s", "/plan?period=%s", "/scorecard?period=%s", "/imports?cursor=%s", "/kpi/calls?annotation=%s", "/catalogue?q=%s", "/kpi/calls?period=2026-11&unknown=%s", "/explore?kpi=calls&by=attr.%s", "/api?x=%s", "/imports/sources/%s", "/kpi/%s", "/goals/%s", "/jobs/%s", "/imports/draft/%s", "/agents/%s", "/campaigns/%s", "/teams/%s", "/calls/pbx/%s", "/link/%s"}
	who, err := s.State.Accounts().FindAccount(ctx, s.ids[auth.Manager])
	require.NoError(t, err)
	for i := 0; i < len(texts); i += 2 { // each is a name, every other one in an address
		text := texts[i+i/2%2]
		who.Name = texts[i+1]
		require.NoError(t, s.State.Update(ctx, func(tx store.State) error {
			org := Organisation{Name: texts[i], RoleNames: map[string]string{string(auth.Manager): text}}
			return errors.Join(tx.Settings().UpdateSetting(ctx, OrganisationSetting, org, "", s.clock.Now()), tx.Accounts().UpdateAccount(ctx, who))
		}))
		to := strings.ReplaceAll(at[i/2%len(at)], "%%", "%")
		a := b.get(strings.ReplaceAll(to, "%s", strings.ReplaceAll(url.QueryEscape(text), "+", "%20")))
		require.Less(t, a.status, 500, "%s: %s", a.asked, a.body)
		for name, values := range a.header {
			for _, v := range values {
				require.NotContains(t, v, "\n", name)
			}
		}
		a.inert(t)
	}
}

// attribute is one of an element's, or "".
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// hostileFilters: a text as the value of a filter finds what has exactly that value.
func hostileFilters(t *testing.T, s *site, texts []string, column func(string) []string) {
	dims := []string{"agent", "campaign", "product", "list", "queue", "outcome", "source"}
	have := map[string]map[string]int{}
	for _, d := range dims {
		have[d] = map[string]int{}
		for _, v := range column(d) {
			have[d][v]++ // the reader of CSV makes one line end of two
		}
	}
	require.NoError(t, s.Folder.Read(func(f *ingest.Folder) error {
		asker := question.Asker{Settings: f.Settings(), Policy: f.Policy(), Scope: kpi.Everything(), Now: s.clock.Now()}
		for i, text := range texts {
			d := dims[i%len(dims)]
			q, _, err := asker.Query(question.Words{KPIs: []string{"calls"}, Where: []string{question.Equal(d, text)}, Period: "2026-11"})
			require.NoError(t, err, "%s %q", d, text)
			frame, err := f.Catalogue().Run(context.Background(), f.Store().Engine(), q)
			if len(text) > 2000 && err != nil { // longer than a condition may be
				require.ErrorContains(t, err, "kpi.expr.too_long")
				continue
			}
			require.NoError(t, err, "%s %q", d, text)
			got := 0
			if len(frame.Rows) > 0 {
				got = int(frame.Rows[0].Figures[0].Number)
			}
			require.Equal(t, have[d][strings.ReplaceAll(text, "\r\n", "\n")], got, "%s %q", d, text)
		}
		return nil
	}))
}

var plainNumber = regexp.MustCompile(`^-?[0-9][0-9.,:]*%?$`)

// unguarded tells whether a spreadsheet would take a cell for a formula.
func unguarded(cell string) bool {
	trimmed := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf) })
	return trimmed != "" && strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫−", []rune(trimmed)[0]) && !plainNumber.MatchString(cell)
}

// guardedFiles checks the files of a table for formulas, and gives its rows as
// programs get them.
func guardedFiles(t *testing.T, s *site, b *browser, at string) [][]string {
	t.Helper()
	to := at + map[bool]string{true: "&", false: "?"}[strings.Contains(at, "?")] + "format="
	plain, err := csv.NewReader(strings.NewReader(s.at(t, b, to+"csv"))).ReadAll()
	require.NoError(t, err, at)
	for _, sep := range []string{"comma", "semicolon", "tab"} {
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.at(t, b, to+"csv-spreadsheet&sep="+sep), "\uFEFF")))
		r.Comma, r.FieldsPerRecord = separators[sep], -1
		rows, err := r.ReadAll()
		require.NoError(t, err, at)
		require.GreaterOrEqual(t, len(rows), len(plain), at)
		for _, row := range rows {
			for _, cell := range row {
				require.False(t, unguarded(cell), "%s: %q", at, cell)
			}
		}
	}
	book, err := excelize.OpenReader(strings.NewReader(s.at(t, b, to+"xlsx")))
	require.NoError(t, err, at)
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		require.NoError(t, err, at)
		for y, row := range rows {
			for x := range row {
				name, _ := excelize.CoordinatesToCellName(x+1, y+1)
				formula, err := book.GetCellFormula(sheet, name)
				require.NoError(t, err)
				require.Empty(t, formula, "%s %s", at, name)
			}
		}
	}
	require.NoError(t, book.Close())
	return plain
}

func hostileExports(t *testing.T, s *site, b *browser, texts []string) {
	var head []string
	columns := map[string][]string{}
	for _, at := range []string{"/kpi/calls/rows/export?period=2026-11", "/kpi/calls/rows/export?period=2026-10", "/kpi/calls/export?by=agent&period=2026-11", "/kpi/calls/export?by=campaign&period=2026-11",
		"/explore/export?kpi=calls,reach_rate&by=agent&period=2026-11", "/explore/export?kpi=calls&by=attr.note&period=2026-11", "/calls/export?q=b", "/calls/export?period=2026-11", "/leads/export?show=callbacks", "/leads/export"} {
		plain := guardedFiles(t, s, b, at)
		if head == nil {
			head = plain[0]
			for _, row := range plain[1:] {
				for i, cell := range row {
					columns[head[i]] = append(columns[head[i]], cell)
				}
			}
		}
	}
	hostileFilters(t, s, texts, func(d string) []string { return columns[d] })
}

// hostileMails sends the morning's mail of organisations with such names.
func hostileMails(t *testing.T, s *site, admin *browser, texts []string) {
	ctx := context.Background()
	w := letters.Writer{Texts: s.Texts}
	for i, role := range auth.Roles() {
		a := admin.get("/mail/preview?role=" + string(role) + "&speak=" + []string{"en", "hr", "uk", "fa", "ro", "zh"}[i]).has(200)
		inert(t, a.asked, a.body)
	}
	require.NoError(t, s.Folder.Read(func(f *ingest.Folder) error {
		who, err := s.State.Accounts().FindAccount(ctx, s.ids[auth.Manager])
		require.NoError(t, err)
		l, _, err := s.Morning.Preview(ctx, who, func(fn func(kpi.Engine) error) error { return fn(f.Store().Engine()) })
		require.NoError(t, err)
		for _, text := range texts {
			m, err := w.Message(l, text, "https://callpace.example")
			require.NoError(t, err)
			require.NotContains(t, m.Subject, "\n")
			require.NotContains(t, m.Subject, "\r")
		}
		return nil
	}))
}
