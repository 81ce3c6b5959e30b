package mapping

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

const benchMapping = `
version: 1
zone: Europe/Zagreb
key: id
skip: status == "TEST"
facts:
  calls:
    started: {column: started, format: "YYYY-MM-DD HH:mm:ss"}
    direction: direction
    agent: user
    campaign: campaign
    product: product
    phone: phone
    lead: lead
    queue: queue
    outcome: {column: status, map: {SALE: sale, NI: not_interested, NA: no_answer, CB: callback}}
    ring: ring
    talk: talk
    wrap: wrap
    attempt: attempt
`

// BenchmarkDecode decodes calls of 24 columns: 13 mapped, the key, 10 attributes;
// rows/cpu-s is for one core.
func BenchmarkDecode(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,started,direction,user,campaign,product,phone,lead,queue,status,ring,talk,wrap,attempt,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10\n")
	const rows = 50_000
	status := []string{"SALE", "NI", "NA", "CB"}
	for i := range rows {
		fmt.Fprintf(&text, "c%d,2026-%02d-%02d %02d:%02d:%02d,outbound,agent %d,Spring %d,Fibre,+38591%07d,L%d,sales,%s,%d,%d,%d,%d,north,gold,web,hr,1,22,3.5,x,2026-01-01,some note\n",
			i, i/5000+1, i/200%28+1, i/20%24, i%60, i*7%60, i%40, i%3, i, i/3, status[i%4], i%30, i%600, i%60, i%5+1)
	}
	data := []byte(text.String())
	d, err := New().Open(source.Spec{Source: "b", Mapping: benchMapping, Settings: facts.Settings{Zone: "Europe/Zagreb", Country: "HR", Currency: "EUR"}}, data[:source.HeadSize])
	require.NoError(b, err)
	skip, lines := d.Start()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := cpuSeconds()
	for b.Loop() {
		var out facts.Batch
		d.Decode(source.Chunk{Data: data[skip:], Line: lines + 1}, &out)
		require.Len(b, out.Records, rows)
	}
	b.ReportMetric(float64(rows*b.N)/(cpuSeconds()-before), "rows/cpu-s")
}

// cpuSeconds is the processor time used so far: other work on the machine does not count.
func cpuSeconds() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
