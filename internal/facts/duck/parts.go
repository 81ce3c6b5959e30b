package duck

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// applyParts stores the parts of a batch's kept records, takes away those of
// replaced ones, and makes the facts of every group this touches anew.
func (s *Store) applyParts(ctx context.Context, a facts.Application, p *plan) error {
	touched := map[string]bool{}
	links := map[string]bool{}
	if len(p.replace) > 0 {
		if err := s.fillScratch(ctx, "outgoing", p.replace); err != nil {
			return err
		}
		if err := s.removeParts(ctx, a.Source, touched, links); err != nil {
			return err
		}
	}
	if err := s.storeParts(ctx, a, p, touched, links); err != nil {
		return err
	}
	return s.assemble(ctx, a.Source, a.Assembler, touched, links)
}

// removeParts deletes the parts of the records in temp.outgoing and notes
// which groups and links that touches.
func (s *Store) removeParts(ctx context.Context, source string, touched, links map[string]bool) error {
	err := s.each(ctx, `SELECT group_name, CASE WHEN offers THEN coalesce(link, '') ELSE '' END FROM parts
		WHERE source = ? AND record IN (FROM temp.outgoing)`, []any{source}, func(scan func(...any) error) error {
		var group, link string
		if err := scan(&group, &link); err != nil {
			return err
		}
		touched[group] = true
		if link != "" {
			links[link] = true
		}
		return nil
	})
	if err != nil || len(touched) == 0 {
		return err
	}
	return s.exec(ctx, "DELETE FROM parts WHERE source = ? AND record IN (FROM temp.outgoing)", source)
}

func (s *Store) storeParts(ctx context.Context, a facts.Application, p *plan, touched, links map[string]bool) error {
	var names, linkNames, data []string
	var origins, records, seqs, offers []int64
	next := map[int32]int64{} // parts of one record keep their order
	for _, part := range a.Batch.Parts {
		if !p.keep[part.Record] {
			continue
		}
		offer := int64(0)
		if part.Offers {
			offer = 1
			if part.Link != "" {
				links[part.Link] = true
			}
		}
		touched[part.Group] = true
		names, linkNames, data = append(names, part.Group), append(linkNames, part.Link), append(data, part.Data)
		origins = append(origins, int64(groupOrigin(a.Source, part.Group)))
		records = append(records, int64(a.Batch.Records[part.Record].Origin))
		seqs, offers = append(seqs, next[part.Record]), append(offers, offer)
		next[part.Record]++
	}
	return s.insert(ctx, "parts", []field{
		{"source", sameText(a.Source)}, {"group_origin", intColumn(facts.Hash, origins)}, {"group_name", textColumn(names)},
		{"record", intColumn(facts.Hash, records)}, {"seq", intColumn(facts.Int, seqs)},
		{"link", textColumn(linkNames)}, {"offers", intColumn(facts.Bool, offers)}, {"data", textColumn(data)},
	}, len(names), nil)
}

func groupOrigin(source, name string) uint64 { return facts.Origin(source, "group", name) }

// assemble makes the facts of the touched groups anew, and of the groups that
// seek one of the links.
func (s *Store) assemble(ctx context.Context, source string, assembler facts.Assembler, touched, links map[string]bool) error {
	if len(links) > 0 {
		if err := s.findSeekers(ctx, source, touched, links); err != nil {
			return err
		}
	}
	if len(touched) == 0 {
		return nil
	}
	if assembler == nil {
		return fmt.Errorf("duck: parts of source %s without an assembler", source)
	}
	groups, err := s.loadGroups(ctx, source, slices.Sorted(maps.Keys(touched)))
	if err != nil {
		return err
	}
	batch := &facts.Batch{}
	for _, g := range groups {
		if len(g.Parts) == 0 {
			continue
		}
		assembler.Assemble(g, batch)
		own(batch, g.Origin)
	}
	// Columns first: DuckDB refuses to commit changes of rows that were made in
	// the same transaction before their table was altered.
	if err := s.createAttributes(ctx, batch); err != nil {
		return err
	}
	if err := s.deleteGroups(ctx, source, groups); err != nil {
		return err
	}
	keep := make([]bool, len(batch.Records))
	for i := range keep {
		keep[i] = true
	}
	return s.insertFacts(ctx, source, 0, batch, keep)
}

// own gives the rows that were appended for record 0 since the last group to
// a record of their own.
func own(b *facts.Batch, origin uint64) {
	if len(b.Records) == 0 {
		b.Records = append(b.Records, facts.Record{}) // the place of unowned rows
	}
	mine := int32(len(b.Records))
	b.Records = append(b.Records, facts.Record{Origin: origin})
	for _, rows := range b.Tables {
		if rows == nil {
			continue
		}
		for i := len(rows.Record) - 1; i >= 0 && rows.Record[i] == 0; i-- {
			rows.Record[i] = mine
		}
	}
}

func (s *Store) findSeekers(ctx context.Context, source string, touched, links map[string]bool) error {
	if err := s.fillTexts(ctx, slices.Sorted(maps.Keys(links))); err != nil {
		return err
	}
	return s.each(ctx, "SELECT DISTINCT group_name FROM parts WHERE source = ? AND NOT offers AND link IN (FROM temp.texts)",
		[]any{source}, func(scan func(...any) error) error {
			var group string
			if err := scan(&group); err != nil {
				return err
			}
			touched[group] = true
			return nil
		})
}

// loadGroups reads all parts of groups, and the parts offered to them.
func (s *Store) loadGroups(ctx context.Context, source string, names []string) ([]facts.Group, error) {
	groups := make([]facts.Group, len(names))
	at := make(map[uint64]int, len(names))
	origins := make([]uint64, len(names))
	for i, name := range names {
		origins[i] = groupOrigin(source, name)
		groups[i] = facts.Group{Source: source, Name: name, Origin: origins[i]}
		at[origins[i]] = i
	}
	if err := s.fillScratch(ctx, "touched", origins); err != nil {
		return nil, err
	}
	read := func(query string, add func(g *facts.Group, data string)) error {
		return s.each(ctx, query, nil, func(scan func(...any) error) error {
			var origin uint64
			var data string
			if err := scan(&origin, &data); err != nil {
				return err
			}
			add(&groups[at[origin]], data)
			return nil
		})
	}
	err := read(`SELECT group_origin, coalesce(data, '') FROM parts WHERE group_origin IN (FROM temp.touched)
		ORDER BY group_origin, record, seq`, func(g *facts.Group, data string) { g.Parts = append(g.Parts, data) })
	if err != nil {
		return nil, err
	}
	err = read(`SELECT seeker.group_origin, coalesce(offer.data, '') FROM
			(SELECT DISTINCT source, group_origin, link FROM parts
			 WHERE link IS NOT NULL AND NOT offers AND group_origin IN (FROM temp.touched)) seeker
		JOIN parts offer ON offer.source = seeker.source AND offer.link = seeker.link AND offer.offers
			AND offer.group_origin <> seeker.group_origin
		ORDER BY seeker.group_origin, offer.record, offer.seq`, func(g *facts.Group, data string) { g.Linked = append(g.Linked, data) })
	return groups, err
}

// deleteGroups takes the facts of groups away that were assembled before.
func (s *Store) deleteGroups(ctx context.Context, source string, groups []facts.Group) error {
	seen := s.source(source).groups
	var old []uint64
	for _, g := range groups {
		if seen == nil || seen.has(g.Origin) {
			old = append(old, g.Origin)
		}
		if seen != nil {
			seen.add(g.Origin)
		}
	}
	if seen != nil && seen.n > maxOriginSet {
		s.source(source).groups = nil
	}
	if len(old) == 0 {
		return nil
	}
	if err := s.fillScratch(ctx, "touched", old); err != nil {
		return err
	}
	return s.deleteOrigins(ctx, source, "touched")
}
