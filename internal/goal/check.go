package goal

import (
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Letter is one of SMART.
type Letter string

// The letters.
const (
	Specific   Letter = "S"
	Measurable Letter = "M"
	Attainable Letter = "A"
	Relevant   Letter = "R"
	TimeBound  Letter = "T"
)

// Verdict says how a goal does by a letter. None blocks a goal.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"
	LookAt  Verdict = "look" // something to think about
	Lacking Verdict = "lacking"
	Unknown Verdict = "unknown" // there is nothing to judge by
)

// Check is the verdict of one letter with its reasons, and what could be done.
type Check struct {
	Letter  Letter
	Verdict Verdict
	Reasons []callpace.Message
	Advice  []callpace.Message
}

func (c *Check) because(key string, args ...any) {
	c.Reasons = append(c.Reasons, callpace.M(key, args...))
}

// less lowers the verdict, with a reason and what could be done.
func (c *Check) less(v Verdict, reason, advice callpace.Message) {
	order := []Verdict{Good, LookAt, Unknown, Lacking}
	if slices.Index(order, v) > slices.Index(order, c.Verdict) {
		c.Verdict = v
	}
	c.Reasons, c.Advice = append(c.Reasons, reason), append(c.Advice, advice)
}

// CheckSpecific looks for a KPI, whose it is, and a number.
func (g Goal) CheckSpecific(catalogue *kpi.Catalogue) Check {
	c := Check{Letter: Specific, Verdict: Good}
	e, err := catalogue.Explain(g.KPI)
	if err != nil {
		c.less(Lacking, callpace.M("goal.check.no_kpi"), callpace.M("goal.advice.name_kpi"))
		return c
	}
	c.because("goal.check.kpi_scope", "kpi", NameOf(e), "scope", g.Scope.message())
	if g.Target.Kind == None {
		c.less(Lacking, callpace.M("goal.check.no_number"), callpace.M("goal.advice.name_number"))
	}
	if g.Better == "" {
		c.less(Lacking, callpace.M("goal.check.no_direction"), callpace.M("goal.advice.name_direction"))
	}
	if e.Def.Better != "target" && g.Better != Inside && g.Better != "" && string(g.Better) != e.Def.Better {
		c.less(LookAt, callpace.M("goal.check.against_kpi", "kpi", NameOf(e)), callpace.M("goal.advice.check_direction"))
	}
	return c
}

// Coverage is how well the data of a goal's KPI arrives.
type Coverage struct {
	Periods     int           // looked at, before the goal
	WithData    int           // of those
	Denominator float64       // of the last one: contacts of a rate; 0 where there is none to count
	LastRow     calendar.Date // 0: no row ever
	Today       calendar.Date
	// FreshDays is how old the last row may be, in days; 0: 3.
	FreshDays int64
	// Enough is the smallest denominator that tells the change from noise; 0: not known.
	Enough float64
}

// CheckMeasurable looks at whether the KPI's data arrives: in the periods
// before, and lately.
func (g Goal) CheckMeasurable(v Coverage) Check {
	c := Check{Letter: Measurable, Verdict: Good}
	if v.LastRow == 0 {
		c.less(Lacking, callpace.M("goal.check.no_data"), callpace.M("goal.advice.add_source"))
		return c
	}
	fresh := v.FreshDays
	if fresh == 0 {
		fresh = 3
	}
	c.because("goal.check.covered", "count", v.WithData, "periods", v.Periods)
	if v.Periods == 0 || v.WithData == 0 {
		c.less(Unknown, callpace.M("goal.check.no_history"), callpace.M("goal.advice.wait_history"))
	} else if 3*v.WithData < 2*v.Periods {
		c.less(LookAt, callpace.M("goal.check.gaps", "count", v.Periods-v.WithData), callpace.M("goal.advice.fill_gaps"))
	}
	if age := int64(v.Today - v.LastRow); age > fresh {
		c.less(LookAt, callpace.M("goal.check.stale", "count", age, "date", v.LastRow), callpace.M("goal.advice.refresh"))
	}
	if v.Enough > 0 && v.Denominator < v.Enough {
		c.less(LookAt, callpace.M("goal.check.too_few", "count", int64(v.Denominator), "needed", int64(v.Enough)), callpace.M("goal.advice.longer"))
	}
	return c
}

// Attainability is what the forecast says of a goal. Lifts and figures are in
// the KPI's unit; what is not known is nil.
type Attainability struct {
	Chance     *float64 // if nothing changes, 0 to 1, calibrated
	Lift       *float64 // that the goal asks for, as a fraction
	Percentile *float64 // of that lift among those achieved before, 0 to 1
	Best       *float64 // past period
	Typical    *float64
	Already    bool // what is usual reaches it
	Met        bool // the target is reached
}

// The percentiles of achieved lifts up to which a required one is so called, as
// in internal/goal/forecast.
const (
	realisticUpto   = 0.70
	challengingUpto = 0.90
	stretchUpto     = 0.98
)

// CheckAttainable gives the verdict by the lifts achieved before, not by the
// chance if nothing changes: nine goals in ten that people set need a lift.
func (g Goal) CheckAttainable(catalogue *kpi.Catalogue, a Attainability) Check {
	c := Check{Letter: Attainable, Verdict: Good}
	unit, currency := kpi.UnitRatio, g.Target.Currency
	if e, err := catalogue.Explain(g.KPI); err == nil {
		unit = e.Unit
	}
	q := func(v float64) Quantity { return Quantity{Value: amountOf(v), Unit: unit, Currency: currency} }
	if a.Chance != nil {
		c.because("goal.check.chance", "chance", Quantity{Value: callpace.Amount(math.Round(*a.Chance * float64(callpace.One))), Chance: true})
	}
	if a.Best != nil && a.Typical != nil {
		c.because("goal.check.past", "best", q(*a.Best), "typical", q(*a.Typical))
	}
	switch {
	case a.Met:
		c.less(LookAt, callpace.M("goal.check.already"), callpace.M("goal.advice.higher"))
	case a.Already:
		c.less(LookAt, callpace.M("goal.check.usual_reaches"), callpace.M("goal.advice.higher"))
	case a.Lift == nil || a.Percentile == nil:
		c.less(Unknown, callpace.M("goal.check.no_lifts"), callpace.M("goal.advice.start_small"))
	case *a.Percentile > stretchUpto:
		c.less(Lacking, callpace.M("goal.check.out_of_reach", "lift", lift(*a.Lift)), callpace.M("goal.advice.smaller"))
	case *a.Percentile > challengingUpto:
		c.less(LookAt, callpace.M("goal.check.hard", "lift", lift(*a.Lift)), callpace.M("goal.advice.plan"))
	case *a.Percentile > realisticUpto:
		c.because("goal.check.challenge", "lift", lift(*a.Lift))
	default:
		c.because("goal.check.within_reach", "lift", lift(*a.Lift))
	}
	return c
}

func lift(v float64) Quantity {
	return Quantity{Value: amountOf(v), Relative: true, Signed: true}
}

// amountOf rounds a figure for showing: to thousandths.
func amountOf(v float64) callpace.Amount {
	const most = 1e11
	v = min(max(v, -most), most)
	if v < 0 {
		return -amountOf(-v)
	}
	return callpace.Amount(int64(v*1000+0.5)) * 1000
}

// CheckTime looks at the deadline: whether there is one, and the working days
// left to it.
func (g Goal) CheckTime(cal calendar.Calendar, work *calendar.Working, today int64) Check {
	c := Check{Letter: TimeBound, Verdict: Good}
	if g.Period.Kind == NoPeriod {
		c.less(Lacking, callpace.M("goal.check.no_deadline"), callpace.M("goal.advice.name_deadline"))
		return c
	}
	c.Reasons = append(c.Reasons, g.Period.message())
	i, ok := g.Period.At(cal, max(today, int64(g.Period.From)))
	if !ok {
		c.less(LookAt, callpace.M("goal.check.over", "until", g.Period.Until), callpace.M("goal.advice.new_deadline"))
		return c
	}
	left := work.Days(calendar.Range{From: max(today, i.From), To: i.To})
	c.because("goal.check.days_left", "count", amountOf(left), "all", amountOf(work.Days(i.Range)))
	if left == 0 {
		c.less(LookAt, callpace.M("goal.check.no_days_left"), callpace.M("goal.advice.new_deadline"))
	}
	c.Reasons = append(c.Reasons, work.Notes(i.Range)...)
	return c
}
