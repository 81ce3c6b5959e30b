package morning_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/store"
)

const everybody = "ada ana lea mia quin"

// Monday's mail tells of Friday, comes at its time, and once.
func TestOncePerWorkingDay(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	require.Empty(t, c.round("2026-11-22 08:00"), "a Sunday")
	require.Empty(t, c.round("2026-11-23 07:29"))
	require.Equal(t, everybody, c.round("2026-11-23 07:30"))
	require.Empty(t, c.round("2026-11-23 07:31"))
	c.restart()
	require.Empty(t, c.round("2026-11-23 08:00"))
	require.Empty(t, c.round("2026-11-24 08:00"), "nothing is recorded of Monday")
	status, err := c.Status(context.Background())
	require.NoError(t, err)
	require.Equal(t, morning.NoData, status.State)
	c.imports("pbx", callsMapping, c.calls("2026-11-23", "2026-11-23"))
	require.Equal(t, everybody, c.round("2026-11-24 10:00"), "the data came later")
	require.Contains(t, c.letterTo("Lea").Subject, "Monday, 23 November 2026")
	require.Len(t, c.server.Letters(), 10)
}

// The organisation's own days off are no mornings, and the next mail tells of
// the days from the one that was worked before them.
func TestOwnDaysOff(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	rules := calendar.WorkRules{Country: "HR", Days: []calendar.SpecialDays{{From: "2026-11-20", Name: "Inventory"}, {From: "2026-11-24", Name: "Outing"}}}
	require.NoError(t, c.state.Settings().UpdateSetting(t.Context(), store.WorkRulesSetting, rules, "", c.now))
	c.at("2026-11-23 08:00")
	status, err := c.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, morning.Due, status.State)
	require.Equal(t, facts.DayOf(2026, 11, 19), status.Days.From)
	c.imports("pbx", callsMapping, c.calls("2026-11-23", "2026-11-23"))
	require.Empty(t, c.round("2026-11-24 08:00"))
}

// A mail of the morning is of no use in the afternoon.
func TestTooLate(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	require.Empty(t, c.round("2026-11-23 13:31"))
	require.Equal(t, everybody, c.round("2026-11-23 13:30"))
}

func TestWhoGetsNone(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t, ingesttest.Adria)
	a, err := c.state.Accounts().FindAccount(ctx, c.ids["Lea"])
	require.NoError(t, err)
	a.Preferences.NoMail = true
	require.NoError(t, c.state.Accounts().UpdateAccount(ctx, a))
	require.NoError(t, c.state.Accounts().UpdateDisabled(ctx, c.ids["Mia"], c.now))
	require.NoError(t, c.state.Accounts().UpdatePassword(ctx, c.ids["Quin"], "", c.now)) // has not taken up the invitation
	require.Equal(t, "ada ana", c.round("2026-11-23 07:30"))

	c = newCompany(t, ingesttest.Adria)
	c.settings(func(s *morning.Settings) { s.Morning = false })
	require.Empty(t, c.round("2026-11-23 07:30"))
	c.settings(func(s *morning.Settings) { s.Host = "" })
	require.Empty(t, c.round("2026-11-23 07:31"))
	require.Empty(t, c.log("2026-11-23"))
}

// What failed is tried again after 1, 5, 15 and 60 minutes, and told.
func TestRetry(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t, ingesttest.Adria)
	c.server.Set(func() {
		c.server.Refuse = func(to string) string {
			if to == "lea@adria.example" {
				return "451 4.3.0 try later"
			}
			return ""
		}
	})
	require.Equal(t, "ada ana mia quin", c.round("2026-11-23 07:30"))
	for _, at := range []string{"07:30", "07:31", "07:35", "07:36", "07:50", "07:51", "08:50", "08:51", "10:00"} {
		require.Empty(t, c.round("2026-11-23 "+at))
		c.restart() // what was tried is not forgotten
	}
	require.Equal(t, "Ada sent 1, Ana sent 1, Lea failed 5, Mia sent 1, Quin sent 1", c.log("2026-11-23"))
	day, failed, err := c.Failures(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, failed)
	found, err := c.state.Mails().FindMails(ctx, day, store.MailFailed)
	require.NoError(t, err)
	key, words := morning.SplitReason(found[0].Error)
	require.Equal(t, "smtp.refused_message", key)
	require.Contains(t, words, "4.3.0 try later")

	c.server.Set(func() { c.server.Refuse = nil })
	require.Empty(t, c.round("2026-11-23 12:00"), "five attempts are enough")
	c.imports("pbx", callsMapping, c.calls("2026-11-23", "2026-11-23"))
	require.Equal(t, everybody, c.round("2026-11-24 07:30"))
	_, failed, err = c.Failures(ctx)
	require.NoError(t, err)
	require.Zero(t, failed)
}

// A server that is away is asked once a round, and everybody's mail waits.
func TestServerAway(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	c.server.Set(func() { c.server.Drop = "CONNECT" })
	require.Empty(t, c.round("2026-11-23 07:30"))
	require.Equal(t, 1, c.server.Dials())
	require.Equal(t, "Ada failed 1, Ana failed 1, Lea failed 1, Mia failed 1, Quin failed 1", c.log("2026-11-23"))
	c.restart()
	c.server.Set(func() { c.server.Drop = "" })
	require.Equal(t, everybody, c.round("2026-11-23 07:31"))
	require.Equal(t, "Ada sent 2, Ana sent 2, Lea sent 2, Mia sent 2, Quin sent 2", c.log("2026-11-23"))
}

// Where nobody knows whether a mail went out, it is not sent twice, but told.
func TestUncertainIsNotSentAgain(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t, ingesttest.Adria)
	c.server.Set(func() { c.server.Drop = "END" })
	require.Empty(t, c.round("2026-11-23 07:30"))
	require.Equal(t, "Ada unknown 1, Ana unknown 1, Lea unknown 1, Mia unknown 1, Quin unknown 1", c.log("2026-11-23"))
	c.server.Set(func() { c.server.Drop = "" })
	c.restart()
	require.Empty(t, c.round("2026-11-23 09:00"))
	_, failed, err := c.Failures(ctx)
	require.NoError(t, err)
	require.Equal(t, 5, failed)

	// Nor where the program ended in the middle.
	c = newCompany(t, ingesttest.Adria)
	mine, err := c.state.Mails().ClaimMail(ctx, c.ids["Ada"], morning.Kind, facts.DayOf(2026, time.November, 23), morning.Attempts, c.now)
	require.NoError(t, err)
	require.True(t, mine)
	c.restart()
	require.Equal(t, "ana lea mia quin", c.round("2026-11-23 07:30"))
	require.Contains(t, c.log("2026-11-23"), "Ada unknown 1")
}

// Clocks change on 25 October and 28 March; 02:30 is there twice, then not at all.
func TestDaylightSaving(t *testing.T) {
	c := newCompany(t, facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", WeekStart: time.Monday, Calendar: facts.Gregorian}) // no country: each day is worked
	c.settings(func(s *morning.Settings) { s.At = "02:30" })
	c.imports("more", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n1,2026-10-24 09:00:00,Ana,+385911111101,Solar,appointment,90\n2,2027-03-27 09:00:00,Ana,+385911111101,Solar,appointment,90\n")
	walk := func(from, to string) (sent []string) {
		c.at(to)
		end := c.now
		for c.at(from); c.now.Before(end); c.now = c.now.Add(10 * time.Minute) {
			before := len(c.server.Letters())
			require.NoError(t, c.Round(context.Background()))
			if n := len(c.server.Letters()) - before; n > 0 {
				sent = append(sent, c.now.UTC().Format("15:04"))
			}
		}
		return sent
	}
	require.Len(t, walk("2026-10-25 00:00", "2026-10-25 08:00"), 1, "at one of two 02:30")
	require.Equal(t, []string{"01:30"}, walk("2027-03-28 00:00", "2027-03-28 08:00"), "03:30 stands for 02:30")
}

func TestMailWithoutServer(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	require.NoError(t, c.Mail(context.Background(), "ana@adria.example", "A link", "https://callpace.example/link/x"))
	require.Equal(t, "A link", c.letterTo("Ana").Subject)
	c.settings(func(s *morning.Settings) { s.Host = "" })
	require.ErrorContains(t, c.Mail(context.Background(), "ana@adria.example", "A link", "x"), "smtp.no_server")
}

// Each round that sends anything is a job with its outcome; what has nothing
// to send is none, and a failure is not silent.
func TestRoundsAreJobs(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t, ingesttest.Adria)
	ended := func() []jobs.Job {
		all, err := c.Jobs.Ended(ctx, morning.Kind)
		require.NoError(t, err)
		return all
	}
	require.Empty(t, c.round("2026-11-23 07:29"))
	require.Empty(t, ended(), "nothing was due")
	require.Equal(t, everybody, c.round("2026-11-23 07:30"))
	require.Empty(t, c.round("2026-11-23 07:31"))
	require.Len(t, ended(), 1)
	var outcome morning.Outcome
	require.NoError(t, ended()[0].Into(&outcome))
	require.Equal(t, morning.Outcome{store.MailSent: 5}, outcome)
	require.NoError(t, ended()[0].Err)

	c = newCompany(t, ingesttest.Adria)
	c.settings(func(s *morning.Settings) { s.Port = 1 }) // nobody listens
	require.Empty(t, c.round("2026-11-23 07:30"))
	require.Len(t, ended(), 1)
	require.ErrorContains(t, ended()[0].Err, "morning.not_sent count=5")
	require.Empty(t, c.Jobs.UnderWay())
}
