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

	"github.com/callpace/callpace/internal/journal/disk/faulty"
)

// diskFaults lets calls of the journal fail, in every way, while all is done
// that it keeps; and fills a small disk under a running server.
func diskFaults(ctx context.Context, l *lab) error {
	home := filepath.Join(l.dir, "disk")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	if l.wants(callsOfTheJournal) {
		trials, err := l.diskTrials(ctx, home)
		if err != nil {
			return err
		}
		for _, t := range trials {
			for _, how := range []faulty.Fault{faulty.EIO, faulty.ENOSPC, faulty.Short, faulty.Sync, faulty.Crash} {
				l.report.add(l.failing(ctx, t, filepath.Join(home, "case"), how))
			}
		}
	}
	if !l.wants(smallDiskFilled) {
		return nil
	}
	return fillDisk(ctx, l, home)
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
