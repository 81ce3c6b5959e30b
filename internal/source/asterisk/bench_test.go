package asterisk

import (
	"strings"
	"testing"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

func BenchmarkDecode(b *testing.B) {
	f := func(name string, format source.Format, data string) {
		b.Run(name, func(b *testing.B) {
			data := []byte(strings.Repeat(data, 1000))
			d, err := format.Open(spec("Europe/Zagreb"), data)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				d.Decode(source.Chunk{Data: data, Line: 1}, &facts.Batch{})
			}
		})
	}
	f("cdr", CDR{}, master21(`201|0912345678|PJSIP/201-0000000a|PJSIP/trunk-0000000b|Dial|PJSIP/trunk/0912345678|10:00:00|10:00:09|10:01:09|60|ANSWERED|a|1`))
	f("queue_log", QueueLog{}, log(`80 | a | sales | Ivo  | COMPLETECALLER | 20 | 60 | 1`))
}

func BenchmarkAssembleCall(b *testing.B) {
	d, err := CDR{}.Open(spec("Europe/Zagreb"), nil)
	if err != nil {
		b.Fatal(err)
	}
	out := &facts.Batch{}
	row := master21(`201|0912345678|PJSIP/201-0000000a|PJSIP/trunk-0000000b|Dial|PJSIP/trunk/0912345678|10:00:00|10:00:09|10:01:09|60|ANSWERED|a|1`)
	d.Decode(source.Chunk{Data: []byte(row), Line: 1}, out)
	for b.Loop() {
		d.(source.Assembling).Assembler().Assemble(facts.Group{Source: "pbx", Name: "a", Parts: []string{out.Parts[0].Data}}, &facts.Batch{})
	}
}
