package mapping

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// write prints the draft.
func (g *guess) write(date int, settings facts.Settings) {
	rows := 0
	for _, s := range g.samples {
		rows = max(rows, len(s))
	}
	g.line("# %s", strings.ReplaceAll(g.notes["head"], "{x}", strconv.Itoa(rows)))
	g.line("version: 1")
	if g.layout.Kind != "" {
		g.line("layout: {kind: %s}", g.layout.Kind)
	} else if g.layout.Encoding != "" {
		g.line("layout: {encoding: %s} # %s", g.layout.Encoding, g.notes["encoding"])
	}
	g.line("zone: %s # %s", settings.Zone, g.notes["zone"])
	if key, ok := g.found["key"]; ok {
		g.line("key: %s", quoted(g.columns[key]))
	} else {
		g.line("# %s", g.notes["no_key"])
	}
	g.line("facts:")
	_, hasOutcome := g.found["outcome"]
	_, hasTalk := g.found["talk"]
	_, hasAmount := g.found["amount"]
	_, hasStage := g.found["stage"]
	switch {
	case hasStage:
		g.line("  leads:")
		g.date("created", date)
		g.columnsOf("agent", "phone", "lead", "campaign", "product")
		g.line("  lead_stages:")
		g.words("stage", facts.LeadStages.Name, "stage_map")
		g.date("reached", date)
		g.columnsOf("agent", "phone", "lead", "product")
	case hasOutcome || hasTalk || !hasAmount:
		g.line("  calls:")
		g.call(date, hasOutcome, hasTalk)
	default:
		g.line("  orders:")
		g.date("placed", date)
		g.line("    amount: {column: %s, decimal: %q}", quoted(g.columns[g.found["amount"]]), guessDecimal(g.samples[g.found["amount"]]))
		g.columnsOf("agent", "phone", "lead", "campaign", "product")
	}
}

func (g *guess) call(date int, hasOutcome, hasTalk bool) {
	g.date("started", date)
	if _, ok := g.found["direction"]; ok {
		g.columnsOf("direction")
	} else {
		g.line("    direction: {value: outbound} # %s", g.notes["direction"])
	}
	switch {
	case hasOutcome:
		g.words("outcome", facts.Calls.Name, "outcome_map")
	case hasTalk:
		g.line("    outcome: {expr: %s} # %s", quoted(fmt.Sprintf(`digits(col(%q)) matches "[1-9]" ? "answered" : "no_answer"`, g.columns[g.found["talk"]])), g.notes["no_outcome"])
	default:
		g.line("    outcome: {value: unknown} # %s", g.notes["outcome_map"])
	}
	for _, field := range []string{"talk", "wait"} {
		if c, ok := g.found[field]; ok {
			g.line("    %s: {column: %s, unit: %s} # %s", field, quoted(g.columns[c]), quoted(guessUnit(g.samples[c])), g.notes["unit"])
		}
	}
	g.columnsOf("agent", "phone", "lead", "campaign", "product", "queue", "attempt")
}

func (g *guess) line(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

func (g *guess) columnsOf(fields ...string) {
	for _, field := range fields {
		if c, ok := g.found[field]; ok {
			g.line("    %s: %s", field, quoted(g.columns[c]))
		}
	}
}

func (g *guess) date(field string, c int) {
	d := guessDate(g.samples[c])
	text := fmt.Sprintf("    %s: {column: %s, format: %s", field, quoted(g.columns[c]), quoted(d.format))
	if d.calendar != "" {
		text += ", calendar: " + d.calendar
	}
	if text += "}"; d.ambiguous {
		text += " # " + g.notes["ambiguous"]
	}
	g.line("%s", text)
}

// words drafts a value map with every word of the samples; a word that
// callpace knows stands for itself.
func (g *guess) words(field, fact, note string) {
	c := g.found[field]
	g.line("    %s: # %s", field, g.notes[note])
	g.line("      column: %s", quoted(g.columns[c]))
	g.line("      map:")
	known := factByName(fact).find(field).words
	seen := map[string]bool{}
	for _, w := range distinct(g.samples[c]) {
		if seen[fold(w)] || len(w) > 200 {
			continue
		}
		seen[fold(w)] = true
		to := "unknown"
		_, isOutcome := callpace.FlagsOf(callpace.Outcome(snake(w)))
		switch {
		case field == "outcome" && isOutcome, has(known, snake(w)):
			to = snake(w)
		case field == "stage":
			to = "new"
		}
		g.line("        %s: %s", quoted(w), to)
	}
}

// quoted writes a text for YAML, in quotes where it could be taken for more.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsAny(s[:1], "-? ")
	for _, r := range s {
		plain = plain && (r == '_' || r == '-' || r == ' ' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0xff)
	}
	switch strings.ToLower(s) {
	case "yes", "no", "true", "false", "null", "on", "off", "y", "n", "~":
		plain = false
	}
	if plain && s == strings.TrimSpace(s) {
		return s
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, "'", "''"), "\n", " ") + "'"
}
