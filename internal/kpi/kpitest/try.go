package kpitest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Try asks what one case asks, written as in cases/, of a catalogue of the
// caller's: for examples that define KPIs of their own.
func Try(t *testing.T, body string, c *kpi.Catalogue, engine func(*facts.Batch) kpi.Engine) {
	x, err := read(body)
	require.NoError(t, err)
	require.NotEmpty(t, x.Questions, "nothing is asked")
	e := engine(x.Rows)
	for _, q := range x.Questions {
		q.check(t, c, e)
	}
}
