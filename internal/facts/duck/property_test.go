package duck

import (
	"context"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/facts"
)

// drawRows makes rows of a few ids, leads, phones and agents, so that they
// meet. A record has one content per version, as in the real world.
func drawRows(t *rapid.T) []string {
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	moment := func(label string) string {
		day := fmt.Sprintf("2026-01-%02d", rapid.IntRange(1, 9).Draw(t, label+" day"))
		return pick(label, "", day, day, day+" 09:00", day+" 12:00", day+" 15:00")
	}
	lead := func() string { return pick("lead", "", "L1", "L2") + " | " + pick("phone", "", "+1", "+2", "+3") }
	agent := func() string { return pick("agent", "", "ana", "ivo", "101") }
	var rows []string
	for range rapid.IntRange(1, 12).Draw(t, "rows") {
		id := fmt.Sprintf("%d | %d", rapid.IntRange(1, 5).Draw(t, "id"), rapid.IntRange(1, 1000).Draw(t, "version"))
		var row string
		switch pick("fact", "calls", "calls", "leads", "lead_stages", "orders", "activities", "callbacks", "roster", "rates") {
		case "calls":
			row = fmt.Sprintf("calls: id | v | lead_ref | phone | started | agent_alias | outcome | reached | contacted | direction\n%s | %s | %s | %s | %s | %s | %s | %s", id, lead(),
				moment("started"), agent(), pick("outcome", "sale", "lost", "no_answer", "appointment", "wrong_number"),
				pick("reached", "yes", "no"), pick("contacted", "yes", "no"), pick("direction", "inbound", "outbound"))
		case "leads":
			row = fmt.Sprintf("leads: id | v | lead_ref | phone | created | agent_alias | phones\n%s | %s | %s | %s | %s", id, lead(), moment("created"), agent(), pick("phones", "", "+2", "+3 +1"))
		case "lead_stages":
			row = fmt.Sprintf("lead_stages: id | v | lead_ref | phone | reached | agent_alias | stage\n%s | %s | %s | %s | %s", id, lead(), moment("reached"), agent(), pick("stage", "new", "contacted", "qualified", "won", "lost"))
		case "orders":
			row = fmt.Sprintf("orders: id | v | lead_ref | phone | placed | agent_alias | cancelled | amount | currency\n%s | %s | %s | %s | %s | 10.5 | %s", id, lead(), moment("placed"), agent(), pick("cancelled", "", "2026-01-05"), pick("currency", "", "EUR", "USD"))
		case "activities":
			row = fmt.Sprintf("activities: id | v | lead_ref | phone | done\n%s | %s | %s", id, lead(), moment("done"))
		case "callbacks":
			row = fmt.Sprintf("callbacks: id | v | lead_ref | phone | due\n%s | %s | %s", id, lead(), moment("due"))
		case "roster":
			row = fmt.Sprintf("roster: id | v | agent_alias | team | alias | from_day\n%s | %s | %s | %s | %s", id, pick("who", "ana", "ivo", "kim"), pick("team", "", "East", "West"), pick("alias", "", "101"), pick("from", "", "2026-01-04"))
		case "rates":
			row = fmt.Sprintf("rates: id | v | quoted | from_currency | to_currency | rate\n%s | %s | USD | EUR | %d", id, moment("quoted"), rapid.IntRange(1, 3).Draw(t, "rate"))
		}
		rows = append(rows, row)
	}
	return rows
}

// TestFactsAreAFunctionOfTheRecords applies records in some order and some
// batches, deriving now and then, and compares with deriving everything anew,
// and with the same records in another order in one batch.
func TestFactsAreAFunctionOfTheRecords(t *testing.T) {
	ctx := context.Background()
	open := func(name string) *Store {
		s, err := Open(filepath.Join(t.TempDir(), name), "test", testSettings, testOptions)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	live, other := open("live"), open("other")
	left := 25 // each costs a second; -rapid.checks=1000 lifts the limit
	if flag.Lookup("rapid.checks").Value.String() != "100" {
		left = math.MaxInt
	}
	rapid.Check(t, func(t *rapid.T) {
		if left--; left < 0 {
			return
		}
		require.NoError(t, live.empty(ctx))
		require.NoError(t, other.empty(ctx))
		live.perSlice = rapid.SampledFrom([]int64{1, leadsPerSlice}).Draw(t, "leads a slice")
		// One content a version: of two records of one key and version the first is taken.
		versions := map[string]bool{}
		var rows []string
		for _, row := range drawRows(t) {
			head, fields, _ := strings.Cut(row, "\n")
			id := strings.Split(fields, "|")
			key := head + id[0] + id[1]
			if !versions[key] {
				versions[key] = true
				rows = append(rows, row)
			}
		}
		apply := func(s *Store, input int, text string) {
			_, err := s.Apply(ctx, facts.Application{Input: input, Stream: input, Source: "s", Batch: batchOf(t, "s", text), Position: facts.Position{Offset: 1}})
			require.NoError(t, err)
		}
		for i, row := range rows {
			apply(live, i+1, row)
			if rapid.Bool().Draw(t, "derive") {
				require.NoError(t, live.Derive(ctx))
			}
		}
		require.NoError(t, live.Derive(ctx))
		require.Zero(t, wrongKeys(t, live))
		step, err := live.Dump(ctx)
		require.NoError(t, err)

		for _, flag := range []string{dirtyAll, dirtyRoster, dirtyMoney} {
			require.NoError(t, live.raise(ctx, flag))
		}
		require.NoError(t, live.Derive(ctx))
		whole, err := live.Dump(ctx)
		require.NoError(t, err)
		require.Equal(t, whole, step, "deriving step by step")

		apply(other, 1, strings.Join(rapid.Permutation(rows).Draw(t, "order"), "\n"))
		require.NoError(t, other.Derive(ctx))
		atOnce, err := other.Dump(ctx)
		require.NoError(t, err)
		require.Equal(t, whole, atOnce, "another order, all at once")
	})
}

// empty takes everything out of a file but its change log: opening another for
// every check would cost most of the test.
func (s *Store) empty(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.inTransaction(ctx, func() error {
		s.touched.everything = true
		for _, t := range facts.Tables {
			if err := s.exec(ctx, "DELETE FROM "+t.Name); err != nil {
				return err
			}
		}
		for _, t := range []string{"records", "parts", "source_facts", "streams", "inputs", "tails", "tail_counts", "dirty_leads",
			"dirty_phones", "lead_phones", "team_spans", "replaced"} {
			if err := s.exec(ctx, "DELETE FROM "+t); err != nil {
				return err
			}
		}
		return s.exec(ctx, "DELETE FROM meta WHERE key LIKE 'dirty_%'")
	})
	if err != nil {
		return fmt.Errorf("reset the facts: %w", err)
	}
	return s.load(ctx)
}
