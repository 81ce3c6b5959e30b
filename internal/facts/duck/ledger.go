package duck

import (
	"context"
	"maps"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// entry is what the ledger knows of a record. The ledger is only added to: of an
// origin's entries the one holds that beats the others.
type entry struct {
	version int64
	content uint64
	input   int
	line    int64
}

// beats tells whether a record of the batch takes an entry's place: by
// version, then by the later input, then by the later line.
func (e entry) beats(o entry) bool {
	if e.version != o.version {
		return e.version > o.version
	}
	if e.input != o.input {
		return e.input > o.input
	}
	return e.line >= o.line
}

// plan says what a batch does to the ledger and which of its rows are kept.
type plan struct {
	keep    []bool   // by record: its rows and parts enter the facts
	entries []int32  // records whose entry enters the ledger
	replace []uint64 // origins whose rows and parts leave the facts
	revise  []uint64 // origins that had an entry and get another; includes replace
	counts  facts.Counts
}

// planBatch classifies records one after the other, so that counts do not
// depend on where an input was cut into batches.
func (s *Store) planBatch(ctx context.Context, a facts.Application) (*plan, error) {
	stored, err := s.findEntries(ctx, a.Source, a.Batch.Records)
	if err != nil {
		return nil, err
	}
	b := a.Batch
	p := &plan{keep: make([]bool, len(b.Records)), counts: facts.Counts{Read: int64(b.Read),
		Skipped: int64(b.Skipped), Rejected: int64(len(b.Rejects)), Warned: int64(len(b.Warnings))}}
	type state struct {
		entry
		winner int32 // record of the batch whose rows hold, -1: those in the file
		ledger int32 // record whose entry holds, -1 likewise
	}
	current := make(map[uint64]state, len(b.Records))
	for i, r := range b.Records {
		now, known := current[r.Origin]
		if !known {
			now = state{winner: -1, ledger: -1}
			now.entry, known = stored[r.Origin]
		}
		mine := entry{r.Version, r.Content, a.Input, r.Line}
		switch {
		case !known:
			p.counts.New++
			now = state{mine, int32(i), int32(i)}
		case !mine.beats(now.entry):
			p.counts.Unchanged++
			continue
		case mine.content == now.content:
			p.counts.Unchanged++
			if mine.version == now.version {
				continue
			}
			now.entry, now.ledger = mine, int32(i) // its version counts from now on
		default:
			p.counts.Updated++
			now = state{mine, int32(i), int32(i)}
		}
		current[r.Origin] = now
	}
	for _, origin := range slices.Sorted(maps.Keys(current)) {
		now := current[origin]
		_, was := stored[origin]
		if now.ledger >= 0 {
			p.entries = append(p.entries, now.ledger)
			if was {
				p.revise = append(p.revise, origin)
			}
		}
		if now.winner >= 0 {
			p.keep[now.winner] = true
			if was {
				p.replace = append(p.replace, origin)
			}
		}
	}
	slices.Sort(p.entries)
	return p, nil
}

// findEntries gives the ledger's entries of the origins in a batch.
func (s *Store) findEntries(ctx context.Context, source string, records []facts.Record) (map[uint64]entry, error) {
	seen := s.source(source).records
	var ask []uint64
	for _, r := range records {
		if seen == nil || seen.has(r.Origin) {
			ask = append(ask, r.Origin)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	if err := s.fillScratch(ctx, "incoming", ask); err != nil {
		return nil, err
	}
	found := map[uint64]entry{}
	err := s.each(ctx, "SELECT origin, version, content, input, line FROM records WHERE origin IN (FROM temp.incoming)", nil, func(scan func(...any) error) error {
		var origin uint64
		var e entry
		if err := scan(&origin, &e.version, &e.content, &e.input, &e.line); err != nil {
			return err
		}
		if other, ok := found[origin]; !ok || e.beats(other) {
			found[origin] = e
		}
		return nil
	})
	return found, err
}

// writeLedger adds to the ledger what a plan says.
func (s *Store) writeLedger(ctx context.Context, a facts.Application, p *plan) error {
	n := len(p.entries)
	origins, versions, contents := make([]int64, n), make([]int64, n), make([]int64, n)
	inputs, lines := make([]int64, n), make([]int64, n)
	for i, at := range p.entries {
		r := a.Batch.Records[at]
		origins[i], versions[i], contents[i] = int64(r.Origin), r.Version, int64(r.Content)
		inputs[i], lines[i] = int64(a.Input), r.Line
	}
	err := s.insert(ctx, "records", []field{
		{"origin", intColumn(facts.Hash, origins)}, {"version", intColumn(facts.Int, versions)}, {"content", intColumn(facts.Hash, contents)},
		{"input", intColumn(facts.Int, inputs)}, {"line", intColumn(facts.Int, lines)}, {"source", sameText(a.Source)},
	}, n, nil)
	if err != nil {
		return err
	}
	s.source(a.Source).remember(origins)
	return nil
}

// beaten are the entries of the ledger that hold no longer.
const beaten = "rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY origin ORDER BY version DESC, input DESC, line DESC) AS place FROM records) WHERE place > 1)"

// trimLedger takes out the entries that hold no longer. They do no harm, so
// where there is no memory for it they stay.
func (s *Store) trimLedger(ctx context.Context) error {
	if err := s.exec(ctx, "DELETE FROM records WHERE "+beaten); !outOfMemory(err) {
		return err
	}
	return nil
}

// remember adds origins to what is known of a source, and gives up when that gets too big.
func (state *sourceState) remember(origins []int64) {
	if state.records == nil {
		return
	}
	for _, o := range origins {
		state.records.add(uint64(o))
	}
	if state.records.n > maxOriginSet {
		state.records = nil
	}
}
