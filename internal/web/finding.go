package web

import (
	"cmp"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/store"
)

// said is what somebody wrote beside a finding.
type said struct {
	Text, By string
	Disputed bool
}

// disputable is a finding as a form names it, so that a note can be put beside it.
type disputable struct{ KPI, By, Of, Among string }

// findingList is what the template of findings lays out.
type findingList struct {
	shell
	MayNote bool
	Items   []finding
	// Followed says by which leads they were found, where that matters.
	Followed string
}

// newestRemarks is how many notes stand beside a finding.
const newestRemarks = 3

// remarksBeside gives what was written beside findings, by their keys.
func (r *request) remarksBeside(found []overview.Finding) (map[string][]said, error) {
	keys := make([]string, len(found))
	for i, f := range found {
		keys[i] = f.Key()
	}
	out, err := r.remarksOn(keys)
	if err != nil {
		return nil, err
	}
	for key, list := range out {
		out[key] = list[max(0, len(list)-newestRemarks):]
	}
	return out, nil
}

// noted adds to findings what was written beside them, and what a form needs
// to add more.
func (r *request) noted(into []finding, found []overview.Finding) error {
	written, err := r.remarksBeside(found)
	if err != nil {
		return err
	}
	for i, f := range found {
		into[i].Remarks, into[i].About = written[f.Key()], &disputable{f.KPI, f.By, f.Of, f.Among}
	}
	return nil
}

// foundBy are the kinds of parts that findings are about.
var foundBy = []string{"agent", "team", "list", "queue"}

// noteFinding puts a note beside a finding, about whatever the reader may see.
func (r *request) noteFinding() error {
	name, by, of, among := r.PostFormValue("kpi"), cmp.Or(r.PostFormValue("by"), "agent"), r.PostFormValue("of"), r.PostFormValue("among")
	if _, err := r.defs.Find(name); err != nil {
		return err
	}
	if !slices.Contains(foundBy, by) {
		return callpace.E(callpace.NotFound, "people.unknown", "name", of)
	}
	if err := r.maySee(by, of); err != nil {
		return err
	}
	text, err := r.noteText("text")
	if err != nil {
		return err
	}
	_, err = r.s.State.Notes().CreateNote(r.Context(), store.Note{Subject: overview.FindingKey(name, by, of, among), Text: text,
		Disputed: r.PostFormValue("disputed") != "", AuthorID: r.who.Account.ID, CreatedAt: r.now})
	if err != nil {
		return err
	}
	return r.redirect(ownPath(r.PostFormValue("next")))
}

// maySee refuses a part, such as an agent or a team, of which the reader sees no numbers. Whether
// there is such a one is not told apart from that.
func (r *request) maySee(dimension, name string) error {
	if dimension == "agent" && name != "" && name == r.who.Account.Agent {
		return nil
	}
	values, err := r.valuesOf(dimension)
	if err != nil {
		return err
	}
	if name == "" || !slices.Contains(values, name) {
		return callpace.E(callpace.NotFound, "people.unknown", "name", name)
	}
	return nil
}
