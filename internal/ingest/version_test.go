package ingest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

var update = flag.Bool("update", false, "write what the awkward rows come to anew")

const awkwardMapping = `
version: 1
formats: {decimal: "%s"}
key: no
facts:
  calls: {id: no, started: at, direction: {value: outbound}, agent: agent, lead: lead, phone: phone, talk: talk, outcome: {column: result, map: {sold: sale, "-": no_answer}}}
  orders: {when: "result == 'sold'", id: no, placed: at, agent: agent, lead: lead, amount: amount, currency: {value: EUR}}
  evaluations: {when: "score != ''", id: no, evaluated: at, agent: agent, score: score, call: no}
`

// awkward are rows that can be read in more than one way, by how their source writes numbers.
var awkward = []string{`no,at,agent,lead,phone,talk,result,amount,score
۱,2026-11-02 10:00:00,۲۰۱,L-۱۰۱,+385 91 111-0001,90,sold,"1.200,50 EUR",
2,2026-11-02 10:00:00,201,L-101,0911110001,90,sold,€ 5,"4,5"
٣,2026-10-25 02:30:00,Ana  Horvat,l-7,00385911110002,۹۰,-,,
4,2026-03-29 02:30:00, ANA HORVAT,,(091) 111 0003,0,sold,5 $,
5,not a day,x,,,,sold,,
`, `no,at,agent,lead,phone,talk,result,amount,score
6,2026-11-03 10:00:00,đuro,,091/111-0004,1,sold,"1,200.5",4
6,2026-11-03 10:00:00,đuro,,091/111-0004,1,sold,1200.50,5
7,2026-11-03 10:00:00,Đuro,,+1 202 555 0100,1.5,sold,"12,345,678.90 €",4.5
`}

// Facts of an earlier program are read anew where this one reads the same bytes
// otherwise: whoever changes what awkward rows come to raises decodersVersion.
func TestDecodersVersion(t *testing.T) {
	b := &busy{SharedFolder: ingesttest.Share(t, filepath.Join(t.TempDir(), "data"), time.Now, nil), t: t}
	require.NoError(t, b.Found(t.Context(), zagreb))
	for i, text := range awkward {
		ingesttest.Import(t, b.SharedFolder, fmt.Sprint("crm", i), "awkward.csv", fmt.Sprintf(awkwardMapping, ",."[i:i+1]), text)
	}
	now := b.facts()
	require.NoError(t, b.Read(func(f *ingest.Folder) error {
		for i := range awkward {
			rejects, err := os.ReadFile(f.RejectsPath(i + 1))
			if err != nil && !os.IsNotExist(err) {
				return err
			}
			now += string(rejects)
		}
		return nil
	}))
	path := filepath.Join("testdata", "awkward.txt")
	text, err := os.ReadFile(path)
	version, was, _ := strings.Cut(string(text), "\n")
	if err == nil && version == ingest.DecodersVersion || !*update {
		require.NoError(t, err)
		require.Equal(t, was, now, "raise decodersVersion, then run with -update")
	}
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(ingest.DecodersVersion+"\n"+now), 0o644))
		return
	}
	require.Equal(t, ingest.DecodersVersion, version, "run with -update")
}
