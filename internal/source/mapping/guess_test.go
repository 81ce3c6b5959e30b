package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// What guess drafts can be read, and understands the file it was drafted from.
func TestGuess(t *testing.T) {
	f := func(data, name, fact string, columns string, want ...[]string) {
		t.Helper()
		text, err := Guess([]byte(data), name, zagreb)
		require.NoError(t, err)
		b := decode(t, zagreb, text, []byte(data))
		require.Empty(t, b.Rejects, text)
		require.Equal(t, want, show(b, factByName(fact), words(columns), zagreb.Zone), text)
	}
	f("Call ID,Start Time,User,Phone Number,Duration,Disposition\n1,2026-03-02 09:15:00,Ana,+385911234567,61,no_answer\n2,2026-03-02 09:16:00,Ivan,+385911234568,0,SALE\n",
		"calls.csv", "calls", "id started agent phone talk outcome",
		[]string{"1", "2026-03-02 09:15:00", "Ana", "+385911234567", "61", "no_answer"}, []string{"2", "2026-03-02 09:16:00", "Ivan", "+385911234568", "0", "sale"})
	f("Datum;Prodavač;Telefon;Trajanje\n13.02.2026 09:15;Ana;091 123 4567;1:05\n", "pozivi.csv", "calls", "started agent phone talk outcome",
		[]string{"2026-02-13 09:15:00", "Ana", "+385911234567", "65", "answered"})
	f("شناسه,تاریخ,کارشناس,مدت\n۱,۱۴۰۵/۰۹/۰۱,مریم,۶۵\n", "fa.csv", "calls", "started agent talk", []string{"2026-11-22", "مریم", "65"})
	f("订单编号,日期,座席,金额\n1,2026/3/2,王芳,\"1,250.50\"\n", "zh.csv", "orders", "placed agent amount", []string{"2026-03-02", "王芳", "1250.5"})
	f("id,data,etapă,vânzător\n1,02.03.2026,Won,Ion\n2,03.03.2026,Ofertă,Ana\n", "ro.csv", "lead_stages", "reached stage agent",
		[]string{"2026-03-02", "won", "Ion"}, []string{"2026-03-03", "new", "Ana"})
	f(`{"id": 1, "дата": "2026-03-02T10:00:00+02:00", "оператор": "Олена", "тривалість": 12, "результат": "busy"}`+"\n", "uk.jsonl", "calls", "started agent talk outcome",
		[]string{"2026-03-02 09:00:00", "Олена", "12", "busy"})

	_, err := Guess([]byte("a,b\n1,2\n"), "x.csv", zagreb)
	require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
}
