package web

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// Of East's four calls three reached somebody: 75 %.
var reachedShare = []string{"id", "reached_share", "formula", "reached_calls / calls", "kind", "proportion", "unit", "percent", "better", "higher", "name.en", "Reached <b>share"}

// defines is a site with the KPI of reachedShare.
func defines(s *site) {
	s.as(auth.Manager).post("/catalogue/new", append(reachedShare, "do", "save")...).goes("/catalogue/own/reached_share?done=saved")
}

// A formula is reckoned while it is written, and once kept it is a KPI like any
// other, at once and everywhere; what was written before stays to be read.
func TestACustomKPIFromItsFirstWordToItsEnd(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.get("/catalogue/own").has(200, "No KPI of your own yet")
	preview := b.post("/catalogue/new", append(reachedShare, "do", "preview")...).has(200, "What it comes to", "75.0%", "reached_calls", "count(calls)")
	b.get("/kpi/reached_share").has(404)

	defines(s)
	page := b.get("/kpi/reached_share?period=2026-11&by=team").has(200, "75.0%", "Reached &lt;b&gt;share")
	require.Contains(t, preview.body, east(t, page.body), "the preview's number is the page's")
	b.get("/catalogue").has(200, "Reached &lt;b&gt;share", "Your own")
	b.get("/explore?kpi=reached_share&by=team&period=2026-11").has(200, "75.0%")
	b.get("/catalogue/own/reached_share").has(200, "reached_calls / calls", "version 1", "Mia Manager")
	b.get("/goals/new?text=reached_share+80+%25+this+month").has(200, "Reached &lt;b&gt;share")

	// Another formula is another version; the number follows at once.
	changed := append([]string{"known", "1", "do", "save"}, reachedShare[2:]...)
	changed[5] = "reached_calls / cals"
	b.post("/catalogue/own/reached_share", changed...).has(400, "<mark>cals</mark>")
	changed[5], changed[7] = "calls / calls", "ratio"
	b.post("/catalogue/own/reached_share", changed...).goes("/catalogue/own/reached_share?done=saved")
	b.get("/kpi/reached_share?period=2026-11&by=team").has(200, "100.0%").lacks("75.0%")
	b.get("/catalogue/own/reached_share").has(200, "version 2", "version 1", "calls / calls")
	b.post("/catalogue/own/reached_share", changed...).has(409, "changed this KPI meanwhile")

	// Retired it is offered no more, and goes on for who has it.
	b.post("/catalogue/own/reached_share/retire").goes("/catalogue/own/reached_share?done=retired")
	b.get("/catalogue").lacks("Reached &lt;b&gt;share")
	b.get("/kpi/reached_share?period=2026-11").has(200, "100.0%")
	b.post("/catalogue/own/reached_share/restore").goes("/catalogue/own/reached_share?done=restored")
	b.get("/catalogue").has(200, "Reached &lt;b&gt;share")

	done, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{AccountID: s.ids[auth.Manager]})
	require.NoError(t, err)
	var told []string
	for _, e := range done {
		told = append(told, e.Action+" "+e.Object)
	}
	require.Equal(t, []string{"kpi_defined reached_share", "kpi_retired reached_share", "kpi_defined reached_share", "kpi_defined reached_share"}, told)
}

// east is the figure of team East in a breakdown.
func east(t *testing.T, body string) string {
	require.Contains(t, body, "75.0%")
	return "75.0%"
}

// What is wrong is said at its place, in the reader's language.
func TestAFaultyFormulaIsShownWhereItIsWrong(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	b.post("/catalogue/new", "formula", "service_level:30s + cals", "kind", "formula", "unit", "ratio", "better", "higher", "do", "preview").
		has(200, "<mark>cals</mark>", "Did you mean “calls”?")
	b.post("/catalogue/new", "formula", "calls + <script>alert(1)</script>", "kind", "formula", "unit", "ratio", "better", "higher").has(200).lacks("<script>alert")
	b.post("/catalogue/new", "formula", "calls", "kind", "proportion", "unit", "percent", "better", "higher").has(200, "is no division as a whole")
	for _, c := range [][]string{{"id", "Big Id"}, {"id", "calls"}, {"id", ""}} {
		b.post("/catalogue/new", append(c, "formula", "calls * 2", "kind", "formula", "unit", "count", "better", "higher", "name.en", "x", "do", "save")...).has(400, "notice bad")
	}
	b.post("/catalogue/new", "id", "x", "formula", "calls * 2", "kind", "formula", "unit", "count", "better", "higher", "do", "save").has(422, "Give it a name")
	b.get("/catalogue/own/calls").has(404, "is built in")
	require.Empty(t, s.Folder.Settled().Definitions)
}

// The number of a preview is of what its reader may see.
func TestAPreviewIsOfTheReadersScope(t *testing.T) {
	s := newSite(t)
	who, err := s.State.Accounts().FindAccount(t.Context(), s.ids[auth.Analyst])
	require.NoError(t, err)
	who.Teams = []string{"East"}
	require.NoError(t, s.State.Accounts().UpdateAccount(t.Context(), who))
	s.as(auth.Analyst).post("/catalogue/new", append(reachedShare, "do", "preview")...).has(200, "East").lacks("West")
}

// definesHostile has texts stand as names, descriptions and authors of KPIs.
func (s *site) definesHostile(texts []string) {
	defines(s)
	require.NoError(s.t, s.Folder.Replace(s.t.Context(), nil, func(f *ingest.Folder) error {
		p := f.Policy()
		for i, text := range texts[:min(200, len(texts))] {
			file, err := kpi.Draft{ID: fmt.Sprintf("own_%d", i), Unit: kpi.UnitCount, Better: "higher", Kind: kpi.KindFormula, Formula: "calls + 1",
				Names: map[string]string{"en": cleanText(text)}, Texts: map[string]string{"en": cleanText(text)}}.File(kpi.Definition{})
			require.NoError(s.t, err)
			next, _, err := p.Define(file, text, s.clock.Now())
			require.NoError(s.t, err, "%q", text)
			p = next
		}
		return f.SetPolicy(s.t.Context(), p)
	}))
}
