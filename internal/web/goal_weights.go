package web

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
)

// slider is a number that is moved. Text is how it reads.
type slider struct {
	ID, Name, Label, Hint string
	Value, Min, Max, Step string
	Text, Unit            string
}

// The weights that a slider offers.
const leastWeight, mostWeight, weightStep = 0.25, 5, 0.25

// goalWeightPrefix is that of the fields of weights; the goal's id follows.
const goalWeightPrefix = "w."

// goalWeight reads the weight that was tried for a goal; ok is false where none was.
func goalWeight(get func(string) string, id string) (w goal.Number, ok bool) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(plainDigits(get(goalWeightPrefix+id)), ",", "."), 64)
	if err != nil || math.IsNaN(v) || v < leastWeight || v > mostWeight {
		return 0, false
	}
	return goal.Number(callpace.Amount(math.Round(v*100)) * (callpace.One / 100)), true
}

// weighed gives entries with the weights that are tried.
func weighed(entries []goals.Entry, get func(string) string) (out []goals.Entry, tried bool) {
	out = make([]goals.Entry, len(entries))
	for i, e := range entries {
		if w, ok := goalWeight(get, e.ID); ok && w != heldWeight(e.Weight) {
			e.Weight, tried = w, true
		}
		out[i] = e
	}
	return out, tried
}

// heldWeight is that of a goal; 1 where none was said.
func heldWeight(w goal.Number) goal.Number {
	if w == 0 {
		return goal.Number(callpace.One)
	}
	return w
}

func (r *request) weightSliders(c goals.Card) (out []slider) {
	for _, g := range c.Goals {
		w := heldWeight(g.Weight).Float()
		out = append(out, slider{ID: "w-" + g.ID, Name: goalWeightPrefix + g.ID, Label: r.reader.GoalTitle(g.Goal.Goal), Text: r.reader.Number(w, decimals(w)), Value: g2(w),
			Min: g2(leastWeight), Max: g2(math.Max(mostWeight, w)), Step: g2(weightStep)})
	}
	return out
}

// g2 writes a number as a field of HTML holds it.
func g2(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// decimals are as many as a number of quarters has.
func decimals(v float64) int {
	_, after, _ := strings.Cut(g2(v), ".")
	return min(len(after), 2)
}

// keepWeights writes the weights down that were tried, each as a version of its
// goal, all or none.
func (r *request) keepWeights() error {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	err := r.book(func(b goalBook) error {
		return r.writing(b, "weighed", func(in goals.Book) (string, error) {
			var weighed []string
			for _, g := range b.seen {
				w, ok := goalWeight(get, g.ID)
				if !ok || w == heldWeight(g.Weight) {
					continue
				}
				if !b.sight.Sets(g.Goal) {
					return "", callpace.E(callpace.Forbidden, "goals.not_yours")
				}
				g.Weight = w
				if _, err := in.Change(context.WithoutCancel(r.Context()), g, r.who.Account.Name); err != nil {
					return "", err
				}
				weighed = append(weighed, g.ID)
			}
			return strings.Join(weighed, " "), nil
		})
	})
	if err != nil {
		return err
	}
	return r.redirect(fmt.Sprintf("/scorecard?by=%s&who=%s&done=saved", escape(get("by")), escape(get("who"))))
}

// mayWeigh tells whether the reader may set all goals of a card.
func (r *request) mayWeigh(b goalBook, c goals.Card) bool {
	if !r.who.May(auth.SetGoals) {
		return false
	}
	for _, g := range c.Goals {
		if !b.sight.Sets(g.Goal.Goal) {
			return false
		}
	}
	return true
}
