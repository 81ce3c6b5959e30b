package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
)

// gathering joins posts of events: those to one source that wait for the writer
// at the same time become one input. Taking an input in costs much the same
// whatever its size, and a busy dialler posts faster than one by one would go.
type gathering struct {
	mu   sync.Mutex
	open map[string]*group // by source: those that more can join
}

// group is posts that are taken in together.
type group struct {
	posts []post
	size  int
	done  chan struct{} // closed when every post has its answer
}

type post struct {
	who    auth.Identity
	body   []byte // whole lines
	report ingest.Report
	err    error
}

// join adds a post to the group that waits for its source, or begins one: the
// first of a group takes it in for all.
func (g *gathering) join(name string, p post) (in *group, at int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	in = g.open[name]
	if in == nil || in.size+len(p.body) > maxEvents {
		in = &group{done: make(chan struct{})}
		if g.open == nil {
			g.open = map[string]*group{}
		}
		g.open[name] = in
	}
	in.posts, in.size = append(in.posts, p), in.size+len(p.body)
	return in, len(in.posts) - 1
}

// end lets nobody join a group any longer.
func (g *gathering) end(name string, in *group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[name] == in {
		delete(g.open, name)
	}
}

// takeEvents journals and projects rows by the mapping of their source, with
// those that others post meanwhile. The report is of the input.
func (a *API) takeEvents(ctx context.Context, c *caller, name string, body []byte) (ingest.Report, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	g, at := a.gather.join(name, post{who: c.who, body: body, err: errors.New("the events were not taken in")})
	if at == 0 {
		defer close(g.done)
		a.takeGroup(ctx, c, name, g)
	} else {
		<-g.done // begun, it is finished
	}
	return g.posts[at].report, g.posts[at].err
}

// takeGroup takes all of a group in, in one turn.
func (a *API) takeGroup(ctx context.Context, c *caller, name string, g *group) {
	ctx = context.WithoutCancel(ctx) // those who joined wait, too
	spec, err := a.specOf(ctx, name)
	if err == nil {
		err = a.Folder.Write(ctx, nil, func(f *ingest.Folder) error {
			a.gather.end(name, g)
			return a.importGroup(ctx, c, f, spec, g)
		})
	}
	a.gather.end(name, g)
	if err != nil {
		for i := range g.posts {
			g.posts[i].report, g.posts[i].err = ingest.Report{}, err
		}
	}
}

// importGroup imports the posts as one input. Where they are refused for what
// they hold, each is tried by itself: nobody answers for others.
func (a *API) importGroup(ctx context.Context, c *caller, f *ingest.Folder, spec source.Spec, g *group) error {
	file := "events-" + c.now.UTC().Format("20060102-150405") + ".jsonl"
	told := map[string]bool{}
	bodies := make([][]byte, len(g.posts))
	for i, p := range g.posts {
		bodies[i] = p.body
		if !told[p.who.Account.ID] {
			told[p.who.Account.ID] = true
			if err := a.Auth.Audit(ctx, p.who.Entry(auth.Imported, spec.Source, map[string]any{"file": file})); err != nil {
				return err
			}
		}
	}
	take := func(bodies ...[]byte) (ingest.Report, error) {
		body := bytes.Join(bodies, nil)
		return f.Import(ctx, ingest.Delivery{Spec: spec, Name: file, Size: int64(len(body)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }})
	}
	r, err := take(bodies...)
	alone := len(bodies) > 1 && callpace.CodeOf(err) == callpace.Invalid
	for i := range g.posts {
		if p := &g.posts[i]; alone {
			p.report, p.err = take(p.body)
		} else {
			p.report, p.err = r, err
		}
	}
	return nil
}
