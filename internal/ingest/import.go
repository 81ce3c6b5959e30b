package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// Delivery is a file on its way in.
type Delivery struct {
	Spec source.Spec
	Name string                        // of the file
	Open func() (io.ReadCloser, error) // from the beginning; may be called more than once
	Size int64                         // for progress only; 0: not known
	// Continue is the input that the bytes follow on, as when a growing log is
	// read piece by piece. 0: the journal sees by the content what is new.
	Continue int
}

// Report says what became of a delivery.
type Report struct {
	Input      int    `json:"input"`
	Name       string `json:"file"`
	Recognised bool   `json:"recognised"` // every byte was here already
	facts.Counts
	Rejects  string         `json:"rejects,omitempty"` // path of the rejects file
	Warnings []WarningCount `json:"warnings,omitempty"`
}

// WarningCount is how often an input was warned of the same thing.
type WarningCount struct {
	Count  int64            `json:"count"`
	Reason callpace.Message `json:"reason"` // the first one
	Line   int64            `json:"line"`
}

// Import takes a file in: it is checked that its format can open it, journalled,
// acknowledged, and projected. After an error or a crash the same import
// finishes what was begun. In a SharedFolder, facts that are behind refuse it
// until the next Write has mended them.
func (f *Folder) Import(ctx context.Context, d Delivery) (Report, error) {
	mend := f.Mend
	if f.deps.shared { // its readers may be in the facts that Mend would close
		mend = func(context.Context) error { return f.Ready() }
	}
	if err := mend(ctx); err != nil {
		return Report{}, err
	}
	if err := f.check(ctx, d); err != nil {
		return Report{}, err
	}
	arrival := journal.Arrival{Source: d.Spec.Source, Name: d.Name, Open: d.Open, Size: d.Size, At: f.deps.Now()}
	if d.Continue > 0 {
		before, err := f.journal.Input(ctx, d.Continue)
		if err != nil {
			return Report{}, err
		}
		arrival.ContinueStream = before.Stream
	}
	var err error
	d.Spec.Settings = facts.Settings{} // the organisation's are journalled once, for all
	if arrival.Spec, err = json.Marshal(d.Spec); err != nil {
		return Report{}, fmt.Errorf("write specification: %w", err)
	}
	receipt, err := f.journal.Receive(ctx, arrival, func(done, total int64) { f.progress("journalling", done, total) })
	if err != nil {
		return Report{}, err
	}
	if receipt.Recognised {
		return f.recognised(ctx, d, receipt)
	}
	in, err := f.journal.Input(ctx, receipt.Input)
	if err != nil {
		return Report{}, err
	}
	if err := f.followAdded(ctx, in.No); err != nil { // rows that came in before it did
		return Report{}, err
	}
	if err := f.fallBehind(f.finishEach(ctx, f.store, []journal.Input{in}, "importing")); err != nil {
		return Report{}, err
	}
	if err := f.stumbled(in.No); err != nil {
		return Report{}, err
	}
	return f.report(ctx, in.No, d.Name)
}

// check opens the format on the beginning of the file, so that a mapping that
// does not fit is told before anything is stored.
func (f *Folder) check(ctx context.Context, d Delivery) error {
	if d.Continue > 0 {
		return nil // its beginning is in the journal
	}
	head, err := f.head(ctx, d)
	if err != nil {
		return err
	}
	d.Spec.Settings = f.settings
	decoder, err := f.openFormat(d.Spec, head)
	if _, whole := decoder.(source.Whole); err != nil || !whole || len(head) < source.HeadSize {
		return err
	}
	if head, err = f.all(ctx, d); err != nil {
		return err
	}
	_, err = f.openFormat(d.Spec, head)
	return err
}

// head reads the beginning of a file, unpacked.
func (f *Folder) head(ctx context.Context, d Delivery) ([]byte, error) {
	r, err := journal.Unpacked(ctx, d.Name, d.Open)
	if err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(r, source.HeadSize))
	return head, errors.Join(err, r.Close())
}

// recognised reports a delivery of which every byte was here: its records are
// all unchanged, but for those that were skipped or rejected then, too.
func (f *Folder) recognised(ctx context.Context, d Delivery, receipt journal.Receipt) (Report, error) {
	r := Report{Input: receipt.Input, Name: d.Name, Recognised: true}
	if receipt.Input == 0 {
		return r, nil
	}
	inputs, err := f.Inputs(ctx)
	if err != nil {
		return r, err
	}
	for _, in := range inputs {
		if in.Stream == receipt.Stream && in.Input <= receipt.Input && in.Status == string(journal.Committed) {
			r.Counts = r.Counts.Add(in.Counts)
		}
	}
	r.Unchanged += r.New + r.Updated
	r.New, r.Updated = 0, 0
	if _, err := os.Stat(f.RejectsPath(receipt.Input)); err == nil {
		r.Rejects = f.RejectsPath(receipt.Input)
	}
	return r, nil
}

// Report says what became of an input, as far as it is known in this run.
func (f *Folder) Report(ctx context.Context, input int) (Report, error) {
	in, err := f.journal.Input(ctx, input)
	if err != nil {
		return Report{}, err
	}
	return f.report(ctx, input, in.Name)
}

func (f *Folder) report(ctx context.Context, input int, name string) (Report, error) {
	r := Report{Input: input, Name: name}
	var err error
	if r.Counts, err = f.store.CountsOf(ctx, input); err != nil {
		return r, err
	}
	if r.Rejected > 0 {
		r.Rejects = f.RejectsPath(input)
	}
	r.Warnings = f.warnings.of(input)
	return r, nil
}

// InputInfo is an input as the journal and the facts know it.
type InputInfo struct {
	Input   int       `json:"input"`
	Stream  int       `json:"stream"`
	Source  string    `json:"source"`
	Name    string    `json:"file"`
	Arrived time.Time `json:"arrived"`
	Status  string    `json:"status"` // unfinished, committed, withdrawn, or pending: committed, and not counted yet
	Bytes   int64     `json:"bytes"`
	facts.Counts
}

// Inputs lists what has arrived, by number.
func (f *Folder) Inputs(ctx context.Context) ([]InputInfo, error) {
	all, err := f.journal.Inputs(ctx, journal.Filter{})
	if err != nil {
		return nil, err
	}
	var states []duck.Input
	if f.store != nil { // a rebuild failed: there is the journal alone
		if states, err = f.store.Inputs(ctx); err != nil {
			return nil, err
		}
	}
	counts := make(map[int]facts.Counts, len(states))
	for _, s := range states {
		counts[s.Input] = s.Counts
	}
	list := make([]InputInfo, len(all))
	for i, in := range all {
		list[i] = f.info(in, counts[in.No])
	}
	return list, nil
}

// Input tells of one input.
func (f *Folder) Input(ctx context.Context, no int) (InputInfo, error) {
	in, err := f.journal.Input(ctx, no)
	if err != nil || f.store == nil {
		return f.info(in, facts.Counts{}), err
	}
	counts, err := f.store.CountsOf(ctx, no)
	return f.info(in, counts), err
}

// Pending is the status of rows that were added and that the facts have still to follow.
const Pending = "pending"

func (f *Folder) info(in journal.Input, counts facts.Counts) InputInfo {
	i := InputInfo{Input: in.No, Stream: in.Stream, Source: in.Source, Name: in.Name, Arrived: in.At,
		Status: string(in.Status), Bytes: in.Kept.Length(), Counts: counts}
	if waits := f.added.has(in.No); waits && in.Status == journal.Committed {
		i.Status = Pending
	}
	return i
}
