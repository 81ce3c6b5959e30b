package kpi

import (
	"strconv"

	"github.com/expr-lang/expr/ast"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// sort is the type of an expression.
type sortOf string

const (
	aText   sortOf = "text"
	aTruth  sortOf = "truth"
	aNumber sortOf = "number"
	aMoment sortOf = "moment"
)

// checker turns a parsed text into an Expr over one fact, or says what is wrong.
type checker struct {
	text     string
	fact     *facts.Table
	settings map[string]any
	filter   *filterNames // nil in definitions, where words are names of columns
}

// typed is an Expr with its sort.
type typed struct {
	Expr
	sort sortOf
}

// compile checks a text against a fact and gives its Expr, of the sort wanted
// ("" for any).
func (k checker) compile(want sortOf) (Expr, error) {
	t, err := k.typed(want)
	return t.Expr, err
}

func (k checker) typed(want sortOf) (typed, error) {
	source := k.text
	if k.filter != nil {
		source = plain(source)
	}
	n, err := parse(source)
	if err != nil {
		return typed{}, err
	}
	t, err := k.node(n)
	if err == nil && want != "" && t.sort != want {
		err = k.mismatch(n, want, t.sort)
	}
	if err != nil {
		return typed{}, err
	}
	return t, nil
}

func (k checker) fault(n ast.Node, key string, args ...any) *callpace.Error {
	return fault(k.text, n.Location().From+1, key, args...)
}

func (k checker) mismatch(n ast.Node, want, got sortOf) error {
	return k.fault(n, "kpi.expr.type", "want", callpace.M("kpi.sort."+string(want)), "got", callpace.M("kpi.sort."+string(got)))
}

func (k checker) node(n ast.Node) (typed, error) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return k.name(n, "", n.Value)
	case *ast.MemberNode:
		return k.member(n)
	case *ast.IntegerNode:
		return k.number(n, strconv.Itoa(n.Value))
	case *ast.FloatNode:
		return k.number(n, strconv.FormatFloat(n.Value, 'f', -1, 64))
	case *ast.StringNode:
		return typed{Expr: String{n.Value}, sort: aText}, nil
	case *ast.BoolNode:
		return typed{Expr: Boolean{n.Value}, sort: aTruth}, nil
	case *ast.UnaryNode:
		return k.unary(n)
	case *ast.BinaryNode:
		return k.binary(n)
	case *ast.CallNode:
		if f, ok := n.Callee.(*ast.IdentifierNode); ok {
			return k.call(n, f.Value, n.Arguments)
		}
	case *ast.BuiltinNode:
		return k.call(n, n.Name, n.Arguments)
	}
	return typed{}, k.fault(n, "kpi.expr.unsupported")
}

func (k checker) number(n ast.Node, text string) (typed, error) {
	a, ok := callpace.ParseAmount(text)
	if !ok {
		return typed{}, k.fault(n, "kpi.expr.number", "value", text)
	}
	return typed{Expr: Number{a}, sort: aNumber}, nil
}

func (k checker) want(n ast.Node, sort sortOf) (typed, error) {
	t, err := k.node(n)
	if err == nil && t.sort != sort {
		err = k.mismatch(n, sort, t.sort)
	}
	return t, err
}

func (k checker) unary(n *ast.UnaryNode) (typed, error) {
	switch n.Operator {
	case "not", "!":
		a, err := k.want(n.Node, aTruth)
		return typed{Expr: Op{Not, []Expr{a.Expr}}, sort: aTruth}, err
	case "-":
		a, err := k.want(n.Node, aNumber)
		if v, ok := a.Expr.(Number); ok && err == nil {
			return typed{Expr: Number{-v.Value}, sort: aNumber}, nil
		}
		return typed{Expr: Op{Sub, []Expr{Number{0}, a.Expr}}, sort: aNumber}, err
	}
	return typed{}, k.fault(n, "kpi.expr.operator", "name", n.Operator)
}

var binaryOps = map[string]OpName{"and": And, "&&": And, "or": Or, "||": Or,
	"==": Eq, "!=": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge, "+": Add, "-": Sub, "*": Mul, "/": Div}

func (k checker) binary(n *ast.BinaryNode) (typed, error) {
	if n.Operator == "in" {
		return k.in(n)
	}
	op, ok := binaryOps[n.Operator]
	if !ok {
		return typed{}, k.fault(n, "kpi.expr.operator", "name", n.Operator)
	}
	switch op {
	case And, Or, Add, Sub, Mul, Div:
		sort := aNumber
		if op == And || op == Or {
			sort = aTruth
		}
		a, err := k.want(n.Left, sort)
		if err != nil {
			return typed{}, err
		}
		b, err := k.want(n.Right, sort)
		return typed{Expr: Op{op, []Expr{a.Expr, b.Expr}}, sort: sort}, err
	}
	a, err := k.node(n.Left)
	if err != nil {
		return typed{}, err
	}
	if a.sort == aText && op != Eq && op != Ne && isNumber(n.Right) {
		a = typed{Expr: Op{ToNumber, []Expr{a.Expr}}, sort: aNumber} // attr.balance > 1000 is not about the order of letters
	}
	b, err := k.operand(n.Right, a)
	if err != nil {
		return typed{}, err
	}
	if a.sort == aTruth && op != Eq && op != Ne {
		return typed{}, k.fault(n, "kpi.expr.order")
	}
	return typed{Expr: fold(op, a.Expr, b.Expr), sort: aTruth}, nil
}

// isNumber tells whether a number is written there.
func isNumber(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return true
	case *ast.UnaryNode:
		return n.Operator == "-" && isNumber(n.Node)
	}
	return false
}

// operand is the right side of a comparison: of the left one's sort. Filters
// may leave out quotes, and may write dates and numbers as they stand.
func (k checker) operand(n ast.Node, left typed) (typed, error) {
	if id, ok := n.(*ast.IdentifierNode); ok && k.filter != nil && left.sort == aText {
		return typed{Expr: String{id.Value}, sort: aText}, nil
	}
	b, err := k.node(n)
	if err != nil || b.sort == left.sort {
		return b, err
	}
	switch lit := b.Expr.(type) {
	case Number:
		if left.sort == aText {
			return typed{Expr: String{lit.Value.String()}, sort: aText}, nil
		}
	case String:
		if left.sort == aMoment {
			day, ok := k.day(lit.Value)
			if !ok {
				return typed{}, k.fault(n, "kpi.expr.date", "value", lit.Value)
			}
			return typed{Expr: Date{day}, sort: aMoment}, nil
		}
	}
	return typed{}, k.mismatch(n, left.sort, b.sort)
}

func (k checker) in(n *ast.BinaryNode) (typed, error) {
	a, err := k.node(n.Left)
	if err != nil {
		return typed{}, err
	}
	var items []ast.Node
	switch r := n.Right.(type) {
	case *ast.ArrayNode:
		items = r.Nodes
	case *ast.MemberNode:
		values, err := k.list(r)
		if err != nil {
			return typed{}, err
		}
		items = values
	default:
		return typed{}, k.fault(n.Right, "kpi.expr.list")
	}
	args := []Expr{a.Expr}
	for _, item := range items {
		b, err := k.operand(item, a)
		if err != nil {
			return typed{}, err
		}
		args = append(args, b.Expr)
	}
	if len(args) == 1 { // in nothing
		return typed{Expr: Boolean{false}, sort: aTruth}, nil
	}
	return typed{Expr: Op{In, args}, sort: aTruth}, nil
}

// fold compares two literals at once: what a setting of 0 switches off.
func fold(op OpName, a, b Expr) Expr {
	x, ok := a.(Number)
	y, ok2 := b.(Number)
	if !ok || !ok2 {
		return Op{op, []Expr{a, b}}
	}
	return Boolean{map[OpName]bool{Eq: x == y, Ne: x != y, Lt: x.Value < y.Value, Le: x.Value <= y.Value, Gt: x.Value > y.Value, Ge: x.Value >= y.Value}[op]}
}
