package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

// Weekdays follow each other as in the organisation's week, in tables and maps.
func TestWeekdaysBeginWithTheWeek(t *testing.T) {
	s := newSite(t)
	settings := ingesttest.Adria
	settings.WeekStart = time.Saturday
	s.imports("pbx", "weekend.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\nw1,2026-11-21 09:05:00,101,+385911111101,Solar,sale,60\n")
	require.NoError(t, s.Folder.Replace(context.Background(), nil, func(f *ingest.Folder) error { return f.SetSettings(context.Background(), settings) }))
	b := s.as(auth.Manager)
	for _, at := range []string{"/kpi/calls?period=2026-11&by=weekday", "/explore?kpi=calls&by=weekday&then=team&as=heat&period=2026-11"} {
		body := b.get(at).has(200).body
		body = body[max(strings.Index(body, `id="parts"`), strings.Index(body, `class="heat`)):]
		body = body[strings.Index(body, "<tbody"):]
		saturday, monday, friday := strings.Index(body, "Sat"), strings.Index(body, "Mon"), strings.Index(body, "Fri")
		require.True(t, 0 < saturday && saturday < monday && monday < friday, "%s: %d %d %d", at, saturday, monday, friday)
	}
}
