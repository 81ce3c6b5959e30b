package morning_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/mail"
	"github.com/callpace/callpace/internal/mail/mailtest"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web/letter"
)

// company is an organisation with calls from Monday 2 November to Friday 20
// November 2026, a mail server, and a clock that tests move.
type company struct {
	t      *testing.T
	state  *store.DB
	folder *ingest.SharedFolder
	server *mailtest.Server
	now    time.Time
	ids    map[string]string // accounts by their name
	*morning.Service
}

const callsMapping = `version: 1
key: id
facts:
  calls:
    id: id
    started: started
    direction: {value: outbound}
    channel: {value: phone}
    agent: ext
    phone: phone
    campaign: campaign
    outcome:
      column: disposition
      map: {no answer: no_answer, sale: sale, appointment: appointment}
    talk: talk
`

const callbacksMapping = `{version: 1, key: id, facts: {callbacks: {id: id, due: due, agent: agent, phone: phone}}}`

func newCompany(t *testing.T, settings facts.Settings) *company {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	c := &company{t: t, ids: map[string]string{}, server: mailtest.Start(t)}
	c.at("2026-11-23 06:00")
	state, err := store.Open(ctx, dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	c.state, c.folder = state, ingesttest.Share(t, dir, c.clock, state)
	require.NoError(t, c.folder.Found(ctx, settings))
	c.imports("people", ingesttest.RosterMapping, "agent,extension,team\nAna,101,East\nBoris,102,East\nCvita,103,West\nDino,104,West\n")
	c.imports("pbx", callsMapping, c.calls("2026-11-02", "2026-11-20"))
	c.account("Ana", auth.Agent, "hr", store.Account{Agent: "Ana"})
	c.account("Lea", auth.Lead, "en", store.Account{Teams: []string{"East"}})
	c.account("Quin", auth.QA, "uk", store.Account{})
	c.account("Mia", auth.Manager, "fa", store.Account{})
	c.account("Ada", auth.Admin, "en", store.Account{})
	c.settings(func(*morning.Settings) {})
	c.restart()
	return c
}

// calls are 60 a day and agent on working days, of which each reaches half but
// Boris, who reaches one in ten.
func (c *company) calls(from, to string) string {
	var b strings.Builder
	b.WriteString("id,started,ext,phone,campaign,disposition,talk\n")
	first, err := time.Parse("2006-01-02", from)
	require.NoError(c.t, err)
	last, err := time.Parse("2006-01-02", to)
	require.NoError(c.t, err)
	for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			continue
		}
		for agent := range 4 {
			for n := range 60 {
				disposition, talk := "no answer", 0
				if n%2 == 0 && agent != 1 || n%10 == 0 {
					disposition, talk = "appointment", 90
				}
				fmt.Fprintf(&b, "%s-%d-%d,%s %02d:%02d:00,10%d,+38591%02d%02d%03d,Solar,%s,%d\n", d.Format("0102"), agent, n, d.Format("2006-01-02"), 9+n/10, n%60, agent+1, d.Day(), agent, n, disposition, talk)
			}
		}
	}
	return b.String()
}

func (c *company) imports(from, mappingText, text string) {
	c.t.Helper()
	ingesttest.Import(c.t, c.folder, from, from+".csv", mappingText, text)
}

func (c *company) account(name string, role auth.Role, lang string, a store.Account) {
	c.t.Helper()
	a.CreatedAt, a.PasswordAt = c.now, c.now
	a.Login, a.Name, a.Role, a.Language, a.Password = strings.ToLower(name)+"@adria.example", name, string(role), lang, "hashed"
	a, err := c.state.Accounts().CreateAccount(context.Background(), a)
	require.NoError(c.t, err)
	c.ids[name] = a.ID
}

// settings are those of the company's mail server, with a change.
func (c *company) settings(change func(*morning.Settings)) {
	c.t.Helper()
	s := morning.Settings{Server: mail.Server{Host: "localhost", Port: c.server.Port, Security: mail.None}, From: "numbers@adria.example",
		Address: "https://callpace.example", Morning: true, At: "07:30"}
	change(&s)
	require.NoError(c.t, c.state.Settings().UpdateSetting(context.Background(), morning.SettingName, s, "", c.now))
}

// restart is the program begun anew.
func (c *company) restart() {
	texts, _ := ingesttest.Catalogues()
	c.Service = morning.New(morning.Deps{Folder: c.folder, State: c.state, Now: c.clock, Log: slog.New(slog.NewTextHandler(c.t.Output(), nil)), Jobs: c.jobs(),
		Organisation: func(context.Context) (morning.Organisation, error) { return morning.Organisation{Name: "Adria"}, nil },
		Write:        letter.Writer{Texts: texts}.Message, Send: mail.Sender{Patience: 5 * time.Second}.Send})
	_, err := c.state.Mails().SettleMails(context.Background())
	require.NoError(c.t, err)
}

func (c *company) clock() time.Time { return c.now }

// jobs are those of the program.
func (c *company) jobs() *jobs.Queue {
	return &jobs.Queue{State: c.state.State, Now: c.clock, Log: slog.New(slog.NewTextHandler(c.t.Output(), nil))}
}

// at sets the clock, by that of Zagreb.
func (c *company) at(when string) {
	c.t.Helper()
	zone, err := time.LoadLocation("Europe/Zagreb")
	require.NoError(c.t, err)
	c.now, err = time.ParseInLocation("2006-01-02 15:04", when, zone)
	require.NoError(c.t, err)
}

// round lets the clock stand at a time and gives who got a mail then.
func (c *company) round(when string) string {
	c.t.Helper()
	c.at(when)
	before := len(c.server.Letters())
	require.NoError(c.t, c.Round(context.Background()))
	var to []string
	for _, l := range c.server.Letters()[before:] {
		name, _, _ := strings.Cut(l.To, "@")
		to = append(to, name)
	}
	return strings.Join(to, " ")
}

// log is what the log says of today: name, state, attempts.
func (c *company) log(day string) string {
	c.t.Helper()
	d, err := time.Parse("2006-01-02", day)
	require.NoError(c.t, err)
	found, err := c.state.Mails().FindMails(context.Background(), d.Unix()/86400, "")
	require.NoError(c.t, err)
	byID := map[string]store.Mail{}
	for _, m := range found {
		byID[m.AccountID] = m
	}
	var out []string
	for _, name := range []string{"Ada", "Ana", "Lea", "Mia", "Quin"} {
		if m, ok := byID[c.ids[name]]; ok {
			out = append(out, fmt.Sprintf("%s %s %d", name, m.State, m.Attempts))
		}
	}
	return strings.Join(out, ", ")
}

// letterTo gives the last letter to somebody.
func (c *company) letterTo(name string) mailtest.Letter {
	c.t.Helper()
	letters := c.server.Letters()
	for i := len(letters) - 1; i >= 0; i-- {
		if strings.HasPrefix(letters[i].To, strings.ToLower(name)+"@") {
			return letters[i]
		}
	}
	require.Fail(c.t, "no letter", name)
	return mailtest.Letter{}
}

// preview is what the pages show of an account's mail.
func (c *company) preview(to store.Account) (*morning.Letter, bool, error) {
	return c.Preview(context.Background(), to, func(fn func(kpi.Engine) error) error {
		return c.folder.Read(func(f *ingest.Folder) error { return fn(f.Store().Engine()) })
	})
}
