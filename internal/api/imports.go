package api

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
)

// inputEntry is an input: one act of delivery.
type inputEntry struct {
	Input   int       `json:"input"`
	Source  string    `json:"source"`
	File    string    `json:"file"`
	Arrived time.Time `json:"arrived"`
	Status  string    `json:"status" enum:"unfinished,pending,committed,withdrawn" doc:"pending: rows that are stored and do not count yet"`
	Bytes   int64     `json:"bytes"`
	Counts
}

// Counts is what became of an input's records.
type Counts struct {
	Read      int64 `json:"read"`
	New       int64 `json:"new"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Skipped   int64 `json:"skipped"`
	Rejected  int64 `json:"rejected"`
}

func countsOf(c facts.Counts) Counts {
	return Counts{c.Read, c.New, c.Updated, c.Unchanged, c.Skipped, c.Rejected}
}

type importsInput struct {
	Source string `query:"source" maxLength:"200" doc:"Only those of this source"`
	Before int    `query:"before" minimum:"0" doc:"next of the page before: only inputs below this number"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type importsOutput struct {
	Body struct {
		Imports []inputEntry `json:"imports" doc:"The latest first"`
		Next    int          `json:"next,omitempty" doc:"before of the next page; absent on the last"`
	}
}

type importInput struct {
	Input int `path:"input" minimum:"1"`
}

type importOutput struct{ Body inputEntry }

type withdrawInput struct {
	Input     int  `path:"input" minimum:"1"`
	WithLater bool `query:"with_later" doc:"Withdraw what goes on from it, too"`
}

type withdrawOutput struct {
	Body struct {
		Withdrawn []int `json:"withdrawn" doc:"The last one first"`
	}
}

func (a *API) imports() {
	add(a, huma.Operation{OperationID: "listImports", Method: "GET", Path: "/imports", Summary: "List what has arrived."}, auth.Import, a.listImports)
	add(a, huma.Operation{OperationID: "findImport", Method: "GET", Path: "/imports/{input}", Summary: "Tell of one input.", Errors: []int{404}}, auth.Import, a.findImport)
	add(a, huma.Operation{OperationID: "createImport", Method: "POST", Path: "/imports", Summary: "Bring a file in.", DefaultStatus: 201, Errors: []int{409, 413},
		Description: "A form (multipart/form-data) with the fields source, then mapping (the text of a mapping file) or format with options, then file. " +
			"The file is answered for when it is stored durably and its numbers count. The same file again changes nothing."}, auth.Import, a.createImport)
	a.huma.OpenAPI().Paths["/imports"].Post.RequestBody = uploadBody // told only now: the framework would read it
	add(a, huma.Operation{OperationID: "withdrawImport", Method: "DELETE", Path: "/imports/{input}", Summary: "Take an input out of what counts.", Errors: []int{404, 409},
		Description: "The numbers become what they would be had it never come."}, auth.Withdraw, a.withdrawImport)
}

func (a *API) inputs(ctx context.Context) (out []inputEntry, err error) {
	err = a.Folder.Read(func(f *ingest.Folder) error {
		all, err := f.Inputs(ctx)
		for _, in := range all {
			out = append(out, entryOf(in))
		}
		return err
	})
	return out, err
}

func entryOf(in ingest.InputInfo) inputEntry {
	return inputEntry{in.Input, in.Source, in.Name, in.Arrived.UTC(), in.Status, in.Bytes, countsOf(in.Counts)}
}

func (a *API) listImports(ctx context.Context, _ *caller, in *importsInput) (*importsOutput, error) {
	all, err := a.inputs(ctx)
	if err != nil {
		return nil, err
	}
	out := &importsOutput{}
	out.Body.Imports = []inputEntry{}
	for i := len(all) - 1; i >= 0; i-- {
		if in.Before > 0 && all[i].Input >= in.Before || in.Source != "" && all[i].Source != in.Source {
			continue
		}
		if len(out.Body.Imports) == in.Limit {
			out.Body.Next = out.Body.Imports[in.Limit-1].Input
			break
		}
		out.Body.Imports = append(out.Body.Imports, all[i])
	}
	return out, nil
}

func (a *API) findImport(ctx context.Context, _ *caller, in *importInput) (*importOutput, error) {
	out := &importOutput{}
	err := a.Folder.Read(func(f *ingest.Folder) error {
		info, err := f.Input(ctx, in.Input)
		out.Body = entryOf(info)
		return err
	})
	if callpace.CodeOf(err) == callpace.NotFound {
		err = callpace.E(callpace.NotFound, "api.no_import", "input", in.Input)
	}
	return out, err
}

func (a *API) withdrawImport(ctx context.Context, c *caller, in *withdrawInput) (*withdrawOutput, error) {
	if _, err := a.findImport(ctx, c, &importInput{in.Input}); err != nil {
		return nil, err
	}
	if err := a.Auth.Audit(ctx, c.who.Entry(auth.Withdrawn, fmt.Sprint(in.Input), nil)); err != nil {
		return nil, err
	}
	out := &withdrawOutput{}
	// Begun, it is finished: a program that hangs up must not leave half of it.
	ctx = context.WithoutCancel(ctx)
	err := a.seen(ctx, c, "withdraw", "", func(p ingest.Progress) error {
		return a.Folder.Replace(ctx, p, func(f *ingest.Folder) (err error) {
			out.Body.Withdrawn, err = f.Withdraw(ctx, in.Input, in.WithLater)
			return err
		})
	})
	return out, err
}
