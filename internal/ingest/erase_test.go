package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// mia is every way in which the files below name one person, and others in
// the same files who must stay.
var (
	mia    = []string{"912345671", "91 234 5671", "91 2345 671", "91-234-5671", "LEAD-MIA", "Mia Horvat", "mia@example.com"}
	others = []string{"912345672", "LEAD-LUKA", "Luka"}
)

const miasCalls = "id,rev,when,agent,phone,result,talk,amount,note\n" +
	"1,1,2026-10-05 09:00:00,Ana,091 234 5671,sale,120,100.5,Mia Horvat wants fibre\n" +
	"2,1,2026-10-05 09:10:00,Ana,091 234 5672,no,60,,Luka said no\n" +
	"3,1,2026-10-05 09:20:00,Ana,+385 91-234-5671,meet,60,,mia@example.com\n" +
	"4,1,soon,Ana,00385 91 2345 671,sale,60,1,Mia Horvat again\n" +
	"5,1,2026-10-06 09:00:00,Ivo,0912345671,test,60,1,Mia Horvat as a test\n"

const miasLeads = "id,rev,day,owner,phone,mobile,stage,amount,name\n" +
	"LEAD-MIA,1,2026-10-01,Ana,+385 91 234 5671,01 234 5678,won,500,Mia Horvat\n" +
	"LEAD-LUKA,1,2026-10-01,Ana,+385 91 234 5672,,new,0,Luka Babic\n"

const miasLegs = `"","0912345671","201","in","""Mia Horvat"" <0912345671>","PJSIP/trunk-1","PJSIP/201-2","Dial","PJSIP/201","2026-10-05 09:00:00","2026-10-05 09:00:08","2026-10-05 09:01:08","68","60","ANSWERED","DOCUMENTATION","1791190800.1","","","1791190800.1","1"` + "\n" +
	`"","201","00385912345671","out","","PJSIP/201-3","PJSIP/trunk-4","Dial","PJSIP/00385912345671@trunk","2026-10-05 10:00:00","2026-10-05 10:00:08","2026-10-05 10:01:08","68","60","ANSWERED","DOCUMENTATION","1791194400.1","","","1791194400.1","2"` + "\n"

const miasVisits = "1791190800|a1|sales|NONE|ENTERQUEUE||+385912345671|1|Mia Horvat\n1791190812|a1|sales|PJSIP/201|CONNECT|12|a2|3\n" +
	"1791190932|a1|sales|PJSIP/201|COMPLETECALLER|12|120|1\n1791191000|b1|sales|NONE|ENTERQUEUE||0912345672|1\n1791191030|b1|sales|NONE|ABANDON|1|1|30\n"

// delivered brings the person in along every way there is: packed, growing and
// cut within their record, rejected, skipped, withdrawn, unfinished.
func delivered(t *testing.T, f *folder) {
	t.Helper()
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, err := gz.Write([]byte(miasLeads))
	require.NoError(t, err)
	require.NoError(t, gz.Close())
	f.deliver(t, mapped("crm", leadsMapping), "leads.csv.gz", packed.Bytes(), 0)
	cut := strings.Index(miasCalls, "5671,sale")
	f.deliver(t, mapped("dialler", callsMapping), "calls.csv", []byte(miasCalls[:cut]), 0)
	f.deliver(t, mapped("dialler", callsMapping), "calls.csv", []byte(miasCalls), 0)
	f.deliver(t, source.Spec{Source: "pbx", Format: "asterisk-cdr"}, "Master.csv", []byte(miasLegs), 0)
	f.deliver(t, source.Spec{Source: "queues", Format: "asterisk-queue-log"}, "queue_log", []byte(miasVisits), 0)
	r := f.deliver(t, mapped("crm", leadsMapping), "wrong.csv", []byte(strings.Replace(miasLeads, "500", "900", 1)), 0)
	_, err = f.Withdraw(context.Background(), r.Input, false)
	require.NoError(t, err)
	d := delivery(mapped("crm", leadsMapping), "broken.csv", nil, 0)
	d.Open = brokenFile(miasLeads + strings.Repeat("LEAD-X,1,2026-10-01,Ana,,,new,0,Mia Horvat\n", 20_000))
	_, err = f.Import(context.Background(), d)
	require.Error(t, err)
}

// perTable counts the facts by table.
func perTable(text string) map[string]int {
	n := map[string]int{}
	for line := range strings.Lines(text) {
		table, _, _ := strings.Cut(line, " ")
		if table != "dirty_leads" {
			n[table]++
		}
	}
	return n
}

func TestErasedPersonIsNowhere(t *testing.T) {
	for name, person := range map[string]ingest.Person{"by phone": {Phone: "00 385 91 234 5671"}, "by lead": {Lead: "LEAD-MIA"}} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			f := newFolder(t, t.TempDir(), "data")
			defer func() { require.NoError(t, f.Close()) }()
			delivered(t, f)
			// A fact file set aside holds the person, too.
			f.reopen(t, func() {
				require.NoError(t, os.WriteFile(filepath.Join(f.dir, "facts.duckdb"), []byte("foreign, of "+mia[5]), 0o600))
			})
			before := f.facts(t)
			f.reopen(t, func() {
				seen := strings.Join(search(t, f.dir, mia...), "\n")
				for _, w := range mia {
					require.Contains(t, seen, w, "the search finds what is there")
				}
			})

			done, err := f.Erase(ctx, person)
			require.NoError(t, err)
			require.NotZero(t, done.Records)
			require.Equal(t, 5, done.Streams, "of every file that named her; what never arrived whole is gone altogether")
			require.Equal(t, perTable(before), perTable(f.facts(t)), "counts stay")
			f.sound(t)

			// All of it sent again is known, and brings nobody back.
			for _, x := range []struct {
				spec source.Spec
				text string
			}{{mapped("crm", leadsMapping), miasLeads}, {mapped("dialler", callsMapping), miasCalls},
				{source.Spec{Source: "pbx", Format: "asterisk-cdr"}, miasLegs}, {source.Spec{Source: "queues", Format: "asterisk-queue-log"}, miasVisits}} {
				require.True(t, f.deliver(t, x.spec, "again", []byte(x.text), 0).Recognised)
			}
			live := f.facts(t)
			f.reopen(t, func() {
				require.Empty(t, search(t, f.dir, mia...))
				for _, w := range others {
					require.NotEmpty(t, search(t, f.dir, w), "%s stays", w)
				}
				require.NoError(t, os.Remove(filepath.Join(f.dir, "facts.duckdb")))
			})
			require.Equal(t, live, f.facts(t), "rebuilt")

			// Nobody of this name is left to erase.
			again, err := f.Erase(ctx, person)
			require.NoError(t, err)
			require.Zero(t, again.Records)
		})
	}
}

func TestEraseRefusesWhatIsNoNumber(t *testing.T) {
	f := newFolder(t, t.TempDir(), "data")
	defer f.Close()
	_, err := f.Erase(context.Background(), ingest.Person{Phone: "nobody"})
	require.Equal(t, callpace.Invalid, code(err))
}

// The proof says when and what, not who.
func TestProofNamesNobody(t *testing.T) {
	f := newFolder(t, t.TempDir(), "data")
	delivered(t, f)
	_, err := f.Erase(context.Background(), ingest.Person{Lead: "LEAD-MIA"})
	require.NoError(t, err)
	require.NoError(t, f.Close())
	j, err := journal.Open(context.Background(), f.dir, journal.Options{})
	require.NoError(t, err)
	defer j.Close()
	proofs, err := j.Erasures(context.Background())
	require.NoError(t, err)
	require.Len(t, proofs, 1)
	require.NotEmpty(t, proofs[0].Blocks)
	require.Regexp(t, `^\{"records":\d+\}$`, string(proofs[0].Note))
}

// typedTexts counts how often a person was taken out of what people typed.
type typedTexts struct{ erased int }

func (x *typedTexts) EraseTyped(_ context.Context, _ func(string) (string, bool), _ func(string) bool, dry bool) (int, error) {
	if !dry {
		x.erased++
	}
	return 1, nil
}

// While somebody reads the journal nobody can be erased from it, and then
// nothing of them goes: not what people typed either.
func TestErasureIsWholeOrNotAtAll(t *testing.T) {
	ctx := context.Background()
	f := newFolder(t, t.TempDir(), "data")
	delivered(t, f)
	require.NoError(t, f.Close())
	typed := &typedTexts{}
	g, err := ingest.Open(ctx, f.dir, ingest.Deps{Formats: formats.All(), Now: time.Now, Typed: typed})
	require.NoError(t, err)
	defer func() { require.NoError(t, g.Close()) }()
	reader, err := g.Journal().ReadAll(ctx, 1)
	require.NoError(t, err)
	_, err = g.Erase(ctx, ingest.Person{Lead: "LEAD-MIA"})
	require.ErrorContains(t, err, "journal.busy")
	require.Zero(t, typed.erased)
	require.NoError(t, reader.Close())
	done, err := g.Erase(ctx, ingest.Person{Lead: "LEAD-MIA"})
	require.NoError(t, err)
	require.NotZero(t, done.Records)
	require.Equal(t, 1, done.Typed)
	require.Equal(t, 1, typed.erased)
}

// A person is found, and taken out of other people's notes, in whichever digits
// a file or whoever asks writes the id.
func TestErasedInWhicheverDigits(t *testing.T) {
	f := newFolder(t, t.TempDir(), "data")
	defer func() { require.NoError(t, f.Close()) }()
	leads := "id,rev,day,owner,phone,mobile,stage,amount,name\n" +
		"L-۱۰۱,1,2026-10-01,Ana,,,new,0,Mia\n" +
		"L-101,2,2026-10-02,Ana,,,won,5,Mia\n" +
		"L-102,1,2026-10-01,Ana,,,new,0,sister of L-١٠١\n"
	f.deliver(t, mapped("crm", leadsMapping), "leads.csv", []byte(leads), 0)
	require.Equal(t, 2, perTable(f.facts(t))["leads"], "۱۰۱ and 101 are one lead")

	found, err := f.FindPerson(context.Background(), ingest.Person{Lead: "L-۱۰۱", SearchText: true})
	require.NoError(t, err)
	require.Equal(t, []string{"L-101"}, found.Leads)
	require.Equal(t, 3, found.Records)
	require.Equal(t, []string{"sister of L-١٠١"}, found.Samples)
	_, err = f.Erase(context.Background(), ingest.Person{Lead: "L-۱۰۱", SearchText: true})
	require.NoError(t, err)
	text := f.facts(t)
	require.NotContains(t, text, "Mia")
	require.NotContains(t, text, "L-101")
	require.Contains(t, text, "sister of ***")
	f.sound(t)
}
