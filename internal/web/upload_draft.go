package web

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
)

// draft is an import that is being prepared: files that are here, and how they
// are to be read. One without files reads what a source sent anew.
type draft struct {
	ID      string            `json:"id"`
	Owner   string            `json:"owner"` // account
	Made    time.Time         `json:"made"`
	Source  string            `json:"source"`
	Format  string            `json:"format"`
	Mapping string            `json:"mapping,omitempty"`
	Options map[string]string `json:"options,omitempty"`
	Files   []draftFile       `json:"files,omitempty"`
	Told    string            `json:"told"` // how it was recognised: message "upload.told.<…>"
	Input   int               `json:"input,omitempty"`
	From    int               `json:"from,omitempty"` // inputs from this one on are read anew
	By      string            `json:"by,omitempty"`   // name of who began the import; "" where nobody has
	Job     string            `json:"job,omitempty"`  // that imports it
}

// draftFile is an uploaded file.
type draftFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Path string `json:"path"`
}

// Again tells that the draft reads anew what a source sent.
func (d *draft) Again() bool { return d.Input > 0 }

func (d *draft) spec() source.Spec {
	return source.Spec{Source: d.Source, Format: d.Format, Mapping: d.Mapping, Options: d.Options}
}

func (f draftFile) open() (io.ReadCloser, error) { return os.Open(f.Path) }

func (d *draft) delivery(f draftFile) ingest.Delivery {
	return ingest.Delivery{Spec: d.spec(), Name: f.Name, Size: f.Size, Open: f.open}
}

// drafts keeps drafts in a folder of their own beside the data, so that a
// restart loses none. A folder without its document is an upload that was cut off.
type drafts struct {
	dir string
	mu  sync.Mutex
}

// draftTime is how long a draft is kept that nobody imports.
const draftTime = 48 * time.Hour

var draftID = regexp.MustCompile(`^[0-9a-f]{16}$`)

func newDraftID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// create makes a draft with a folder for its files, not yet saved.
func (ds *drafts) create(owner string, now time.Time) (*draft, error) {
	d := &draft{ID: newDraftID(), Owner: owner, Made: now}
	if err := os.MkdirAll(ds.folder(d.ID), 0o700); err != nil {
		return nil, fmt.Errorf("make draft: %w", err)
	}
	return d, nil
}

func (ds *drafts) folder(id string) string { return filepath.Join(ds.dir, id) }

// file makes the next file of a draft.
func (ds *drafts) file(d *draft) (*os.File, error) {
	path := filepath.Join(ds.folder(d.ID), strconv.Itoa(len(d.Files)))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep upload: %w", err)
	}
	return file, nil
}

// save writes a draft's document, whole or not at all.
func (ds *drafts) save(d *draft) error {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	path := filepath.Join(ds.folder(d.ID), "draft.json")
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	return nil
}

// find gives a draft of an account.
func (ds *drafts) find(id, owner string) (*draft, error) {
	d, err := ds.read(id)
	if err != nil || d.Owner != owner {
		return nil, callpace.E(callpace.NotFound, "upload.no_draft")
	}
	return d, nil
}

func (ds *drafts) read(id string) (*draft, error) {
	if !draftID.MatchString(id) {
		return nil, fs.ErrNotExist
	}
	ds.mu.Lock()
	defer ds.mu.Unlock()
	text, err := os.ReadFile(filepath.Join(ds.folder(id), "draft.json"))
	if err != nil {
		return nil, err
	}
	d := &draft{}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("read draft: %w", err)
	}
	for i := range d.Files {
		d.Files[i].Path = filepath.Join(ds.folder(id), strconv.Itoa(i))
	}
	return d, nil
}

// all lists the drafts, the newest first.
func (ds *drafts) all() []*draft {
	var out []*draft
	entries, _ := os.ReadDir(ds.dir) // missing until the first upload
	for _, e := range entries {
		if d, err := ds.read(e.Name()); err == nil {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *draft) int {
		if c := b.Made.Compare(a.Made); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

func (ds *drafts) remove(id string) error {
	if !draftID.MatchString(id) {
		return nil
	}
	return os.RemoveAll(ds.folder(id))
}

// sweep removes drafts that nobody came back to, and with them what an upload
// left that a stop of the server cut off.
func (ds *drafts) sweep(now time.Time, cutOff bool) error {
	entries, err := os.ReadDir(ds.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		d, bad := ds.read(e.Name())
		if bad != nil && cutOff || bad == nil && now.Sub(d.Made) > draftTime && d.By == "" {
			err = errors.Join(err, os.RemoveAll(filepath.Join(ds.dir, e.Name())))
		}
	}
	return err
}

// take moves a file into a draft.
func (ds *drafts) take(d *draft, f draftFile) error {
	to := filepath.Join(ds.folder(d.ID), strconv.Itoa(len(d.Files)))
	if to != f.Path {
		if err := os.Rename(f.Path, to); err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
	}
	f.Path = to
	d.Files = append(d.Files, f)
	return nil
}
