package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/callpace/callpace"
)

// faults are what a question got wrong, each beside the control that asked it.
// A page with faults keeps its state, so that one thing is mended and not all
// asked again.
type faults struct {
	Period, Filter, KPI, By, Other string
	status                         int // of the answer; 0: nothing is wrong
}

// places of faults, by the beginning of their message key; the first that fits counts.
var faultPlaces = []struct {
	prefix string
	place  func(*faults) *string
}{
	{"period.", func(f *faults) *string { return &f.Period }},
	{"kpi.period", func(f *faults) *string { return &f.Period }},
	{"kpi.to_", func(f *faults) *string { return &f.Period }},
	{"kpi.compare", func(f *faults) *string { return &f.Period }},
	{"kpi.expr", func(f *faults) *string { return &f.Filter }},
	{"kpi.column", func(f *faults) *string { return &f.Filter }},
	{"kpi.unknown_dimension", func(f *faults) *string { return &f.By }},
	{"kpi.dimension", func(f *faults) *string { return &f.By }},
	{"kpi.too_many_dimensions", func(f *faults) *string { return &f.By }},
	{"kpi.unknown_sort", func(f *faults) *string { return &f.By }},
	{"kpi.unknown", func(f *faults) *string { return &f.KPI }},
	{"explore.two_dimensions", func(f *faults) *string { return &f.By }},
	{"explore.", func(f *faults) *string { return &f.KPI }},
	{"kpi.no_variants", func(f *faults) *string { return &f.KPI }},
}

// take notes what is wrong; false where it is no fault of the question.
func (f *faults) take(r *request, err error) bool {
	var e *callpace.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case callpace.Invalid, callpace.NotFound, callpace.Limit, callpace.Unsupported:
	default:
		return false
	}
	text := r.reader.Error(err)
	if e.Code == callpace.Limit {
		text = r.reader.Sentences(text, r.reader.Text("figures.too_much"))
	}
	place := &f.Other
	for _, x := range faultPlaces {
		if strings.HasPrefix(e.Key, x.prefix) {
			place = x.place(f)
			break
		}
	}
	if *place == "" {
		*place = text
	}
	if f.status == 0 {
		f.status = Status(err)
	}
	return true
}

// Any tells whether something is wrong.
func (f faults) Any() bool { return f.status != 0 }

// code is the status of a page with these faults.
func (f faults) code() int {
	if f.status == 0 {
		return http.StatusOK
	}
	return f.status
}
