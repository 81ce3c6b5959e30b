package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/web/chart"
)

// A day without calls has none of them; a rate has no value there.
func TestZeroIsNoGap(t *testing.T) {
	require.True(t, orZero(kpi.Column{Kind: kpi.KindCount, Unit: kpi.UnitCount}, kpi.Figure{}).Valid)
	require.False(t, orZero(kpi.Column{Kind: kpi.KindProportion, Unit: kpi.UnitPercent}, kpi.Figure{}).Valid)
	require.False(t, orZero(kpi.Column{Kind: kpi.KindMean, Unit: kpi.UnitSeconds}, kpi.Figure{}).Valid)
	require.EqualValues(t, 0, chart.Value(orZero(kpi.Column{Kind: kpi.KindCount, Unit: kpi.UnitCount}, kpi.Figure{}).Number))

	// A KPI of leads' stories names the sources that the stories are made from.
	s := newSite(t)
	s.imports("crm", "stages.csv", stageMapping, "lead,reached\nx,2026-11-03 10:00:00\n")
	b := s.as(auth.Manager)
	b.get("/kpi/appointments?period=2026-11").has(200, "<bdi>crm</bdi>", "<bdi>pbx</bdi>")
	b.get("/kpi/calls?period=2026-11").has(200, "<bdi>pbx</bdi>").lacks("<bdi>crm</bdi>")
}
