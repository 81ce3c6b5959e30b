package mapping

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is no call, lead, order or roster is known by its columns, in any of
// the six languages.
func TestGuessKinds(t *testing.T) {
	f := func(fact, data, columns string, want ...[]string) {
		t.Helper()
		text := draft(t, data, "file.csv")
		b := decode(t, zagreb, text, []byte(data))
		requireRows(t, want, show(b, factByName(fact), words(columns), zagreb.Zone), text)
	}
	f("agent_time", "Agent,State,Start time,End time,Site\nAna,Available,2026-03-02 09:00:00,2026-03-02 09:30:00,ZG\nAna,Lunch,2026-03-02 09:30:00,2026-03-02 10:00:00,ZG\n", "agent state seconds",
		[]string{"Ana", "ready", "1800"}, []string{"Ana", "break", "1800"})
	f("agent_time", "کارشناس,وضعیت,شروع,مدت\nمریم,آماده,1405/09/01 09:00,600\n", "agent state seconds", []string{"مریم", "ready", "600"})
	f("agent_time", "坐席,状态,开始时间,结束时间\n王芳,通话中,2026-03-02 09:00:00,2026-03-02 09:05:00\n", "agent state seconds", []string{"王芳", "talking", "300"})
	f("surveys", "Survey date;Agent;NPS;Comment\n2026-03-02;Ana;9;fine\n2026-03-03;Ana;4;slow\n", "answered kind score scale agent comment",
		[]string{"2026-03-02", "nps", "9", "10", "Ana", "fine"}, []string{"2026-03-03", "nps", "4", "10", "Ana", "slow"})
	f("surveys", "Datum,Agent,Zadovoljstvo,Komentar\n2026-03-02,Ana,4.5,dobro\n", "answered kind score scale", []string{"2026-03-02", "csat", "4.5", "5"})
	f("surveys", "дата відповіді,тип опитування,оцінка,питання\n2026-03-02,NPS,8,Чи порадите?\n", "kind score aspect", []string{"nps", "8", "Чи порадите?"})
	f("cases", "Ticket ID,Created at,First response at,Resolved at,Type,Priority\nT1,2026-03-02 09:00:00,2026-03-02 10:00:00,,Complaint,high\nT2,2026-03-02 09:30:00,,2026-03-03 10:00:00,Question,low\n", "opened first_response resolved kind",
		[]string{"2026-03-02 09:00:00", "2026-03-02 10:00:00", "", "complaint"}, []string{"2026-03-02 09:30:00", "", "2026-03-03 10:00:00", "enquiry"})
	f("cases", "deschis,rezolvat,tip\n2026-03-02 09:00:00,2026-03-02 10:00:00,Reclamație\n", "opened kind", []string{"2026-03-02 09:00:00", "complaint"})
	f("callbacks", "Callback time,Phone,Agent\n2026-03-02 09:00:00,+385911234567,Ana\n", "due phone agent", []string{"2026-03-02 09:00:00", "+385911234567", "Ana"})
	f("callbacks", "预约回拨时间,客户电话,坐席\n2026-03-02 09:00:00,+385911234567,王芳\n", "due phone agent", []string{"2026-03-02 09:00:00", "+385911234567", "王芳"})
	f("schedule", "Agent,Date,Planned hours,Absence\nAna,2026-03-02,7.5,\nIvo,2026-03-02,8,sick\n", "agent planned planned_seconds absence",
		[]string{"Ana", "2026-03-02", "27000", ""}, []string{"Ivo", "2026-03-02", "28800", "sick"})
	f("schedule", "Оператор,Дата зміни,Планові години\nОля,2026-03-02,8\n", "agent planned planned_seconds", []string{"Оля", "2026-03-02", "28800"})
	f("costs", "From,To,Type,Amount,Currency,Campaign\n2026-03-01,2026-03-01,Salaries,1000.50,EUR,Spring\n2026-03-02,2026-03-02,Ads,20,EUR,Spring\n", "incurred kind amount currency campaign scope",
		[]string{"2026-03-01", "wage", "1000.5", "EUR", "Spring", "campaign"}, []string{"2026-03-02", "leads", "20", "EUR", "Spring", "campaign"})
	f("costs", "از تاریخ,نوع هزینه,مبلغ\n1405/09/01,حقوق,5000\n", "incurred kind amount scope", []string{"2026-11-22", "wage", "5000", "all"})
	// And these stay what they were.
	f("orders", "Order ID,Date,Agent,Amount\n1,2026-03-02,Ana,10\n", "placed amount", []string{"2026-03-02", "10"})
	f("calls", "Call ID,Start Time,Agent,Phone,Duration,Status\n1,2026-03-02 09:00:00,Ana,+385911234567,61,available\n", "agent talk", []string{"Ana", "61"})
}

func requireRows(t *testing.T, want, got [][]string, text string) {
	t.Helper()
	if !assert.Equal(t, want, got) {
		t.Log(text)
	}
}
