package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

func TestSetting(t *testing.T) {
	r := open(t, t.TempDir()).Settings()
	focus := []string{"calls"}
	require.NoError(t, r.FindSetting(ctx, "focus", &focus))
	require.Equal(t, []string{"calls"}, focus, "the default stays")
	require.NoError(t, r.UpdateSetting(ctx, "focus", []string{"sales", "revenue"}, "ana", noon))
	require.NoError(t, r.UpdateSetting(ctx, "focus", []string{"sales"}, "ana", noon))
	require.NoError(t, r.FindSetting(ctx, "focus", &focus))
	require.Equal(t, []string{"sales"}, focus)
	require.NoError(t, r.DeleteSetting(ctx, "focus"))
	focus = nil
	require.NoError(t, r.FindSetting(ctx, "focus", &focus))
	require.Nil(t, focus)
}

func TestViewsAreTheOwnersOrShared(t *testing.T) {
	db := open(t, t.TempDir())
	r, a, b := db.Views(), account(t, db, "ana@example.hr"), account(t, db, "bo@example.hr")
	v, err := r.CreateView(ctx, View{OwnerID: a.ID, Page: "explore", Name: "mine", Query: "kpi=calls", UpdatedAt: noon})
	require.NoError(t, err)
	_, err = r.CreateView(ctx, View{OwnerID: a.ID, Page: "explore", Name: "mine", UpdatedAt: noon})
	fails(t, err, callpace.Conflict, "store.view_name_taken")
	_, err = r.FindView(ctx, b.ID, v.ID)
	fails(t, err, callpace.NotFound, "store.no_view")
	stolen := v
	stolen.OwnerID, stolen.Shared = b.ID, true
	fails(t, r.UpdateView(ctx, stolen), callpace.NotFound, "store.no_view")

	v.Shared = true
	require.NoError(t, r.UpdateView(ctx, v))
	found, err := r.FindViews(ctx, b.ID, "explore")
	require.NoError(t, err)
	require.Equal(t, []View{v}, found)
	fails(t, r.DeleteView(ctx, b.ID, v.ID), callpace.NotFound, "store.no_view")
	require.NoError(t, r.DeleteView(ctx, a.ID, v.ID))
}

func TestAnnotationsOfDays(t *testing.T) {
	r := open(t, t.TempDir()).Annotations()
	add := func(from, to int64) Annotation {
		a, err := r.CreateAnnotation(ctx, Annotation{FromDay: from, ToDay: to, Kind: AnnotationOutage, Text: "line down", AuthorID: "ana", CreatedAt: noon})
		require.NoError(t, err)
		return a
	}
	first, second := add(10, 12), add(14, 14)
	f := func(from, to int64, want ...Annotation) {
		t.Helper()
		got, err := r.FindAnnotations(ctx, from, to)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	f(0, 9)
	f(0, 10, first)
	f(11, 11, first)
	f(12, 14, first, second)
	f(15, 20)
	_, err := r.CreateAnnotation(ctx, Annotation{FromDay: 2, ToDay: 1, Kind: AnnotationOther})
	fails(t, err, callpace.Invalid, "store.days_reversed")
	second.Text = "line up"
	require.NoError(t, r.UpdateAnnotation(ctx, second))
	got, err := r.FindAnnotation(ctx, second.ID)
	require.NoError(t, err)
	require.Equal(t, second, got)
	require.NoError(t, r.DeleteAnnotation(ctx, second.ID))
	fails(t, r.DeleteAnnotation(ctx, second.ID), callpace.NotFound, "store.no_annotation")
}

func TestNotesOnSubjects(t *testing.T) {
	r := open(t, t.TempDir()).Notes()
	add := func(subject string, minutes int) Note {
		n, err := r.CreateNote(ctx, Note{Subject: subject, Text: "was ill", Disputed: true, AuthorID: "ana", CreatedAt: noon.Add(time.Duration(minutes) * time.Minute)})
		require.NoError(t, err)
		return n
	}
	late, early := add("call:1", 5), add("finding:2", 1)
	add("call:3", 0)
	got, err := r.FindNotes(ctx, "call:1", "finding:2", "call:9")
	require.NoError(t, err)
	require.Equal(t, []Note{early, late}, got)
	none, err := r.FindNotes(ctx)
	require.NoError(t, err)
	require.Empty(t, none)
	fails(t, r.DeleteNote(ctx, "bo", late.ID), callpace.NotFound, "store.no_note")
	require.NoError(t, r.DeleteNote(ctx, "ana", late.ID))
}

func TestCorrectionIsAnsweredOnce(t *testing.T) {
	r := open(t, t.TempDir()).Corrections()
	c, err := r.CreateCorrection(ctx, Correction{Subject: "call:1", Agent: "ana", Team: "East", Text: "it was a sale", AuthorID: "ana", CreatedAt: noon})
	require.NoError(t, err)
	require.NoError(t, r.AnswerCorrection(ctx, c.ID, CorrectionAccepted, "mended in the CRM", "lead", noon))
	fails(t, r.AnswerCorrection(ctx, c.ID, CorrectionDeclined, "", "lead", noon), callpace.Conflict, "store.correction_answered")
	found, err := r.FindCorrection(ctx, c.ID)
	require.NoError(t, err)
	c.State, c.Answer, c.AnsweredBy, c.AnsweredAt = CorrectionAccepted, "mended in the CRM", "lead", noon
	require.Equal(t, c, found)
	open, err := r.FindCorrections(ctx, CorrectionOpen, "")
	require.NoError(t, err)
	require.Empty(t, open)
	mine, err := r.FindCorrections(ctx, "", "ana")
	require.NoError(t, err)
	require.Equal(t, []Correction{c}, mine)
}

func TestDraw(t *testing.T) {
	r := open(t, t.TempDir()).Draws()
	d, err := r.CreateDraw(ctx, Draw{Agent: "ana", FromDay: 1, ToDay: 7, Seed: -42, Calls: []string{"c3", "c1"}, DrawnBy: "qa", DrawnAt: noon})
	require.NoError(t, err)
	got, err := r.FindDraw(ctx, d.ID)
	require.NoError(t, err)
	require.Equal(t, d, got)
	all, err := r.FindDraws(ctx, "ana")
	require.NoError(t, err)
	require.Equal(t, []Draw{d}, all)
}

func TestMailGoesOutAtMostOnce(t *testing.T) {
	db := open(t, t.TempDir())
	r, a := db.Mails(), account(t, db, "ana@example.hr")
	claim := func(want bool) {
		t.Helper()
		got, err := r.ClaimMail(ctx, a.ID, "morning", 20779, 2, noon)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	end := func(state, text string) {
		t.Helper()
		require.NoError(t, r.UpdateMail(ctx, Mail{AccountID: a.ID, Kind: "morning", Day: 20779, State: state, Error: text, At: noon}))
	}
	claim(true)
	claim(false) // under way
	end(MailFailed, "connection refused")
	claim(true)
	end(MailFailed, "connection refused")
	claim(false) // tried often enough
	found, err := r.FindMails(ctx, 20779, MailFailed)
	require.NoError(t, err)
	require.Equal(t, []Mail{{a.ID, "morning", 20779, MailFailed, 2, "connection refused", noon}}, found)

	got, err := r.ClaimMail(ctx, a.ID, "morning", 20780, 2, noon)
	require.NoError(t, err)
	require.True(t, got, "another day")
	n, err := r.SettleMails(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	got, err = r.ClaimMail(ctx, a.ID, "morning", 20780, 2, noon)
	require.NoError(t, err)
	require.False(t, got, "it may have arrived")
}
