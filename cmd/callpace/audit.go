package main

import (
	"context"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/auth"
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
		names := []string{"seq", "at", "account", "action", "object", "address", "detail"}
		g := grid{right: []bool{true}}
		for _, e := range entries {
			g.add(auditCells(e, logins)...)
		}
		if a.Output == "csv" {
			return writeCSV(a.stdout, names, g.rows)
		}
		for _, n := range names {
			g.head = append(g.head, a.text("audit."+n))
		}
		g.print(a.stdout)
		a.line("audit.verified", "count", count, "head", head[:min(12, len(head))])
		return nil
	})
}

func auditCells(e store.AuditEntry, logins map[string]string) []string {
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
	return []string{fmt.Sprint(e.Seq), e.At.UTC().Format(time.DateTime), who, e.Action, e.Object, e.Address, strings.Join(detail, " ")}
}
