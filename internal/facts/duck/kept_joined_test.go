package duck

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// TestKeptAnswersFollowWhatIsJoined puts questions about calls until their
// answers are kept, changes what is joined to the calls, and puts them again.
func TestKeptAnswersFollowWhatIsJoined(t *testing.T) {
	const (
		lead   = "leads: id | v | lead_ref | attr.region\nl1 | 2 | L1 | south"
		roster = "roster: id | v | agent_alias | team | attr.desk\nr1 | 2 | ana | East | new"
		call   = "calls: id | started | lead_ref | agent_alias\nc2 | 2026-01-02 | L1 | ana"
		won    = "lead_stages: id | lead_ref | stage | reached\ns1 | L1 | won | 2026-01-03"
	)
	for _, c := range []struct {
		what          string
		by            kpi.Expr
		writes        []string
		before, after string
	}{
		{"a lead alone", kpi.Attr{Owner: "lead", Name: "region"}, []string{lead}, "north: 1", "south: 1"},
		{"a lead, with a call", kpi.Attr{Owner: "lead", Name: "region"}, []string{lead + "\n" + call}, "north: 1", "south: 2"},
		{"a lead, then a call", kpi.Attr{Owner: "lead", Name: "region"}, []string{lead, call}, "north: 1", "south: 2"},
		{"the roster, with a call", kpi.Attr{Owner: "agent", Name: "desk"}, []string{roster + "\n" + call}, "old: 1", "new: 2"},
		{"the roster, then a call", kpi.Attr{Owner: "agent", Name: "desk"}, []string{roster, call}, "old: 1", "new: 2"},
		{"a story, and no call", kpi.Field{Table: facts.LeadStory, Name: "stage", Kind: facts.Text}, []string{won}, "new: 1", "won: 1"},
		{"a story, with a call", kpi.Field{Table: facts.LeadStory, Name: "stage", Kind: facts.Text}, []string{won + "\n" + call}, "new: 1", "won: 2"},
	} {
		t.Run(c.what, func(t *testing.T) {
			options := testOptions
			options.KeepMB = 1
			s, err := Open(filepath.Join(t.TempDir(), "facts"), "test", testSettings, options)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			f := &feed{t: t, store: s}
			f.apply("crm", `
				leads: id | v | lead_ref | attr.region
				       l1 | 1 | L1       | north
				roster: id | v | agent_alias | team | attr.desk
				        r1 | 1 | ana         | East | old`)
			f.derive()

			ever := kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Scope: kpi.Everything(), Dims: []kpi.Dim{{Name: "by", Expr: c.by}},
				Measures: []kpi.Measure{{ID: "calls", Agg: kpi.Count}}}
			dated := ever
			dated.Undated, dated.From, dated.To = false, facts.DayOf(2026, 1, 1), facts.DayOf(2026, 1, 8)
			whole := ever // no sum of days
			whole.Measures = []kpi.Measure{{ID: "calls", Agg: kpi.Quantile, Q: 0.5, Value: kpi.Number{Value: 1_000_000}}}
			for _, q := range []kpi.Select{ever, dated} { // as a whole, to see how many: cells are filled after a change
				require.Empty(t, asked(t, s, q))
			}
			f.apply("crm", `
				calls: id | started    | lead_ref | agent_alias
				       c1 | 2026-01-01 | L1       | ana`)
			f.derive()
			for range 2 { // by cells, from cells
				require.Equal(t, []string{c.before}, asked(t, s, ever))
				require.Equal(t, []string{c.before}, asked(t, s, dated))
				asked(t, s, whole)
			}
			for _, text := range c.writes {
				f.apply("crm", text)
				f.derive()
			}
			for range 2 {
				require.Equal(t, []string{c.after}, asked(t, s, ever))
				require.Equal(t, []string{c.after}, asked(t, s, dated))
				want, err := s.Engine().Ask(context.Background(), whole)
				require.NoError(t, err)
				require.Equal(t, answerLines(want), asked(t, s, whole))
			}
		})
	}
}

// Readers see the state before until what they asked lately is renewed: then
// the first one after a write has nothing put to the file.
func TestAnswersAreRenewedBeforeTheyAreSeen(t *testing.T) {
	ctx := context.Background()
	options := testOptions
	options.KeepMB = 1
	s, err := Open(filepath.Join(t.TempDir(), "facts"), "test", testSettings, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	f := &feed{t: t, store: s}
	f.apply("pbx", "calls: id | started\nc1 | 2026-01-01")
	f.derive()
	q := kpi.Select{Fact: facts.Calls, Date: "started", From: facts.DayOf(2026, 1, 1), To: facts.DayOf(2026, 1, 8), ByDay: true, Scope: kpi.Everything(),
		Measures: []kpi.Measure{{ID: "calls", Agg: kpi.Count}}}
	require.Equal(t, []string{"2026-01-01: 1"}, asked(t, s, q))

	require.NoError(t, s.Freeze(ctx))
	f.apply("pbx", "calls: id | started\nc2 | 2026-01-01")
	f.derive()
	require.Equal(t, []string{"2026-01-01: 1"}, asked(t, s, q), "the state before")
	require.NoError(t, s.Written().Renew(ctx))
	require.NoError(t, s.Thaw(ctx))

	first := &spying{State: s.Engine()}
	groups, err := s.keep.Aggregate(ctx, first, q)
	require.NoError(t, err)
	require.Equal(t, []string{"2026-01-01: 2"}, answerLines(groups))
	require.Zero(t, first.asked, "it was there already")
}

// asked is what the keeping engine answers.
func asked(t *testing.T, s *Store, q kpi.Select) []string {
	groups, err := s.Engine().Aggregate(context.Background(), q)
	require.NoError(t, err)
	return answerLines(groups)
}
