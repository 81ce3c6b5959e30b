package ingest

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// Preview decodes the beginning of a file without storing anything: what the
// first records are understood as. Records that make sense only together
// (legs of calls) are assembled as far as the beginning goes.
func (f *Folder) Preview(ctx context.Context, d Delivery) (*facts.Batch, error) {
	head, err := f.head(ctx, d)
	if err != nil {
		return nil, err
	}
	d.Spec.Settings = f.settings
	decoder, err := f.openFormat(d.Spec, head)
	if err != nil {
		return nil, err
	}
	if _, whole := decoder.(source.Whole); whole {
		if head, err = f.all(ctx, d); err != nil {
			return nil, err
		}
	}
	batch := &facts.Batch{}
	skip, lines := decoder.Start()
	rest := head[min(int(skip), len(head)):]
	n := len(rest)
	if _, whole := decoder.(source.Whole); !whole && len(head) == source.HeadSize {
		n, _ = decoder.Cut(rest, true)
	}
	decoder.Decode(source.Chunk{Data: rest[:n], Line: lines + 1}, batch)
	if a, ok := decoder.(source.Assembling); ok {
		assemble(d.Spec.Source, a.Assembler(), batch)
	}
	return batch, ctx.Err()
}

// all reads a whole input of limited size.
func (f *Folder) all(ctx context.Context, d Delivery) ([]byte, error) {
	r, err := journal.Unpacked(ctx, d.Name, d.Open)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, source.MaxWhole+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if len(data) > source.MaxWhole {
		return nil, callpace.E(callpace.Limit, "import.too_large_whole", "limit_mib", source.MaxWhole>>20)
	}
	return data, nil
}

// assemble makes facts of a batch's parts as the store would, as far as one
// batch can tell.
func assemble(name string, a facts.Assembler, b *facts.Batch) {
	groups, offers := map[string][]facts.Part{}, map[string][]facts.Part{}
	var order []string
	for _, p := range b.Parts {
		if groups[p.Group] == nil {
			order = append(order, p.Group)
		}
		groups[p.Group] = append(groups[p.Group], p)
		if p.Offers {
			offers[p.Link] = append(offers[p.Link], p)
		}
	}
	for _, group := range order {
		own := groups[group]
		slices.SortFunc(own, func(x, y facts.Part) int {
			switch ox, oy := b.Records[x.Record].Origin, b.Records[y.Record].Origin; {
			case ox < oy:
				return -1
			case ox > oy:
				return 1
			}
			return 0
		})
		g := facts.Group{Source: name, Name: group, Origin: facts.Origin(name, "group", group)}
		for _, p := range own {
			g.Parts = append(g.Parts, p.Data)
			if p.Link == "" || p.Offers {
				continue
			}
			for _, o := range offers[p.Link] {
				if o.Group != group {
					g.Linked = append(g.Linked, o.Data)
				}
			}
		}
		a.Assemble(g, b)
	}
}
