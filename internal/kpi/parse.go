package kpi

import (
	"errors"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/callpace/callpace"
)

// maxText is the longest expression taken; deeper nesting than the parser's
// own limit is refused by it.
const maxText = 4096

// fault is an error in an expression, with the text and the column (from 1).
func fault(text string, column int, key string, args ...any) *callpace.Error {
	return callpace.E(callpace.Invalid, key, append([]any{"text", text, "column", column}, args...)...)
}

// parse reads a text by expr-lang's grammar.
func parse(text string) (ast.Node, error) {
	if len(text) > maxText {
		return nil, callpace.E(callpace.Invalid, "kpi.expr.too_long", "count", maxText)
	}
	tree, err := parser.Parse(text)
	if err == nil && tree.Node != nil {
		return tree.Node, nil
	}
	column, detail := 1, ""
	var e *file.Error
	if errors.As(err, &e) {
		column, detail = e.Column+1, e.Message
	}
	return nil, fault(text, column, "kpi.expr.syntax", "detail", detail) // err would say it again
}

// plain turns the friendly spelling of filters into the strict one: a single
// = and <>, lists in round brackets, "is null". Positions shift by what is
// inserted, so faults of filters show the text itself.
func plain(text string) string {
	if s, ok := bare(text); ok {
		return s
	}
	var b strings.Builder
	runes := []rune(text)
	list := 0 // depth of the brackets within a list
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		next := func(s string) bool { return strings.HasPrefix(string(runes[i:]), s) }
		switch {
		case r == '\'' || r == '"':
			end := i + 1
			for end < len(runes) && runes[end] != r {
				if runes[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(runes)-1)
			b.WriteString(string(runes[i : end+1]))
			i = end
		case next("<>"):
			b.WriteString("!=")
			i++
		case next("==") || next("!=") || next("<=") || next(">="):
			b.WriteString(string(runes[i : i+2]))
			i++
		case r == '=':
			b.WriteString("==")
		case r == '(' && (list > 0 || lastWord(b.String()) == "in"):
			list++
			b.WriteRune(map[bool]rune{true: '[', false: '('}[list == 1])
		case r == ')' && list > 0:
			b.WriteRune(map[bool]rune{true: ']', false: ')'}[list == 1])
			list--
		default:
			b.WriteRune(r)
		}
	}
	return listed(b.String())
}

// bare reads NAME OPERATOR WORDS, where the words need no quotes: product=GTX
// Pro, month=2026-11.
func bare(text string) (string, bool) {
	i := strings.IndexAny(text, "=!<>")
	if i <= 0 {
		return "", false
	}
	name, rest := strings.TrimSpace(text[:i]), text[i:]
	n := 1
	if len(rest) > 1 && strings.ContainsRune("=>", rune(rest[1])) {
		n = 2
	}
	op, value := rest[:n], strings.TrimSpace(rest[n:])
	if op == "=" {
		op = "=="
	} else if op == "<>" {
		op = "!="
	}
	if value == "" || strings.ContainsAny(name, " ()'\"") || strings.ContainsAny(value, "()[]'\"=<>!*/+,") {
		return "", false
	}
	for _, w := range strings.Fields(strings.ToLower(value)) {
		if w == "and" || w == "or" || w == "not" || w == "in" {
			return "", false
		}
	}
	if _, ok := callpace.ParseAmount(value); ok || word(value) {
		return name + " " + op + " " + value, true
	}
	return name + " " + op + " " + quote(value), true
}

// listed quotes the items of lists that are several words or dates.
func listed(text string) string {
	open := strings.Index(text, "[")
	if open < 0 || strings.ContainsAny(text, "'\"") || lastWord(text[:open]) != "in" {
		return text
	}
	shut := strings.Index(text[open:], "]")
	if shut < 0 {
		return text
	}
	items := strings.Split(text[open+1:open+shut], ",")
	for i, item := range items {
		item = strings.TrimSpace(item)
		if _, number := callpace.ParseAmount(item); !number && !word(item) && item != "" {
			item = quote(item)
		}
		items[i] = item
	}
	return text[:open+1] + strings.Join(items, ", ") + "]" + listed(text[open+shut+1:])
}

func lastWord(s string) string {
	f := strings.Fields(s)
	if len(f) == 0 {
		return ""
	}
	return strings.ToLower(f[len(f)-1])
}

func word(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
