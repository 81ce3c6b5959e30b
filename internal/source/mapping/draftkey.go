package mapping

import (
	"slices"
	"strings"
)

// key drafts what tells records apart: a column that is called so and whose
// values are all different in the rows seen; else, where a number starts anew
// in each line or every day, that column with these; else none. A wrong key
// would drop rows silently, none costs only updates.
func (g *guess) key(kind fileKind) {
	candidates := g.keyCandidates(kind)
	for _, c := range candidates {
		if g.areUnique(c) {
			g.found["key"] = c
			g.line("key: %s", quoted(g.columns[c]))
			g.used[c] = true
			return
		}
	}
	if len(candidates) == 0 {
		g.line("# %s", g.note("mapping.note.no_key"))
		return
	}
	c := candidates[0]
	key := append(g.apart(kind, c), c)
	slices.Sort(key)
	name := g.columns[c]
	if len(key) > 1 && g.isFull(c) && g.areUnique(key...) {
		var names []string
		for _, k := range key {
			names = append(names, g.columns[k])
		}
		g.line("# %s", g.note("mapping.note.key_parts", "column", name))
		g.line("key: [%s]", quotedList(names))
		return
	}
	g.line("# %s", g.note("mapping.note.key_twice", "column", name, "value", g.repeated(c)))
}

// keyCandidates lists columns that are called like a key, the likeliest first.
// One that only contains such a word must mean nothing else.
func (g *guess) keyCandidates(kind fileKind) (out []int) {
	if kind == rosterFile {
		for _, field := range words("alias agent name") {
			if c, ok := g.found[field]; ok {
				out = append(out, c)
			}
		}
		return out
	}
	type candidate struct{ how, place, column int }
	var list []candidate
	for c, header := range g.headers {
		how, place := vocab().score(header, "key")
		if how == 2 || how == 1 && !g.means(c) {
			list = append(list, candidate{how, place, c})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		if a.how != b.how {
			return b.how - a.how
		}
		return a.place - b.place
	})
	for _, c := range list {
		out = append(out, c.column)
	}
	if lead, ok := g.found["lead"]; ok && kind == pipelineFile && !slices.Contains(out, lead) {
		out = append(out, lead)
	}
	return out
}

// means tells whether a column was taken for a field.
func (g *guess) means(column int) bool {
	for field, c := range g.found {
		if c == column && field != "key" {
			return true
		}
	}
	return false
}

// apart lists the columns within which a number may start anew: all of them,
// since more columns do not make a key less unique.
func (g *guess) apart(kind fileKind, key int) (out []int) {
	if kind == rosterFile {
		for _, field := range words("team from") {
			if c, ok := g.found[field]; ok {
				out = append(out, c)
			}
		}
		return out
	}
	for c, header := range g.headers {
		if how, _ := vocab().score(header, "numbered"); c != key && (how > 0 || c == g.found["started"]) {
			out = append(out, c)
		}
	}
	return out
}

func (g *guess) areUnique(columns ...int) bool {
	seen := make(map[string]bool, len(g.rows))
	for _, row := range g.rows {
		var parts []string
		for _, c := range columns {
			parts = append(parts, row[c])
		}
		key := strings.Join(parts, "\x00")
		if seen[key] || strings.Trim(key, "\x00") == "" {
			return false
		}
		seen[key] = true
	}
	return true
}

// isFull tells whether every row has a value in a column.
func (g *guess) isFull(column int) bool {
	for _, row := range g.rows {
		if row[column] == "" {
			return false
		}
	}
	return true
}

// repeated gives a value that several rows have, or "" where one has none.
func (g *guess) repeated(column int) string {
	seen := map[string]bool{}
	for _, row := range g.rows {
		if seen[row[column]] {
			return row[column]
		}
		seen[row[column]] = true
	}
	return ""
}
