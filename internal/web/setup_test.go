package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

var setUp = []string{"name", "Rada", "login", "rada@adria.example", "password", password, "language", "hr", "organisation", "Adria Prodaja",
	"country", "HR", "zone", "Europe/Zagreb", "currency", "eur", "calendar", "solar-hijri", "week_start", "6"}

// but gives pairs with one value changed.
func but(pairs []string, name, value string) []string {
	out := append([]string(nil), pairs...)
	for i := 0; i < len(out); i += 2 {
		if out[i] == name {
			out[i+1] = value
		}
	}
	return out
}

func TestSetUp(t *testing.T) {
	s := newEmptySite(t)
	b := s.stranger()
	b.get("/").goes("/sign-in?next=%2F")
	b.get("/sign-in").goes("/set-up")
	token, err := s.Auth.CreateSetupLink(ctx)
	require.NoError(t, err)
	link := "/set-up/" + token
	b.get("/set-up").has(200, "printed on the console").lacks(token, "<form class")
	b.get("/set-up/"+"x").has(404, "printed on the console").lacks(token)
	b.get(link).has(200, "Europe", "Zagreb")
	for _, bad := range [][3]string{{"name", "", "The name is missing"}, {"login", "rada", "not an e-mail address"}, {"password", "short", "too short"}, {"organisation", " ", "organisation’s name"},
		{"zone", "Mars/Base", "no time zone"}, {"currency", "XXQ", "no currency"}, {"country", "QQ", "no country"}, {"language", "", "not a language"}} {
		b.post(link, but(setUp, bad[0], bad[1])...).has(422, bad[2], `aria-invalid="true"`)
	}
	b.post(link, but(setUp, "name", "")...).has(422, `value="rada@adria.example"`, `value="Adria Prodaja"`).lacks(password)
	founded := s.Folder.Settled() != nil
	require.False(t, founded, "a form with faults makes nothing")

	b.post(link, setUp...).goes("/")
	got := s.Folder.Settled().Settings
	require.Equal(t, facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", Country: "HR", WeekStart: time.Saturday, Calendar: facts.SolarHijri, CreditDays: 30, CallbackMinutes: 60}, got)
	b.get("/account").has(200, "Rada", `lang="hr"`, "Adria Prodaja")
	other := s.stranger()
	other.get(link).has(404)
	other.get("/set-up").goes("/sign-in")
	require.Contains(t, s.actions(), auth.SetUp)
}

func TestSetUpLinkExpires(t *testing.T) {
	s := newEmptySite(t)
	token, err := s.Auth.CreateSetupLink(ctx)
	require.NoError(t, err)
	b := s.stranger()
	b.get("/set-up/" + token).has(200)
	s.clock.pass(31 * time.Minute)
	b.post("/set-up/"+token, setUp...).has(404, "printed on the console")
}

// The command line may have made the organisation: then only its name and the
// admin are asked for.
func TestSetUpOfAFoundedFolder(t *testing.T) {
	s := newEmptySite(t)
	require.NoError(t, s.Folder.Found(ctx, ingesttest.Adria))
	token, err := s.Auth.CreateSetupLink(ctx)
	require.NoError(t, err)
	b := s.stranger()
	b.get("/set-up/" + token).has(200).lacks(`name="zone"`)
	b.post("/set-up/"+token, setUp...).goes("/")
	got := s.Folder.Settled().Settings
	require.Equal(t, ingesttest.Adria, got)
}

func TestSetUpWithTheSampleCompany(t *testing.T) {
	s := newEmptySite(t)
	going := make(chan struct{})
	s.Sample = func(_ context.Context, progress ingest.Progress) error {
		progress("sample", 3, 14)
		<-going
		return nil
	}
	token, err := s.Auth.CreateSetupLink(ctx)
	require.NoError(t, err)
	b := s.stranger()
	b.get("/set-up/" + token)
	job := b.post("/set-up/"+token, append(but(setUp, "language", "en"), "sample", "yes")...).location()
	id := strings.TrimPrefix(job, "/jobs/")
	require.Eventually(t, func() bool { j, err := s.Jobs.Find(ctx, id); return err == nil && j.Total == 14 }, time.Minute, time.Millisecond)
	b.get(job).has(200, "The sample company is being made", "files", `value="21"`)
	close(going)
	b.ends(job).has(200, "The sample company is ready")
}
