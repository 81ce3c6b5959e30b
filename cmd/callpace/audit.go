package main

import (
	"context"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/store"
)

// audited writes to the audit log what a command is about to do: without the
// entry it is not done. Who it was is the system's user; that has no account here.
func (a *app) audited(ctx context.Context, action auth.Action, object string, detail map[string]any) error {
	with := map[string]any{"user": a.operator()}
	for k, v := range detail {
		with[k] = v
	}
	return a.stateful(ctx, func(s store.State) error {
		return s.Audit().CreateAuditEntry(ctx, store.AuditEntry{At: a.now(), Action: string(action), Object: object, Detail: with, Address: console})
	})
}

// operator is the system's user who gave the command.
func (a *app) operator() string {
	if a.user != "" {
		return a.user
	}
	u, err := user.Current()
	if err != nil {
		return "?"
	}
	return u.Username
}

type auditCommand struct {
	Limit  int    `default:"50" placeholder:"N"`
	Before int64  `placeholder:"ENTRY"`
	Action string `placeholder:"ACTION"`
}

// Run lists the audit log, the latest entry first, and follows its chain.
func (c *auditCommand) Run(ctx context.Context, a *app) error {
	return a.stateful(ctx, func(s store.State) error {
		count, head, err := s.Audit().VerifyAudit(ctx)
		if err != nil {
			return err
		}
		entries, err := s.Audit().FindAuditEntries(ctx, store.AuditFilter{Action: c.Action, Before: c.Before, Limit: max(c.Limit, 1)})
		if err != nil {
			return err
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, map[string]any{"entries": entries, "verified": count, "head": head})
		}
		accounts, err := s.Accounts().FindAccounts(ctx)
		if err != nil {
			return err
		}
		logins := map[string]string{}
		for _, x := range accounts {
			logins[x.ID] = x.Login
		}
		if a.Output == "csv" {
			var rows [][]string
			for _, e := range entries {
				rows = append(rows, auditCells(e, logins, fmt.Sprint(e.Seq), e.At.UTC().Format(time.RFC3339), e.Action))
			}
			return writeCSV(a.stdout, auditColumns, rows)
		}
		return a.look(ctx, func(f *ingest.Folder) error { // for the clock and the calendar
			clock, err := f.Settings().Clock()
			if err != nil {
				return err
			}
			g := grid{right: []bool{true}}
			for _, n := range auditColumns {
				g.head = append(g.head, a.text("audit."+n))
			}
			for _, e := range entries {
				g.add(auditCells(e, logins, a.say.Digits(fmt.Sprint(e.Seq)), a.reader(nil).Moment(e.At, clock, "15:04:05"), a.text("audit."+e.Action))...)
			}
			g.print(a.stdout)
			a.line("audit.verified", "count", count, "head", head[:min(12, len(head))])
			return nil
		})
	})
}

var auditColumns = []string{"seq", "at", "account", "action", "object", "address", "detail"}

// auditCells are an entry's, by auditColumns; the first, the moment and what was
// done as the reader has them.
func auditCells(e store.AuditEntry, logins map[string]string, seq, at, action string) []string {
	who := logins[e.AccountID]
	if who == "" {
		who = e.AccountID
	}
	var detail []string
	for k, v := range e.Detail {
		if k == "user" && e.Address == console {
			who = fmt.Sprint(v)
			continue
		}
		detail = append(detail, fmt.Sprintf("%s=%v", k, v))
	}
	slices.Sort(detail)
	return []string{seq, at, who, action, e.Object, e.Address, strings.Join(detail, " ")}
}
