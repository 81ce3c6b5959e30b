package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// Limits of a workbook beyond source.MaxWhole, against files that unpack to
// more than any sheet of calls holds.
const (
	maxUnpacked = 1 << 30   // bytes of all parts that are read
	maxStrings  = 256 << 20 // bytes of the table of shared strings
	maxToken    = source.MaxRecord
	maxRows     = 1_048_576
	maxCols     = 16_384
)

// book is a workbook of the kind xlsx, read part by part as a stream: cells
// need their raw numbers and styles together, and a part cut short must be
// noticed, so the XML is read here and not by a library that formats cells.
type book struct {
	zip      *zip.Reader
	unpacked int64
	sheet    string // path of the sheet's part
	date1904 bool
	formats  []cellFormat // by style
	strings  []string
}

var errBomb = errors.New("workbook unpacks to more than the limit")

// openBook finds the sheet (empty: the first), the styles and the strings of a
// workbook.
func openBook(data []byte, sheet string) (*book, error) {
	if len(data) > source.MaxWhole {
		return nil, callpace.E(callpace.Limit, "table.workbook_too_large", "limit", source.MaxWhole>>20)
	}
	if err := checkMagic(data); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, bookError(err)
	}
	b := &book{zip: z}
	if err := b.load(sheet); err != nil {
		return nil, bookError(err)
	}
	return b, nil
}

// checkMagic tells from the first bytes of a file whether it can be a workbook.
func checkMagic(head []byte) error {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return callpace.E(callpace.Unsupported, "table.workbook_old_or_locked")
	}
	return callpace.E(callpace.Invalid, "table.not_a_workbook")
}

// bookError makes an error for the user of what went wrong in a workbook.
func bookError(err error) error {
	var e *callpace.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, errBomb):
		return callpace.E(callpace.Limit, "table.workbook_unpacks_too_large", "limit", maxUnpacked>>20).Because(err)
	}
	return callpace.E(callpace.Damaged, "table.workbook_damaged").Because(err)
}

func (b *book) load(sheet string) error {
	var root struct{ Relationship []relationship }
	if _, err := b.decode("_rels/.rels", &root); err != nil {
		return err
	}
	main := "xl/workbook.xml"
	for _, r := range root.Relationship {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			main = resolve("", r.Target)
		}
	}
	var wb struct {
		WorkbookPr struct {
			Date1904 bool `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets struct {
			Sheet []struct {
				Name string     `xml:"name,attr"`
				Attr []xml.Attr `xml:",any,attr"`
			} `xml:"sheet"`
		} `xml:"sheets"`
	}
	var rels struct{ Relationship []relationship }
	found, err := b.decode(main, &wb)
	if err != nil {
		return err
	}
	if !found {
		return callpace.E(callpace.Invalid, "table.not_a_workbook")
	}
	dir := path.Dir(main)
	if _, err := b.decode(path.Join(dir, "_rels", path.Base(main)+".rels"), &rels); err != nil {
		return err
	}
	b.date1904 = wb.WorkbookPr.Date1904
	var names []string
	for _, s := range wb.Sheets.Sheet {
		names = append(names, s.Name)
		if b.sheet != "" || sheet != "" && !strings.EqualFold(s.Name, sheet) {
			continue
		}
		for _, a := range s.Attr {
			if a.Name.Local == "id" {
				b.sheet = target(rels.Relationship, dir, func(r relationship) bool { return r.ID == a.Value && strings.HasSuffix(r.Type, "/worksheet") })
			}
		}
	}
	if b.sheet == "" {
		return callpace.E(callpace.NotFound, "table.sheet_not_found", "sheet", sheet, "sheets", strings.Join(names, ", "))
	}
	kind := func(k string) func(relationship) bool {
		return func(r relationship) bool { return strings.HasSuffix(r.Type, k) }
	}
	if err := b.loadStyles(target(rels.Relationship, dir, kind("/styles"))); err != nil {
		return err
	}
	return b.loadStrings(target(rels.Relationship, dir, kind("/sharedStrings")))
}

type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// target gives the path of the first part that is wanted, or "".
func target(rels []relationship, dir string, wanted func(relationship) bool) string {
	for _, r := range rels {
		if wanted(r) {
			return resolve(dir, r.Target)
		}
	}
	return ""
}

func resolve(dir, target string) string {
	if strings.HasPrefix(target, "/") {
		return path.Clean(target[1:])
	}
	return path.Join(dir, target)
}

// part opens a part by its path, whatever its case; nil where there is none.
func (b *book) part(name string, limit int64) (*partReader, error) {
	for _, f := range b.zip.File {
		if strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/"), name) {
			// What it says of its size may be a lie, but never a reason to unpack it.
			if f.UncompressedSize64 > uint64(min(limit, maxUnpacked)) {
				return nil, errBomb
			}
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			return &partReader{r: r, book: b, left: limit, token: maxToken}, nil
		}
	}
	return nil, nil
}

// decode unmarshals a small part; found is false where there is none.
func (b *book) decode(name string, v any) (found bool, err error) {
	p, err := b.part(name, 64<<20)
	if p == nil || err != nil {
		return false, err
	}
	defer p.Close()
	p.token = 64 << 20
	return true, xml.NewDecoder(p).Decode(v)
}

// partReader reads a part within the limits.
type partReader struct {
	r     io.ReadCloser
	book  *book
	left  int64 // bytes of this part
	token int64 // bytes until the next token must have come
}

func (p *partReader) Read(buf []byte) (int, error) {
	n, err := p.r.Read(buf)
	p.left -= int64(n)
	p.token -= int64(n)
	p.book.unpacked += int64(n)
	if p.left < 0 || p.token < 0 || p.book.unpacked > maxUnpacked {
		return 0, errBomb
	}
	return n, err
}

func (p *partReader) Close() error { return p.r.Close() }

// tokens reads the tokens of a part until each returns false; a part that ends
// before is damaged.
func (b *book) tokens(name string, limit int64, each func(d *xml.Decoder, t xml.Token) (more bool, err error)) error {
	p, err := b.part(name, limit)
	if err != nil {
		return err
	}
	if p == nil {
		return io.ErrUnexpectedEOF
	}
	defer p.Close()
	d := xml.NewDecoder(p)
	for {
		p.token = maxToken
		t, err := d.RawToken()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if more, err := each(d, t); err != nil || !more {
			return err
		}
	}
}

// loadStrings reads the table of shared strings; a workbook need not have one.
func (b *book) loadStrings(name string) error {
	if name == "" {
		return nil
	}
	var text strings.Builder
	var t textReader
	return b.tokens(name, maxStrings, func(_ *xml.Decoder, tok xml.Token) (bool, error) {
		t.token(tok, &text)
		if e, ok := tok.(xml.EndElement); ok {
			switch e.Name.Local {
			case "si":
				b.strings = append(b.strings, unescapeXML(text.String()))
				text.Reset()
			case "sst":
				return false, nil
			}
		}
		return true, nil
	})
}

// textReader gathers the text of <t> elements, but not of phonetic hints.
type textReader struct{ in, hint bool }

func (r *textReader) token(t xml.Token, out *strings.Builder) {
	switch t := t.(type) {
	case xml.StartElement:
		r.in = t.Name.Local == "t"
		r.hint = r.hint || t.Name.Local == "rPh"
	case xml.EndElement:
		r.in = false
		r.hint = r.hint && t.Name.Local != "rPh"
	case xml.CharData:
		if r.in && !r.hint {
			out.Write(t)
		}
	}
}
