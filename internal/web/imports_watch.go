package web

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/source"
)

// watchSetting is the name of the setting that holds the watched folders.
const watchSetting = "imports.watch"

// watchedFolder is a folder below the server's root whose files are taken in by
// themselves, read as a source's latest input was.
type watchedFolder struct {
	ID     string `json:"id"`
	Folder string `json:"folder"` // relative to the root
	Source string `json:"source"`
	Paused bool   `json:"paused,omitempty"`
}

// How often a folder is looked at, and how long a file must have stayed the
// same to be finished.
const (
	watchEvery  = 15 * time.Second
	watchSettle = 5 * time.Second
	maxWatched  = 50
	maxFaulty   = 20 // files of a folder that are named
)

// watching runs the watched folders while the server runs.
type watching struct {
	mu      sync.Mutex
	server  *Server
	life    context.Context // of the server; nil until it runs
	folders map[string]*watchState
}

// watchState is how a watched folder fares.
type watchState struct {
	stop   context.CancelFunc
	Looked time.Time
	Fault  error        // of the folder
	Faulty []watchFault // files that could not be taken in, the latest first
	Files  int          // taken in since the server started
	Last   string
	At     time.Time
}

// watchFault is a file that could not be taken in. It is tried again when it
// changes, or when somebody says so.
type watchFault struct {
	File string
	Err  error
}

// note keeps what became of a file.
func (s *watchState) note(rep ingest.Report, err error, now time.Time) {
	s.At, s.Last = now, rep.Name
	s.Faulty = slices.DeleteFunc(slices.Clone(s.Faulty), func(f watchFault) bool { return f.File == rep.Name })
	switch {
	case err != nil:
		s.Faulty = slices.Insert(s.Faulty, 0, watchFault{rep.Name, err})
		s.Faulty = s.Faulty[:min(len(s.Faulty), maxFaulty)]
	case !rep.Recognised:
		s.Files++
	}
}

func (w *watching) start(ctx context.Context, s *Server) {
	w.mu.Lock()
	w.server, w.life, w.folders = s, ctx, map[string]*watchState{}
	w.mu.Unlock()
	list, err := s.watchedFolders(ctx)
	if err != nil {
		s.Log.Error("watched folders", "error", err)
	}
	for _, f := range list {
		w.run(f)
	}
}

// run begins to watch a folder.
func (w *watching) run(f watchedFolder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.life == nil || f.Paused {
		return
	}
	s := w.server
	ctx, stop := context.WithCancel(w.life)
	state := &watchState{stop: stop}
	w.folders[f.ID] = state
	set := func(change func()) {
		w.mu.Lock()
		defer w.mu.Unlock()
		change()
	}
	s.Jobs.Go(func(context.Context) {
		s.Folder.Watch(ctx, watchEvery, func() (ingest.Watch, error) {
			dir, err := s.watchPath(f.Folder)
			return ingest.Watch{Drop: dir, Settle: watchSettle}, err
		}, func(folder *ingest.Folder) (source.Spec, error) {
			return latestSpec(ctx, folder, f.Source)
		}, func(rep ingest.Report, err error) {
			if err == nil {
				err = s.keepWarnings(ctx, rep)
			}
			set(func() { state.note(rep, err, s.Now()) })
		}, func(err error) {
			set(func() {
				state.Looked, state.Fault = s.Now(), err
			})
		})
	})
}

func (w *watching) end(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.folders[id]; s != nil {
		s.stop()
		delete(w.folders, id)
	}
}

func (w *watching) state(id string) (watchState, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.folders[id]; s != nil {
		return *s, true
	}
	return watchState{}, false
}

// latestSpec is how the latest input of a source is read.
func latestSpec(ctx context.Context, f *ingest.Folder, name string) (source.Spec, error) {
	spec, found, err := f.LatestSpec(ctx, name)
	if err == nil && !found {
		err = callpace.E(callpace.NotFound, "upload.no_source", "source", name)
	}
	return spec, err
}

func (s *Server) watchedFolders(ctx context.Context) (list []watchedFolder, err error) {
	err = s.State.Settings().FindSetting(ctx, watchSetting, &list)
	return list, err
}

// watchPath gives the folder below the root, links followed; one that leads out
// of it is refused.
func (s *Server) watchPath(folder string) (string, error) {
	refused := callpace.E(callpace.Invalid, "watch.not_below", "path", folder)
	if s.WatchRoot == "" || !filepath.IsLocal(folder) {
		return "", refused
	}
	root, err := filepath.EvalSymlinks(s.WatchRoot)
	if err != nil {
		return "", callpace.E(callpace.NotFound, "watch.no_folder", "path", s.WatchRoot)
	}
	dir, err := filepath.EvalSymlinks(filepath.Join(root, folder))
	if err != nil {
		return "", callpace.E(callpace.NotFound, "watch.no_folder", "path", folder)
	}
	if rel, err := filepath.Rel(root, dir); err != nil || !filepath.IsLocal(rel) {
		return "", refused
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", callpace.E(callpace.NotFound, "watch.no_folder", "path", folder)
	}
	return dir, nil
}

// watchPage lists the watched folders.
type watchPage struct {
	shell
	Root    string // "": the server has none
	May     bool
	Folders []watchView
	Files   grid
	Offered []string // folders below the root
	Sources []string
}

type watchView struct {
	Folder, Source, SourceURL, Action string
	Looked, Last, Files, Fault        string
	Paused                            bool
	Faulty                            []watchFaultView
}

type watchFaultView struct{ File, Fault string }

func (r *request) watches() error {
	list, err := r.s.watchedFolders(r.Context())
	if err != nil {
		return err
	}
	p := watchPage{shell: r.shell("watch.title", "imports"), Root: r.s.WatchRoot, May: r.who.May(auth.ManageSettings)}
	for _, f := range list {
		v := watchView{Folder: f.Folder, Source: f.Source, SourceURL: "/imports/sources/" + pathEscape(f.Source), Action: "/imports/watch/" + f.ID, Paused: f.Paused}
		if st, ok := r.s.watching.state(f.ID); ok {
			if !st.Looked.IsZero() {
				v.Looked = r.ago(st.Looked)
			}
			if v.Files = r.reader.Int(int64(st.Files)); st.Last != "" {
				v.Last = st.Last
			}
			if st.Fault != nil {
				v.Fault = r.reader.Error(st.Fault)
			}
			for _, x := range st.Faulty {
				v.Faulty = append(v.Faulty, watchFaultView{x.File, r.reader.Error(x.Err)})
			}
		}
		p.Folders = append(p.Folders, v)
	}
	all, err := r.allInputs()
	if err != nil {
		return err
	}
	for _, s := range sumSources(all) {
		p.Sources = append(p.Sources, s.name)
	}
	p.Files = r.namedGrid("watched", "watch.title")
	p.Files.Files = offerList(r, r.view(), p.Files.ID, p.Files.Caption, p.Folders, r.fileColumns("watch.folder", "column.source", "column.status", "watch.files"), func(v watchView) []export.Cell {
		return texts(v.Folder, v.Source, r.watchStatus(v), v.Files)
	})
	p.Offered = r.offeredFolders()
	return r.page("watch", p)
}

// watchStatus says in a word how a watched folder fares.
func (r *request) watchStatus(v watchView) string {
	switch {
	case v.Paused:
		return r.reader.Text("watch.paused")
	case v.Fault != "":
		return v.Fault
	case v.Looked != "":
		return r.reader.T("watch.looked", map[string]any{"ago": v.Looked})
	}
	return r.reader.Text("watch.not_yet")
}

// offeredFolders are the root itself and the folders in it.
func (r *request) offeredFolders() []string {
	if r.s.WatchRoot == "" {
		return nil
	}
	out := []string{"."}
	entries, _ := os.ReadDir(r.s.WatchRoot) // what is wrong with it is told when one is chosen
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && len(out) < 200 {
			out = append(out, e.Name())
		}
	}
	return out
}

func (r *request) addWatch() error {
	folder, name := filepath.Clean(strings.TrimSpace(r.PostFormValue("folder"))), r.PostFormValue("source")
	if _, err := r.s.watchPath(folder); err != nil {
		return err
	}
	if err := r.look(func(ctx context.Context, f *ingest.Folder) error { _, err := latestSpec(ctx, f, name); return err }); err != nil {
		return err
	}
	list, err := r.s.watchedFolders(r.Context())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(f watchedFolder) bool { return f.Folder == folder }) || len(list) >= maxWatched {
		return callpace.E(callpace.Conflict, "watch.twice", "path", folder)
	}
	d := watchedFolder{ID: newDraftID(), Folder: folder, Source: name}
	if err := r.keepWatched(append(list, d), "watch "+folder); err != nil {
		return err
	}
	r.s.watching.run(d)
	return r.redirect("/imports/watch")
}

func (r *request) removeWatch() error {
	list, err := r.s.watchedFolders(r.Context())
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	rest := slices.DeleteFunc(list, func(f watchedFolder) bool { return f.ID == id })
	if err := r.keepWatched(rest, "unwatch "+id); err != nil {
		return err
	}
	r.s.watching.end(id)
	return r.redirect("/imports/watch")
}

// pauseWatch has a folder left alone for a while, or watched again.
func (r *request) pauseWatch() error {
	list, f, err := r.watchedFolder()
	if err != nil {
		return err
	}
	f.Paused = !f.Paused
	what := "resume "
	if f.Paused {
		what = "pause "
	}
	if err := r.keepWatched(list, what+f.Folder); err != nil {
		return err
	}
	r.s.watching.end(f.ID)
	r.s.watching.run(*f)
	return r.redirect("/imports/watch")
}

// retryWatch looks at a folder now, also at the files that failed before.
func (r *request) retryWatch() error {
	_, f, err := r.watchedFolder()
	if err != nil {
		return err
	}
	r.s.watching.end(f.ID)
	r.s.watching.run(*f)
	return r.redirect("/imports/watch")
}

// watchedFolder gives the watched folders and that of the request among them.
func (r *request) watchedFolder() ([]watchedFolder, *watchedFolder, error) {
	list, err := r.s.watchedFolders(r.Context())
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(list, func(f watchedFolder) bool { return f.ID == r.PathValue("id") })
	if i < 0 {
		return nil, nil, callpace.E(callpace.NotFound, "watch.unknown")
	}
	return list, &list[i], nil
}

func (r *request) keepWatched(list []watchedFolder, what string) error {
	return r.saveSetting(watchSetting, list, map[string]any{"change": what})
}
