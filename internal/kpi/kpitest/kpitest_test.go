package kpitest_test

import (
	"testing"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

func TestNaive(t *testing.T) {
	kpitest.Run(t, func(_ *testing.T, rows *facts.Batch) kpi.Engine {
		return naive.New(rows, kpitest.Calendar, kpitest.Currency)
	})
}
