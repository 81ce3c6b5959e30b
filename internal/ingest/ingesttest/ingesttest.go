// Package ingesttest founds a small company for the tests of what stands on
// package ingest: pages, the API, the morning mail.
package ingesttest

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/source"
)

// Adria is a company in Zagreb.
var Adria = facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian,
	CreditDays: 30, CallbackMinutes: 60}

// RosterMapping reads the columns agent, extension and team; extensions are
// those of the source "pbx".
const RosterMapping = `{version: 1, key: agent, facts: {roster: {agent: agent, alias: extension, alias_source: {value: pbx}, team: team}}}`

// Share opens a data folder, with what people typed beside it, that the test
// closes at its end.
func Share(t *testing.T, dir string, now func() time.Time, typed ingest.Typed) *ingest.SharedFolder {
	t.Helper()
	folder := ingest.Share(dir, ingest.Deps{Formats: formats.All(), Now: now, Typed: typed})
	t.Cleanup(func() { require.NoError(t, folder.Close(context.Background())) })
	return folder
}

// Import takes a text in as a file of a source, by a mapping.
func Import(t *testing.T, folder *ingest.SharedFolder, from, name, mappingText, text string) ingest.Report {
	t.Helper()
	var report ingest.Report
	require.NoError(t, folder.Write(context.Background(), nil, func(f *ingest.Folder) (err error) {
		report, err = f.Import(context.Background(), ingest.Delivery{Name: name, Spec: source.Spec{Source: from, Format: "mapping", Mapping: mappingText},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
		return err
	}))
	return report
}

// Catalogues are the texts and the KPIs, loaded once.
var Catalogues = sync.OnceValues(func() (*i18n.Catalogue, *kpi.Catalogue) {
	texts, err := i18n.Open()
	if err != nil {
		panic(err)
	}
	defs, err := kpi.Load()
	if err != nil {
		panic(err)
	}
	return texts, defs
})
