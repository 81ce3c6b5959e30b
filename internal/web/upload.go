package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/present"
)

// Limits of an upload.
const (
	defaultUploadLimit = 4 << 30   // bytes of all files of one form
	maxUploadFiles     = 50        // of one form
	spareDisk          = 256 << 20 // bytes that an upload leaves free
	maxFileName        = 200       // bytes
)

// uploadPage asks for files, and lists those that wait to be imported.
type uploadPage struct {
	shell
	Fault  string
	Limit  string
	Drafts []draftView
}

// draftView is a draft in a list.
type draftView struct {
	URL, Source, Files, Made string
}

func (r *request) newImport() error { return r.uploadForm(http.StatusOK, nil) }

func (r *request) uploadForm(status int, fault error) error {
	p := uploadPage{shell: r.shell("upload.title", "imports"), Limit: r.bytes(r.s.uploadLimit())}
	if fault != nil {
		p.Fault = r.reader.Error(fault)
	}
	p.Drafts = r.waitingDrafts()
	return r.pageStatus(status, "upload", p)
}

// waitingDrafts are the reader's own drafts with files.
func (r *request) waitingDrafts() (out []draftView) {
	for _, d := range r.s.drafts.all() {
		if d.Owner != r.who.Account.ID || d.Again() || d.By != "" {
			continue
		}
		var names []string
		for _, f := range d.Files {
			names = append(names, f.Name)
		}
		out = append(out, draftView{"/imports/draft/" + d.ID, d.Source, strings.Join(names, r.reader.Text("core.list_comma")), r.moment(d.Made)})
	}
	return out
}

func (s *Server) uploadLimit() int64 {
	if s.UploadLimit > 0 {
		return s.UploadLimit
	}
	return defaultUploadLimit
}

// upload takes files in. They go straight to the disk, and only after the
// form's token was found right: it is the first field.
func (r *request) upload() error {
	body, wire := r.Body, http.NewResponseController(r.w)
	_ = wire.EnableFullDuplex() // where there is no wire, there is nothing to linger on
	made, err := r.takeUpload()
	switch callpace.CodeOf(err) {
	case callpace.Invalid, callpace.Limit, callpace.Unsupported, callpace.Damaged:
		r.w.Header().Set("Connection", "close")
		err := r.uploadForm(Status(err), err)
		Linger(wire, body)
		return err
	}
	if err != nil {
		return err
	}
	if len(made) == 1 {
		return r.redirect("/imports/draft/" + made[0].ID)
	}
	return r.redirect("/imports/new")
}

// The bounds of a form that is read on after it was refused.
const (
	lingerBytes = 64 << 30
	lingerTime  = 10 * time.Minute
	lingerIdle  = 5 * time.Second
)

// Linger reads on what a browser still sends of a form that was refused:
// browsers look for the answer only when they have sent all of it, and a
// connection that is closed before shows as broken.
func Linger(wire *http.ResponseController, body io.Reader) {
	if wire.Flush() != nil {
		return
	}
	until := time.Now().Add(lingerTime)
	for left := int64(lingerBytes); left > 0 && time.Now().Before(until); {
		if wire.SetReadDeadline(time.Now().Add(lingerIdle)) != nil {
			return
		}
		n, err := io.CopyN(io.Discard, body, 1<<20)
		if left -= n; err != nil {
			return
		}
	}
}

func (r *request) takeUpload() (made []*draft, err error) {
	limit := r.s.uploadLimit()
	r.Body = http.MaxBytesReader(r.w, r.Body, limit+maxForm)
	form, err := r.MultipartReader()
	if err != nil {
		return nil, callpace.E(callpace.Invalid, "upload.no_form").Because(err)
	}
	if err := r.firstToken(form); err != nil {
		return nil, err
	}
	if r.ContentLength > limit+maxForm {
		return nil, r.tooLarge()
	}
	all, err := r.s.drafts.create(r.who.Account.ID, r.now)
	if err != nil {
		return nil, err
	}
	if err = room(r.s.drafts.dir, max(r.ContentLength, 0)); err == nil {
		err = r.takeFiles(form, all)
	}
	if err == nil {
		made, err = r.sortFiles(all)
	}
	if err != nil || len(made) == 0 || made[0].ID != all.ID {
		err = errors.Join(err, r.s.drafts.remove(all.ID))
	}
	return made, err
}

// firstToken checks the token, which stands before any file.
func (r *request) firstToken(form *multipart.Reader) error {
	part, err := form.NextPart()
	if err != nil {
		return r.cutOff(err)
	}
	if part.FormName() != "csrf" {
		return auth.CheckCSRF(r.formSecret(), "")
	}
	token, err := io.ReadAll(io.LimitReader(part, 1<<10))
	if err != nil {
		return r.cutOff(err)
	}
	return auth.CheckCSRF(r.formSecret(), string(token))
}

func (r *request) takeFiles(form *multipart.Reader, d *draft) error {
	left := r.s.uploadLimit()
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.cutOff(err)
		}
		name := fileName(part.FileName())
		if name == "" {
			continue
		}
		if len(d.Files) == maxUploadFiles {
			return callpace.E(callpace.Limit, "upload.too_many", "limit", maxUploadFiles)
		}
		size, err := r.takeFile(part, d, left)
		if err != nil {
			return err
		}
		if size == 0 {
			return callpace.E(callpace.Invalid, "upload.empty", "file", name)
		}
		left -= size
		d.Files[len(d.Files)-1].Name, d.Files[len(d.Files)-1].Size = name, size
	}
	if len(d.Files) == 0 {
		return callpace.E(callpace.Invalid, "upload.no_file")
	}
	return nil
}

// takeFile writes one file to the disk, as it comes.
func (r *request) takeFile(part *multipart.Part, d *draft, left int64) (size int64, err error) {
	file, err := r.s.drafts.file(d)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	d.Files = append(d.Files, draftFile{Path: file.Name()})
	for step := int64(64 << 20); ; { // the disk may fill while it comes
		n, err := io.CopyN(file, part, min(step, left-size+1))
		size += n
		if size > left {
			return size, r.tooLarge()
		}
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if pathErr := new(os.PathError); errors.As(err, &pathErr) {
			return size, callpace.E(callpace.Limit, "upload.disk").Because(err)
		}
		if err != nil {
			return size, r.cutOff(err)
		}
		if err := room(r.s.drafts.dir, 0); err != nil {
			return size, err
		}
	}
}

// cutOff tells what stopped a form: its size, else that it ended in the middle.
func (r *request) cutOff(err error) error {
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return r.tooLarge()
	}
	return callpace.E(callpace.Invalid, "upload.cut_off").Because(err)
}

func (r *request) tooLarge() error {
	return callpace.E(callpace.Limit, "upload.too_large", "limit", r.bytes(r.s.uploadLimit()))
}

// room checks that the disk has room for more bytes.
func room(dir string, more int64) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if free, known := freeDisk(dir); known && free-more < spareDisk {
		return callpace.E(callpace.Limit, "upload.disk")
	}
	return nil
}

// fileName is the last part of the name that a browser gives, without what
// terminals and file systems would trip over.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name))
	for len(name) > maxFileName {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	if name == "." || name == "/" {
		return ""
	}
	return name
}

// bytes writes a size.
func (r *request) bytes(n int64) string { return byteSize(r.reader, n) }

func byteSize(reader present.Reader, n int64) string {
	unit, v := "web.bytes", float64(n)
	for _, next := range []string{"web.kib", "web.mib", "web.gib"} {
		if v < 1024 {
			break
		}
		unit, v = next, v/1024
	}
	decimals := 0
	if v < 10 && unit != "web.bytes" && v != float64(int64(v)) {
		decimals = 1
	}
	return reader.T(unit, map[string]any{"n": reader.Number(v, decimals)})
}
