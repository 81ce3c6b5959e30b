package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/store"
)

// harm is a way of damaging a file.
type harm struct {
	what string
	do   func(text []byte, r *rand.Rand) []byte // gives what is left; nil: the file is gone
}

const page = 4096

var harms = []harm{
	{"bit flipped", func(b []byte, r *rand.Rand) []byte { b[r.IntN(len(b))] ^= 1 << r.IntN(8); return b }},
	{"page zeroed", func(b []byte, r *rand.Rand) []byte {
		at := r.IntN(len(b)) / page * page
		clear(b[at:min(len(b), at+page)])
		return b
	}},
	{"cut off", func(b []byte, r *rand.Rand) []byte { return b[:r.IntN(len(b))] }},
	{"page of noise", func(b []byte, r *rand.Rand) []byte {
		at := r.IntN(len(b)) / page * page
		for i := at; i < min(len(b), at+page); i++ {
			b[i] = byte(r.Uint32())
		}
		return b
	}},
	{"gone", func([]byte, *rand.Rand) []byte { return nil }},
}

// ward is a company to be damaged, and what is known of it.
type ward struct {
	dir   string
	other string          // another company, of another journal
	rows  map[string]bool // every call, as asked of the facts
	state string          // what the state file says
	want  state
}

// damage damages files of a folder that nobody has open, and opens it.
func damage(ctx context.Context, l *lab) error {
	w, err := l.ward(ctx)
	if err != nil {
		return err
	}
	for _, h := range harms {
		l.damages(ctx, "journal: "+h.what, 8, "told; every row served is right, missing ones are of named inputs; nothing deleted",
			func(ctx context.Context, what string, i int) error { return l.damageJournal(ctx, w, h, what, i, false) })
		if h.what == "cut off" || h.what == "gone" {
			continue // see docs/reliability.md: nothing is left that knows where the journal ended
		}
		l.damages(ctx, "journal: "+h.what+", facts and index gone", 8, "told; every row served is right, missing ones are of named inputs; nothing deleted",
			func(ctx context.Context, what string, i int) error { return l.damageJournal(ctx, w, h, what, i, true) })
	}
	for _, h := range append(harms, harm{"another journal's", nil}, harm{"the index's", nil}) {
		l.damages(ctx, "facts: "+h.what, 8, "rebuilt or untouched: every fact as undisturbed",
			func(ctx context.Context, what string, i int) error { return l.damageFacts(ctx, w, h, what, i) })
	}
	for _, h := range append(harms, harm{"another folder's", nil}, harm{"the index's", nil}) {
		l.damages(ctx, "state.db: "+h.what, 8, "refused with what to do, or all as it was; never made anew",
			func(ctx context.Context, what string, i int) error { return l.damageState(ctx, w, h, what, i) })
	}
	for _, h := range append(harms, harm{"another journal's", nil}, harm{"the state's", nil}) {
		l.damages(ctx, "index: "+h.what, 6, "made again from the headers: inputs and facts as undisturbed",
			func(ctx context.Context, what string, i int) error { return l.damageIndex(ctx, w, h, what, i) })
	}
	return nil
}

// damages runs the cases of one kind of damage.
func (l *lab) damages(ctx context.Context, what string, n int, checked string, fn func(ctx context.Context, what string, i int) error) {
	if !l.wants(what) {
		return
	}
	n = l.times(n)
	found := l.cases(ctx, n, func(ctx context.Context, i int) error { return fn(ctx, what, i) })
	l.report.add(row{Part: "damage", What: what, Cases: n, Checked: checked, Found: found})
}

const uniqueMapping = `version: 1
key: id
facts:
  calls:
    id: id
    started: when
    agent: agent
    phone: phone
    direction: {value: outbound}
    outcome: {column: result, map: {sold: sale, none: no_answer}}
    talk: talk
`

// writeUnique writes calls of which each comes once.
func writeUnique(path string, first, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "id,when,agent,phone,result,talk,note")
	r := rand.New(rand.NewPCG(uint64(first), 7))
	at := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	for i := first; i < first+rows; i++ {
		fmt.Fprintf(w, "c%d,%s,%d,09155%05d,%s,%d,%x\n", i, at.Add(time.Duration(i)*30*time.Second).Format(time.DateTime), 200+r.IntN(9), r.IntN(900),
			[]string{"none", "sold"}[r.IntN(2)], r.IntN(500), r.Uint64())
	}
	return errors.Join(w.Flush(), file.Close())
}

func (l *lab) ward(ctx context.Context) (*ward, error) {
	home := filepath.Join(l.dir, "damage")
	w := &ward{dir: filepath.Join(home, "ward"), other: filepath.Join(home, "other"), rows: map[string]bool{}}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	mapping := filepath.Join(home, "calls.yaml")
	if err := os.WriteFile(mapping, []byte(uniqueMapping), 0o600); err != nil {
		return nil, err
	}
	for i, dir := range []string{w.dir, w.other} {
		if err := l.company(ctx, dir); err != nil {
			return nil, err
		}
		for k := range 4 {
			log := filepath.Join(home, fmt.Sprintf("log%d-%d.csv", i, k))
			if err := writeUnique(log, 100_000*i+1000*k, 600); err != nil {
				return nil, err
			}
			if _, err := l.run(ctx, dir, "import", "--source", fmt.Sprint("pbx", k%2), "--mapping", mapping, log); err != nil {
				return nil, err
			}
		}
		if _, err := account(ctx, dir); err != nil {
			return nil, err
		}
	}
	var err error
	if w.want, err = stateOf(ctx, w.dir); err != nil {
		return nil, err
	}
	err = opened(ctx, w.dir, func(f *ingest.Folder) error {
		list, err := calls(ctx, f)
		for _, c := range list {
			w.rows[c] = true
		}
		return err
	})
	if err == nil {
		w.state, err = stateText(ctx, w.dir)
	}
	return w, err
}

// calls lists what a call says of itself, not what is derived from others.
func calls(ctx context.Context, f *ingest.Folder) (list []string, err error) {
	rows, err := f.Store().DB().QueryContext(ctx, "SELECT concat_ws('|', source, source_id, started_at, outcome, talk_seconds) FROM calls ORDER BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// stateText is what a state file says, or that it was refused.
func stateText(ctx context.Context, dir string) (string, error) {
	db, err := store.Open(ctx, dir)
	if err != nil {
		return "", err
	}
	all, err := db.Accounts().FindAccounts(ctx)
	return fmt.Sprintf("%+v", all), errors.Join(err, db.Close())
}

// put damages one file and remembers how many there were.
func put(path string, h harm, r *rand.Rand, from string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if h.do == nil {
		if text, err = os.ReadFile(from); err != nil {
			return err
		}
	} else {
		text = h.do(text, r)
	}
	if text == nil {
		return os.Remove(path)
	}
	return os.WriteFile(path, text, 0o600)
}

func (l *lab) patient(w *ward, what string, i int) (dir string, err error) {
	dir = filepath.Join(l.dir, "damage", strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return '-'
		}
		return r
	}, what)+fmt.Sprint(i))
	return dir, copyFolder(w.dir, dir)
}

// done removes the folder of a case in which nothing was found.
func done(dir string, err error) error {
	if err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

func (l *lab) damageJournal(ctx context.Context, w *ward, h harm, what string, i int, anew bool) error {
	dir, err := l.patient(w, what, i)
	if err != nil {
		return err
	}
	if anew {
		for _, name := range []string{"facts.duckdb", "journal/index.db"} {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	segment := filepath.Join(dir, "journal", "00000001.seg")
	way := h
	if anew { // a damaged end cannot be told from a torn one by the journal alone
		way.do = func(b []byte, r *rand.Rand) []byte { h.do(b[:len(b)-page], r); return b }
	}
	if err := put(segment, way, l.random(what, i), ""); err != nil {
		return err
	}
	before, err := os.ReadFile(segment)
	if err != nil && h.what != "gone" {
		return err
	}
	for range 2 { // the second opening finds what the first one left
		if err := l.ask(ctx, w, dir, anew); err != nil {
			return err
		}
	}
	after, err := os.ReadFile(segment)
	if h.what != "gone" && (err != nil || len(after) < len(before)) {
		return fmt.Errorf("the damaged segment was cut or removed: %d of %d bytes, %v", len(after), len(before), err)
	}
	return done(dir, nil)
}

// ask opens a folder with a damaged journal: refused with the damage, or served with it.
func (l *lab) ask(ctx context.Context, w *ward, dir string, anew bool) error {
	f, err := ingest.Open(ctx, dir, ingest.Deps{Formats: formats.All(), Now: time.Now})
	if err == nil {
		defer f.Close()
		err = f.Ready()
	}
	if callpace.CodeOf(err) == callpace.Damaged {
		return nil // the settings themselves are gone: it says so
	}
	if err != nil {
		return err
	}
	list, err := calls(ctx, f)
	if err != nil {
		return err
	}
	for _, c := range list {
		if !w.rows[c] {
			return fmt.Errorf("served a call that never was: %s", c)
		}
	}
	known := len(f.Damage())
	r, err := f.Verify(ctx)
	if err != nil {
		return err
	}
	if len(r.Damage) == 0 && known == 0 {
		if s, err := f.Store().Digest(ctx); err != nil || s != w.want.facts {
			return errors.Join(errors.New("nothing is told, and the facts differ"), err)
		}
		return errors.New("the damage is not detected")
	}
	if missing := len(w.rows) - len(list); missing > 0 && (!anew || known == 0) {
		return fmt.Errorf("%d calls are missing, and that is not told", missing)
	}
	return nil
}

func (l *lab) damageFacts(ctx context.Context, w *ward, h harm, what string, i int) error {
	dir, err := l.patient(w, what, i)
	if err != nil {
		return err
	}
	from := filepath.Join(w.other, "facts.duckdb")
	if strings.HasPrefix(h.what, "the") {
		from = filepath.Join(dir, "journal", "index.db")
	}
	if err := put(filepath.Join(dir, "facts.duckdb"), h, l.random(what, i), from); err != nil {
		return err
	}
	// What a command meets only while it asks, it mends, and asks again.
	if _, err := l.run(ctx, dir, "kpi", "calls,sales,talk_time,revenue,leads", "--by", "agent,day", "-o", "csv"); err != nil {
		return err
	}
	err = opened(ctx, dir, func(f *ingest.Folder) error {
		if err := f.Ready(); err != nil {
			return err
		}
		is, err := f.Store().Digest(ctx)
		if f.Spoilt(err) {
			if err = f.Mend(ctx); err == nil {
				is, err = f.Store().Digest(ctx)
			}
		}
		if err == nil && is != w.want.facts {
			err = errors.New("the facts differ, and nothing says so")
		}
		return err
	})
	return done(dir, err)
}

func (l *lab) damageState(ctx context.Context, w *ward, h harm, what string, i int) error {
	dir, err := l.patient(w, what, i)
	if err != nil {
		return err
	}
	from := filepath.Join(w.other, store.Name)
	if strings.HasPrefix(h.what, "the") {
		from = filepath.Join(dir, "journal", "index.db")
	}
	if err := put(filepath.Join(dir, store.Name), h, l.random(what, i), from); err != nil {
		return err
	}
	before, _ := os.ReadFile(filepath.Join(dir, store.Name))
	text, err := stateText(ctx, dir)
	after, _ := os.ReadFile(filepath.Join(dir, store.Name))
	switch {
	case callpace.CodeOf(err) == callpace.Damaged && string(before) == string(after):
		err = nil
	case err == nil && text != w.state:
		err = errors.New("the state differs, and nothing says so")
	}
	return done(dir, err)
}

func (l *lab) damageIndex(ctx context.Context, w *ward, h harm, what string, i int) error {
	dir, err := l.patient(w, what, i)
	if err != nil {
		return err
	}
	from := filepath.Join(w.other, "journal", "index.db")
	if strings.HasPrefix(h.what, "the") {
		from = filepath.Join(dir, store.Name)
	}
	if err := put(filepath.Join(dir, "journal", "index.db"), h, l.random(what, i), from); err != nil {
		return err
	}
	got, err := stateOf(ctx, dir)
	if err == nil && got != w.want {
		err = fmt.Errorf("%w: %s", errLost, got.inputs)
	}
	return done(dir, err)
}
