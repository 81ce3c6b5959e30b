package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Sizes of the drawings' own coordinates; the style sheet stretches them.
const (
	sparkWidth, sparkHeight = 120, 32
	cellHeight              = 6
)

// Spark draws a sparkline: the values in their order, NaN for gaps, the last
// point as a dot. goal is a dashed line; NaN for none. It shows a course, not
// amounts: it does not begin at zero. Fewer than two values draw nothing.
func Spark(values []float64, goal float64) template.HTML {
	lo, hi, known := math.Inf(1), math.Inf(-1), 0
	for _, v := range append([]float64{goal}, values...) {
		if placed(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
			known++
		}
	}
	if known < 2 || len(values) < 2 {
		return `<svg class="spark" viewBox="0 0 120 32" aria-hidden="true"></svg>`
	}
	y := func(v float64) float64 {
		if hi == lo {
			return sparkHeight / 2
		}
		return 2 + (sparkHeight-4)*(hi-v)/(hi-lo)
	}
	var line, area, last strings.Builder
	x, from, begun := 0.0, 0.0, false
	end := func() {
		if begun {
			fmt.Fprintf(&area, "L%s %dL%s %dZ", num(x), sparkHeight, num(from), sparkHeight)
		}
		begun = false
	}
	for i, v := range values {
		if !placed(v) {
			end()
			continue
		}
		x = sparkWidth * float64(i) / float64(len(values)-1)
		verb := "L"
		if !begun {
			verb, from, begun = "M", x, true
		}
		fmt.Fprintf(&line, "%s%s %s", verb, num(x), num(y(v)))
		fmt.Fprintf(&area, "%s%s %s", verb, num(x), num(y(v)))
		last.Reset()
		fmt.Fprintf(&last, "M%s %sh0", num(x), num(y(v)))
	}
	end()
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="spark" viewBox="0 0 %d %d" preserveAspectRatio="none" aria-hidden="true">`, sparkWidth, sparkHeight)
	fmt.Fprintf(&s, `<path class="spark-area" d="%s"/>`, area.String())
	if placed(goal) {
		fmt.Fprintf(&s, `<path class="spark-goal" d="M0 %sH%d"/>`, num(y(goal)), sparkWidth)
	}
	fmt.Fprintf(&s, `<path class="spark-line" d="%s"/><path class="spark-dot" d="%s"/></svg>`, line.String(), last.String())
	return template.HTML(s.String())
}

// placed tells whether a value can be drawn: it is a number, and no absurd one.
func placed(v float64) bool { return math.Abs(v) < 1e100 }

// InCell draws the bar of a table's cell: value as a share of most, the greatest
// of its column. Values under zero or unknown draw an empty bar.
func InCell(value, most float64) template.HTML {
	return inCell(value, most, "")
}

// InCellRange is InCell with the value's interval on it.
func InCellRange(value, low, high, most float64) template.HTML {
	if !placed(low) || !placed(high) {
		return inCell(value, most, "")
	}
	y := num(float64(cellHeight) / 2)
	return inCell(value, most, fmt.Sprintf(`<path class="cellbar-range" d="M%s %sH%s"/>`, num(share(low, most)), y, num(share(high, most))))
}

// InCellGoal is InCell with a stroke where the goal (or the value before) is.
func InCellGoal(value, goal, most float64) template.HTML {
	if !placed(goal) {
		return inCell(value, most, "")
	}
	return inCell(value, most, fmt.Sprintf(`<path class="cellbar-goal" d="M%s 0V%d"/>`, num(share(goal, most)), cellHeight))
}

func inCell(value, most float64, mark string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="cellbar" viewBox="0 0 100 %d" preserveAspectRatio="none" aria-hidden="true">`+
		`<rect class="cellbar-track" width="100" height="%[1]d"/><rect class="cellbar-bar" width="%[2]s" height="%[1]d"/>%[3]s</svg>`,
		cellHeight, num(share(value, most)), mark))
}

// share is a part of a whole in hundredths, within 0 and 100.
func share(value, most float64) float64 {
	s := 100 * value / most
	if math.IsNaN(s) || most <= 0 {
		return 0
	}
	return math.Min(math.Max(s, 0), 100)
}

// num writes a coordinate with two digits at most, and always the same way.
func num(f float64) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
