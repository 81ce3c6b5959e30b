package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGrid(t *testing.T) {
	g := grid{head: []string{"Agent", "Calls"}, right: []bool{false, true}}
	g.add("Ana \x1b[2JHorvat", "12")
	g.add("李伟", "1,204")
	var b strings.Builder
	g.print(&b)
	require.Equal(t, ""+
		"Agent          Calls\n"+
		"────────────────────\n"+
		"Ana [2JHorvat     12\n"+
		"李伟           1,204\n", b.String())
}
