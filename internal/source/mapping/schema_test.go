package mapping

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write schema.json anew from the tables of the code")

type obj = map[string]any

// buildSchema writes down what Parse accepts, from the same tables.
func buildSchema() obj {
	ref := func(name string) obj { return obj{"$ref": "#/$defs/" + name} }
	closed := func(properties obj) obj {
		return obj{"type": "object", "properties": properties, "additionalProperties": false}
	}
	scalar := obj{"type": []string{"string", "number", "boolean"}}
	facts, defs := obj{}, obj{}
	shared := obj{}
	for _, d := range factDefs {
		properties := obj{"when": ref("conditions"), "suffix": ref("text"), "attributes": ref("attributes")}
		for _, f := range d.fields {
			name := "value"
			if f.kind == outcomeKind {
				name = "outcome"
			} else if f.kind == agentKind {
				name = "agent"
			}
			properties[f.name] = ref("field_" + name)
			if _, ok := shared[f.name]; !ok {
				shared[f.name] = ref(name)
			}
		}
		defs[d.table.Name] = closed(properties)
		facts[d.table.Name] = obj{"anyOf": []any{ref(d.table.Name), obj{"type": "array", "items": ref(d.table.Name)}}}
	}
	value := func(outcome, shares bool) obj {
		to := any(ref("text"))
		if outcome {
			to = obj{"enum": outcomeWords()}
		}
		p := obj{"column": ref("text"), "columns": ref("texts"), "expr": ref("text"), "value": to, "date": ref("text"), "time": ref("text"),
			"optional": obj{"type": "boolean"}, "null": ref("texts"), "map": obj{"type": "object", "additionalProperties": to}, "default": to,
			"format": ref("texts"), "time_format": ref("texts"), "unit": obj{"enum": units}, "decimal": obj{"enum": decimals}, "zone": ref("text"), "calendar": obj{"enum": calendars}}
		if shares {
			p["shares"] = obj{"anyOf": []any{obj{"type": "boolean"}, obj{"type": "array", "items": obj{"type": "object", "required": []string{"agent"},
				"properties": obj{"agent": ref("text"), "share": ref("text")}, "additionalProperties": false}}}}
		}
		return obj{"anyOf": []any{ref("texts"), closed(p)}}
	}
	count := obj{"type": "integer", "minimum": 0}
	keepColumns := obj{"anyOf": []any{obj{"enum": keepWords}, obj{"type": "array", "items": scalar}}}
	maps.Copy(defs, obj{
		"text": scalar, "texts": obj{"anyOf": []any{scalar, obj{"type": "array", "items": obj{"type": []string{"string", "number", "boolean", "null"}}}}},
		"conditions": ref("texts"), "value": value(false, false), "outcome": value(true, false), "agent": value(false, true),
		"field_value": orNull(ref("value")), "field_outcome": orNull(ref("outcome")), "field_agent": orNull(ref("agent")),
		"attributes": obj{"anyOf": []any{obj{"type": "null"}, keepColumns, closed(obj{"keep": keepColumns, "except": ref("texts"), "also": ref("texts"),
			"rename": obj{"type": "object", "additionalProperties": scalar}})}},
	})
	return obj{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "callpace mapping", "type": "object", "additionalProperties": false,
		"required": []string{"version", "facts"},
		"properties": obj{
			"version": obj{"const": 1},
			"layout": obj{"anyOf": []any{obj{"type": "null"}, closed(obj{"kind": ref("text"), "encoding": ref("text"), "delimiter": ref("text"), "quote": ref("text"), "escape": ref("text"),
				"comment": ref("text"), "header": obj{"type": "boolean"}, "columns": ref("texts"), "skip_lines": count, "sheet": ref("text"), "header_row": count})}},
			"zone": ref("text"), "country": ref("text"), "currency": obj{"type": "string", "pattern": "^[A-Z]{3}$"}, "record": ref("text"),
			"key": ref("value"), "row_version": ref("value"), "skip": ref("conditions"), "null": ref("texts"), "personal": ref("texts"),
			"formats":      obj{"anyOf": []any{obj{"type": "null"}, closed(obj{"date": ref("texts"), "time": ref("texts"), "decimal": obj{"enum": decimals}, "calendar": obj{"enum": calendars}})}},
			"dispositions": obj{"enum": words("auto yes no")},
			"attributes":   ref("attributes"),
			"shared":       closed(shared),
			"facts":        obj{"type": "object", "properties": facts, "additionalProperties": false, "minProperties": 1},
		},
		"$defs": defs,
	}
}

func orNull(o obj) obj { return obj{"anyOf": []any{obj{"type": "null"}, o}} }

func TestSchemaIsThatOfTheCode(t *testing.T) {
	want, err := json.MarshalIndent(buildSchema(), "", "  ")
	require.NoError(t, err)
	want = append(want, '\n')
	if *update {
		require.NoError(t, os.WriteFile("schema.json", want, 0o644))
		return
	}
	require.True(t, bytes.Equal(want, Schema()), "schema.json is stale: go test ./internal/source/mapping -run Schema -update")
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("mapping.json", doc))
	s, err := c.Compile("mapping.json")
	require.NoError(t, err)
	return s
}

// bySchema validates a YAML text as an editor would.
func bySchema(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var doc any
	require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
	raw, err := json.Marshal(doc)
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return s.Validate(v)
}

func TestSchemaAndParseAgree(t *testing.T) {
	s := compiledSchema(t)
	const head = "version: 1\nfacts:\n  leads:\n    lead: a\n"
	f := func(text string, good bool) {
		t.Helper()
		_, err := Parse(text)
		require.Equal(t, good, err == nil, "Parse: %v\n%s", err, text)
		require.Equal(t, good, bySchema(t, s, text) == nil, "schema: %s", text)
	}
	f(head, true)
	f(head+"key: [a, b]\n", true)
	f(head+"attributes: none\n", true)
	f(head+"attributes: [a]\n", true)
	f(head+"attributes: {except: [a], rename: {b: c}}\n", true)
	f(head+"formats: {date: [iso, eu], decimal: \",\"}\n", true)
	f(head+"    agent: {value: 5}\n", true)
	f(head+"    agent:\n", true)
	f("version: 1\nfacts:\n  lead_stages:\n    - {stage: a}\n    - {stage: b, when: c == \"x\"}\n", true)
	f("version: 2\nfacts: {leads: {lead: a}}\n", false)
	f("version: 1\n", false)
	f("version: 1\nfacts: {}\n", false)
	f("version: 1\nfacts: {lead: {lead: a}}\n", false)
	f(head+"    agnet: a\n", false)
	f(head+"atributes: none\n", false)
	f(head+"attributes: some\n", false)
	f(head+"layout: {delimeter: \";\"}\n", false)
	f(head+"layout: {skip_lines: -1}\n", false)
	f(head+"formats: {decimal: \";\"}\n", false)
	f(head+"dispositions: maybe\n", false)
	f(head+"currency: euro\n", false)
	f(head+"    created: {column: a, unit: parsec}\n", false)
	f(head+"    created: {columns: {a: b}}\n", false)
}
