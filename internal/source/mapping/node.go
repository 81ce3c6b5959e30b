package mapping

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/callpace/callpace"
)

// maxText bounds a mapping file; maxDepth bounds how deep it nests.
const (
	maxText  = 1 << 20
	maxDepth = 16
)

type shape uint8

const (
	empty shape = iota
	scalar
	list
	object
)

// node is a piece of the mapping file with the line it stands on. Scalars stay
// the text that was written: in `map: {yes: sale, 1: lost}` no key is a truth
// value or a number.
type node struct {
	line  int
	shape shape
	text  string
	items []*node // of a list, or the values of an object
	keys  []*node // of an object
}

// readNode reads the one document of a YAML text.
func readNode(text string) (*node, error) {
	if len(text) > maxText {
		return nil, callpace.E(callpace.Limit, "mapping.too_long", "limit", maxText)
	}
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, callpace.E(callpace.Invalid, "mapping.bad_yaml", "detail", firstLine(err.Error()))
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			return nil, problem(&node{line: lineOf(doc.Body)}, "mapping.two_documents")
		}
		body = doc.Body
	}
	if body == nil {
		return nil, callpace.E(callpace.Invalid, "mapping.empty")
	}
	return convert(body, 0)
}

func convert(n ast.Node, depth int) (*node, error) {
	out := &node{line: lineOf(n)}
	if depth > maxDepth {
		return nil, problem(out, "mapping.too_deep")
	}
	switch n := n.(type) {
	case nil:
		return out, nil
	case *ast.NullNode: // the text matters in null: [NULL]
		out.text = n.GetToken().Value
		return out, nil
	case *ast.MappingNode:
		return convertObject(out, n.Values, depth)
	case *ast.MappingValueNode:
		return convertObject(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.shape = list
		for _, v := range n.Values {
			item, err := convert(v, depth+1)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item)
		}
		return out, nil
	case *ast.LiteralNode:
		out.shape, out.text = scalar, strings.TrimSpace(n.Value.Value)
		return out, nil
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.shape, out.text = scalar, n.GetToken().Value
		return out, nil
	}
	return nil, problem(out, "mapping.unsupported_yaml")
}

// convertObject trusts the parser to refuse a key given twice.
func convertObject(out *node, values []*ast.MappingValueNode, depth int) (*node, error) {
	out.shape = object
	for _, v := range values {
		key := &node{line: lineOf(v.Key), shape: scalar, text: v.Key.GetToken().Value}
		switch v.Key.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		default:
			return nil, problem(key, "mapping.unsupported_yaml")
		}
		item, err := convert(v.Value, depth+1)
		if err != nil {
			return nil, err
		}
		if item.line == 0 {
			item.line = key.line
		}
		out.keys, out.items = append(out.keys, key), append(out.items, item)
	}
	return out, nil
}

func lineOf(n ast.Node) int {
	if n == nil {
		return 0
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// get gives the value of an object's key, or nil.
func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if k.text == key {
			return n.items[i]
		}
	}
	return nil
}

func problem(n *node, key string, args ...any) error {
	return callpace.E(callpace.Invalid, key, append([]any{"line", n.line}, args...)...)
}
