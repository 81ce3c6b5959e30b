package web

import (
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

// tree puts the goals into groups: by whose they are, or by the objective that
// they serve, each with its parts below it. How a goal stands is reckoned for those
// that are shown. What is counted is goals, not their parts.
func (r *request) tree(page *goalsPage, b goalBook, objectives bool, all []store.Goal) {
	groups := r.groups(b, objectives, all)
	if wholes := goals.Tree(all); !r.partsAsked(page, &groups, wholes) {
		for _, whole := range wholes {
			group := groups.of(whole.Goal)
			group.wholes = append(group.wholes, whole)
		}
	}
	var rows []goalRow
	complete := true
	for _, placed := range groups.list {
		if len(placed.wholes) == 0 {
			continue
		}
		g := r.goalGroup(b, placed)
		rows = append(rows, g.Rows...)
		if g.All {
			g.Sum = r.onTheWay(g.Rows)
		} else {
			complete = false // it would count those of a page
		}
		page.Groups = append(page.Groups, g)
	}
	if complete {
		page.Summary = countBadges(rows)
	}
}

// countBadges counts how many goals stand how, in the order in which that comes.
func countBadges(rows []goalRow) (out []badgeCount) {
	for _, row := range rows {
		i := slices.IndexFunc(out, func(c badgeCount) bool { return c.badge == row.Badge })
		if i < 0 {
			i, out = len(out), append(out, badgeCount{badge: row.Badge})
		}
		out[i].Count++
	}
	return out
}

// partsAsked makes a group of a goal's parts alone, where the reader asks for them.
func (r *request) partsAsked(page *goalsPage, groups *placedGroups, wholes []*goals.Placed) bool {
	v := r.view()
	id := v.get("parts")
	for _, g := range goals.InOrder(wholes) {
		if id == "" || g.ID != id {
			continue
		}
		group := &placedGroup{id: "parts", title: r.reader.Text("goals.parts")}
		for _, p := range goals.InOrder(g.Parts) {
			group.wholes = append(group.wholes, &goals.Placed{Goal: p.Goal, Depth: p.Depth - g.Depth - 1})
		}
		groups.list = []*placedGroup{group}
		page.Of = &chip{Label: r.reader.Text("goals.parts"), Value: r.reader.GoalTitle(g.Goal.Goal), Remove: v.firstPages().with("parts", "", "parts.find", "")}
		return true
	}
	return false
}

// goalGroup is a group with the goals of the page that is asked for.
func (r *request) goalGroup(b goalBook, placed *placedGroup) goalGroup {
	v, list := r.view(), goals.InOrder(placed.wholes)
	out := goalGroup{Title: placed.title}
	out.Table = grid{ID: placed.id, Caption: out.Title, ToFile: r.reader.Text("export.save")}
	var rows []goalRow
	if r.tableAsked() == placed.id { // while the facts are at hand
		for _, g := range list {
			rows = append(rows, r.goalRow(b, g.Goal))
		}
	}
	columns := r.fileColumns("goals.column.goal", "file.scope", "goals.column.status", "goals.column.actual", "goals.column.target", "goals.column.chance", "goals.column.period")
	out.Table.Files = r.offer(v, placed.id, len(list), func() export.Sheet {
		return sheetOf(out.Title, rows, columns, func(g goalRow) []export.Cell {
			return texts(g.Title, g.Scope, g.Badge.Text, g.Actual, g.Target, g.Chance, g.Period)
		})
	})
	if v.get(placed.id+".find") != "" { // what is found stands by itself
		list, out.Table.Pager = cut(r, v, placed.id, list, func(g *goals.Placed) string {
			return r.reader.GoalTitle(g.Goal.Goal) + "\n" + g.Scope.Agent + "\n" + g.Scope.Team
		})
		for _, g := range list {
			out.Rows = append(out.Rows, r.goalRow(b, g.Goal))
		}
		return out
	}
	wholes, way := cut(r, v, placed.id, placed.wholes, nil)
	if len(list) > pageRows {
		if way == nil {
			way = r.pager(v, placed.id, len(wholes), pageRows)
		}
		way.Find = r.finder(v, placed.id)
	}
	out.Table.Pager = way
	room := mostParts
	for _, g := range wholes {
		row := r.goalRow(b, g.Goal)
		row.Part = partClass(g.Depth)
		if parts := goals.InOrder(g.Parts); len(parts) > 0 && len(parts) <= room {
			room -= len(parts)
			r.foldParts(b, &row, parts)
		} else if len(parts) > 0 {
			row.Fold, row.FoldURL = r.reader.T("goals.parts_sum", map[string]any{"count": len(parts)}), v.firstPages().with("parts", g.ID, "done", "")
		}
		out.Rows = append(out.Rows, row)
	}
	out.All = len(wholes) == len(placed.wholes)
	return out
}

// mostParts bounds the parts that come with a page of goals, folded below
// their wholes; those of a larger split have an address of their own.
const mostParts = 2 * pageRows

// partClass is how a goal stands in the table: below which.
func partClass(depth int) string {
	switch depth {
	case 0:
		return ""
	case 1:
		return "part-of"
	}
	return "part-of deeper"
}

// foldParts puts parts below their whole, and says in a word how they stand.
func (r *request) foldParts(b goalBook, row *goalRow, parts []*goals.Placed) {
	for _, p := range parts {
		part := r.goalRow(b, p.Goal)
		part.Part, part.PartOf = partClass(p.Depth), r.reader.Text("goals.part_of")
		row.Parts = append(row.Parts, part)
	}
	row.Fold = r.reader.T("goals.parts_sum", map[string]any{"count": len(parts)})
	for _, c := range countBadges(row.Parts) {
		row.Fold += " · " + c.Text + " " + r.reader.Int(int64(c.Count))
	}
}

// placedGroup is a group before its goals are looked at.
type placedGroup struct {
	id, title string
	wholes    []*goals.Placed
}

// placedGroups are the groups with the way to find that of a goal.
type placedGroups struct {
	list []*placedGroup
	of   func(store.Goal) *placedGroup
}

func (r *request) groups(b goalBook, objectives bool, all []store.Goal) (out placedGroups) {
	add := func(id, title string) *placedGroup {
		g := &placedGroup{id: id, title: title}
		out.list = append(out.list, g)
		return g
	}
	if !objectives {
		for _, id := range []string{"mine", "teams", "companys"} {
			add(id, r.reader.Text("goals."+id))
		}
		out.of = func(g store.Goal) *placedGroup { return out.list[r.groupOf(g, b.sight)] }
		return out
	}
	found := map[string]*placedGroup{}
	for _, g := range all {
		if g.Objective != "" && found[g.Objective] == nil {
			found[g.Objective] = add("objective"+strconv.Itoa(len(found)+1), g.Objective)
		}
	}
	found[""] = add("objective0", r.reader.Text("goals.no_objective"))
	out.of = func(g store.Goal) *placedGroup { return found[g.Objective] }
	return out
}
