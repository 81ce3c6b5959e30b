package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which Linux tells processor time.
const tick = time.Second / 100

// processors is the time that processes and all that they started have spent on
// processors, 0 where the system does not tell. On a machine with other work it
// says more than the time that passed.
func processors(pids ...int) time.Duration {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	children, spent := map[int][]int{}, map[int]time.Duration{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		var pid int
		if _, err := fmt.Sscan(string(text), &pid); err != nil {
			continue
		}
		// Behind the name, which may hold anything: state, parent, …
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		parent, err := strconv.Atoi(f[1])
		if err != nil {
			continue
		}
		children[parent] = append(children[parent], pid)
		for _, ticks := range f[11:15] { // its own, and those of children that have ended
			n, err := strconv.Atoi(ticks)
			if err == nil {
				spent[pid] += time.Duration(n) * tick
			}
		}
	}
	var sum time.Duration
	for ; len(pids) > 0; pids = append(pids[1:], children[pids[0]]...) {
		sum += spent[pids[0]]
	}
	return sum
}

func (s *server) process() int { return s.cmd.Process.Pid }

func (p *pipe) process() int { return p.cmd.Process.Pid }

// processors is what a peer's server and its client have spent.
func (r *rival) processors() time.Duration {
	var pids []int
	for _, part := range []any{r.peer, r.c} {
		if p, ok := part.(interface{ process() int }); ok {
			pids = append(pids, p.process())
		}
	}
	if len(pids) == 2 && pids[0] == pids[1] {
		pids = pids[:1]
	}
	return processors(pids...)
}

func (p *product) processors() time.Duration { return processors(p.process()) }

// watch gives what is spent on processors from now until it is called.
func watch(of interface{ processors() time.Duration }) func() time.Duration {
	before := of.processors()
	return func() time.Duration { return of.processors() - before }
}
