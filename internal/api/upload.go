package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/source"
)

// Limits of what is sent.
const (
	defaultUpload = 4 << 30
	maxField      = 1 << 20 // a mapping is text by hand
	maxName       = 200
)

// uploadBody documents the form of an upload, which is read as it comes.
var uploadBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
	Type: huma.TypeObject, Required: []string{"source", "file"}, Properties: map[string]*huma.Schema{
		"source":  {Type: huma.TypeString, Description: "Name of the source, such as pbx-zagreb"},
		"mapping": {Type: huma.TypeString, Description: "Text of a mapping file; empty: format says how"},
		"format":  {Type: huma.TypeString, Description: "asterisk-cdr, asterisk-queue-log"},
		"file":    {Type: huma.TypeString, Format: "binary", Description: "The last field"},
	}}}}}

// RawRequest keeps the request of an operation that reads its body by itself,
// as it comes: a file is not to be held in memory. It is exported for huma only.
type RawRequest struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve takes the request.
func (in *RawRequest) Resolve(ctx huma.Context) []error {
	in.r, in.w = humago.Unwrap(ctx)
	return nil
}

type createImportInput struct{ RawRequest }

// report is what became of an upload.
type report struct {
	Input      int       `json:"input"`
	File       string    `json:"file"`
	Recognised bool      `json:"recognised" doc:"Every byte was here already"`
	Warnings   []warning `json:"warnings"`
	Counts
}

type warning struct {
	Count int64  `json:"count"`
	Line  int64  `json:"line" doc:"Of the first one"`
	Key   string `json:"key"`
	Text  string `json:"text" doc:"In the reader's language"`
}

func (c *caller) report(r ingest.Report) report {
	out := report{Input: r.Input, File: r.Name, Recognised: r.Recognised, Warnings: []warning{}, Counts: countsOf(r.Counts)}
	for _, w := range r.Warnings {
		out.Warnings = append(out.Warnings, warning{w.Count, w.Line, w.Reason.Key, c.reader.Message(w.Reason)})
	}
	return out
}

type createImportOutput struct{ Body report }

func (a *API) createImport(ctx context.Context, c *caller, in *createImportInput) (*createImportOutput, error) {
	limit := a.UploadLimit
	if limit <= 0 {
		limit = defaultUpload
	}
	in.r.Body = http.MaxBytesReader(in.w, in.r.Body, limit+4*maxField)
	form, err := in.r.MultipartReader()
	if err != nil {
		return nil, callpace.E(callpace.Invalid, "api.no_form").Because(err)
	}
	spec, file, err := readForm(form)
	if err != nil {
		return nil, cutOff(err)
	}
	spool, err := a.spool(file, limit)
	if err != nil {
		return nil, cutOff(err)
	}
	defer os.Remove(spool)
	name := path.Base(strings.ReplaceAll(file.FileName(), `\`, "/"))
	if len(name) > maxName || name == "." || name == "/" {
		name = "upload"
	}
	var r ingest.Report
	err = a.seen(ctx, c, "import", spec.Source, func(p ingest.Progress) error {
		r, err = a.deliver(ctx, c, ingest.Delivery{Spec: spec, Name: name, Open: func() (io.ReadCloser, error) { return os.Open(spool) }}, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &createImportOutput{c.report(r)}, nil
}

// seen does long work so that the pages show it.
func (a *API) seen(ctx context.Context, c *caller, kind, subject string, do func(ingest.Progress) error) error {
	if a.Jobs == nil {
		return do(nil)
	}
	return a.Jobs.Do(ctx, jobs.Job{Kind: kind, Subject: subject, By: c.who.Account.Name}, func(_ context.Context, r *jobs.Run) error { return do(r.Progress) })
}

// deliver audits a delivery and takes it in. Begun, it is finished.
func (a *API) deliver(ctx context.Context, c *caller, d ingest.Delivery, p ingest.Progress) (r ingest.Report, err error) {
	if err := a.Auth.Audit(ctx, c.who.Entry(auth.Imported, d.Spec.Source, map[string]any{"file": d.Name})); err != nil {
		return r, err
	}
	ctx = context.WithoutCancel(ctx)
	err = a.Folder.Write(ctx, p, func(f *ingest.Folder) (err error) {
		r, err = f.Import(ctx, d)
		return err
	})
	return r, err
}

// readForm reads the fields in front of the file.
func readForm(form *multipart.Reader) (spec source.Spec, file *multipart.Part, err error) {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return spec, nil, callpace.E(callpace.Invalid, "api.no_file")
		}
		if err != nil {
			return spec, nil, err
		}
		if part.FormName() == "file" {
			return spec, part, checkSpec(&spec)
		}
		text, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return spec, nil, err
		}
		if len(text) > maxField {
			return spec, nil, callpace.E(callpace.Limit, "api.too_large", "limit", maxField)
		}
		switch part.FormName() {
		case "source":
			spec.Source = strings.TrimSpace(string(text))
		case "mapping":
			spec.Mapping = string(text)
		case "format":
			spec.Format = strings.TrimSpace(string(text))
		default:
			return spec, nil, callpace.E(callpace.Invalid, "api.field_unknown", "name", part.FormName(), "known", []string{"source", "mapping", "format", "file"})
		}
	}
}

func checkSpec(spec *source.Spec) error {
	switch {
	case spec.Source == "" || len(spec.Source) > maxName:
		return callpace.E(callpace.Invalid, "api.no_source")
	case spec.Mapping != "":
		spec.Format = "mapping"
	case spec.Format == "":
		return callpace.E(callpace.Invalid, "api.no_how")
	}
	return nil
}

// spool puts a file on the disk as it comes: it is read more than once.
func (a *API) spool(from io.Reader, limit int64) (name string, err error) {
	file, err := os.CreateTemp(a.Spool, "upload-*")
	if err != nil {
		return "", err
	}
	n, err := io.Copy(file, io.LimitReader(from, limit+1))
	switch err = errors.Join(err, file.Close()); {
	case err == nil && n > limit:
		err = callpace.E(callpace.Limit, "api.too_large", "limit", limit)
	case err == nil && n == 0:
		err = callpace.E(callpace.Invalid, "api.no_file")
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// cutOff tells what stopped a body: its size, else that it ended in the middle.
func cutOff(err error) error {
	var large *http.MaxBytesError
	var own *callpace.Error
	switch {
	case errors.As(err, &own):
		return err
	case errors.As(err, &large):
		return callpace.E(callpace.Limit, "api.too_large", "limit", large.Limit)
	}
	return callpace.E(callpace.Invalid, "api.cut_off").Because(err)
}
