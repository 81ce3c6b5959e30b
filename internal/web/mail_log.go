package web

import (
	"fmt"
	"slices"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

// mailRow is what became of one mail.
type mailRow struct {
	At, To, State, Class, Icon, Tries, Why string
}

// mailRun is one sending of morning mails, under way or ended.
type mailRun struct{ At, URL, Text, Class, Icon string }

// mailRuns lists the latest sendings.
func (r *request) mailRuns() (out []mailRun, err error) {
	ended, err := r.s.Jobs.Ended(r.Context(), morning.Kind)
	if err != nil {
		return nil, err
	}
	live := slices.DeleteFunc(r.s.Jobs.UnderWay(), func(j jobs.Job) bool { return j.Kind != morning.Kind })
	all := slices.Concat(live, ended)
	for _, j := range all[:min(len(all), mostRuns)] {
		run := mailRun{At: r.instant(j.Began), URL: jobPath(j.ID), Text: r.reader.Text("job.done"), Class: "good", Icon: "circle-check"}
		switch {
		case !j.Over():
			run.Text, run.Class, run.Icon = r.reader.Text("progress.sending"), "busy", "loader-circle"
		case j.Err != nil:
			run.Text, run.Class, run.Icon = r.reader.Error(j.Err), "bad", "triangle-alert"
		}
		out = append(out, run)
	}
	return out, nil
}

// How much of the log of mails is shown.
const (
	logDays  = 14
	mostLogs = 200
	mostRuns = 5
)

// mailState fills in how it stands with the morning's mail and what became of
// the last ones, what went wrong first within each day.
func (r *request) mailState(p *mailPage) error {
	p.LogHead = r.reader.T("morning.log", map[string]any{"count": logDays})
	if r.s.Morning == nil {
		return nil
	}
	status, err := r.s.Morning.Status(r.Context())
	if err != nil {
		return err
	}
	due := status.Due.Format("15:04")
	if !status.Due.IsZero() {
		p.State = r.reader.T("morning.state."+string(status.State), map[string]any{"time": r.reader.Digits(due), "date": r.reader.Date(max(status.Days.To-1, 0)), "from": r.reader.Date(max(status.Days.From, 0))})
	} else {
		p.State = r.reader.Text("morning.state." + string(morning.NotReady))
	}
	p.Wrong = status.State == morning.NoServer || status.State == morning.NoData
	if p.Runs, err = r.mailRuns(); err != nil {
		return err
	}
	return r.mailLog(p, status.Today)
}

// mailLog fills in what became of the last mails.
func (r *request) mailLog(p *mailPage, today int64) error {
	accounts, err := r.s.State.Accounts().FindAccounts(r.Context())
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	var log []store.Mail
	for day := today; day > today-logDays; day-- {
		found, err := r.s.State.Mails().FindMails(r.Context(), day, "")
		if err != nil {
			return err
		}
		slices.SortStableFunc(found, func(a, b store.Mail) int { return mailOrder(a.State) - mailOrder(b.State) })
		for _, m := range found {
			if m.Kind == morning.Kind {
				log = append(log, m)
			}
		}
	}
	p.Files = grid{ID: "mails", Caption: p.LogHead, ToFile: r.reader.Text("export.save")}
	columns := r.fileColumns("morning.log_to", "morning.log_state", "audit.at", "morning.log_tries", "morning.log_why")
	p.Files.Files = offerList(r, r.view(), p.Files.ID, p.Files.Caption, log, columns, func(m store.Mail) []export.Cell {
		row := r.mailRow(m, names[m.AccountID])
		return append(texts(row.To, row.State), r.momentCell(m.At), numberCell(m.Attempts), texts(row.Why)[0])
	})
	for _, m := range log[:min(len(log), mostLogs)] {
		p.Log = append(p.Log, r.mailRow(m, names[m.AccountID]))
	}
	return nil
}

func mailOrder(state string) int {
	return slices.Index([]string{store.MailFailed, store.MailUnknown, store.MailSending, store.MailSent}, state)
}

func (r *request) mailRow(m store.Mail, to string) mailRow {
	row := mailRow{At: r.instant(m.At), To: to, State: r.reader.Text("morning.mail." + m.State), Tries: r.reader.Int(int64(m.Attempts))}
	switch m.State {
	case store.MailSent:
		row.Class, row.Icon = "good", "circle-check"
	case store.MailFailed:
		row.Class, row.Icon = "bad", "triangle-alert"
	default:
		row.Class, row.Icon = "warn", "triangle-alert"
	}
	if m.Error != "" {
		row.Why = r.mailReason(m.Error)
	}
	return row
}

// mailReason words what the log says of a failure, with the server's own words.
func (r *request) mailReason(text string) string {
	key, words := morning.SplitReason(text)
	s, _ := r.smtp() // without it the sentence names no server
	out := r.reader.T(key, map[string]any{"host": s.Host, "port": s.Port, "address": s.From, "cause": words})
	if words == "" || key == "smtp.internal" {
		return out
	}
	return fmt.Sprintf("%s (%s)", out, words)
}

// mailNotices tell those who can mend it of mails that did not go out.
func (r *request) mailNotices() []notice {
	if r.s.Morning == nil || !r.who.May(auth.ManageSettings) {
		return nil
	}
	day, failed, err := r.s.Morning.Failures(r.Context())
	if err != nil {
		r.s.Log.Error("counting mails that failed", "error", err)
		return nil
	}
	if failed == 0 {
		return nil
	}
	return []notice{{"bad", r.reader.T("morning.failed", map[string]any{"count": failed, "date": r.reader.Date(day)})}}
}

// ForLetters is what letters need of the organisation's settings.
func (o Organisation) ForLetters() morning.Organisation {
	return morning.Organisation{Name: o.Name, Focus: o.Focus, SeePeers: o.SeePeers, Tomans: o.Tomans}
}
