package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// header names the 24 columns of the generated call log.
const header = "call_id,started_at,updated_at,agent,campaign,product,phone,lead_id,direction,kind,queue,list,attempt,disposition," +
	"ring_s,wait_s,talk_s,hold_s,wrap_s,cost,ended_by,recording,region,trunk\n"

var columnNames = strings.Split(strings.TrimSpace(header), ",")

// The generated company: 500 agents of very unequal diligence in 25 teams, and
// one lead for every ten rows, over 26 months of days of twelve hours.
const (
	agents     = 500
	teams      = 25
	rowsALead  = 10
	updates    = 15 // percent of the rows that correct an earlier call
	days       = 790
	recentRows = 50_000 // two thirds of the corrections are of calls this near, the others of any
	jitter     = 30     // seconds by which calls may stand in another order than their ids
	// Calls to one lead lie this many ids apart or a multiple of it, which is more
	// than the jitter spans up to half a billion calls: so no two of them ever begin
	// in the same second, and "the first call" means the same to everybody.
	leadStride = 512
	// A lead is called while calls go on to leads that came up to an eighth of all
	// leads later: about three months.
	leadWindow = 8
)

var firstDay = time.Date(2024, 9, 1, 8, 0, 0, 0, time.UTC)

// draw is a stream of numbers that follows from its seed alone (splitmix64).
type draw uint64

func (d *draw) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (d *draw) below(n int) int { return int(d.next() % uint64(n)) }

func (d *draw) percent(p int) bool { return d.below(100) < p }

// skewed draws below n, low numbers far more often.
func (d *draw) skewed(n int) int { return d.below(1 + d.below(n)) }

func pick(d *draw, words ...string) string { return words[d.below(len(words))] }

// generate writes a call log of n rows; equal seeds give equal bytes.
func generate(path string, n int, seed uint64) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	out := bufio.NewWriterSize(file, 1<<20)
	if _, err := io.WriteString(out, header); err != nil {
		return err
	}
	rows := draw(seed)
	g := newGenerator(n, seed)
	made := 0
	for range n {
		id, revision := made, 0
		if made > 0 && rows.percent(updates) {
			back := made
			if rows.below(3) > 0 {
				back = min(made, recentRows)
			}
			id, revision = made-1-rows.below(back), made
		} else {
			made++
		}
		if _, err := out.Write(g.row(id, revision)); err != nil {
			return err
		}
	}
	return out.Flush()
}

type generator struct {
	leads, calls int
	seed         uint64
	buf          []byte
}

func newGenerator(n int, seed uint64) *generator {
	return &generator{leads: max(1, n/rowsALead), calls: n * (100 - updates) / 100, seed: seed}
}

func (g *generator) lead(id int, d *draw) int {
	oldest := id * g.leads / g.calls
	return (oldest+d.below(g.leads/leadWindow+1))/leadStride*leadStride + id%leadStride
}

// writeMore writes n further calls, all of days behind those of the log, so that
// what is asked about the log stays true. part tells one such file from the next.
func (g *generator) writeMore(path string, part, n int) error {
	b := []byte(header)
	after := g.firstOf(days + 30)
	for id := after + part*n; id < after+(part+1)*n; id++ {
		b = append(b, g.row(id, 0)...)
	}
	return os.WriteFile(path, b, 0o644)
}

// firstOf is the first call of a day, counted from 0.
func (g *generator) firstOf(day int) int { return (day*g.calls + days - 1) / days }

// later is a version of a call that came after all of the log; each round's is another.
func (g *generator) later(id, round int) string {
	return string(g.row(id, 2*g.calls+id+1+round))
}

func phoneOf(lead int) string { return fmt.Sprintf("+3859%08d", lead) }

func agentName(agent int) string { return fmt.Sprintf("Agent %03d", agent) }

// writeRoster writes who is in which team.
func writeRoster(path string) error {
	b := []byte("agent,team\n")
	for agent := 1; agent <= agents; agent++ {
		b = fmt.Appendf(b, "%s,Team %02d\n", agentName(agent), agent%teams+1)
	}
	return os.WriteFile(path, b, 0o644)
}

// row makes call id as it stood when revision calls had been made (0: at its end).
func (g *generator) row(id, revision int) []byte {
	d := draw(g.seed ^ uint64(id)*0xd1342543de82ef95)
	inbound := d.percent(25)
	day := id * days / g.calls
	second := (id*days%g.calls)*12*3600/g.calls + d.below(jitter)
	started := firstDay.AddDate(0, 0, day).Add(time.Duration(second) * time.Second)
	ring, talk, hold, wait := 3+d.below(25), 0, 0, 0
	outcome := pick(&d, "NA", "NA", "NA", "BUSY", "AM", "WN", "ANS", "ANS", "CB", "NI", "NI", "INT", "APPT", "SALE", "LOST")
	direction, kind, queue := "outbound", pick(&d, "cold", "cold", "follow_up", "callback"), ""
	if inbound {
		direction, kind, queue = "inbound", "service", "queue-"+strconv.Itoa(d.below(8))
		wait = d.skewed(120)
		if outcome = pick(&d, "ANS", "ANS", "ANS", "ABD", "SALE", "CB"); outcome == "ABD" {
			ring = 0
		}
	}
	switch outcome {
	case "NA", "BUSY", "AM", "ABD":
	default:
		talk, hold = 10+d.skewed(900), d.skewed(60)
	}
	agent, lead, wrap := 1+d.skewed(agents), g.lead(id, &d), d.skewed(90)
	updated := started.Add(time.Duration(ring+wait+talk+hold+wrap) * time.Second)
	if revision > 0 {
		updated = updated.Add(time.Duration(revision-id) * time.Second)
		outcome, wrap = pick(&d, "APPT", "SALE", "LOST", "CB"), wrap+d.below(60)
	}
	b := g.buf[:0]
	b = fmt.Appendf(b, "c%09d,", id)
	b = append(started.AppendFormat(b, time.DateTime), ',')
	b = append(updated.AppendFormat(b, time.DateTime), ',')
	b = fmt.Appendf(b, "%s,Campaign %d,Product %d,%s,", agentName(agent), 1+d.skewed(12), 1+d.below(5), phoneOf(lead))
	if d.percent(70) {
		b = fmt.Appendf(b, "L%08d", lead)
	}
	b = fmt.Appendf(b, ",%s,%s,%s,list-%d,%d,%s,%d,%d,%d,%d,%d,0.%04d,%s,https://rec.example/%016x.ogg,%s,trunk-%d\n",
		direction, kind, queue, 1+lead%40, 1+d.below(6), outcome, ring, wait, talk, hold, wrap, talk*3+ring,
		pick(&d, "agent", "customer", "system"), d.next(), pick(&d, "Zagreb", "Split", "Rijeka", "Osijek", "Zadar"), d.below(12))
	g.buf = b
	return b
}
