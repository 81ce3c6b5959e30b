package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
)

// failure is why the facts cannot be asked.
type failure struct {
	error
	spoilt bool // the file is to be rebuilt, even if it opens
}

// Ready tells why the facts are behind the journal, if they are: asked now,
// they would give numbers of another day, or of half an input.
func (f *Folder) Ready() error {
	if b := f.behind.Load(); b != nil {
		return b.error
	}
	return nil
}

// fallBehind notes that the facts could not follow the journal, and gives the
// error on.
func (f *Folder) fallBehind(err error) error {
	if err == nil {
		return nil
	}
	told := err
	if code := callpace.CodeOf(err); code == callpace.Internal {
		told = callpace.E(callpace.Conflict, "facts.behind").Because(err)
	}
	f.behind.Store(&failure{told, duck.Corrupt(err)})
	return err
}

// Spoilt takes the error of a question: where the fact file turned out to be
// damaged, nobody asks it any longer, and Mend rebuilds it.
func (f *Folder) Spoilt(err error) bool {
	if !duck.Spoilt(err) {
		return false
	}
	f.behind.CompareAndSwap(nil, &failure{callpace.E(callpace.Conflict, "facts.spoilt").Because(err), duck.Corrupt(err)})
	return true
}

// Mend brings facts that fell behind the journal up to it again: their file is
// opened anew, and rebuilt where that does not help. Without need it does nothing.
func (f *Folder) Mend(ctx context.Context) error {
	b := f.behind.Load()
	if b == nil {
		return nil
	}
	if f.store != nil {
		_ = f.store.Close() // what it says is why we are here
		f.store = nil
		duck.GiveUp()
	}
	if b.spoilt {
		f.notice("facts.set_aside", "reason", callpace.M("facts."+string(duck.Damaged)))
		if _, err := duck.SetAside(f.factsPath()); err != nil {
			return f.fallBehind(err)
		}
	}
	f.behind.Store(nil)
	if err := f.bringUp(ctx); err != nil {
		return f.fallBehind(err)
	}
	f.added.settled(0)
	return nil
}

// bringUp opens the facts and brings them up to the journal: a fact file that
// is missing, damaged, foreign or of other settings is set aside and rebuilt;
// inputs that were journalled but not projected are projected.
func (f *Folder) bringUp(ctx context.Context) error {
	if err := f.removeLeftovers(); err != nil {
		return err
	}
	if lost, err := f.factsLost(ctx); err != nil {
		return err
	} else if lost {
		return f.rebuild(ctx)
	}
	err := f.openStore(ctx)
	why, rebuild := duck.NeedsRebuild(err)
	if err == nil {
		if why, err = f.unfit(ctx); duck.Corrupt(err) {
			why, err = duck.Damaged, nil
		}
		rebuild = why != ""
	}
	if rebuild {
		if why != healedGaps {
			f.notice("facts.set_aside", "reason", callpace.M("facts."+string(why)))
		}
		return f.Rebuild(ctx)
	}
	if err != nil {
		return err
	}
	err = f.follow(ctx)
	if duck.Corrupt(err) {
		f.notice("facts.set_aside", "reason", callpace.M("facts."+string(duck.Damaged)))
		return f.Rebuild(ctx)
	}
	return err
}

// healedGaps is no fault of the file: the journal has again what it lacks.
const healedGaps duck.Fault = "healed"

// unfit tells why facts that could be opened are not those of this journal; ""
// where they are.
func (f *Folder) unfit(ctx context.Context) (duck.Fault, error) {
	ours, err := f.bound(ctx)
	if err != nil {
		return "", err
	}
	if !ours {
		return duck.Foreign, nil
	}
	again, err := f.healed(ctx)
	if err != nil || !again {
		return "", err
	}
	return healedGaps, nil
}

const noteBound = "journal_at"

// bind notes how far the journal was when the facts had followed it.
func (f *Folder) bind(ctx context.Context, store *duck.Store) error {
	seq, chain, err := f.journal.Last(ctx)
	if err != nil {
		return err
	}
	return store.SetNote(ctx, noteBound, fmt.Sprint(seq, " ", chain))
}

// bound tells whether the facts were made of this journal: where they have come
// to, its chain is what they remember. A journal with holes cannot be asked.
func (f *Folder) bound(ctx context.Context) (bool, error) {
	text, err := f.store.Note(ctx, noteBound)
	if err != nil || text == "" {
		return true, err
	}
	var seq int64
	var chain string
	if _, err := fmt.Sscan(text, &seq, &chain); err != nil {
		return false, nil
	}
	is, err := f.journal.ChainAt(ctx, seq)
	if callpace.CodeOf(err) == callpace.NotFound {
		if len(f.journal.Damage()) > 0 {
			return true, nil
		}
		last, _, err := f.journal.Last(ctx)
		if err == nil && last < seq { // the facts are all that is left of what is gone
			err = f.journal.NoteLost(ctx)
		}
		return last < seq, err
	}
	return is.String() == chain, err
}

// factsLost tells that inputs were projected into a file that is gone.
func (f *Folder) factsLost(ctx context.Context) (bool, error) {
	if _, err := os.Stat(f.factsPath()); !errors.Is(err, os.ErrNotExist) {
		return false, err
	}
	live, err := f.liveInputs(ctx)
	return len(live) > 0, err
}

// Damage lists what is known to be damaged: places of the journal that could not be
// read when it was opened or last verified, and what the facts lack for it.
func (f *Folder) Damage() []callpace.Message {
	var list []callpace.Message
	seen := map[string]bool{}
	add := func(m callpace.Message) {
		if id := fmt.Sprint(m.Key, m.Args); !seen[id] {
			seen[id] = true
			list = append(list, m)
		}
	}
	for _, d := range f.journal.Damage() {
		add(callpace.Message{Key: d.Key, Args: d.Args})
	}
	if found := f.verified.Load(); found != nil {
		for _, d := range *found {
			add(callpace.Message{Key: d.Key, Args: d.Args})
		}
	}
	if gaps := f.gaps.Load(); gaps != nil {
		for _, g := range *gaps {
			add(g.message())
		}
	}
	return list
}

// Verify checks every frame, digest and chain of the journal.
func (f *Folder) Verify(ctx context.Context) (journal.Report, error) {
	r, err := f.journal.Verify(ctx, func(done, total int64) { f.progress("verifying", done, total) })
	if err == nil {
		f.verified.Store(&r.Damage)
	}
	return r, err
}
