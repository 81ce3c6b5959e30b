package mapping

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// Every example, written anew, is the same mapping.
func TestEditorWritesWhatItRead(t *testing.T) {
	paths, err := filepath.Glob("../../../examples/mappings/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	texts := []string{"version: 1\nkey: [a, 'b,c']\nnull: [NULL, '-', \"\\t\"]\nfacts:\n  calls: {agent: , outcome: {column: 'y', map: {\"\": lost, 007: sale, 1.50: 'no'}}}\n  lead_stages:\n    - {stage: {value: new}}\n    - stage: x\n      when: ['a == \"1\"', b]\n"}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		root, err := readNode(text)
		require.NoError(t, err)
		var b strings.Builder
		root.write(&b, 0)
		again, err := readNode(b.String())
		require.NoError(t, err, b.String())
		require.Equal(t, outline(root), outline(again), b.String())
	}
}

// outline is a node without its lines.
func outline(n *node) any {
	switch n.shape {
	case scalar:
		return n.text
	case object:
		var out []any
		for i, k := range n.keys {
			out = append(out, k.text, outline(n.items[i]))
		}
		return out
	case list:
		out := []any{"list"}
		for _, item := range n.items {
			out = append(out, outline(item))
		}
		return out
	}
	return "empty " + n.text
}

const editorFile = "id;day;who;result;secs;town\n1;2026-03-02;Ana;no;12;Split\n2;2026-03-03;Eva;yes;61;Pula\n3;2026-03-03;Eva;no;7;Pula\n"

func TestEditorChanges(t *testing.T) {
	const text = "# kept as long as nothing changes\nversion: 1\nkey: id\nfacts:\n  calls:\n    started: day\n    direction: {value: outbound}\n    outcome: {column: result, map: {'no': lost}}\n    campaign: town\n"
	f := func(want string, change func(*Editor)) {
		t.Helper()
		e, err := Edit(text, []byte(editorFile))
		require.NoError(t, err)
		change(e)
		require.Equal(t, want, e.Text())
		if want != text {
			_, err = Parse(e.Text())
			require.NoError(t, err)
		}
	}
	head := "version: 1\nkey: id\nfacts:\n  calls:\n    started: day\n    direction: {value: outbound}\n"
	outcome := "    outcome:\n      column: result\n      map: {'no': lost}\n"
	f(text, func(e *Editor) {
		e.Assign(1, "calls.started")
		e.Assign(2, Attribute)
		e.SetKey([]string{"id"})
		e.SetConstant("calls.direction", "outbound")
		e.SetValues(3, e.Use(3).Values)
		e.SetOption(1, "format", "")
	})
	f(head+outcome+"    campaign: town\n    talk: {column: secs, unit: s}\n", func(e *Editor) { e.Assign(4, "calls.talk") })
	f(head+outcome+"    campaign: who\n", func(e *Editor) { e.Assign(2, "calls.campaign") })
	f(head+outcome+"attributes: {except: [town]}\n", func(e *Editor) { e.Assign(5, LeftOut) })
	f(head+outcome+"    campaign: town\nattributes: {also: [town]}\n", func(e *Editor) { e.SetAlso(5, true) })
	f(head+"    outcome:\n      column: result\n      map: {'no': not_interested, 'yes': sale}\n    campaign: town\n", func(e *Editor) {
		e.SetValues(3, []Value{{Text: "NO", To: "not_interested"}, {Text: "yes", To: "sale"}})
	})
	f("version: 1\nzone: Europe/Zagreb\nkey: [id, who]\nfacts:\n  calls:\n    started: {column: day, format: eu}\n    direction: {value: inbound}\n"+outcome+"    campaign: town\n", func(e *Editor) {
		e.Set("zone", "Europe/Zagreb")
		e.SetKey([]string{"id", "who"})
		e.SetOption(1, "format", "eu")
		e.SetConstant("calls.direction", "inbound")
	})
}

func TestEditorShows(t *testing.T) {
	e, err := Edit(Skeleton([]byte(editorFile), "a.csv", "calls", facts.Settings{Zone: "UTC"}), []byte(editorFile))
	require.NoError(t, err)
	missing := func() (out []string) {
		for _, c := range e.Constants() {
			if c.Missing {
				out = append(out, c.Target)
			}
		}
		return out
	}
	require.Equal(t, []string{"calls.direction", "calls.outcome", "calls.started"}, missing())
	e.Assign(1, "calls.started")
	e.Assign(3, "calls.outcome")
	e.SetConstant("calls.direction", "outbound")
	require.Empty(t, missing())
	_, err = Parse(e.Text())
	require.NoError(t, err)
	columns := e.Columns()
	require.Equal(t, "calls.started", columns[1].Use.Target)
	require.Equal(t, "iso", columns[1].Use.Options["format"])
	require.Equal(t, []Value{{"no", 2, "not_interested"}, {"yes", 1, "sale"}}, columns[3].Use.Values)
	require.Equal(t, []string{"Ana", "Eva"}, columns[2].Samples)
	require.Nil(t, columns[2].Use)
}

// Whatever an expression or a pair of columns uses is told, and left alone.
func TestEditorLeavesWhatItCannotShow(t *testing.T) {
	const text = "version: 1\nskip: who == \"x\"\nfacts:\n  calls:\n    started: {date: day, time: secs}\n    direction: {value: outbound}\n    outcome: {expr: 'col(\"result\") == \"no\" ? \"lost\" : \"sale\"'}\n"
	e, err := Edit(text, []byte(editorFile))
	require.NoError(t, err)
	columns := e.Columns()
	require.Nil(t, columns[1].Use)
	require.Equal(t, []string{"calls.started"}, columns[1].Others)
	require.Equal(t, []string{"skip"}, columns[2].Others)
	require.Equal(t, []string{"calls.outcome"}, columns[3].Others)
	e.Assign(5, "calls.campaign")
	require.Contains(t, e.Text(), `outcome: {expr: 'col("result") == "no" ? "lost" : "sale"'}`)
	require.Contains(t, e.Text(), "{date: day, time: secs}")
}
