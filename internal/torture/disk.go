package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/journal/disk/faulty"
	"github.com/callpace/callpace/internal/source"
)

// diskFaults lets every single call of the journal fail, in every way, while a
// file comes in; and fills a small disk under a running server.
func diskFaults(ctx context.Context, l *lab) error {
	home := filepath.Join(l.dir, "disk")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	before := filepath.Join(home, "before")
	if err := l.company(ctx, before); err != nil {
		return err
	}
	file := filepath.Join(home, "calls.csv")
	if err := writeUnique(file, 0, 300); err != nil {
		return err
	}
	after := filepath.Join(home, "after")
	if err := copyFolder(before, after); err != nil {
		return err
	}
	if err := opened(ctx, after, func(f *ingest.Folder) error { return importFile(ctx, f, file) }); err != nil {
		return err
	}
	want, err := stateOf(ctx, after)
	if err != nil {
		return err
	}
	for _, how := range []faulty.Fault{faulty.EIO, faulty.ENOSPC, faulty.Short, faulty.Sync, faulty.Crash} {
		what := how.String() + " at calls of the journal, one by one"
		if !l.wants(what) {
			continue
		}
		var found []string
		step := 2 // of two calls one, another one by the seed
		if l.long || how == faulty.Sync {
			step = 1
		}
		k, n := 1+int(l.seed)%step, 0
		for ; ctx.Err() == nil; k += step {
			hit, err := failOnce(ctx, before, filepath.Join(home, "case"), file, want, how, k)
			if err != nil {
				found = append(found, fmt.Sprintf("call %d: %v", k, err))
			}
			if !hit {
				break
			}
			n++
		}
		l.report.add(row{Part: "disk", What: what, Cases: n,
			Checked: "no acknowledgement of what is not there after a power cut; sent again: as undisturbed", Found: found})
	}
	if !l.wants(smallDiskFilled) {
		return nil
	}
	return fillDisk(ctx, l, home)
}

func importFile(ctx context.Context, f *ingest.Folder, path string) error {
	_, err := f.Import(ctx, ingest.Delivery{Name: filepath.Base(path), Spec: source.Spec{Source: "pbx", Format: "mapping", Mapping: uniqueMapping},
		Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	return err
}

// failOnce imports a file while the k-th call fails. hit is false where there is no k-th call.
func failOnce(ctx context.Context, before, dir, file string, want state, how faulty.Fault, k int) (hit bool, err error) {
	if err := copyFolder(before, dir); err != nil {
		return true, err
	}
	d := &faulty.Disk{Quick: true}
	f, err := ingest.Open(ctx, dir, ingest.Deps{Formats: formats.All(), Now: time.Now, Disk: d})
	if err != nil {
		return true, err
	}
	d.FailAt(k, how)
	refused := importFile(ctx, f, file)
	hit = d.Hit()
	if how != faulty.Crash {
		d.Heal()
		if refused != nil && how != faulty.Sync { // it goes on in the same process
			if err := importFile(ctx, f, file); err != nil {
				return hit, fmt.Errorf("after %w: the disk is well, and the import is refused: %w", refused, err)
			}
			refused = nil
		}
	}
	if err := f.Close(); err != nil && how != faulty.Crash {
		return hit, err
	}
	if refused != nil && how == faulty.Sync {
		if err := d.PowerCut(); err != nil {
			return hit, err
		}
	}
	if refused != nil {
		if err := opened(ctx, dir, func(f *ingest.Folder) error { return importFile(ctx, f, file) }); err != nil {
			return hit, err
		}
	}
	got, err := stateOf(ctx, dir)
	if err == nil && got != want {
		err = fmt.Errorf("%w: %s, not %s", errLost, got.inputs, want.inputs)
	}
	return hit, err
}

const smallDiskFilled = "small disk filled under a server, and emptied"

// smallDisk is the size of the disk that is filled.
const smallDisk = 96 << 20

// fillDisk fills a small disk under a server that takes events, and empties it
// again, a few times over.
func fillDisk(ctx context.Context, l *lab, home string) error {
	r := row{Part: "disk", What: smallDiskFilled, Cases: 10,
		Checked: "refused in words while questions are answered or readiness says no; goes on by itself; every acknowledged event there, once"}
	if l.long {
		r.Cases = 40
	}
	mount := filepath.Join(home, "small")
	if err := os.MkdirAll(mount, 0o700); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", fmt.Sprint("size=", smallDisk), "tmpfs", mount).CombinedOutput(); err != nil {
		r.Cases, r.Seen = 0, "skipped: mounting a small disk needs root ("+strings.TrimSpace(string(out))+")"
		l.report.add(r)
		return nil
	}
	defer func() { _ = exec.Command("umount", mount).Run() }()
	dir := filepath.Join(mount, "data")
	token, err := l.eventFolder(ctx, dir)
	if err != nil {
		return err
	}
	s, err := l.serve(ctx, dir, token)
	if err != nil {
		return err
	}
	next, refusals, silent := 1, 0, 0
	for i := range r.Cases {
		if err := fillOnce(ctx, l, s, mount, i, &next, &refusals, &silent); err != nil {
			r.Found = append(r.Found, fmt.Sprintf("round %d: %v", i, err))
		}
	}
	if err := s.stop(); err != nil {
		r.Found = append(r.Found, fmt.Sprintf("the server ended badly: %v: %.300s", err, s.stderr))
	}
	whole := filepath.Join(home, "whole")
	if err := l.company(ctx, whole); err != nil {
		return err
	}
	if err := importEvents(ctx, whole, "all.jsonl", eventLines(0, next)); err != nil {
		return err
	}
	want, err := stateOf(ctx, whole)
	if err != nil {
		return err
	}
	if got, err := stateOf(ctx, dir); err != nil || got.facts != want.facts {
		r.Found = append(r.Found, errors.Join(errLost, err).Error())
	}
	r.Seen = fmt.Sprintf("%d events acknowledged, %d requests refused, questions unanswered during %d of them", next-1, refusals, silent)
	l.report.add(r)
	return nil
}

// fillOnce leaves some room on the disk, sends events until they are refused,
// gives the room back and waits until they are taken again.
func fillOnce(ctx context.Context, l *lab, s *server, mount string, i int, next, refusals, silent *int) error {
	const batch = 1000
	ballast := filepath.Join(mount, "ballast")
	send := func() (int, string, error) {
		return s.ask(ctx, http.MethodPost, "/api/v1/events?source="+eventSource, "", eventLines(*next, batch))
	}
	if err := fill(ballast, int64(l.random("fill", i).IntN(1<<20))); err != nil {
		return err
	}
	for range 40 {
		status, text, err := send()
		if err != nil {
			return err
		}
		if status == http.StatusAccepted {
			*next += batch
			continue
		}
		*refusals++
		if status == http.StatusInternalServerError && !strings.Contains(text, `"key"`) {
			return fmt.Errorf("refused without a word: %s", text)
		}
		ready, _, err := s.ask(ctx, http.MethodGet, "/readyz", "", nil)
		if err != nil {
			return err
		}
		answer, _, err := s.ask(ctx, http.MethodGet, "/api/v1/kpi?kpis=calls", "", nil)
		if err != nil {
			return err
		}
		if answer != http.StatusOK {
			*silent++
			if ready == http.StatusOK {
				return fmt.Errorf("questions get %d, and readiness says yes", answer)
			}
		}
		break
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		status, text, err := send()
		if err == nil && status == http.StatusAccepted {
			*next += batch
			return nil
		}
		if err != nil || time.Since(began) > time.Minute {
			return fmt.Errorf("there is room again, and events get %d %s %w", status, text, err)
		}
	}
}

// fill writes a file until only some room is left.
func fill(path string, room int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = f.Write(block)
	}
	size, err := f.Seek(0, io.SeekEnd)
	return errors.Join(err, f.Truncate(max(0, size-room)), f.Close())
}
