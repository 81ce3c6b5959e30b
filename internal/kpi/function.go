package kpi

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// functions are those of conditions and values, with the sorts of their
// arguments; "" is the sort of the first.
var functions = map[string]struct {
	op     OpName
	args   []sortOf
	more   bool // the last may be repeated
	result sortOf
}{
	"is_null":         {IsNull, []sortOf{"any"}, false, aTruth},
	"coalesce":        {Coalesce, []sortOf{"any", ""}, true, ""},
	"seconds_between": {SecondsBetween, []sortOf{aMoment, aMoment}, false, aNumber},
	"add_days":        {AddDays, []sortOf{aMoment, aNumber}, false, aMoment},
	"band":            {Band, []sortOf{aNumber, aNumber}, false, aNumber},
	"number":          {ToNumber, []sortOf{aText}, false, aNumber},
}

func (k checker) call(n ast.Node, name string, args []ast.Node) (typed, error) {
	f, ok := functions[name]
	if !ok {
		return typed{}, k.unknown(n, "kpi.expr.unknown_function", name, keys(functions))
	}
	if len(args) < len(f.args) || len(args) > len(f.args) && !f.more {
		return typed{}, k.fault(n, "kpi.expr.arguments", "name", name, "want", len(f.args), "got", len(args))
	}
	op := Op{Name: f.op}
	var first sortOf
	for i, a := range args {
		t, err := k.node(a)
		if err != nil {
			return typed{}, err
		}
		want := f.args[min(i, len(f.args)-1)]
		if i == 0 {
			first = t.sort
		}
		if want == "" {
			want = first
		}
		if want != "any" && t.sort != want {
			return typed{}, k.mismatch(a, want, t.sort)
		}
		op.Args = append(op.Args, t.Expr)
	}
	if f.result == "" {
		return typed{Expr: op, sort: first}, nil
	}
	return typed{Expr: op, sort: f.result}, nil
}

// unknown says that a name is none, and which was perhaps meant.
func (k checker) unknown(n ast.Node, key, name string, known []string) error {
	if near := nearest(name, known); near != "" {
		return k.fault(n, key+"_near", "name", name, "nearest", near)
	}
	return k.fault(n, key, "name", name, "known", strings.Join(known, ", "))
}
