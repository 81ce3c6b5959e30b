package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

func TestProblemsOfAMapping(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := New().Open(source.Spec{Source: "s", Mapping: text, Settings: zagreb}, []byte("id,begin,vru+line\n1,2026-03-02,x\n"))
		require.Error(t, err)
		require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
		require.Equal(t, want, err.Error())
	}
	const head = "version: 1\nfacts:\n  leads:\n    lead: id\n"
	f("", "mapping.empty")
	f("version: 3\n", "mapping.version line=1")
	f("version: 1\nfatcs: {}\n", "mapping.unknown_key_near key=fatcs line=2 near=facts")
	f(head+"    creatd: begin\n", "mapping.unknown_key_near key=creatd line=5 near=created")
	f(head+"    created: begni\n", "mapping.no_column_near column=begni line=5 near=begin")
	f(head+"    created: {column: begin, fromat: iso}\n", "mapping.unknown_key_near key=fromat line=5 near=format")
	f(head+"    created: {column: begin, format: JJJJ}\n", "mapping.bad_format format=JJJJ line=5")
	f(head+"    created: {column: begin, value: x}\n", "mapping.one_origin line=5")
	f(head+"    created: {column: begin, zone: Europe/Zagrb}\n", "mapping.bad_zone line=5 zone=Europe/Zagrb")
	f(head+"    when: begni == \"x\"\n", "mapping.no_column_near column=begni line=5 near=begin")
	f(head+"    when: number(id)\n", "mapping.bad_expr detail=expected bool, but got float64 expr=number(id) line=5")
	f(head+"    when: now() == id\n", "mapping.bad_expr detail=unknown name now (1:1) expr=now() == id line=5")
	f(head+"    when: $env == id\n", "mapping.no_column column=$env known=id, begin, vru+line line=5")
	f(head+"    lead: id\n", "mapping.bad_yaml detail=[5:5] mapping key \"lead\" already defined at [4:5]")
	f("version: 1\nfacts:\n  calls:\n    started: begin\n    direction: {value: inbound}\n", "mapping.field_missing fact=calls field=outcome line=4")
	f("version: 1\nfacts:\n  calls:\n    started: begin\n    direction: {value: inbound}\n    outcome: {column: id, map: {a: sael}}\n", "mapping.unknown_word_near line=6 near=sale word=sael")
	f(head+"    agent: {column: id, shares: true}\n", "mapping.shares_of_agent line=5")
}

func TestNoRunsAreAmbiguous(t *testing.T) {
	f := func(text string, decimal byte, want string) {
		t.Helper()
		a, ok := callpace.ParseAmount(plainNumber(text, decimal))
		got := "none"
		if ok {
			got = a.String()
		}
		require.Equal(t, want, got)
	}
	f("1234.5", '.', "1234.5")
	f("1,234.5", '.', "1234.5")
	f("1.234,5", ',', "1234.5")
	f("1 234 567,89", ',', "1234567.89")
	f("12,34,567.8", '.', "1234567.8") // as in India
	f("€ 1.234,50", ',', "1234.5")
	f("(12.5)", '.', "-12.5")
	f("(€ 12.5)", '.', "-12.5")
	f("120,-", ',', "120") // round, not negative
	f("−3", '.', "-3")
	f("-€12,50", ',', "-12.5")
	f("12,50-", ',', "-12.5")
	f("€ -12,50", ',', "-12.5")
	f("12.50 USD", '.', "none") // of which currency the column is, the mapping says
	f("۱٬۲۳۴٫۵", '.', "1234.5")
	f("٣٫٥", ',', "3.5")
	f("1.5", ',', "none") // not 15
	f("1,5", '.', "none")
	f("1.234.5", ',', "none")
	f("12.34", ',', "none")
	f("1,234.567.8", '.', "none")
	f("", '.', "none")
	f("-", '.', "none")
	f("abc", '.', "none")
}
