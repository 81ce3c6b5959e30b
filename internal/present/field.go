package present

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// Field names a column of a fact for people: by the message of the fact's
// column, else by that of the column whatever the fact, else by the dimension
// of that name. An attribute is called what its source calls it.
func (r Reader) Field(fact, column string) string {
	if attr, ok := strings.CutPrefix(column, "attr."); ok {
		return attr
	}
	name := column
	if t := facts.TableByName(fact); t != nil {
		if m, ok := strings.CutSuffix(column, "_at"); ok && t.HasMoment(m) {
			name = m
		}
	}
	for _, key := range []string{"field." + fact + "." + name, "field." + name} {
		if r.Has(key) {
			return r.Text(key)
		}
	}
	if slices.Contains(r.Catalogue.Dimensions(), name) {
		return r.Dimension(name)
	}
	return name
}

// Word writes a value of the fixed vocabulary of a column, such as an outcome,
// in the reader's language; any other text stays as the source has it.
func (r Reader) Word(column, value string) string {
	for _, key := range []string{"value." + column + "." + value, column + "." + value} {
		if value != "" && !strings.ContainsAny(value, ". ") && r.Has(key) {
			return r.Text(key)
		}
	}
	return value
}

// CurrencyOf names the column with the currency of an amount: "" for an
// amount that is in none or in the organisation's own (organisation true).
func CurrencyOf(t *facts.Table, column string) (currency string, organisation bool) {
	switch {
	case strings.HasSuffix(column, "_org"):
		return "", true
	case column == "cost":
		return "cost_currency", false
	case (column == "amount" || column == "margin") && t.Has("currency"):
		return "currency", false
	}
	return "", false
}
