package web

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/store"
)

// Whoever is erased from the page is in no file of the folder any more: not in
// the journal, and not in what people typed.
func TestErasingFromThePageReachesWhatWasTyped(t *testing.T) {
	s := newSite(t)
	ctx, now := t.Context(), s.clock.Now()
	typed := func(text, subject string) {
		_, err := s.State.Notes().CreateNote(ctx, store.Note{Subject: subject, Text: text, AuthorID: s.ids[auth.Manager], CreatedAt: now})
		require.NoError(t, err)
		_, err = s.State.Corrections().CreateCorrection(ctx, store.Correction{Subject: subject, Agent: "Boris", Team: "East", Text: text + " please", AuthorID: s.ids[auth.Agent], CreatedAt: now})
		require.NoError(t, err)
	}
	typed("Mrs Nikolina was cross", "call:pbx/4")         // her own call: nothing of it stays
	typed("as with 091 1111 104 yesterday", "call:pbx/1") // another's call: the number goes
	typed("quite another matter: +385911111101", "call:pbx/1")
	_, err := s.State.Annotations().CreateAnnotation(ctx, store.Annotation{FromDay: facts.DayOf(now.Date()), ToDay: facts.DayOf(now.Date()), Kind: "other", Text: "outage, told by +385 91 111 1104", AuthorID: s.ids[auth.Manager], CreatedAt: now})
	require.NoError(t, err)
	_, err = s.State.Views().CreateView(ctx, store.View{OwnerID: s.ids[auth.Manager], Page: pageOfViews, Name: "her 0911111104", Query: "kpi=calls&where=phone+%3D%3D+%22%2B385911111104%22", UpdatedAt: now})
	require.NoError(t, err)

	b := s.as(auth.Admin)
	b.post("/settings/erase").has(422, "Give either a phone number")
	b.post("/settings/erase", "phone", "12").has(400, "notice bad")
	b.post("/settings/erase", "phone", "0999999999").has(200, "Nobody is known by this")
	b.post("/settings/erase", "phone", "091 1111 104").has(200, "&#43;385911111104", "1 record would change", "7 texts that people typed")
	b.post("/settings/erase", "phone", "091 1111 104", "do", "erase", "typed", "yes").has(422, "Type it exactly as above")
	require.True(t, s.holds("911111104"), "nothing happens before it is confirmed")
	s.as(auth.Manager).post("/settings/erase", "phone", "091 1111 104", "do", "erase", "typed", "091 1111 104").has(403)

	a := b.post("/settings/erase", "phone", "091 1111 104", "do", "erase", "typed", "091 1111 104")
	b.ends(a.location()).has(200, "1 record no longer says who it was", "7 texts typed on pages no longer name the person")
	for _, gone := range []string{"911111104", "1111 104", "111 1104", "Nikolina"} {
		require.False(t, s.holds(gone), "%s is in a file", gone)
	}
	require.True(t, s.holds("quite another matter: +385911111101"))
	b.get("/calls/pbx/1").has(200, "as with *** yesterday")
	b.get("/kpi/calls?period=2026-11").has(200, `<p class="kpi-value">9`)
	require.Contains(t, s.actions(), auth.Erased)
	b.get("/settings/audit").has(200, "Person erased").lacks("911111104")
	_, _, err = s.State.Audit().VerifyAudit(ctx)
	require.NoError(t, err)
}

// A call is the person's whatever its source and its id are called, and what a
// migration kept aside is gone with them.
func TestErasingReachesCallsOfAnyName(t *testing.T) {
	s := newSite(t)
	aside := filepath.Join(s.dir, store.Name+".v1")
	require.NoError(t, os.WriteFile(aside, []byte("Nikolina, as she was"), 0o600))
	const source, id = "Zagreb продажі", "№ 7/1%2F"
	s.imports(source, "more.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n"+id+",2026-11-21 09:00:00,101,+385911111177,Solar,sale,60\n")
	s.as(auth.Manager).post("/calls/"+url.PathEscape(source)+"/"+url.PathEscape(id)+"/notes", "text", "Mrs Nikolina was cross").location()
	b := s.as(auth.Admin)
	b.post("/settings/erase", "phone", "0911111177").has(200, "1 record would change", "1 text that somebody typed")
	b.ends(b.post("/settings/erase", "phone", "0911111177", "do", "erase", "typed", "0911111177").location()).has(200, "1 record no longer says who it was")
	require.False(t, s.holds("Nikolina"))
	require.NoFileExists(t, aside)
}

// holds tells whether any file of the folder that is not packed holds a text.
func (s *site) holds(text string) (found bool) {
	require.NoError(s.t, filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	}))
	return found
}
