package mapping

import (
	"fmt"
	"github.com/callpace/callpace/internal/source"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// maxExpr bounds the text of an expression; expr bounds its nodes and memory.
const maxExpr = 4096

// cells is what an expression sees: the values of the row. Names of columns
// are rewritten to places in it.
type cells struct {
	Row []string `expr:"$row"`
}

// program is a compiled expression. Simple conditions are closures, since they
// are asked of every row and the general machine allocates.
type program struct {
	vm     *vm.Program
	simple func(row []string) bool
	reads  []int // columns
	texts  []string
}

// disabled built-ins would make the answer depend on the time of asking or on
// the order of a Go map.
var disabled = words("now date duration timezone keys values toPairs groupBy type get")

// compileExpr compiles an expression over columns. condition asks for a truth value.
func (b *binder) compileExpr(line int, text string, condition bool, defaults *formats) *program {
	at := &node{line: line}
	if len(text) > maxExpr {
		b.fail(at, "mapping.bad_expr", "expr", text[:80], "detail", "…")
		return nil
	}
	tree, err := parser.Parse(text)
	if err != nil {
		b.fail(at, "mapping.bad_expr", "expr", text, "detail", firstLine(err.Error()))
		return nil
	}
	names := calls{map[int]bool{}, map[string]bool{}}
	ast.Walk(&tree.Node, names)
	v := &columnNames{binder: b, at: at, taken: names.taken, let: names.let}
	options := []expr.Option{expr.Env(cells{}), expr.Patch(v)}
	for _, name := range disabled {
		options = append(options, expr.DisableBuiltin(name))
	}
	if condition {
		options = append(options, expr.AsBool())
	}
	options = append(options, functions(defaults)...)
	p, err := expr.Compile(text, options...)
	if b.err != nil {
		return nil
	}
	if err != nil {
		b.fail(at, "mapping.bad_expr", "expr", text, "detail", firstLine(err.Error()))
		return nil
	}
	out := &program{vm: p, reads: v.reads, texts: v.texts}
	if condition {
		out.simple = b.simple(tree.Node)
	}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// columnNames rewrites the names of columns, and col("any name"), to places in
// the row. Names that are called or declared with let are not columns.
type columnNames struct {
	*binder
	at    *node
	taken map[int]bool    // where a function's name stands
	let   map[string]bool // variables
	reads []int
	texts []string
}

func (v *columnNames) Visit(n *ast.Node) {
	switch x := (*n).(type) {
	case *ast.StringNode:
		v.texts = append(v.texts, x.Value)
	case *ast.IdentifierNode:
		if v.taken[x.Location().From] || v.let[x.Value] {
			return
		}
		if i := v.column(v.at, x.Value, false); i >= 0 {
			v.place(n, i)
		}
	case *ast.CallNode:
		callee, ok := x.Callee.(*ast.IdentifierNode)
		if !ok || callee.Value != "col" || len(x.Arguments) != 1 {
			return
		}
		if name, ok := x.Arguments[0].(*ast.StringNode); ok {
			if i := v.column(v.at, name.Value, false); i >= 0 {
				v.place(n, i)
			}
		}
	}
}

// calls finds the names of an untouched tree that are no columns.
type calls struct {
	taken map[int]bool
	let   map[string]bool
}

func (c calls) Visit(n *ast.Node) {
	switch x := (*n).(type) {
	case *ast.CallNode:
		c.taken[x.Callee.Location().From] = true
	case *ast.BuiltinNode: // perhaps disabled, and then a call of an unknown name
		c.taken[x.Location().From] = true
	case *ast.VariableDeclaratorNode:
		c.let[x.Name] = true
	}
}

func (v *columnNames) place(n *ast.Node, i int) {
	v.reads = append(v.reads, i)
	ast.Patch(n, &ast.MemberNode{Node: &ast.IdentifierNode{Value: "$row"}, Property: &ast.IntegerNode{Value: i}})
}

// simple makes a closure of comparisons of columns with texts, joined by and,
// or and not; nil for anything else.
func (b *binder) simple(n ast.Node) func(row []string) bool {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if x := b.simple(n.Node); x != nil && (n.Operator == "not" || n.Operator == "!") {
			return func(row []string) bool { return !x(row) }
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&", "or", "||":
			x, y := b.simple(n.Left), b.simple(n.Right)
			if x == nil || y == nil {
				return nil
			}
			if n.Operator == "and" || n.Operator == "&&" {
				return func(row []string) bool { return x(row) && y(row) }
			}
			return func(row []string) bool { return x(row) || y(row) }
		case "==", "!=", "in":
			return b.comparison(n)
		}
	}
	return nil
}

func (b *binder) comparison(n *ast.BinaryNode) func(row []string) bool {
	i := b.columnNode(n.Left)
	if i < 0 {
		return nil
	}
	if n.Operator == "in" {
		array, ok := n.Right.(*ast.ArrayNode)
		if !ok {
			return nil
		}
		var list []string
		for _, item := range array.Nodes {
			s, ok := item.(*ast.StringNode)
			if !ok {
				return nil
			}
			list = append(list, s.Value)
		}
		return func(row []string) bool { return has(list, row[i]) }
	}
	s, ok := n.Right.(*ast.StringNode)
	if !ok {
		return nil
	}
	if n.Operator == "==" {
		return func(row []string) bool { return row[i] == s.Value }
	}
	return func(row []string) bool { return row[i] != s.Value }
}

func (b *binder) columnNode(n ast.Node) int {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return b.index(x.Value) // names of functions never stand here
	case *ast.CallNode:
		callee, ok := x.Callee.(*ast.IdentifierNode)
		if ok && callee.Value == "col" && len(x.Arguments) == 1 {
			if name, ok := x.Arguments[0].(*ast.StringNode); ok {
				return b.index(name.Value)
			}
		}
	}
	return -1
}

// truth evaluates a condition on the row at hand.
func (s *state) truth(p *program) (bool, error) {
	if p.simple != nil {
		return p.simple(s.row), nil
	}
	out, err := s.machine.Run(p.vm, cells{s.row})
	if err != nil {
		return false, err
	}
	is, _ := out.(bool)
	return is, nil
}

// result evaluates an expression to the text of a cell.
func (s *state) result(p *program) (string, error) {
	out, err := s.machine.Run(p.vm, cells{s.row})
	if err != nil {
		return "", err
	}
	switch x := out.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(x), nil
	case bool:
		return strconv.FormatBool(x), nil
	case int:
		return strconv.Itoa(x), nil
	case float64:
		// Six places are what an amount has; the shorter form hides the noise of floats.
		return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 6, 64), "0"), "."), nil
	}
	return "", fmt.Errorf("%T", out)
}

// functions are what expressions may call beside expr's own.
func functions(defaults *formats) []expr.Option {
	part := func(name string, get func(c civil, day int64) int) expr.Option {
		return expr.Function(name, func(args ...any) (any, error) {
			text, hint := source.ASCIIDigits(strings.TrimSpace(args[0].(string))), 0
			var c civil
			if !defaults.dates.read(text, &c, &hint) && !defaults.times.read(text, &c, &hint) {
				return nil, fmt.Errorf("%s(%q)", name, text)
			}
			d, ok := int64(0), true
			if c.hasDate {
				d, ok = c.dayOf(defaults.calendar)
			}
			if !ok || !c.hasDate && name != "hour" {
				return nil, fmt.Errorf("%s(%q)", name, text)
			}
			return get(c, d), nil
		}, new(func(string) int))
	}
	number := func(text string) (float64, error) {
		a, ok := callpace.ParseAmount(plainNumber(strings.TrimSpace(text), defaults.decimal))
		if !ok {
			return 0, fmt.Errorf("number(%q)", text)
		}
		return a.Float(), nil
	}
	return []expr.Option{
		expr.Function("number", func(args ...any) (any, error) { return number(args[0].(string)) }, new(func(string) float64)),
		expr.Function("seconds", func(args ...any) (any, error) {
			f := &field{def: &fieldDef{}, value: &value{formats: *defaults}}
			ms, bad := f.duration(strings.TrimSpace(args[0].(string)))
			if bad != nil {
				return nil, fmt.Errorf("seconds(%q)", args[0])
			}
			return float64(ms) / 1000, nil
		}, new(func(string) float64)),
		expr.Function("digits", func(args ...any) (any, error) {
			return strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, source.ASCIIDigits(args[0].(string))), nil
		}, new(func(string) string)),
		part("year", func(c civil, _ int64) int { return c.year }),
		part("month", func(c civil, _ int64) int { return c.month }),
		part("day", func(c civil, _ int64) int { return c.day }),
		part("hour", func(c civil, _ int64) int { return c.hour }),
		part("weekday", func(_ civil, d int64) int { // ISO: Monday is 1
			if w := facts.DateOf(d).Weekday(); w != time.Sunday {
				return int(w)
			}
			return 7
		}),
	}
}
