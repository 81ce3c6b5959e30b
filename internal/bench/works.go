package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/callpace/callpace/internal/present"
)

// imports loads the log into every side in turn, each time into an empty folder.
func (b *bench) imports(ctx context.Context) error {
	if b.loaded {
		return b.takeLoaded(ctx)
	}
	out := b.out
	if !chosen(b.works, "import") { // it only makes the data of what is measured
		out = &size{}
	}
	rows := out.begin("import", "rows read and indexed; callpace: journalled, checked, latest versions kept, derived")
	ready := out.begin("ready", "the same until the numbers are right: the latest version of each call kept")
	memory := out.begin("import_memory", "largest memory of the import")
	for range b.loads {
		for _, r := range slices.Clone(b.rivals) {
			l, err := b.loadRival(ctx, r)
			if err != nil {
				if ctx.Err() != nil {
					return err
				}
				b.drop(r, err)
				continue
			}
			rows.add(r.name(), l.read+l.index, l.spent-l.latestSpent)
			ready.add(r.name(), l.read+l.latest+l.index, l.spent)
		}
		if err := b.product.found(ctx, b.files.roster); err != nil {
			return err
		}
		p, err := b.product.importFile(ctx, b.files.calls)
		if err != nil {
			return err
		}
		b.say("  %s %s", us, seconds(p.passed))
		rows.add(us, p.passed, p.spent)
		ready.add(us, p.passed, p.spent)
		memory.Bytes[us] = max(memory.Bytes[us], p.peak)
	}
	return nil
}

// takeLoaded begins with what an earlier run loaded.
func (b *bench) takeLoaded(ctx context.Context) (err error) {
	for _, r := range b.rivals {
		if err := r.begin(ctx); err != nil {
			return err
		}
		if b.kept.Versions[r.name()], err = r.version(ctx, r.c); err != nil {
			return err
		}
	}
	return b.product.resume()
}

// drop leaves a peer out that does not work here.
func (b *bench) drop(r *rival, err error) {
	b.miss(r.name(), errors.Join(err, r.end()))
	b.rivals = slices.DeleteFunc(b.rivals, func(x *rival) bool { return x == r })
}

// loading is what it took a peer to load the log: to read it, to leave the
// latest version of each call, to build indexes.
type loading struct {
	read, latest, index time.Duration
	spent, latestSpent  time.Duration // on processors, of all and of latest
}

// loadRival loads the log into an empty folder.
func (b *bench) loadRival(ctx context.Context, r *rival) (l loading, err error) {
	if err := errors.Join(r.end(), os.RemoveAll(r.dir)); err != nil {
		return l, err
	}
	if err := r.begin(ctx); err != nil {
		return l, err
	}
	if b.kept.Versions[r.name()], err = r.version(ctx, r.c); err != nil {
		return l, err
	}
	delete(b.kept.Missing, r.name())
	s := r.load(b.files)
	if _, err := r.do(ctx, s.tables); err != nil {
		return l, err
	}
	all := watch(r)
	if l.read, err = r.do(ctx, s.rows); err != nil {
		return l, err
	}
	latest := watch(r)
	if l.latest, err = r.do(ctx, s.latest); err != nil {
		return l, err
	}
	l.latestSpent = latest()
	l.index, err = r.do(ctx, s.index)
	l.spent = all()
	b.say("  %s %s, latest versions %s, indexes %s", r.name(), seconds(l.read), seconds(l.latest), seconds(l.index))
	return l, err
}

// starts measures from the server's start until it is ready, and its memory then.
func (b *bench) starts(ctx context.Context) error {
	r := b.out.begin("start", "from the start until /readyz")
	idle := b.out.begin("idle_memory", "memory of the idle server, when all that is asked beforehand is answered")
	for range b.rounds {
		if err := b.product.stop(); err != nil {
			return err
		}
		spent, err := b.product.serve(ctx)
		if err != nil {
			return err
		}
		r.add(us, spent, b.product.processors())
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	idle.Bytes[us] = residentSet(b.product.cmd.Process.Pid)
	return nil
}

// settle waits, for ten minutes at most, until the server has done nothing for half a minute.
func (b *bench) settle(ctx context.Context) error {
	for range 20 {
		before := b.product.processors()
		if err := pause(ctx, "30"); err != nil {
			return err
		}
		if b.product.processors()-before < 10*tick {
			return nil
		}
	}
	return nil
}

// up makes sure that all sides run in fresh processes.
func (b *bench) up(ctx context.Context) error {
	if err := b.product.stop(); err != nil {
		return err
	}
	if _, err := b.product.serve(ctx); err != nil {
		return err
	}
	for _, r := range b.rivals {
		if err := r.end(); err != nil {
			return err
		}
		if err := r.begin(ctx); err != nil {
			return err
		}
	}
	return nil
}

// asks puts the questions: once to fresh processes, which is called cold though
// the system has the files in memory, and then in turn, when callpace has asked
// what it asks by itself after a start.
func (b *bench) asks(ctx context.Context) error {
	if err := b.up(ctx); err != nil {
		return err
	}
	for _, q := range b.questions() {
		b.out.begin(q.id, q.title)
		b.out.begin(q.id+"_again", "the same of the same days, asked again")
		if err := b.question(ctx, q, 0, 1); err != nil {
			return fmt.Errorf("%s: %w", q.id, err)
		}
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	for _, q := range b.questions() {
		if err := b.question(ctx, q, 1, b.rounds+1); err != nil {
			return fmt.Errorf("%s: %w", q.id, err)
		}
	}
	return nil
}

// questions are all, or those that are asked for by name.
func (b *bench) questions() (asked []question) {
	for _, q := range questions {
		if chosen(b.works, "questions") || chosen(b.works, q.id) {
			asked = append(asked, q)
		}
	}
	return asked
}

// question puts a question in some rounds.
func (b *bench) question(ctx context.Context, q question, from, to int) error {
	r, again := b.out.row(q.id), b.out.row(q.id+"_again")
	keys := 0
	for _, c := range q.by {
		if keys == 0 || c == ',' {
			keys++
		}
	}
	for round := from; round < to; round++ {
		onProcessors := watch(b.product)
		answer, passed, err := ask[present.Answer](ctx, b.product, q.address(round))
		if err != nil {
			return err
		}
		ours, err := q.rows(answer)
		if err != nil {
			return err
		}
		r.took(round, us, passed, onProcessors())
		for _, x := range b.rivals {
			onProcessors = watch(x)
			rows, passed, err := q.ask(ctx, x.dialect(), x.c, round)
			if err != nil {
				return err
			}
			if err := same(keys, ours, rows); err != nil {
				return fmt.Errorf("%s and %s differ: %w", us, x.name(), err)
			}
			r.took(round, x.name(), passed, onProcessors())
		}
		onProcessors = watch(b.product)
		if _, passed, err = ask[present.Answer](ctx, b.product, q.address(round)); err != nil {
			return err
		}
		again.took(round, us, passed, onProcessors())
		for _, x := range b.rivals {
			onProcessors = watch(x)
			if _, passed, err = q.ask(ctx, x.dialect(), x.c, round); err != nil {
				return err
			}
			again.took(round, x.name(), passed, onProcessors())
		}
	}
	return nil
}

// took notes a round; the first one is cold.
func (r *row) took(round int, side string, passed, spent time.Duration) {
	if round == 0 {
		r.Cold[side] = passed
		return
	}
	r.add(side, passed, spent)
}

// overviews gets the page that a day begins with: the same month, as people do,
// and a month that nobody has asked for yet.
func (b *bench) overviews(ctx context.Context) error {
	if err := b.running(ctx); err != nil {
		return err
	}
	r := b.out.begin("overview", "overview page of a month, by HTTP")
	fresh := b.out.begin("overview_fresh", "the same of another month each time, which nobody has asked for")
	get := func(r *row, round, back int) error {
		onProcessors := watch(b.product)
		_, passed, err := b.product.get(ctx, "/?period="+day(2026, 10, 1).AddDate(0, -back, 0).Format("2006-01"))
		if err == nil {
			r.took(round, us, passed, onProcessors())
		}
		return err
	}
	for round := range max(20, b.rounds) + 1 {
		err := get(r, round, 0)
		if err == nil && round <= b.rounds {
			err = get(fresh, round, 1+round)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// running makes sure that the server runs.
func (b *bench) running(ctx context.Context) error {
	if b.product.server != nil {
		return nil
	}
	return b.up(ctx)
}

// finds looks for the calls of a telephone number, the latest first.
func (b *bench) finds(ctx context.Context) error {
	if err := b.running(ctx); err != nil {
		return err
	}
	r := b.out.begin("find", "calls of a phone number, the latest first")
	page := b.out.begin("find_page", "the same as a page, which also looks among ids of calls and leads")
	d := draw(b.seed)
	for round := range max(20, b.rounds) + 1 {
		phone := phoneOf(d.below(b.generator.leads))
		onProcessors := watch(b.product)
		answer, passed, err := ask[rowsAnswer](ctx, b.product, "/api/v1/kpi/calls/rows?limit=100&where="+query(fmt.Sprintf("phone == %q", phone)))
		if err != nil {
			return err
		}
		r.took(round, us, passed, onProcessors())
		onProcessors = watch(b.product)
		if _, passed, err = b.product.get(ctx, "/calls?q="+query(phone)); err != nil {
			return err
		}
		page.took(round, us, passed, onProcessors())
		for _, x := range b.rivals {
			onProcessors = watch(x)
			began := time.Now()
			rows, err := x.c.run(ctx, "SELECT * FROM calls WHERE phone = '"+phone+"' ORDER BY started_at DESC LIMIT 100")
			if err != nil {
				return err
			}
			r.took(round, x.name(), time.Since(began), onProcessors())
			if err := same(1, answer.ids(), firstOf(rows)); err != nil {
				return fmt.Errorf("%s and %s differ on %s: %w", us, x.name(), phone, err)
			}
		}
	}
	return nil
}

// rowsAnswer is the API's list of rows.
type rowsAnswer struct {
	Count int64
	Rows  []map[string]*string
}

func (a rowsAnswer) ids() [][]string {
	var list [][]string
	for _, r := range a.Rows {
		if id := r["source_id"]; id != nil {
			list = append(list, []string{*id})
		}
	}
	return list
}

func firstOf(rows [][]string) [][]string {
	var list [][]string
	for _, r := range rows {
		list = append(list, r[:1])
	}
	return list
}

// disks compares what everything takes: callpace's whole folder with its
// journal, and the peers' calls with their indexes.
func (b *bench) disks(ctx context.Context) error {
	r := b.out.begin("disk", "callpace with its journal, peers their calls and indexes")
	journal := b.out.begin("disk_journal", "of that the journal")
	var err error
	if r.Bytes[us], err = folderSize(b.product.dir); err != nil {
		return err
	}
	if journal.Bytes[us], err = folderSize(b.product.dir + "/journal"); err != nil {
		return err
	}
	for _, x := range b.rivals {
		if r.Bytes[x.name()], err = x.size(ctx, x.c); err != nil {
			return err
		}
	}
	return nil
}

// rebuilds makes the facts anew from the journal, and asks again.
func (b *bench) rebuilds(ctx context.Context) error {
	r := b.out.begin("rebuild", "facts made anew from the journal")
	before, _, err := ask[present.Answer](ctx, b.product, twelve.address(0))
	if err != nil {
		return err
	}
	if err := b.product.stop(); err != nil {
		return err
	}
	for range b.loads {
		p, err := b.product.run(ctx, "rebuild")
		if err != nil {
			return err
		}
		r.add(us, p.passed, p.spent)
	}
	if _, err := b.product.serve(ctx); err != nil {
		return err
	}
	after, _, err := ask[present.Answer](ctx, b.product, twelve.address(0))
	if err != nil {
		return err
	}
	want, err := twelve.rows(before)
	if err != nil {
		return err
	}
	got, err := twelve.rows(after)
	if err != nil {
		return err
	}
	return same(1, want, got)
}
