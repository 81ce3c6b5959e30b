package web

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
)

// recording is how a call can be heard: here, at another program's address, or
// not at all.
type recording struct {
	Play      string // address to play it from
	Elsewhere string // address of another program
	Missing   bool   // the source names one that cannot be opened
}

// audio are the files that are sent, with their types: nothing else in the
// folder is anybody's business.
var audio = map[string]string{".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".m4a": "audio/mp4", ".flac": "audio/flac",
	".gsm": "audio/x-gsm", ".webm": "audio/webm"}

// recordingOf tells how the recording that a source names can be heard by the reader.
func (r *request) recordingOf(name, call string) recording {
	if name == "" || !r.who.May(auth.ReviewCalls) {
		return recording{}
	}
	if u, err := url.Parse(name); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return recording{Elsewhere: name}
	}
	file, err := r.openRecording(name)
	if err != nil {
		return recording{Missing: true}
	}
	_ = file.Close() // only looked whether it is there
	return recording{Play: call + "/recording"}
}

// openRecording opens a recording below the folder of recordings. Neither
// dots nor links lead out of it: the system itself holds the path there.
func (r *request) openRecording(name string) (*os.File, error) {
	missing := callpace.E(callpace.NotFound, "call.no_recording")
	if r.s.Recordings == "" || audio[strings.ToLower(path.Ext(name))] == "" {
		return nil, missing
	}
	root, err := os.OpenRoot(r.s.Recordings)
	if err != nil {
		return nil, missing.Because(err)
	}
	defer root.Close()
	// A source may give the path that the file has there, or had on the exchange.
	for _, try := range []string{name, strings.TrimPrefix(name, filepath.ToSlash(r.s.Recordings)), path.Base(filepath.ToSlash(name))} {
		try = strings.TrimLeft(try, "/")
		if !filepath.IsLocal(try) {
			continue
		}
		file, err := root.Open(try)
		if err != nil {
			continue
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
		_ = file.Close()
	}
	return nil, missing
}

// hear sends the recording of a call, or the part of it that is asked for.
func (r *request) hear() error {
	set, err := r.findCall()
	if err != nil {
		return err
	}
	name := r.rowText(nil, facts.Calls, set).value(set.Rows[0], "recording")
	file, err := r.openRecording(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := r.heard(); err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	r.w.Header().Set("Content-Type", audio[strings.ToLower(path.Ext(name))])
	r.w.Header().Set("Content-Disposition", "inline")
	http.ServeContent(r.w, r.Request, "", info.ModTime(), file)
	return nil
}

// oneHearing is for how long the pieces of a recording that somebody asks for
// are one hearing.
const oneHearing = 10 * time.Minute

// hearings are when accounts began to hear recordings: a player asks for them in
// pieces, and the audit log tells of a hearing once.
type hearings struct {
	mu    sync.Mutex
	began map[[2]string]time.Time // by account and call
}

// heard leaves an entry in the audit log, whatever part of the recording was
// asked for.
func (r *request) heard() error {
	h, key := &r.s.hearings, [2]string{r.who.Account.ID, r.subject()}
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.began, func(_ [2]string, at time.Time) bool { return r.now.Sub(at) >= oneHearing })
	if _, goesOn := h.began[key]; goesOn {
		return nil
	}
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.RecordingHeard, r.subject(), nil)); err != nil {
		return err
	}
	if h.began == nil {
		h.began = map[[2]string]time.Time{}
	}
	h.began[key] = r.now
	return nil
}
