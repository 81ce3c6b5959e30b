package ingest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
)

// A person whose numbers are known only from records that count no longer: the
// first number from a lead record that was withdrawn, the second from one that
// a later export overwrote, the id at the second source only by the third.
//
//	crm    LEAD-MIA  091 234 5671 → overwritten by 01 234 5678 → 098 765 4321
//	old    M-0007    098 765 4321 (withdrawn)
//	dialler          calls of all three numbers without any id
const (
	crmOld  = "id,rev,day,owner,phone,mobile,stage,amount,name\nLEAD-MIA,1,2026-10-01,Ana,+385 91 234 5671,,new,0,Mia Horvat\nLEAD-LUKA,1,2026-10-01,Ana,+385 91 234 5672,,new,0,Luka Babic\n"
	crmNew  = "id,rev,day,owner,phone,mobile,stage,amount,name\nLEAD-MIA,2,2026-10-01,Ana,01 234 5678,,new,0,Mia Horvat\n"
	crmNow  = "id,rev,day,owner,phone,mobile,stage,amount,name\nLEAD-MIA,3,2026-10-01,Ana,098 765 4321,,won,500,Mia Horvat\n"
	another = "id,rev,day,owner,phone,mobile,stage,amount,name\nM-0007,1,2026-10-01,Ivo,00385987654321,,new,0,Mia H.\n"
	dialled = "id,rev,when,agent,phone,result,talk,amount,note\n" +
		"1,1,2026-10-05 09:00:00,Ana,091 234 5671,sale,120,100.5,first\n" +
		"2,1,2026-10-05 09:10:00,Ana,091 234 5672,no,60,,Mia at 098 765 4321 is his wife\n" +
		"3,1,2026-10-05 09:20:00,Ana,01 234 5678,meet,60,,\n" +
		"4,1,2026-10-05 09:30:00,Ana,00385 98 765-4321,meet,60,,\n" +
		"5,1,2026-10-05 09:40:00,Ana,091 234 5673,no,60,,see LEAD-MIA\n"
)

var everyMia = []string{"912345671", "91 234 5671", "12345678", "1 234 5678", "987654321", "98 765 4321", "98 765-4321", "LEAD-MIA", "M-0007", "Mia"}

func withHistory(t *testing.T) *folder {
	f := newFolder(t, t.TempDir(), "data")
	for _, text := range []string{crmOld, crmNew, crmNow} {
		f.deliver(t, mapped("crm", leadsMapping), "leads.csv", []byte(text), 0)
	}
	r := f.deliver(t, mapped("old", leadsMapping), "old.csv", []byte(another), 0)
	_, err := f.Withdraw(context.Background(), r.Input, false)
	require.NoError(t, err)
	f.deliver(t, mapped("dialler", callsMapping), "calls.csv", []byte(dialled), 0)
	return f
}

// distinct counts the leads that each fact and the stories tell apart.
func distinct(t *testing.T, f *folder) map[string]int {
	counts := map[string]int{}
	for _, table := range facts.Tables {
		if table.Has("lead") {
			n := 0
			require.NoError(t, f.Store().DB().QueryRow("SELECT count(DISTINCT lead) FROM "+table.Name).Scan(&n))
			counts[table.Name] = n
		}
	}
	return counts
}

func TestErasureFollowsHistory(t *testing.T) {
	for name, person := range map[string]ingest.Person{
		"by an overwritten number": {Phone: "091/234-5671"}, "by a withdrawn id": {Lead: "M-0007"}, "by the id in force": {Lead: "LEAD-MIA"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			f := withHistory(t)
			defer func() { require.NoError(t, f.Close()) }()
			f.reopen(t, func() {
				seen := strings.Join(search(t, f.dir, everyMia...), "\n")
				for _, w := range everyMia {
					require.Contains(t, seen, ": "+w, "the search finds what is there")
				}
			})
			found, err := f.FindPerson(ctx, person)
			require.NoError(t, err)
			require.Equal(t, []string{"+38512345678", "+385912345671", "+385987654321"}, found.Phones)
			require.Equal(t, []string{"LEAD-MIA", "M-0007"}, found.Leads)
			require.Equal(t, 7, found.Records)
			require.Zero(t, found.Mentions)

			person.SearchText = true
			found, err = f.FindPerson(ctx, person)
			require.NoError(t, err)
			require.Equal(t, 9, found.Records)
			require.Equal(t, []string{"Mia at 098 765 4321 is his wife", "see LEAD-MIA"}, found.Samples)

			rows, leads, revenue := perTable(f.facts(t)), distinct(t, f), f.money(t)
			done, err := f.Erase(ctx, person)
			require.NoError(t, err)
			require.Equal(t, found.Records, done.Records)
			require.Equal(t, rows, perTable(f.facts(t)), "counts stay")
			require.Equal(t, leads, distinct(t, f), "and so do distinct ones")
			require.Equal(t, revenue, f.money(t), "and whose orders they are")
			live := f.facts(t)
			require.NoError(t, f.Rebuild(ctx))
			require.Equal(t, live, f.facts(t), "rebuilt")
			f.sound(t)
			f.reopen(t, func() {
				// A name in a text of others is not looked for; the guide says so.
				require.Empty(t, search(t, f.dir, everyMia[:len(everyMia)-1]...))
				require.NotEmpty(t, search(t, f.dir, "912345672", "LEAD-LUKA"))
			})
		})
	}
}

// money gives which lead's orders follow which of its calls.
func (f *folder) money(t *testing.T) (n string) {
	require.NoError(t, f.Store().DB().QueryRow("SELECT string_agg(concat(amount, ' ', agent, ' ', touches), ', ' ORDER BY amount) FROM orders").Scan(&n))
	return n
}

// Two people erased one after the other stay two, and what stands in their
// place says nothing of the number.
func TestPseudonymsAreRandom(t *testing.T) {
	const calls = "id,rev,when,agent,phone,result,talk,amount,note\n" +
		"1,1,2026-10-05 09:00:00,Ana,091 234 5671,meet,120,,\n2,1,2026-10-05 09:10:00,Ana,0912345671,no,60,,\n3,1,2026-10-05 09:20:00,Ana,091 234 5672,no,60,,\n"
	seen := map[string]bool{}
	for range 2 {
		f := newFolder(t, t.TempDir(), "data")
		f.deliver(t, mapped("dialler", callsMapping), "calls.csv", []byte(calls), 0)
		for _, phone := range []string{"0912345671", "0912345672"} {
			_, err := f.Erase(context.Background(), ingest.Person{Phone: phone})
			require.NoError(t, err)
		}
		require.Equal(t, 2, distinct(t, f)["calls"])
		rows, err := f.Store().DB().Query("SELECT DISTINCT lead FROM calls WHERE phone IS NULL")
		require.NoError(t, err)
		for rows.Next() {
			var lead string
			require.NoError(t, rows.Scan(&lead))
			require.Regexp(t, "^erased[a-z]{16}$", lead)
			require.False(t, seen[lead], "the same number in another folder has another pseudonym")
			seen[lead] = true
		}
		require.NoError(t, rows.Close())
		require.NoError(t, f.Close())
	}
	require.Len(t, seen, 4)
}

// Records known by their number stay as many, however the number was spelled.
func TestErasedKeysStayApart(t *testing.T) {
	const m = "version: 1\nkey: [phone, when]\nfacts:\n  calls: {started: when, phone: phone, direction: {value: outbound}, outcome: {value: answered}}\n"
	f := newFolder(t, t.TempDir(), "data")
	defer f.Close()
	f.deliver(t, mapped("d", m), "a.csv", []byte("phone,when\n091 234 5671,2026-10-05\n0912345671,2026-10-05\n091 234 5672,2026-10-05\n"), 0)
	_, err := f.Erase(context.Background(), ingest.Person{Phone: "0912345671"})
	require.NoError(t, err)
	require.Equal(t, 3, perTable(f.facts(t))["calls"])
	require.Equal(t, 2, distinct(t, f)["calls"])
}

// A switchboard's number does not make all who have it one person.
func TestSharedNumbersAreNotFollowed(t *testing.T) {
	ctx := context.Background()
	leads := "id,rev,day,owner,phone,mobile,stage,amount,name\nLEAD-MIA,1,2026-10-01,Ana,091 234 5671,01 600 0000,new,0,Mia Horvat\n"
	for i := range 8 {
		leads += fmt.Sprintf("L%d,1,2026-10-01,Ana,091 234 570%d,01 600 0000,new,0,Other\n", i, i)
	}
	f := newFolder(t, t.TempDir(), "data")
	defer func() { f.Close() }()
	f.deliver(t, mapped("crm", leadsMapping), "leads.csv", []byte(leads), 0)

	_, err := f.Erase(ctx, ingest.Person{Lead: "LEAD-MIA"})
	require.Equal(t, callpace.Conflict, code(err))
	require.ErrorContains(t, err, "erase.shared")

	found, err := f.FindPerson(ctx, ingest.Person{Lead: "LEAD-MIA", Shared: ingest.SharedErase})
	require.NoError(t, err)
	require.Len(t, found.Leads, 9)

	_, err = f.FindPerson(ctx, ingest.Person{Phone: "016000000", Shared: ingest.SharedKeep})
	require.Equal(t, callpace.Conflict, code(err), "the number asked for is shared itself")

	kept := ingest.Person{Lead: "LEAD-MIA", Shared: ingest.SharedKeep}
	found, err = f.FindPerson(ctx, kept)
	require.NoError(t, err)
	require.Equal(t, []string{"LEAD-MIA"}, found.Leads)
	require.Equal(t, []string{"+385912345671"}, found.Phones)
	require.Equal(t, []string{"+38516000000"}, found.Shared)
	_, err = f.Erase(ctx, kept)
	require.NoError(t, err)
	f.reopen(t, func() {
		require.Empty(t, search(t, f.dir, "LEAD-MIA", "Mia", "912345671", "91 234 5671"))
		require.NotEmpty(t, search(t, f.dir, "01 600 0000"))
	})
}

// A customer goes with the person, a firm that others belong to stays.
func TestFirmsStay(t *testing.T) {
	const m = "version: 1\nkey: id\nfacts:\n  orders: {placed: day, amount: amount, lead: lead, customer: customer}\n"
	f := newFolder(t, t.TempDir(), "data")
	defer func() { f.Close() }()
	f.deliver(t, mapped("shop", m), "orders.csv", []byte("id,day,amount,lead,customer,name\n"+
		"1,2026-10-05,10,LEAD-MIA,CUST-MIA,Mia\n2,2026-10-05,10,LEAD-MIA,FIRM,Mia\n3,2026-10-05,10,LEAD-LUKA,FIRM,Luka\n4,2026-10-06,10,,CUST-MIA,Mia\n"), 0)
	found, err := f.FindPerson(context.Background(), ingest.Person{Lead: "LEAD-MIA"})
	require.NoError(t, err)
	require.Equal(t, []string{"CUST-MIA"}, found.Customers)
	require.Equal(t, []string{"FIRM"}, found.Firms)
	_, err = f.Erase(context.Background(), ingest.Person{Lead: "LEAD-MIA"})
	require.NoError(t, err)
	f.reopen(t, func() {
		require.Empty(t, search(t, f.dir, "MIA"))
		require.NotEmpty(t, search(t, f.dir, "FIRM"))
	})
}
