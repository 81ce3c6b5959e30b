package mapping

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"github.com/callpace/callpace/internal/facts"
)

func exampleText(t testing.TB, name string) string {
	return string(read(t, root+"/examples/mappings/"+name))
}

func TestExamplesFollowTheSchema(t *testing.T) {
	files, err := os.ReadDir(root + "/examples/mappings")
	require.NoError(t, err)
	s := compiledSchema(t)
	for _, f := range files {
		require.NoError(t, bySchema(t, s, exampleText(t, f.Name())), f.Name())
	}
}

func TestCroatianExample(t *testing.T) {
	data, err := charmap.Windows1250.NewEncoder().String(`Šifra;Vrijeme poziva;Smjer;Prodavač;Telefon;Kampanja;Ishod;Trajanje;Trošak;Iznos;Grad
1;02.03.2026 09:15;Odlazni;Željka Šarić;091 123 4567;Proljeće;prodaja ;12:30;0,25;1.250,50;Čakovec
2;02.03.2026. 09:30:10;Dolazni;Ana;+385911234568;Proljeće;Ne javlja se;0:00;;;Split
3;02.03.2026 10:00;Odlazni;Ana;01/2345-678;Proljeće;Prodaja;65:00;1;99,9;
`)
	require.NoError(t, err)
	b := decode(t, zagreb, exampleText(t, "pozivi-hr.yaml"), []byte(data))
	require.Empty(t, b.Rejects)
	require.Equal(t, [][]string{
		{"2026-03-02 09:15:00", "outbound", "Željka Šarić", "+385911234567", "sale", "750", "0.25", "EUR", "Čakovec"},
		{"2026-03-02 09:30:10", "inbound", "Ana", "+385911234568", "no_answer", "0", "0", "EUR", "Split"},
		{"2026-03-02 10:00:00", "outbound", "Ana", "+38512345678", "sale", "3900", "1", "EUR", ""},
	}, show(b, factByName("calls"), words("started direction agent phone outcome talk cost cost_currency attr.grad"), zagreb.Zone))
	require.Equal(t, [][]string{{"3", "99.9", "Ana"}}, show(b, factByName("orders"), words("id amount agent"), zagreb.Zone))
}

func TestPersianExample(t *testing.T) {
	data := "شناسه,تاریخ,ساعت,کارشناس,شماره,نتیجه,مدت,مبلغ\n" +
		"۱۰۱,۱۴۰۵/۰۹/۰۱,۰۹:۳۰,مریم,۰۹۱۲۳۴۵۶۷۸۹,فروش,۱۲:۰۵,۲٬۵۰۰٬۰۰۰\n" +
		"۱۰۲,۱۴۰۳/۱۲/۳۰,۲۳:۵۹:۵۹,علی,+۹۸۹۱۲۳۴۵۶۷۸۰,پاسخ نداد,۰:۰۰,\n" +
		"۱۰۳,۱۴۰۴/۱۲/۳۰,۱۲:۰۰,علی,,پاسخ نداد,۰:۰۰,\n"
	org := facts.Settings{Zone: "Asia/Tehran", Currency: "IRR", Country: "IR"}
	b := decode(t, org, strings.ReplaceAll(exampleText(t, "tamas-fa.yaml"), `decimal: "."`, `decimal: "."`), []byte(data))
	require.Equal(t, [][]string{
		{"2026-11-22 09:30:00", "مریم", "+989123456789", "sale", "725"},
		{"2025-03-20 23:59:59", "علی", "+989123456780", "no_answer", "0"},
	}, show(b, factByName("calls"), words("started agent phone outcome talk"), org.Zone))
	require.Equal(t, [][]string{{"2500000", "IRR", "1"}}, show(b, factByName("orders"), words("amount currency share"), org.Zone))
	require.Equal(t, [][]string{{"4", "mapping.reject.no_such_day"}}, shownRejects(b)) // 1404 is no leap year
}

// expected reads a file of expected figures: a column by the first one.
func expected(t *testing.T, file, column string) map[string]string {
	rows, err := csv.NewReader(strings.NewReader(string(read(t, shared(t, "expected", file))))).ReadAll()
	require.NoError(t, err)
	out := map[string]string{}
	for i, c := range rows[0] {
		if c == column {
			for _, r := range rows[1:] {
				out[r[0]] = r[i]
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}

// countBy counts the rows of a fact by a shown column.
func countBy(b *facts.Batch, fact, column, zone string, key func(string) string) map[string]string {
	n := map[string]int{}
	for _, row := range show(b, factByName(fact), []string{column}, zone) {
		n[key(row[0])]++
	}
	out := map[string]string{}
	for k, v := range n {
		out[k] = strconv.Itoa(v)
	}
	return out
}

func same(s string) string { return s }

func distinctOrigins(t *testing.T, b *facts.Batch) {
	seen := map[uint64]bool{}
	for _, r := range b.Records {
		require.False(t, seen[r.Origin], "two records with one key, line %d", r.Line)
		seen[r.Origin] = true
	}
	require.Empty(t, b.Rejects)
	require.Empty(t, b.Warnings)
}

func TestAnonymousBank(t *testing.T) {
	org := facts.Settings{Zone: "Asia/Jerusalem", Currency: "ILS"}
	months := expected(t, "anonymous-bank-by-month.csv", "calls")
	days := expected(t, "anonymous-bank-by-day.csv", "calls")
	for month, key := range map[string]string{"january": "1999-01", "february": "1999-02", "march": "1999-03"} {
		b := decode(t, org, exampleText(t, "anonymous-bank.yaml"), read(t, shared(t, "anonymous-bank", month+".txt")))
		distinctOrigins(t, b)
		require.Equal(t, months[key], strconv.Itoa(b.Rows(facts.Calls).N))
		for day, n := range countBy(b, "calls", "started", org.Zone, func(s string) string { return s[:10] }) {
			require.Equal(t, days[day], n, day)
		}
		if month == "january" {
			require.Equal(t, 31359, len(b.Records))
			require.Equal(t, "27060", countBy(b, "calls", "outcome", org.Zone, same)["answered"])
			require.Equal(t, "true", show(b, factByName("calls"), []string{"contacted"}, org.Zone)[2][0]) // the source has no dispositions
		}
	}
}

func TestUCIBank(t *testing.T) {
	org := facts.Settings{Zone: "Europe/Lisbon", Currency: "EUR"}
	b := decode(t, org, exampleText(t, "uci-bank.yaml"), read(t, shared(t, "uci-bank", "calls.csv")))
	distinctOrigins(t, b)
	require.Equal(t, expected(t, "uci-bank-by-month.csv", "calls"), countBy(b, "calls", "started", org.Zone, func(s string) string { return s[:7] }))
	require.Equal(t, expected(t, "uci-bank-by-attempt.csv", "calls"), countBy(b, "calls", "attempt", org.Zone, same))
	require.Equal(t, expected(t, "uci-bank-by-job.csv", "calls"), countBy(b, "calls", "attr.job", org.Zone, same))
	require.Equal(t, "5289", countBy(b, "calls", "outcome", org.Zone, same)["sale"])
	require.Equal(t, [][]string{{"2008-05-05", "", "5", "may", "1"}}, show(b, factByName("calls"), words("started campaign attr.day attr.month attr.campaign"), org.Zone)[:1])
}

func TestCRM(t *testing.T) {
	org := facts.Settings{Zone: "America/New_York", Currency: "USD"}
	b := decode(t, org, exampleText(t, "crm.yaml"), read(t, shared(t, "crm", "sales_pipeline.csv")))
	distinctOrigins(t, b)
	require.Equal(t, 8800, len(b.Records))
	require.Equal(t, expected(t, "crm-by-agent.csv", "leads"), countBy(b, "leads", "agent", org.Zone, same))
	require.Equal(t, expected(t, "crm-by-product.csv", "won"), countBy(b, "orders", "product", org.Zone, same))
	require.Equal(t, map[string]string{"won": "4238", "lost": "2473", "contacted": "1589", "new": "500"}, countBy(b, "lead_stages", "stage", org.Zone, same))
	require.Equal(t, "500", countBy(b, "leads", "created", org.Zone, same)[""])
	sum := int64(0)
	rows := b.Rows(facts.Orders)
	for i := range rows.N {
		sum += rows.Cols[facts.Orders.Col("amount")].Int(i)
	}
	require.Equal(t, int64(10005534_000000), sum)

	teams := decode(t, org, exampleText(t, "crm-teams.yaml"), read(t, shared(t, "crm", "sales_teams.csv")))
	distinctOrigins(t, teams)
	require.Equal(t, [][]string{{"Anna Snelling", "Dustin Brinkmann", "", "", "Central"}}, show(teams, factByName("roster"), words("agent team from to attr.region"), org.Zone)[:1])
}
