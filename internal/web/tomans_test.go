package web

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

const ordersMapping = `{version: 1, key: id, facts: {orders: {id: id, placed: placed, agent: ext, amount: amount}}}`

// By the organisation's setting people read and type tomans, ten rials each;
// programs get rials.
func TestTomansForPeopleAndRialsForPrograms(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	s.imports("pbx", "orders.csv", ordersMapping, "id,placed,ext,amount\no1,2026-11-20 10:00:00,101,120000000\n")
	settings := ingesttest.Adria
	settings.Currency = "IRR"
	require.NoError(t, s.Folder.Replace(ctx, nil, func(f *ingest.Folder) error { return f.SetSettings(ctx, settings) }))
	b := s.as(auth.Manager)
	page, book := "/kpi/revenue?period=2026-11&by=agent", "/kpi/revenue/export?period=2026-11&by=agent&format="
	b.get(page).has(200, "120,000,000 IRR").lacks("toman")
	require.NoError(t, s.State.Settings().UpdateSetting(ctx, OrganisationSetting, Organisation{Name: "Adria Test", Tomans: true}, "", s.clock.Now()))
	b.get(page).has(200, "12,000,000 toman").lacks("120,000,000")
	b.get("/kpi/revenue/rows?period=2026-11").has(200, "12,000,000.00 toman")
	b.get(book+"csv").has(200, "Ana,120000000").lacks("toman")
	b.get(book+"csv-spreadsheet").has(200, "12000000").lacks("120000000")

	// Of what has changed since, too.
	s.imports("pbx", "orders.csv", ordersMapping, "id,placed,ext,amount\no1,2026-11-20 10:00:00,101,110000000\n")
	b.get("/imports/4").has(200, "12,000,000 toman → 11,000,000 toman")
	s.imports("pbx", "orders.csv", ordersMapping, "id,placed,ext,amount\no1,2026-11-20 10:00:01,101,120000000\n")

	b.post("/goals/new", "text", "revenue 20 million this month").goes("/goals/1?done=set")
	g, err := s.State.Goals().FindGoal(ctx, "1")
	require.NoError(t, err)
	require.Equal(t, "200000000", g.Target.Value.Amount().String())
	b.get("/goals/1").has(200, "20,000,000 toman", "12,000,000 toman").lacks("200,000,000")

	// What is typed into the boxes of a split is tomans, too.
	split := []string{"to", "team", "way", "equal", "set.East/", "5000000"}
	b.get("/goals/1/split?to=team&way=equal&set.East%2F=5000000").has(200, `name="set.East/" value="5000000"`, "15,000,000 toman")
	b.post("/goals/1/split", split...).goes("/goals/1?done=split")
	for i, want := range []string{"50000000", "150000000"} {
		require.Equal(t, want, goalsOf(s)[1+i].Target.Value.String())
	}
	b.get("/goals/1").has(200, "5,000,000 toman", "15,000,000 toman")
	split[5] = "999999999999"
	b.post("/goals/1/split", split...).has(400, "999999999999")
	b.post("/goals/new", "text", "20 calls this month").goes("/goals/4?done=set")
	b.get("/goals/4/split?to=team&way=equal&lock=East%2F").has(200, `name="set.East/" value="10"`) // of calls there are no tomans
}
