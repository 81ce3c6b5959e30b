package goal

import (
	"maps"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Printer writes texts, numbers and dates in a reader's language.
type Printer interface {
	Lang() string
	T(key string, args map[string]any) string
	Amount(a callpace.Amount, decimals int) string
	Percent(share float64, decimals int) string
	Date(day int64) string
	Duration(seconds float64) string
	Money(currency string) (by int64, name string)
}

// Print writes a message with the dates, quantities and names among its
// arguments in the reader's language.
func Print(p Printer, m callpace.Message) string {
	args := maps.Clone(m.Args)
	for name, v := range args {
		switch v := v.(type) {
		case calendar.Date:
			args[name] = p.Date(int64(v))
		case Quantity:
			args[name] = v.print(p)
		case Named:
			args[name] = v.Name(p.Lang())
		case callpace.Message:
			args[name] = Print(p, v)
		}
	}
	return p.T(m.Key, args)
}

func (q Quantity) print(p Printer) string {
	value, currency, key := q.Value, q.Currency, "goal.quantity.plain"
	switch {
	case q.Points:
		value, key = value*100, "goal.quantity.points"
	case q.Chance:
		return Chance(p, value.Float())
	case q.Relative || q.Unit == kpi.UnitPercent:
		_, fraction, _ := strings.Cut((value * 100).String(), ".")
		return q.signed(p.Percent(value.Float(), len(fraction)))
	case q.Unit == kpi.UnitSeconds && value != 0 && value%(60*callpace.One) == 0:
		value, key = value/60, "goal.quantity.minutes"
	case q.Unit == kpi.UnitSeconds && value > 60*callpace.One && value%callpace.One == 0: // 3:30
		return q.signed(p.Duration(value.Float()))
	case q.Unit == kpi.UnitSeconds:
		key = "goal.quantity.seconds"
	case q.Unit == kpi.UnitMoney:
		by, name := p.Money(q.Currency)
		value, currency, key = value/callpace.Amount(by), name, "goal.quantity.money"
	}
	return strings.TrimSpace(p.T(key, map[string]any{"value": q.signed(p.Amount(value, 0)), "currency": currency}))
}

// signed puts the plus before a rise.
func (q Quantity) signed(text string) string {
	if q.Signed && q.Value > 0 {
		return "+" + text
	}
	return text
}

// Chance writes a probability; none is ever certain.
func Chance(p Printer, chance float64) string {
	switch {
	case chance < 0.01:
		return p.T("goals.chance_under", map[string]any{"p": p.Percent(0.01, 0)})
	case chance > 0.99:
		return p.T("goals.chance_over", map[string]any{"p": p.Percent(0.99, 0)})
	}
	return p.Percent(chance, 0)
}
