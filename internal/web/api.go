package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/callpace/callpace"
)

// API is the JSON API beside the pages. It finds out for itself who asks.
type API interface {
	http.Handler
	// Document is its OpenAPI 3.1 document.
	Document() []byte
}

// apiPath is where the API is.
const apiPath = "/api/v1/"

func apiRoutes() []route {
	return []route{{pattern: "GET /api", anyone: true, handle: (*request).apiReference}}
}

// apiPage is the reference of the API, made of its document.
type apiPage struct {
	shell
	Document   string
	Operations []apiOperation
}

// apiOperation is one thing that can be asked of the API.
type apiOperation struct {
	Method, Path         string
	ID                   string `json:"operationId"`
	Summary, Description string
	Parameters           []apiParameter
	Responses            map[string]json.RawMessage
	RequestBody          struct {
		Content map[string]struct {
			Schema struct{ Properties map[string]apiSchema }
		}
	}
}

// apiParameter is a value that an operation takes.
type apiParameter struct {
	Name, In, Description string
	Required              bool
	Schema                apiSchema
}

type apiSchema struct {
	Type        any
	Enum        []string
	Description string
}

// Kind is what the value is.
func (p apiParameter) Kind() string {
	if len(p.Schema.Enum) > 0 {
		return strings.Join(p.Schema.Enum, " | ")
	}
	switch t := p.Schema.Type.(type) {
	case string:
		return t
	case []any: // nullable
		if len(t) > 0 {
			if name, ok := t[0].(string); ok {
				return name
			}
		}
	}
	return ""
}

// Statuses are those of its answers.
func (o apiOperation) Statuses() []string { return slices.Sorted(maps.Keys(o.Responses)) }

// operations reads them from an OpenAPI document.
func operations(document []byte) ([]apiOperation, error) {
	var doc struct {
		Paths map[string]map[string]apiOperation
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	var out []apiOperation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			o := doc.Paths[path][method]
			o.Method, o.Path = strings.ToUpper(method), strings.TrimSuffix(apiPath, "/")+path
			for _, kind := range slices.Sorted(maps.Keys(o.RequestBody.Content)) {
				fields := o.RequestBody.Content[kind].Schema.Properties
				for _, name := range slices.Sorted(maps.Keys(fields)) {
					o.Parameters = append(o.Parameters, apiParameter{Name: name, In: "body", Description: fields[name].Description, Schema: fields[name]})
				}
			}
			out = append(out, o)
		}
	}
	return out, nil
}

func (r *request) apiReference() error {
	if r.s.API == nil {
		return callpace.E(callpace.NotFound, "web.no_page")
	}
	page := apiPage{shell: r.shell("api.title", ""), Document: apiPath + "openapi.json"}
	var err error
	if page.Operations, err = operations(r.s.API.Document()); err != nil {
		return err
	}
	return r.page("api", page)
}
