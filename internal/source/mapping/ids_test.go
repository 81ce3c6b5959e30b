package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/source"
)

// An id is the same in the digits of every script: who exports from a Persian
// program and who from an English one tell of the same lead.
func TestIDsAreTheSameInEveryScript(t *testing.T) {
	mapping := `
version: 1
key: no
facts:
  calls:
    started: at
    direction: {value: outbound}
    outcome: {value: answered}
    lead: lead
    agent: {column: agent, map: {"۷": Ana, "201": "201"}}
`
	csv := "no,at,lead,agent\n" +
		"۱,2026-11-02 10:00:00,L-۱۰۱,7\n" +
		"1,2026-11-02 10:00:00,L-101,۷\n" +
		"٢,2026-11-02 10:00:00,L-١٠١,۲۰۱\n"
	b := decode(t, zagreb, mapping, []byte(csv))
	require.Empty(t, b.Rejects)
	require.Equal(t, [][]string{{"1", "L-101", "Ana"}, {"1", "L-101", "Ana"}, {"2", "L-101", "201"}},
		show(b, factByName("calls"), []string{"id", "lead", "agent"}, ""))
	require.Equal(t, b.Records[0].Origin, b.Records[1].Origin, "a row sent again in other digits is the same row")
	require.NotEqual(t, b.Records[0].Origin, b.Records[2].Origin)
}

func TestIDsOfJointSalesAndOfTheErased(t *testing.T) {
	mapping := `
version: 1
key: no
facts:
  orders:
    placed: at
    amount: amount
    lead: lead
    customer: customer
    agent: {column: agent, shares: true}
`
	csv := "no,at,amount,lead,customer,agent\n۱,2026-11-02,100,۱۰۱,C۵,۲۰۱:60;٢٠٢:40\n2,2026-11-02,100,102,C6,201\n"
	b := decode(t, zagreb, mapping, []byte(csv))
	require.Equal(t, [][]string{{"1", "101", "C5", "201"}, {"1", "101", "C5", "202"}, {"2", "102", "C6", "201"}},
		show(b, factByName("orders"), []string{"id", "lead", "customer", "agent"}, ""))

	d, c := open(t, zagreb, mapping, []byte(csv))
	var seen []source.Sighting
	person := source.Person{Phone: func(string) string { return "" }, Lead: func(id string) string {
		if source.ASCIIDigits(id) == "101" {
			return "+"
		}
		return ""
	}}
	d.(source.Tracer).Trace(c, person, func(x source.Sighting) { seen = append(seen, x) })
	require.Equal(t, []source.Sighting{{Leads: []string{"101"}, Customers: []string{"C5"}}}, seen)
}

// What tells of a call names it as the call itself is named.
func TestReferencesToCallsAreTheSameInEveryScript(t *testing.T) {
	b := decode(t, zagreb, `
version: 1
key: no
facts:
  evaluations: {id: no, evaluated: at, score: score, call: call}
  surveys: {id: no, asked: at, kind: {value: csat}, call: call}
  callbacks: {id: no, due: at, agent: agent, lead: lead, kept_call: call}
`, []byte("no,at,score,call,agent,lead\n1,2026-11-02 10:00:00,5,C-۱۰۱,7,L1\n"))
	require.Empty(t, b.Rejects)
	for fact, column := range map[string]string{"evaluations": "call", "surveys": "call", "callbacks": "kept_call"} {
		require.Equal(t, [][]string{{"C-101"}}, show(b, factByName(fact), []string{column}, ""), fact)
	}
}
