package journal

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// model is the journal as a person would think of it: streams of inputs.
type model struct {
	streams [][]modelInput
	inputs  int
}

type modelInput struct {
	no        int
	text      string
	withdrawn bool
}

// receive says what the journal must answer: which stream, and what is new.
func (m *model) receive(text string) (stream int, added string) {
	best, at := -1, -1
	for i, inputs := range m.streams {
		have, closed := "", false
		for _, in := range inputs {
			if closed = in.withdrawn; closed {
				break
			}
			have += in.text
		}
		switch {
		case have == "":
		case strings.HasPrefix(have, text) && len(text) > at:
			best, at = i, len(text)
		case strings.HasPrefix(text, have) && !closed && len(have) > at:
			best, at = i, len(have)
		}
	}
	if best < 0 {
		m.streams = append(m.streams, nil)
		best, at = len(m.streams)-1, 0
	}
	if added = text[at:]; added != "" {
		m.inputs++
		m.streams[best] = append(m.streams[best], modelInput{no: m.inputs, text: added})
	}
	return best + 1, added
}

// add says where rows must go: behind an input that nothing follows, else into
// a stream of their own.
func (m *model) add(text string, to int) (stream, no int) {
	if to > m.inputs {
		return 0, 0
	}
	for i, inputs := range m.streams {
		if last := len(inputs) - 1; last >= 0 && inputs[last].no == to && !inputs[last].withdrawn {
			inputs[last].text += text
			return i + 1, to
		}
	}
	m.inputs++
	m.streams = append(m.streams, []modelInput{{no: m.inputs, text: text}})
	return len(m.streams), m.inputs
}

func (m *model) withdraw(no int) {
	for _, inputs := range m.streams {
		for i := range inputs {
			if inputs[i].no == no {
				inputs[i].withdrawn = true
			}
		}
	}
}

// TestModel drives the journal with files that grow out of few pieces, so that
// prefixes and forks meet often, and compares it with the model.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		o := Options{FS: quick(), BlockBytes: 8, SegmentBytes: 3000}
		j := open(t, dir, o)
		m := &model{}
		withdrawn := []int{}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"send", "send", "send", "add", "add", "withdraw", "reopen", "rebuild"}).Draw(rt, "do") {
			case "send":
				text := "h" + string(bytes.Join(rapid.SliceOfN(rapid.SampledFrom([][]byte{[]byte("abc"), []byte("abd"), []byte("a longer piece")}), 0, 6).Draw(rt, "text"), nil))
				stream, added := m.receive(text)
				r := receive(rt, j, text)
				require.Equal(rt, stream, r.Stream, text)
				require.EqualValues(rt, len(added), r.AddedBytes)
				require.Equal(rt, added == "", r.Recognised)
			case "add":
				text, to := rapid.SampledFrom([]string{"abc\n", "a longer row\n"}).Draw(rt, "row"), rapid.IntRange(0, 6).Draw(rt, "to")
				stream, no := m.add(text, to)
				r, err := j.Add(ctx, arrival("events", ""), to, []byte(text))
				if to > m.inputs {
					require.Error(rt, err)
					break
				}
				require.NoError(rt, err)
				require.Equal(rt, Receipt{Input: no, Stream: stream, Kept: r.Kept, AddedBytes: int64(len(text))}, r)
			case "withdraw":
				no := rapid.IntRange(1, 6).Draw(rt, "input")
				err := j.Withdraw(ctx, no, t0)
				require.Equal(rt, no <= m.inputs && !slices.Contains(withdrawn, no), err == nil)
				if err == nil {
					m.withdraw(no)
					withdrawn = append(withdrawn, no)
				}
			case "rebuild":
				require.NoError(rt, j.Close())
				require.NoError(rt, removeIndex(dir+"/journal/index.db"))
				j = open(t, dir, o)
			case "reopen":
				j = reopen(t, j, dir, o)
			}
		}
		for i, inputs := range m.streams {
			want := ""
			for _, in := range inputs {
				if !in.withdrawn {
					want += in.text
				}
			}
			require.Equal(rt, want, read(rt, j, i+1))
		}
		sound(rt, j)
		require.NoError(rt, j.Close())
	})
}
