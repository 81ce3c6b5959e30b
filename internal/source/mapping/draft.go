package mapping

import (
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// write prints the draft.
func (g *guess) write(kind fileKind, special *kindDef, settings facts.Settings) {
	g.line("# %s", g.note("mapping.note.head", "count", len(g.rows)))
	g.line("version: 1")
	if g.layout.Kind != "" {
		g.line("layout: {kind: %s}", g.layout.Kind)
	} else if g.layout.Encoding != "" {
		g.line("layout: {encoding: %s} # %s", g.layout.Encoding, g.note("mapping.note.encoding"))
	}
	if kind != rosterFile {
		g.line("zone: %s # %s", settings.Zone, g.note("mapping.note.zone"))
	}
	g.key(kind)
	g.line("facts:")
	switch kind {
	case callFile:
		g.calls()
	case orderFile:
		g.line("  orders:")
		g.order("started", "")
	case pipelineFile:
		g.pipeline()
	case rosterFile:
		g.roster()
	case specialFile:
		g.draftKind(special)
	}
	g.rest(kind)
}

func (g *guess) calls() {
	g.line("  calls:")
	g.moment("started", "started")
	if c, ok := g.found["direction"]; ok {
		g.mapped("direction", c, "direction", "")
	} else {
		direction := "outbound"
		if g.has("wait") {
			direction = "inbound" // only who calls in waits in a queue
		}
		g.line("    direction: {value: %s} # %s", direction, g.note("mapping.note.direction"))
	}
	outcome, hasOutcome := g.found["outcome"]
	switch talk, hasTalk := g.found["talk"]; {
	case hasOutcome:
		g.mapped("outcome", outcome, "outcome", "unknown")
	case hasTalk:
		g.used[talk] = true
		g.line("    outcome: {expr: %s} # %s", quoted(fmt.Sprintf(`digits(col(%q)) matches "[1-9]" ? "answered" : "no_answer"`, g.columns[talk])), g.note("mapping.note.no_outcome"))
	default:
		g.line("    outcome: {value: unknown} # %s", g.note("mapping.note.outcome"))
	}
	for _, field := range words("ring wait talk hold wrap") {
		if c, ok := g.found[field]; ok {
			g.line("    %s: %s # %s", field, g.from(c, "unit: "+quoted(g.unitOf(c))), g.note("mapping.note.unit"))
		}
	}
	if !g.has("lead") && !g.has("phone") {
		g.standIn("lead", "customer")
	}
	g.plain(words("agent phone lead campaign product queue list attempt script recording channel")...)
	if c, ok := g.found["cost"]; ok {
		g.amount("cost", c)
		g.denomination("cost", c)
	}
	if sold := g.meaning(outcome, "outcome", "sale"); hasOutcome && g.has("amount") && len(sold) > 0 {
		g.line("  orders: # %s", g.note("mapping.note.sold"))
		g.order("started", g.among(outcome, sold))
	}
}

func (g *guess) pipeline() {
	stage := g.found["stage"]
	if key, ok := g.found["key"]; ok && !g.has("lead") && !g.has("phone") {
		g.found["lead"] = key
	}
	g.line("  leads:")
	g.moment("created", "started")
	g.plain(words("agent phone lead campaign product list channel segment grade referred_by")...)
	g.line("  lead_stages:")
	g.mapped("stage", stage, "stage", "new")
	won, lost := g.meaning(stage, "stage", "won"), g.meaning(stage, "stage", "lost")
	g.reached(stage, append(won, lost...))
	g.plain(words("agent phone lead campaign product lost_reason")...)
	if g.has("amount") && len(won) > 0 {
		g.line("  orders: # %s", g.note("mapping.note.won"))
		placed := "started"
		if g.has("closed") {
			placed = "closed"
		}
		g.order(placed, g.among(stage, won))
	}
}

// reached says when a stage was reached: an ended one when it was closed. Where
// open ones have a date of closing too, that is only expected.
func (g *guess) reached(stage int, ended []string) {
	closed, ok := g.found["closed"]
	if !ok {
		g.moment("reached", "started")
		return
	}
	expected := false
	for _, row := range g.rows {
		expected = expected || row[closed] != "" && !has(ended, row[stage])
	}
	started := g.found["started"]
	from := fmt.Sprintf("columns: [%s, %s]", quoted(g.columns[closed]), quoted(g.columns[started]))
	if expected {
		from = "expr: " + quoted(fmt.Sprintf("%s ? col(%q) : col(%q)", g.among(stage, ended), g.columns[closed], g.columns[started]))
	}
	d, e := guessDate(g.samples[closed]), guessDate(g.samples[started])
	format := d.options()
	if d.format != e.format && d.calendar == e.calendar && !strings.HasPrefix(d.format+e.format, "epoch") {
		format = fmt.Sprintf("format: [%s, %s]", quoted(d.format), quoted(e.format))
	}
	g.used[closed], g.used[started] = true, true
	g.line("    reached: {%s, %s}", from, format)
}

func (g *guess) roster() {
	agent, alias := "agent", "alias"
	if g.has("name") {
		if g.has("agent") && !g.has("alias") {
			alias = "agent"
		}
		agent = "name"
	}
	g.line("  roster:")
	g.line("    agent: %s", g.from(g.found[agent]))
	if c, ok := g.found[alias]; ok && alias != agent {
		g.line("    alias: %s", g.from(c))
	}
	g.plain("team")
	for _, field := range words("from to") {
		if g.has(field) {
			g.moment(field, field)
		}
	}
}

// order drafts the fields of an order; when says which rows are one.
func (g *guess) order(placed, when string) {
	if when != "" {
		g.line("    when: %s", quoted(when))
	}
	g.moment("placed", placed)
	g.cancelled(g.found[placed])
	g.amount("amount", g.found["amount"])
	g.denomination("amount", g.found["amount"])
	if c, ok := g.found["margin"]; ok {
		g.amount("margin", c)
	}
	g.plain(words("currency agent phone lead customer campaign product segment")...)
}

// cancelled drafts what takes an order back: a column of dates, else one of
// words. One that is empty so far is taken for dates: better a rejected row
// than revenue that is too high.
func (g *guess) cancelled(placed int) {
	var dates, marks, blank []int
	for _, c := range g.called("cancelled", "status") {
		isCancelled, _ := vocab().score(g.headers[c], "cancelled")
		switch {
		case len(g.samples[c]) == 0 && isCancelled > 0:
			blank = append(blank, c)
		case isCancelled > 0 && guessDate(g.samples[c]) != nil && !isNumeric(g.samples[c]):
			dates = append(dates, c)
		case len(g.marksOf(c)) > 0:
			marks = append(marks, c)
		}
	}
	switch d := guessDate(g.samples[placed]); {
	case len(dates) > 0:
		c := dates[0]
		g.line("    cancelled: %s%s", g.from(c, guessDate(g.samples[c]).options()), g.ambiguous(c))
	case len(marks) > 0:
		c := marks[0]
		g.also = append(g.also, g.columns[c])
		g.used[c] = true
		g.line("    # %s", g.note("mapping.note.cancelled_mark", "column", g.columns[c]))
		g.line("    cancelled: {expr: %s, %s}", quoted(fmt.Sprintf(`%s ? col(%q) : ""`, g.among(c, g.marksOf(c)), g.columns[placed])), d.options())
	case len(blank) > 0:
		g.line("    cancelled: %s # %s", g.from(blank[0], d.options()), g.note("mapping.note.cancelled_empty"))
	}
}

// marksOf lists the values of a column that cancel an order.
func (g *guess) marksOf(c int) []string {
	how, _ := vocab().score(g.headers[c], "cancelled")
	var out []string
	for _, w := range distinct(g.samples[c]) {
		if to := vocab().meaning("truth", w); how > 0 && to != "" {
			if to == "yes" {
				out = append(out, w)
			}
		} else if vocab().meaning("order", w) == "cancelled" {
			out = append(out, w)
		}
	}
	return out
}

// called lists the columns whose header is called by the words of some lists.
func (g *guess) called(lists ...string) (out []int) {
	for c, header := range g.headers {
		for _, list := range lists {
			if how, _ := vocab().score(header, list); how > 0 && !g.used[c] {
				out = append(out, c)
				break
			}
		}
	}
	return out
}
