package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
)

// file is a hostile file and what is to become of it.
type file struct {
	family  string
	name    string
	mapping string // "": plain
	format  string // "": by the mapping
	data    func() io.Reader

	new, rejected, calls int
	keys                 []string // of the reasons and warnings, in order
	refused              string   // key of the error that keeps it out as a whole, "?" any in words; "": it comes in
}

// plain is how most of the files are read: by what they show of themselves.
const plain = `version: 1
key: id
facts:
  calls:
    started: when
    agent: agent
    direction: {value: outbound}
    outcome: {column: result, map: {sold: sale, none: no_answer}}
    talk: {column: talk, optional: true}
`

// hostile takes a corpus of hostile files in, each as a source of its own.
func hostile(ctx context.Context, l *lab) error {
	dir := filepath.Join(l.dir, "hostile")
	if err := l.company(ctx, dir); err != nil {
		return err
	}
	corpus := slices.Concat(spellings(), cells(), shapes(), records(), workbooks(), packings(), giants())
	found, cases := map[string][]string{}, map[string]int{}
	var families []string
	forgetPeak()
	err := opened(ctx, dir, func(f *ingest.Folder) error {
		for i, x := range corpus {
			if !l.wants(x.family) {
				continue
			}
			if !slices.Contains(families, x.family) {
				families = append(families, x.family)
			}
			cases[x.family]++
			began := time.Now()
			if err := takeHostile(ctx, f, x, i); err != nil {
				found[x.family] = append(found[x.family], fmt.Sprintf("%s: %v", x.name, err))
			}
			if took := time.Since(began); took > time.Minute {
				found[x.family] = append(found[x.family], fmt.Sprintf("%s: took %v", x.name, took))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, family := range families {
		l.report.add(row{Part: "hostile", What: family, Cases: cases[family], Checked: "accepted, rejected, facts and message keys as the table says", Found: found[family]})
	}
	r := row{Part: "hostile", What: "memory of all of them", Cases: len(corpus), Checked: "under 1 GiB", Seen: "the system does not tell"}
	if mib := peakMiB(); mib > 0 {
		r.Seen = fmt.Sprintf("%d MiB at most", mib)
		if mib >= 1024 {
			r.Found = []string{r.Seen}
		}
	}
	l.report.add(r)
	return nil
}

func takeHostile(ctx context.Context, f *ingest.Folder, x file, i int) error {
	from := fmt.Sprintf("h%03d", i)
	spec := source.Spec{Source: from, Format: "mapping", Mapping: x.mapping}
	if x.format != "" {
		spec = source.Spec{Source: from, Format: x.format}
	} else if x.mapping == "" {
		spec.Mapping = plain
	}
	r, err := f.Import(ctx, ingest.Delivery{Spec: spec, Name: x.name, Open: func() (io.ReadCloser, error) { return io.NopCloser(x.data()), nil }})
	if ready := f.Ready(); ready != nil {
		return errors.Join(fmt.Errorf("the folder cannot be asked any longer: %w", ready), f.Mend(ctx))
	}
	if err != nil {
		var e *callpace.Error
		inWords := errors.As(err, &e) && e.Code != callpace.Internal && e.Key != "facts.stumbled" // a decoder's panic
		if inWords && (e.Key == x.refused || x.refused == "?") {
			return nil
		}
		return fmt.Errorf("refused: %w", err)
	}
	if x.refused != "" {
		return fmt.Errorf("taken in, %d new and %d rejected, where %s was expected", r.New, r.Rejected, x.refused)
	}
	keys, err := keysOf(r)
	if err != nil {
		return err
	}
	var calls int
	if err := f.Store().DB().QueryRowContext(ctx, "SELECT count(*) FROM calls WHERE source = ?", from).Scan(&calls); err != nil {
		return err
	}
	slices.Sort(x.keys)
	if got, want := fmt.Sprint(r.New, r.Rejected, calls, keys), fmt.Sprint(x.new, x.rejected, x.calls, x.keys); got != want {
		return fmt.Errorf("new, rejected, calls, keys: %s, not %s", got, want)
	}
	return nil
}

// keysOf lists the reasons of an import's rejects and warnings, each once.
func keysOf(r ingest.Report) (keys []string, err error) {
	for _, w := range r.Warnings {
		keys = append(keys, w.Reason.Key)
	}
	if r.Rejects != "" {
		text, err := os.ReadFile(r.Rejects)
		if err != nil {
			return nil, err
		}
		c := csv.NewReader(bytes.NewReader(text))
		c.FieldsPerRecord = -1
		c.LazyQuotes = true
		for {
			row, err := c.Read()
			if err == io.EOF {
				break
			}
			if err == nil && len(row) > 1 && strings.Contains(row[1], ".") { // without a language, a reason is its key
				keys = append(keys, row[1])
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// forgetPeak has the system count this process's memory anew.
func forgetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakMiB is the most memory since; 0 where the system does not tell.
func peakMiB() (mib int) {
	text, _ := os.ReadFile("/proc/self/status")
	if _, after, ok := strings.Cut(string(text), "VmHWM:"); ok {
		_, _ = fmt.Sscan(after, &mib)
	}
	return mib >> 10
}
