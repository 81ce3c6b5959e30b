package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/api"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web"
)

const sameMapping = `version: 1
key: id
facts:
  calls:
    id: id
    started: started
    direction: {value: outbound}
    channel: {value: phone}
    agent: ext
    phone: phone
    outcome: {column: disposition, map: {no answer: no_answer, sale: sale, appointment: appointment}}
    talk: talk
`

// seeds are the seeds' goals as the demo company's test has them.
var seeds = regexp.MustCompile(`(?m)^ ?\d+ (.+)$`)

// The seeds' goals on a small company: the command, the API and the page of a
// goal say the same of it, from one report.
func TestGoalsAreTheSameEverywhere(t *testing.T) {
	ctx, now, dir := t.Context(), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), t.TempDir()
	clock := func() time.Time { return now }
	state, err := store.Open(ctx, dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	folder := ingesttest.Share(t, dir, clock, state)
	require.NoError(t, folder.Found(ctx, ingesttest.Adria))
	ingesttest.Import(t, folder, "people", "roster.csv", ingesttest.RosterMapping, "agent,extension,team\nAna,101,East\nBoris,102,East\nCvita,103,West\n")
	var calls strings.Builder
	calls.WriteString("id,started,ext,phone,disposition,talk\n")
	for i := range 900 { // of August to November
		day := time.Date(2026, 8, 3+i%108, 8+i%8, i%60, 0, 0, time.UTC)
		fmt.Fprintf(&calls, "%d,%s,%d,+38591%07d,%s,%d\n", i, day.Format(time.DateTime), 101+i%3, i%400, []string{"no answer", "sale", "appointment", "no answer", "no answer"}[i*i%5], i%200)
	}
	ingesttest.Import(t, folder, "pbx", "calls.csv", sameMapping, calls.String())
	texts, defs := ingesttest.Catalogues()
	service, quiet := auth.New(state, clock), slog.New(slog.NewTextHandler(io.Discard, nil))
	account, err := state.Accounts().CreateAccount(ctx, store.Account{Login: "mia@adria.example", Name: "Mia", Role: string(auth.Manager), Language: "en", CreatedAt: now, PasswordAt: now, Password: "x"})
	require.NoError(t, err)

	command := func(args ...string) string {
		var out, failed bytes.Buffer
		status := run(ctx, process{args: args, getenv: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: &out, stderr: &failed, now: clock, folder: folder, state: state})
		require.Zero(t, status, failed.String())
		return out.String()
	}
	secret := "session of Mia"
	sum := sha256.Sum256([]byte(secret))
	_, err = state.Sessions().CreateSession(ctx, store.Session{Hash: hex.EncodeToString(sum[:]), AccountID: account.ID, Stage: store.StageOpen, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
	require.NoError(t, err)
	pages, err := web.New(web.Deps{Folder: folder, State: state, Auth: service, Texts: texts, Formats: formats.All(), Now: clock, Log: quiet, Version: "test", Insecure: true})
	require.NoError(t, err)
	token, _, err := service.CreateToken(ctx, auth.Identity{Account: account, Session: &store.Session{}, Can: auth.Manager.Permissions()}, "test", auth.Manager, now.Add(time.Hour))
	require.NoError(t, err)
	programs := api.New(api.Deps{Folder: folder, State: state, Auth: service, Texts: texts, Now: clock, Log: quiet, Spool: dir})
	get := func(h http.Handler, path string) string {
		r := httptest.NewRequest("GET", "http://callpace.example"+path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		if h != http.Handler(programs) {
			r.Header.Del("Authorization")
			r.AddCookie(&http.Cookie{Name: "callpace_session", Value: secret})
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, 200, w.Code, w.Body.String())
		return w.Body.String()
	}

	golden, err := os.ReadFile("../../internal/goals/testdata/seeds.txt")
	require.NoError(t, err)
	list := seeds.FindAllStringSubmatch(string(golden), -1)
	require.Len(t, list, 14)
	reader := present.Reader{Localizer: texts.Localizer("en", calendar.New(facts.Gregorian, time.Monday)), Catalogue: defs}
	known, handler := 0, pages.Handler()
	for _, seed := range append(list, []string{"", "400 calls this month"}, []string{"", "120 calls this week"}, []string{"", "2000 calls this quarter"}) {
		var set, told, answered goals.GoalAnswer
		require.NoError(t, json.Unmarshal([]byte(command("goal", "add", "-o", "json", seed[1])), &set), seed[1])
		id := set.Goal.ID
		require.NoError(t, json.Unmarshal([]byte(command("goal", "show", "-o", "json", id)), &told), seed[1])
		require.NoError(t, json.Unmarshal([]byte(get(programs, api.Prefix+"/goals/"+id)), &answered), seed[1])
		require.Equal(t, told, answered, seed[1])

		page := html.UnescapeString(get(handler, "/goals/"+id))
		if told.Goal.State == "draft" || len(told.Parts) != 1 {
			continue
		}
		e, err := defs.Explain(told.Goal.KPI)
		require.NoError(t, err)
		p, w := told.Parts[0], present.GoalWords{Reader: reader, Report: &track.Report{Unit: e.Unit, Currency: told.Goal.Target.Currency}}
		if w.Report.Currency == "" && e.Unit == kpi.UnitMoney {
			w.Report.Currency = ingesttest.Adria.Currency
		}
		days := func(text string) string {
			day, err := time.Parse(time.DateOnly, text)
			require.NoError(t, err)
			return reader.Date(facts.DayOf(day.Date()))
		}
		says := []string{days(told.From) + " – " + days(told.To)}
		for _, v := range []*float64{p.Actual, p.PerDay} {
			if v != nil {
				says = append(says, w.Figure(*v))
			}
		}
		if p.Target != nil && told.Goal.Better == "higher" {
			says = append(says, w.Figure(*p.Target))
		}
		if p.Chance != nil {
			known++
			x := track.State{}
			x.Pace.Projected, x.Pace.Low, x.Pace.High = *p.Projected, *p.Low, *p.High
			says = append(says, w.Chance(*p.Chance), w.Projected(x))
		}
		for _, text := range says {
			require.Contains(t, page, text, "%s: %s", seed[1], p.Status)
		}
	}
	require.Greater(t, known, 3)
	// Divided, too: tried, then written down.
	for _, save := range []string{"--save=false", "--save"} {
		require.JSONEq(t, get(programs, api.Prefix+"/goals/15/split?levels=team,agent&lock=East%3D300"), command("goal", "split", "-o", "json", "15", "--levels", "team,agent", "--lock", "East=300", save))
	}
	require.Contains(t, command("goal", "list"), "team East · 300 in total")
	require.Contains(t, command("goal", "split", "15", "--lock", "East=500"), "exceed")
}
