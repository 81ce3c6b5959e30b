package export

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// A workbook shows no negative time: a change of seconds is a plain number.
func TestChangeOfSeconds(t *testing.T) {
	f := &kpi.Frame{Columns: []kpi.Column{{Name: "talk_time", Unit: kpi.UnitSeconds}}, Compare: &kpi.Comparison{}}
	before := kpi.Figure{Valid: true, Number: 180}
	row := kpi.FrameRow{Figures: []kpi.Figure{{Valid: true, Number: 92, Compared: &kpi.Compared{Before: before, Valid: true, Diff: -88}}}}
	require.Equal(t, []Cell{{Kind: Seconds, Number: 92}, {Kind: Seconds, Number: 180}, {Kind: Number, Number: -88}, {}},
		frameRow(present.Reader{}, f, row, false, []bool{false}))
}
