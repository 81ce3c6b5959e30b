package kpi

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/callpace/callpace"
)

// class is what a formula's value is made of: what may be added to what.
type class string

const (
	classNumber    class = "number"
	classMoney     class = "money"
	classSeconds   class = "seconds"
	classSet       class = "set"
	classHistogram class = "histogram"
)

// message names the class.
func (c class) message() callpace.Message { return callpace.M("kpi.class." + string(c)) }

// formula is a checked formula over measures.
type formula interface{ class() class }

type (
	measureRef struct{ use *use }
	constant   struct{ value float64 }
	arithmetic struct {
		op   string
		a, b formula
		of   class
	}
	application struct {
		name string
		args []formula
		of   class
	}
)

func (f measureRef) class() class  { return f.use.class }
func (constant) class() class      { return classNumber }
func (f arithmetic) class() class  { return f.of }
func (f application) class() class { return f.of }

// formulaFunctions are those of formulas:
//
//	total(a, b, …)      the sum of those that have data
//	prefer(a, b)        a, or b where the answer has no a at all
//	union(a, b, …)      the number of different members of sets
//	common(a, b)        the number of members of both sets
//	evenness(h)         1 − Gini·n/(n−1) of a histogram
//	random_evenness(h)  the evenness to be expected by chance
var formulaFunctions = map[string]struct {
	least, most int
	of          class // of the arguments; "" for numbers
}{
	"total": {2, 20, ""}, "prefer": {2, 2, ""}, "union": {1, 20, classSet}, "common": {2, 2, classSet},
	"evenness": {1, 1, classHistogram}, "random_evenness": {1, 1, classHistogram},
}

// compiler turns formulas of one KPI into trees. stack holds the KPIs being
// compiled, so that a cycle is seen.
type compiler struct {
	catalogue *Catalogue
	settings  map[string]any
	override  map[string]map[string]any // settings by KPI
	stack     []string
	uses      *[]*use
	ids       *[]string // of the KPIs compiled
	followed  int       // days; see Query.Followed
}

func (c compiler) formula(text string) (f formula, err error) {
	n, err := parseFormula(text)
	if err == nil {
		f, err = c.node(text, n)
	}
	return f, asWritten(text, err)
}

var variantInFormula = regexp.MustCompile(`\b([A-Za-z_]\w*):([\w.]+(?::\w+)?)`)

// asWritten moves the place of a fault back to where it is in the text that
// parseFormula was given.
func asWritten(text string, err error) error {
	var e *callpace.Error
	if !errors.As(err, &e) {
		return err
	}
	column, ok := e.Args["column"].(int)
	if (e.Args["text"] != text && e.Key != "kpi.expr.syntax") || !ok {
		return err
	}
	shift := 0
	for _, m := range variantInFormula.FindAllStringSubmatchIndex(text, -1) {
		for _, x := range []struct{ at, more int }{{m[3], 1}, {m[1], 2}} { // [" for the colon, and "] at the end
			if column > x.at+shift+1 {
				shift += min(x.more, column-x.at-shift-1)
			}
		}
	}
	e.Args["column"], e.Args["text"] = column-shift, text
	return err
}

// SplitRatio takes a formula apart at its last division; ok is false for one
// that is no division as a whole.
func SplitRatio(text string) (numerator, denominator string, ok bool) {
	n, err := parseFormula(text)
	if root, is := n.(*ast.BinaryNode); err != nil || !is || root.Operator != "/" {
		return "", "", false
	}
	for i := strings.LastIndex(text, "/"); i > 0; i = strings.LastIndex(text[:i], "/") {
		a, b := strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
		_, errA := parseFormula(a)
		if _, errB := parseFormula(b); errA == nil && errB == nil {
			return a, b, true
		}
	}
	return "", "", false // in brackets as a whole
}

// parseFormula reads a formula. id:variant becomes a member of id, since the
// grammar has no such name; asWritten undoes what that shifts.
func parseFormula(text string) (ast.Node, error) {
	return parse(variantInFormula.ReplaceAllString(text, `$1["$2"]`))
}

func (c compiler) node(text string, n ast.Node) (formula, error) {
	at := n.Location().From + 1
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constant{float64(n.Value)}, nil
	case *ast.FloatNode:
		return constant{n.Value}, nil
	case *ast.IdentifierNode:
		return c.name(text, at, n.Value)
	case *ast.MemberNode:
		id, ok := n.Node.(*ast.IdentifierNode)
		variant, ok2 := n.Property.(*ast.StringNode)
		if ok && ok2 {
			d, err := c.catalogue.Find(id.Value)
			if err != nil {
				return nil, err
			}
			return c.kpi(text, at, d, variant.Value)
		}
	case *ast.UnaryNode:
		if n.Operator == "-" {
			return c.arithmetic(text, at, "-", constant{0}, n.Node)
		}
	case *ast.BinaryNode:
		if strings.Contains("+-*/", n.Operator) && len(n.Operator) == 1 {
			a, err := c.node(text, n.Left)
			if err != nil {
				return nil, err
			}
			return c.arithmetic(text, at, n.Operator, a, n.Right)
		}
		return nil, fault(text, at, "kpi.expr.operator", "name", n.Operator)
	case *ast.CallNode:
		if f, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(text, at, f.Value, n.Arguments)
		}
	case *ast.BuiltinNode:
		return c.call(text, at, n.Name, n.Arguments)
	}
	return nil, fault(text, at, "kpi.expr.unsupported")
}

func (c compiler) arithmetic(text string, at int, op string, a formula, right ast.Node) (formula, error) {
	b, err := c.node(text, right)
	if err != nil {
		return nil, err
	}
	of, ok := combine(op, a, b)
	if !ok {
		return nil, fault(text, at, "kpi.formula.nonsense", "op", op, "a", a.class().message(), "b", b.class().message())
	}
	return arithmetic{op, a, b, of}, nil
}

// combine gives the class of a sum or product; ok is false for nonsense such
// as a rate plus money.
func combine(op string, a, b formula) (of class, ok bool) {
	x, y := a.class(), b.class()
	if x == classSet || x == classHistogram || y == classSet || y == classHistogram {
		return "", false
	}
	_, literal := b.(constant)
	switch {
	case op == "+" || op == "-":
		_, zero := a.(constant)
		if zero && op == "-" && a.(constant).value == 0 {
			return y, true
		}
		return x, x == y
	case x == y && x != classNumber:
		return classNumber, op == "/"
	case op == "*" && x == classNumber:
		return y, true
	case y == classNumber:
		return x, op == "*" || x == classMoney || x == classSeconds || literal || x == classNumber
	case x == classMoney:
		return classMoney, true // per second
	}
	return classNumber, true
}

// name resolves an id: a measure, else another KPI.
func (c compiler) name(text string, at int, id string) (formula, error) {
	if m := c.catalogue.measures[id]; m != nil {
		u, err := c.use(m, "", m.Agg, 0)
		if err != nil {
			return nil, err
		}
		return measureRef{u}, nil
	}
	if d := c.catalogue.kpis[id]; d != nil {
		return c.kpi(text, at, d, "")
	}
	known := append(keys(c.catalogue.measures), c.catalogue.order...)
	if near := nearest(id, known); near != "" {
		return nil, fault(text, at, "kpi.formula.unknown_near", "name", id, "nearest", near)
	}
	return nil, fault(text, at, "kpi.formula.unknown", "name", id)
}

// kpi gives a variant of another KPI as part of a formula, with its own settings.
func (c compiler) kpi(text string, at int, d *Def, variant string) (formula, error) {
	v, err := d.variant(variant)
	if err != nil {
		return nil, err
	}
	if i := slices.Index(c.stack, d.called(v)); i >= 0 {
		chain := append(append([]string{}, c.stack[i:]...), d.called(v))
		return nil, fault(text, at, "kpi.formula.cycle", "chain", strings.Join(chain, " → "))
	}
	k, err := c.compile(d, v)
	if err != nil {
		return nil, err
	}
	switch {
	case k.kind == KindShare:
		return nil, fault(text, at, "kpi.formula.share", "name", d.ID)
	case k.value != nil:
		return k.value, nil
	}
	of, _ := combine("/", k.num, k.den)
	return arithmetic{"/", k.num, k.den, of}, nil
}

func (c compiler) call(text string, at int, name string, args []ast.Node) (formula, error) {
	f, ok := formulaFunctions[name]
	if !ok {
		if near := nearest(name, keys(formulaFunctions)); near != "" {
			return nil, fault(text, at, "kpi.expr.unknown_function_near", "name", name, "nearest", near)
		}
		return nil, fault(text, at, "kpi.expr.unknown_function", "name", name, "known", strings.Join(keys(formulaFunctions), ", "))
	}
	if len(args) < f.least || len(args) > f.most {
		return nil, fault(text, at, "kpi.expr.arguments", "name", name, "want", f.least, "got", len(args))
	}
	out := application{name: name, of: classNumber}
	for i, a := range args {
		x, err := c.node(text, a)
		if err != nil {
			return nil, err
		}
		want := f.of
		if want == "" && i > 0 {
			want = out.args[0].class()
		}
		if want != "" && x.class() != want || want == "" && (x.class() == classSet || x.class() == classHistogram) {
			return nil, fault(text, a.Location().From+1, "kpi.formula.argument", "name", name, "number", strconv.Itoa(i+1), "got", x.class().message())
		}
		out.args = append(out.args, x)
	}
	if f.of == "" {
		out.of = out.args[0].class()
	}
	return out, nil
}

// isSum tells whether a formula is one of operators, so that it needs brackets beside another.
func isSum(n ast.Node) bool {
	_, ok := n.(*ast.BinaryNode)
	return ok
}
