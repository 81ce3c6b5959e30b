package kpitest_test

import (
	"testing"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

func TestNaive(t *testing.T) {
	kpitest.Run(t, func(_ *testing.T, c kpitest.Case) kpi.Engine {
		return naive.New(c.Rows, c.Calendar, kpitest.Currency)
	})
}
