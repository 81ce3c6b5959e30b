package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/api"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

// token is one of the manager's, who is signed in, for the API.
func (s *site) token(manager *browser) string {
	s.t.Helper()
	account, err := s.State.Accounts().FindAccount(s.t.Context(), s.ids[auth.Manager])
	require.NoError(s.t, err)
	session, err := s.Auth.Resume(s.t.Context(), manager.secret, auth.Visitor{Address: "192.0.2.1"})
	require.NoError(s.t, err)
	session.Account = account
	secret, _, err := s.Auth.CreateToken(s.t.Context(), session, "test", auth.Manager, s.Now().Add(time.Hour))
	require.NoError(s.t, err)
	return secret
}

// The same question put by the command, on a page, by an export and by a
// program has one answer.
func TestOneAnswerEverywhere(t *testing.T) {
	s := newSite(t)
	s.API = api.New(api.Deps{Folder: s.Folder, State: s.State, Auth: s.Auth, Texts: s.Texts, Now: s.Now, Log: s.Log, Spool: s.dir})
	s.imports("desk", "cases.csv", "{version: 1, key: no, facts: {cases: {id: no, opened: opened, first_response: opened}}}",
		"no,opened\n1,2026-11-20 09:00:00\n2,2026-11-21 13:03:00\n3,2026-11-22 09:00:00\n")
	s.clock.pass(7 * time.Minute) // within a quarter of an hour: a day after the second case it is not yet
	manager := s.as(auth.Manager)
	secret := s.token(manager)

	for _, name := range []string{"answered_within_24h", "calls", "reach_rate", "conversion_rate:of_calls", "talk_time", "aht"} {
		if _, err := kpi.Builtin().Find(name); err != nil {
			continue
		}
		w := question.Words{KPIs: []string{name}, By: []string{"team"}, Period: "2026-11", Intervals: true}
		command := s.asCommand(w)
		head, rows := present.Records(command, true)

		exported := manager.get("/kpi/" + url.PathEscape(name) + "/export?compare=none&by=team&period=2026-11").has(200)
		got, err := csv.NewReader(strings.NewReader(exported.body)).ReadAll()
		require.NoError(t, err)
		require.Equal(t, append([][]string{head}, rows...), got, name)

		r := httptest.NewRequest("GET", "/api/v1/kpi?intervals=true&by=team&period=2026-11&kpis="+url.QueryEscape(name), nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		answer := httptest.NewRecorder()
		s.API.ServeHTTP(answer, r)
		require.Equal(t, 200, answer.Code, answer.Body.String())
		want, err := json.Marshal(present.Reader{Localizer: s.Texts.Localizer("en", question.Asker{Settings: ingesttest.Adria}.Calendar()), Catalogue: kpi.Builtin()}.Answer(command))
		require.NoError(t, err)
		require.JSONEq(t, string(want), answer.Body.String(), name)

		w.By = nil
		whole := s.asCommand(w)
		reader := present.Reader{Localizer: s.Texts.Localizer("en", question.Asker{Settings: ingesttest.Adria}.Calendar()), Catalogue: kpi.Builtin()}
		manager.get("/kpi/"+url.PathEscape(name)+"?period=2026-11").has(200, reader.Figure(whole.Columns[0].Unit, whole.Rows[0].Figures[0]))
		if x := whole.Rows[0].Figures[0]; whole.Columns[0].Unit == kpi.UnitCount {
			manager.get("/kpi/"+url.PathEscape(name)+"/rows?period=2026-11").has(200, fmt.Sprintf("%d rows", int(x.Number)))
		}
	}
}

// asCommand asks as the command line does: as the owner of the folder.
func (s *site) asCommand(w question.Words) (f *kpi.Frame) {
	s.t.Helper()
	require.NoError(s.t, s.Folder.Read(func(folder *ingest.Folder) error {
		q, _, err := question.Asker{Settings: folder.Settings(), Policy: folder.Policy(), Scope: kpi.Everything(), Now: s.Now()}.Query(w)
		require.NoError(s.t, err)
		f, err = folder.Catalogue().Run(context.Background(), folder.Store().Engine(), q)
		return err
	}))
	return f
}
