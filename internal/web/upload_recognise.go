package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/asterisk"
	"github.com/callpace/callpace/internal/source/mapping"
)

// sampleSize is how much of a file is looked at to draft its mapping and to
// list the values of its columns; of a workbook it is all.
const sampleSize = 2 << 20

// knownSource is a source with how its latest input was read, and how that begins.
type knownSource struct {
	spec  source.Spec
	input int
	head  []byte
}

// sortFiles recognises the files of an upload: those that are read alike stay
// together in a draft. The first draft is the one that holds all files.
func (r *request) sortFiles(all *draft) ([]*draft, error) {
	sources, err := r.knownSources()
	if err != nil {
		return nil, err
	}
	var made []*draft
	var like []string // what each draft was recognised as, with its columns
	files := all.Files
	all.Files = nil
	for i, f := range files {
		var d draft
		print, err := r.recognise(f, sources, &d)
		if err != nil {
			return nil, err
		}
		at := slices.Index(like, print)
		if at < 0 {
			own := all
			if i > 0 {
				if own, err = r.s.drafts.create(all.Owner, all.Made); err != nil {
					return nil, err
				}
			}
			own.Source, own.Format, own.Mapping, own.Told = d.Source, d.Format, d.Mapping, d.Told
			at, like, made = len(made), append(like, print), append(made, own)
		}
		if err := r.s.drafts.take(made[at], f); err != nil {
			return nil, err
		}
	}
	for _, d := range made {
		if err := r.s.drafts.save(d); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// recognise settles how a file can be read, and gives what files that are read
// alike have in common.
func (r *request) recognise(f draftFile, sources []knownSource, d *draft) (print string, err error) {
	head, err := sampleOfFile(r.Context(), f)
	if err != nil {
		return "", err
	}
	if err := checkContent(f.Name, head); err != nil {
		return "", err
	}
	d.Source = sourceName(f.Name)
	for _, k := range sources {
		if k.spec.Format == "mapping" && sameColumns(k, head) {
			d.Source, d.Format, d.Mapping, d.Told = k.spec.Source, "mapping", k.spec.Mapping, "known"
			return "known\x00" + k.spec.Source, nil
		}
	}
	for _, format := range []string{asterisk.QueueLogName, asterisk.CDRName} {
		spec := source.Spec{Source: d.Source, Format: format, Settings: r.settings}
		opener, ok := r.s.Formats.Find(format)
		if !ok || filepath.Ext(f.Name) == ".xlsx" {
			continue
		}
		if _, err := opener.Open(spec, head[:min(len(head), source.HeadSize)]); err == nil && looksLike(format, head) {
			d.Format, d.Told = format, "asterisk"
			for _, k := range sources {
				if k.spec.Format == format {
					d.Source, d.Options = k.spec.Source, k.spec.Options
				}
			}
			return format, nil
		}
	}
	d.Format, d.Told = "mapping", "guessed"
	d.Mapping, err = mapping.Guess(head, f.Name, r.settings, r.reader.T)
	if key := new(callpace.Error); errors.As(err, &key) && key.Key == "mapping.guess_nothing" {
		d.Told, d.Mapping, err = "unknown", mapping.Skeleton(head, f.Name, "calls", r.settings), nil
	}
	if err != nil {
		return "", err
	}
	e, err := mapping.Edit(d.Mapping, head)
	if err != nil {
		return "", err
	}
	return "guessed\x00" + strings.Join(e.Headers(), "\x00"), nil
}

var (
	queueLine = regexp.MustCompile(`^\d{9,11}(\.\d+)?\|[^|\n]*\|[^|\n]*\|[^|\n]*\|[A-Z]+(\||\n|\r)`)
	cdrWords  = regexp.MustCompile(`(?i)lastapp|dcontext|dstchannel|"?(ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION)"?,"?(DOCUMENTATION|OMIT|BILLING|default|\d)"?,`)
)

// looksLike asks for more than that a format can open a file: formats of
// telephone systems take almost any line.
func looksLike(format string, head []byte) bool {
	front := bytes.TrimPrefix(head[:min(len(head), 64<<10)], []byte("\xef\xbb\xbf"))
	if format == asterisk.QueueLogName {
		return queueLine.Match(front)
	}
	return cdrWords.Match(front)
}

// sampleOfFile reads the beginning of a file, unpacked; of a workbook all of it.
func sampleOfFile(ctx context.Context, f draftFile) ([]byte, error) {
	r, err := journal.Unpacked(ctx, f.Name, f.open)
	if err != nil {
		return nil, err
	}
	limit := int64(sampleSize)
	if strings.EqualFold(filepath.Ext(f.Name), ".xlsx") {
		limit = source.MaxWhole + 1
	}
	head, err := io.ReadAll(io.LimitReader(r, limit))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if int64(len(head)) > source.MaxWhole && limit > source.MaxWhole {
		return nil, callpace.E(callpace.Limit, "import.too_large_whole", "limit_mib", source.MaxWhole>>20)
	}
	return head, nil
}

// checkContent refuses a file that is not what its name says, before anything
// tries to make sense of it.
func checkContent(name string, head []byte) error {
	isBook := strings.EqualFold(filepath.Ext(name), ".xlsx")
	bad := func(key string) error { return callpace.E(callpace.Invalid, key, "file", name) }
	switch front := bytes.TrimSpace(head[:min(len(head), 512)]); {
	case len(front) == 0:
		return bad("upload.empty")
	case isBook && !bytes.HasPrefix(head, []byte("PK")) && !bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return bad("upload.no_workbook")
	case isBook:
		return nil // its reader tells what is wrong
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && bytes.Contains(head, []byte("xl/")):
		return bad("upload.is_workbook")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return bad("upload.is_archive")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return bad("upload.is_old_workbook")
	case bytes.HasPrefix(bytes.ToLower(front), []byte("<!doctype html")), bytes.HasPrefix(bytes.ToLower(front), []byte("<html")):
		return bad("upload.is_page")
	case bytes.HasPrefix(front, []byte("%PDF")), isBinary(head):
		return callpace.E(callpace.Invalid, "upload.no_text", "file", name, "kind", http.DetectContentType(head))
	}
	return nil
}

// isBinary tells whether the beginning of a file holds what no text does.
func isBinary(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return false
	}
	return bytes.IndexByte(head[:min(len(head), 64<<10)], 0) >= 0
}

// knownSources lists the sources that sent something, the latest first.
func (r *request) knownSources() (out []knownSource, err error) {
	err = r.s.Folder.Look(func(f *ingest.Folder) error {
		inputs, err := f.Inputs(r.Context())
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, in := range slices.Backward(inputs) {
			if seen[in.Source] || in.Status != string(journal.Committed) || len(out) == maxKnown {
				continue
			}
			seen[in.Source] = true
			k := knownSource{input: in.Input}
			if k.spec, err = f.SpecOf(r.Context(), in.Input); err != nil {
				return err
			}
			if k.spec.Format == "mapping" {
				if k.head, err = f.Sample(r.Context(), in.Input); err != nil {
					return err
				}
			}
			out = append(out, k)
		}
		return nil
	})
	return out, err
}

// maxKnown bounds the sources that a file is compared with.
const maxKnown = 50

// sameColumns tells whether a file has the columns of what a source sent.
func sameColumns(k knownSource, head []byte) bool {
	before, err := mapping.Edit(k.spec.Mapping, front(k.head))
	if err != nil {
		return false
	}
	now, err := mapping.Edit(k.spec.Mapping, front(head))
	return err == nil && len(now.Headers()) > 1 && slices.Equal(before.Headers(), now.Headers())
}

// front is enough of a file to see its columns; a workbook cannot be cut.
func front(head []byte) []byte {
	if bytes.HasPrefix(head, []byte("PK")) {
		return head
	}
	return head[:min(len(head), 64<<10)]
}

var notName = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// sourceName proposes a name for where a file came from: what its name says
// beside dates and numbers.
func sourceName(file string) string {
	file = strings.ToLower(file)
	for _, ext := range []string{".gz", ".zst", filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(file, ".gz"), ".zst"))} {
		file = strings.TrimSuffix(file, ext)
	}
	var words []string
	for _, w := range notName.Split(file, -1) {
		if strings.Trim(w, "0123456789") != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return "import"
	}
	return strings.Join(words, "-")
}
