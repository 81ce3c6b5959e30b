// Package present writes answers for a reader: figures, changes and names in a
// language, and frames as tables, CSV and JSON. Commands, pages, the API and
// exports all use it, so that they cannot disagree. It decides nothing about
// layout.
package present

import (
	"math"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/stats"
)

// Reader is somebody who reads: a language, and the KPIs by their names in it.
// It is a value, safe to copy.
type Reader struct {
	i18n.Localizer
	Catalogue *kpi.Catalogue
}

// Text gives the text of a message without arguments.
func (r Reader) Text(key string) string { return r.T(key, nil) }

// Moment writes a point in time on the organisation's clock: its day with the
// month's name, and the time of day as layout has it, such as 15:04.
func (r Reader) Moment(at time.Time, clock *facts.Clock, layout string) string {
	return r.Date(clock.Moment(at).Day) + " " + r.Digits(at.In(clock.Zone()).Format(layout))
}

// Name is a KPI's name for people.
func (r Reader) Name(id string) string {
	d, err := r.Catalogue.Find(id)
	if err != nil {
		return id
	}
	return d.Name(r.Lang())
}

// NameWithVariant names a KPI with its variant, where several of it stand on
// one page.
func (r Reader) NameWithVariant(id string) string {
	d, err := r.Catalogue.Find(id)
	if err != nil || d.Default == "" {
		return r.Name(id)
	}
	return d.Name(r.Lang()) + " · " + d.VariantName(r.Lang(), d.Default)
}

// Title is a column's name for people; a variant that is not the default's is
// always said.
func (r Reader) Title(c kpi.Column) string {
	d, err := r.Catalogue.Find(c.ID)
	if err != nil {
		return c.Name
	}
	if c.Variant == "" || c.Variant == d.Default && c.Name == c.ID {
		return d.Name(r.Lang())
	}
	return d.Name(r.Lang()) + " · " + d.VariantName(r.Lang(), c.Variant)
}

// Dimension is a dimension's name for people.
func (r Reader) Dimension(name string) string { return r.Catalogue.Word(r.Lang(), "dim."+name) }

// NoData stands where there is no figure.
const NoData = "–"

// Figure writes a figure; no data is a dash, never a zero.
func (r Reader) Figure(u kpi.Unit, x kpi.Figure) string {
	if !x.Valid {
		return NoData
	}
	return r.Value(u, x.Number, x.Currency)
}

// Value writes a number of a unit.
func (r Reader) Value(u kpi.Unit, v float64, currency string) string {
	switch u {
	case kpi.UnitPercent:
		return r.Percent(v, 1)
	case kpi.UnitMoney:
		by, name := r.Money(currency)
		v, currency = v/float64(by), name
		decimals := 0
		if math.Abs(v) < 1000 {
			decimals = 2
		}
		return r.Number(v, decimals) + " " + currency
	case kpi.UnitSeconds:
		return r.Duration(v)
	case kpi.UnitCount:
		if v == math.Trunc(v) {
			return r.Int(int64(v))
		}
		return r.Number(v, 1)
	}
	return r.Number(v, 2)
}

// Corrected writes a figure of the change log: revenue as the organisation's
// money, all else as counts, whose shares of joint sales show.
func (r Reader) Corrected(measure string, t callpace.Total, currency string) string {
	if measure == "revenue" {
		return r.Value(kpi.UnitMoney, t.Float(), currency)
	}
	if strings.Contains(t.String(), ".") {
		return r.Total(t, 2)
	}
	return r.Total(t, 0)
}

// Rate writes a proportion as a share.
func (r Reader) Rate(p stats.Proportion) string {
	v, _ := p.Value()
	return r.Percent(v, 1)
}

// Change writes how a figure changed: rates in points, the others in per cent
// of what they were. It is empty where there is nothing to compare.
func (r Reader) Change(c kpi.Column, x *kpi.Compared) string {
	switch {
	case x == nil || !x.Valid:
		return ""
	case c.Unit == kpi.UnitPercent:
		points, sign := signed(100*x.Diff, 1)
		return r.T("kpi.points", map[string]any{"points": sign + r.Number(points, 1)})
	case x.Before.Number != 0:
		relative, sign := signed(100*x.Relative, 0)
		return sign + r.Percent(relative/100, 0)
	}
	_, sign := signed(x.Diff, 2)
	return sign + r.Value(c.Unit, x.Diff, x.Before.Currency)
}

// Interval writes a figure's 95 % interval; empty where it has none.
func (r Reader) Interval(u kpi.Unit, x kpi.Figure) string {
	if !x.Interval {
		return ""
	}
	return r.Value(u, x.Low, x.Currency) + " – " + r.Value(u, x.High, x.Currency)
}

// signed rounds a change as it will be shown, so that none comes as −0, and
// gives the plus of a rise.
func signed(v float64, decimals int) (rounded float64, sign string) {
	unit := math.Pow10(decimals)
	if rounded = math.Round(v*unit) / unit; rounded == 0 {
		return 0, ""
	}
	if rounded > 0 {
		return rounded, "+"
	}
	return rounded, ""
}
