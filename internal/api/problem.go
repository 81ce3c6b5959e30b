package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
)

// Problem is an error as programs get it (RFC 9457).
type Problem struct {
	Type      string   `json:"type" doc:"about:blank: code and key say which problem it is"`
	Title     string   `json:"title" doc:"The status in words"`
	Status    int      `json:"status"`
	Code      string   `json:"code" doc:"Kind of problem: invalid, not_found, conflict, limit, damaged, unsupported, unauthenticated, forbidden, internal"`
	Key       string   `json:"key" doc:"Which problem it is; stays the same in all languages and versions"`
	Detail    string   `json:"detail" doc:"What is wrong and how to mend it, in the language of Accept-Language"`
	RequestID string   `json:"request_id" doc:"As in the header X-Request-Id: tell it when asking for help"`
	Errors    []Detail `json:"errors,omitempty" doc:"Each value that is wrong"`

	headers http.Header
}

// Detail is one value that is wrong.
type Detail struct {
	Location string `json:"location" doc:"Such as query.limit"`
	Key      string `json:"key"`
	Detail   string `json:"detail"`
}

// Error is the developer's text.
func (p *Problem) Error() string { return p.Key + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are headers that go with the problem.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType says that a problem is one.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses answers errors: the one place where a code becomes a status here.
var statuses = map[callpace.Code]int{
	callpace.Invalid: http.StatusUnprocessableEntity, callpace.NotFound: http.StatusNotFound, callpace.Conflict: http.StatusConflict,
	callpace.Limit: http.StatusUnprocessableEntity, callpace.Damaged: http.StatusInternalServerError, callpace.Unsupported: http.StatusUnprocessableEntity,
	callpace.Unauthenticated: http.StatusUnauthorized, callpace.Forbidden: http.StatusForbidden, callpace.Internal: http.StatusInternalServerError,
}

// tooLarge are the messages about something that is too long to be read.
var tooLarge = map[string]bool{"api.too_large": true, "upload.too_large": true}

// notNow are the messages about facts that will be there again by themselves.
var notNow = map[string]bool{"folder.opening": true, "folder.replacing": true, "facts.behind": true, "facts.spoilt": true, "events.behind": true}

// problem makes a problem of an error.
func (a *API) problem(c *caller, err error) *Problem {
	code := callpace.CodeOf(err)
	p := &Problem{Type: "about:blank", Status: statuses[code], Code: string(code), Key: "error.internal", RequestID: c.requestID, headers: http.Header{}}
	var e *callpace.Error
	if errors.As(err, &e) {
		p.Key = e.Key
		if seconds, ok := e.Args["seconds"].(int); ok {
			p.Status = http.StatusTooManyRequests
			p.headers.Set("Retry-After", fmt.Sprint(seconds))
		}
	}
	switch {
	case tooLarge[p.Key]:
		p.Status = http.StatusRequestEntityTooLarge
	case p.Status == http.StatusUnauthorized:
		p.headers.Set("WWW-Authenticate", `Bearer realm="callpace"`)
	case notNow[p.Key]:
		p.Status = http.StatusServiceUnavailable
		p.headers.Set("Retry-After", "5")
	}
	p.Title, p.Detail = http.StatusText(p.Status), c.reader.Error(err)
	if p.Status == http.StatusInternalServerError {
		a.Log.Error("api request failed", "request", c.requestID, "error", err)
		if e == nil { // what went wrong inside is for the log
			p.Detail = c.reader.T("api.internal", map[string]any{"request": c.requestID})
		}
	}
	return p
}

// nothing answers addresses and methods that there are none of.
func (a *API) nothing(w http.ResponseWriter, r *http.Request) {
	c := callerOf(r.Context())
	p := a.problem(c, callpace.E(callpace.NotFound, "api.no_operation", "method", r.Method, "path", r.URL.Path))
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = format.Marshal(w, p)
}

// faults are what huma says of a value, with our messages for it.
var faults = []struct {
	said *regexp.Regexp
	key  string
}{
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), "api.value.one_of"},
	{regexp.MustCompile(`^expected number >= (.*)$`), "api.value.at_least"},
	{regexp.MustCompile(`^expected number <= (.*)$`), "api.value.at_most"},
	{regexp.MustCompile(`^expected length >= (.*)$`), "api.value.too_short"},
	{regexp.MustCompile(`^expected length <= (.*)$`), "api.value.too_long"},
	{regexp.MustCompile(`^expected array length <= (.*)$`), "api.value.too_many"},
	{regexp.MustCompile(`^(?:required .* parameter is missing|expected required property .*)()$`), "api.value.missing"},
	{regexp.MustCompile(`^unknown query parameter()$|^unexpected property()$`), "api.value.unknown"},
	{regexp.MustCompile(`^(?:expected|invalid) (?:integer|number|boolean).*()$`), "api.value.wrong_kind"},
}

// detail words what huma found wrong with a value.
func (c *caller) detail(d *huma.ErrorDetail) Detail {
	for _, f := range faults {
		if m := f.said.FindStringSubmatch(d.Message); m != nil {
			return Detail{d.Location, f.key, c.reader.T(f.key, map[string]any{"limit": m[1]})}
		}
	}
	return Detail{d.Location, "api.value.wrong", c.reader.T("api.value.wrong", nil)}
}

var speak sync.Once

// speakProblems has huma answer with our problems. It keeps how to make errors
// in package variables, hence once for the program.
func speakProblems() {
	speak.Do(func() {
		huma.DefaultArrayNullable = false // a list without anything is []
		huma.NewError = func(status int, msg string, _ ...error) huma.StatusError {
			return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: msg}
		}
		huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
			p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: string(callpace.Invalid), Key: "api.invalid", Detail: msg}
			var c *caller
			if ctx != nil {
				c = callerOf(ctx.Context())
			}
			if c == nil {
				return p
			}
			p.RequestID = c.requestID
			var texts []string
			for _, err := range errs {
				if d, ok := err.(huma.ErrorDetailer); ok {
					x := c.detail(d.ErrorDetail())
					p.Errors, texts = append(p.Errors, x), append(texts, x.Location+": "+x.Detail)
				}
			}
			p.Detail = c.reader.T("api.invalid", map[string]any{"errors": strings.Join(texts, "; ")})
			return p
		}
	})
}

// add registers an operation that needs a permission.
func add[I, O any](a *API, op huma.Operation, permission auth.Permission, fn func(context.Context, *caller, *I) (*O, error)) {
	op.Metadata = map[string]any{needs: permission}
	op.Errors = append([]int{401, 403, 422, 429}, op.Errors...)
	op.Description = strings.TrimSpace(op.Description + " Needs the permission " + string(permission) + ".")
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c := callerOf(ctx)
		out, err := fn(ctx, c, in)
		if err != nil {
			return nil, a.problem(c, err)
		}
		fillLists(reflect.ValueOf(out))
		return out, nil
	})
}

// fillLists makes lists without anything empty ones: [] and never null.
func fillLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			fillLists(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillLists(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 { // bytes are no list
			return
		}
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fillLists(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() || !v.CanSet() {
			return
		}
		filled := reflect.MakeMapWithSize(v.Type(), v.Len()) // others may hold the map, too
		for at := v.MapRange(); at.Next(); {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(at.Value())
			fillLists(value)
			filled.SetMapIndex(at.Key(), value)
		}
		v.Set(filled)
	}
}
