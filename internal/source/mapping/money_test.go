package mapping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// What is written beside an amount must agree with the row's currency: of its
// own column, else of the mapping, else of the organisation. A toman is ten rials.
func TestMoneyBesideAmounts(t *testing.T) {
	f := func(organisation, column, amount, want string) {
		t.Helper()
		mapping := "version: 1\nkey: no\nformats: {decimal: \",\"}\nfacts:\n  orders: {placed: {value: 2026-11-02}, amount: amount, currency: currency}\n"
		b := decode(t, facts.Settings{Zone: "UTC", Currency: organisation}, mapping, []byte("no;amount;currency\n1;"+amount+";"+column+"\n"))
		got := ""
		for _, r := range b.Rejects {
			got = strings.TrimPrefix(r.Reason.Key, "mapping.reject.")
		}
		for _, row := range show(b, factByName("orders"), []string{"amount", "currency"}, "UTC") {
			got = strings.Join(row, " ")
		}
		require.Equal(t, want, got, amount)
	}
	f("EUR", "", "1.200,50 EUR", "1200.5 EUR")
	f("EUR", "", "€ 1.200,50", "1200.5 EUR")
	f("EUR", "", "-1.200,50€", "-1200.5 EUR")
	f("EUR", "", "(1.200,50 eur)", "-1200.5 EUR")
	f("EUR", "", "EUR -5", "-5 EUR")
	f("EUR", "", "5,- €", "5 EUR")
	f("EUR", "", "1.200,50 kn", "other_currency")
	f("EUR", "", "$5", "other_currency")
	f("EUR", "", "5 EUR USD", "other_currency")
	f("EUR", "", "5 boxes", "other_currency")
	f("EUR", "", "EUR", "number")
	f("EUR", "HRK", "1.200,50 kn", "1200.5 HRK")
	f("EUR", "hrk", "KN 5", "5 HRK")
	f("HRK", "", "5 kn.", "5 HRK")
	f("EUR", "грн", "5 грн.", "5 UAH")
	f("EUR", "SEK", "5 kr", "5 SEK") // the sign of several
	f("DKK", "", "5 kr", "5 DKK")
	f("CAD", "", "$ 5", "5 CAD")
	f("INR", "", "Rs. 500", "500 INR")
	f("INR", "", "Rs.500", "number") // fifty paise, or five hundred?
	f("RON", "", "1.200,50 de lei", "1200.5 RON")
	f("RON", "", "5 lei", "5 RON")
	f("IRR", "", "۱۲۰۰ تومان", "12000 IRR")
	f("IRR", "", "۱٬۲۰۰٫۵ تومان", "12005 IRR")
	f("IRR", "", "۱۲۰۰ ريال", "1200 IRR") // with the ye of an Arabic keyboard
	f("IRR", "", "1200 ﷼", "1200 IRR")
	f("EUR", "تومان", "۱۲۰۰", "12000 IRR")
	f("EUR", "IRT", "1200", "12000 IRR")
	f("EUR", "IRT", "1200 تومان", "12000 IRR") // once is enough
	f("EUR", "IRR", "1200 تومان", "12000 IRR")
	f("EUR", "ریال", "1200", "1200 IRR")
	f("EUR", "kr", "5", "currency")                 // whose?
	f("IRR", "", "999.999.999.999 تومان", "number") // more than an amount holds
}

// Money of calls has a column of its own, and where the row names no currency
// the mapping's holds.
func TestMoneyOfOtherFacts(t *testing.T) {
	mapping := `
version: 1
key: no
currency: USD
facts:
  calls: {started: at, direction: {value: outbound}, outcome: {value: answered}, cost: cost, cost_currency: money}
  evaluations: {evaluated: at, score: score}
`
	b := decode(t, zagreb, mapping, []byte("no,at,cost,money,score\n1,2026-11-02,$ 0.5,,7\n2,2026-11-02,0.5 EUR,,7\n3,2026-11-02,0.5 EUR,eur,7\n4,2026-11-02,,,7 EUR\n"))
	require.Equal(t, [][]string{{"1", "0.5", "USD"}, {"3", "0.5", "EUR"}}, show(b, factByName("calls"), []string{"id", "cost", "cost_currency"}, ""))
	require.Len(t, b.Rejects, 2)
	require.Equal(t, "mapping.reject.other_currency", b.Rejects[0].Reason.Key)
	require.Equal(t, map[string]any{"column": "cost", "field": "cost", "value": "EUR", "currency": "USD"}, b.Rejects[0].Reason.Args)
	require.Equal(t, "mapping.reject.number", b.Rejects[1].Reason.Key, "a score is no money")
}

// A rate for ten rials would lose its last places.
func TestRatesAreOfCodes(t *testing.T) {
	b := decode(t, zagreb, "version: 1\nkey: no\nfacts:\n  rates: {quoted: at, from_currency: a, to_currency: b, rate: rate}\n",
		[]byte("no,at,a,b,rate\n1,2026-11-02,kn,EUR,0.13\n2,2026-11-02,IRT,EUR,0.000009\n"))
	require.Equal(t, [][]string{{"HRK", "EUR", "0.13"}}, show(b, factByName("rates"), []string{"from_currency", "to_currency", "rate"}, ""))
	require.Len(t, b.Rejects, 1)
	require.Equal(t, "mapping.reject.currency", b.Rejects[0].Reason.Key)
}

// A draft says which currency the file's amounts are in.
func TestGuessCurrency(t *testing.T) {
	f := func(samples, want string) {
		t.Helper()
		require.Equal(t, want, guessCurrency(strings.Split(samples, "|")), samples)
	}
	f("1.200,50 kn|3 kn", "HRK")
	f("€ 5|3 EUR", "EUR")
	f("۱۲۰۰ تومان|5 ریال", "IRR")
	f("5 kn|3", "")
	f("5 kn|3 EUR", "")
	f("$ 5|$ 3", "")
	text := draft(t, "Order;Datum;Iznos\n1;03.04.2026;1.234,50 kn\n2;13.04.2026;850 kn\n", "orders.csv")
	require.Contains(t, text, "currency: {value: HRK}")
	require.Contains(t, text, `decimal: ","`)
}
