package web

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

// auditPage is the audit log, the latest entry first.
type auditPage struct {
	shell
	Tabs     []choice
	Actions  []formOption
	Accounts []formOption
	Rows     []auditRow
	Names    string // the address that offers logins, where there are too many accounts to choose from
	Who      string // the login that was typed
	Table    grid   // of the log: its files
	Next     string // address of the page of earlier entries; "" where there are none
	First    string // address of the latest; "" on that page
	Verified string
	Copy     *auditCopy // nil: no copy of the journal is kept
	Broken   string
}

type auditRow struct {
	Seq, At, Who, Action, Object, Detail, Address string
}

// auditCopy is how the copy of the journal fares.
type auditCopy struct{ Text, Fault string }

func (r *request) auditCopy() *auditCopy {
	l, kept := r.s.copied()
	if !kept {
		return nil
	}
	c := &auditCopy{}
	args := map[string]any{"path": l.Target, "mib": r.reader.Number(float64(l.Bytes)/(1<<20), 1), "ago": r.ago(l.Equal)}
	switch {
	case l.Fault != nil:
		args["reason"] = r.reader.Error(l.Fault)
		c.Fault = r.reader.T("copy.behind", args)
	case l.Equal.IsZero():
		c.Text = r.reader.T("copy.unknown", args)
	case l.Bytes > 0:
		c.Text = r.reader.T("copy.catching_up", args)
	default:
		c.Text = r.reader.T("copy.complete", args)
	}
	return c
}

// auditRows are the entries of a page.
const auditRows = 50

func (r *request) audit() error {
	s, tabs := r.settingsShell("audit")
	p, v := auditPage{shell: s, Copy: r.auditCopy(), Tabs: tabs}, r.view()
	accounts, err := r.s.State.Accounts().FindAccounts(r.Context())
	if err != nil {
		return err
	}
	names := make(map[string]string, len(accounts))
	f := store.AuditFilter{AccountID: v.get("account"), Action: v.get("action"), Limit: auditRows + 1}
	for _, a := range accounts {
		names[a.ID] = a.Name
		if a.Login == v.get("account") {
			f.AccountID = a.ID
		}
		if a.ID == f.AccountID {
			p.Who = a.Login
		}
	}
	p.Table = r.namedGrid("audit", "settings.audit")
	if p.Table.Files, err = r.auditFiles(v, f, names); err != nil {
		return err
	}
	before, _ := strconv.ParseInt(v.get("before"), 10, 64)
	f.Before = max(before, 0)
	entries, err := r.s.State.Audit().FindAuditEntries(r.Context(), f)
	if err != nil {
		return err
	}
	if len(entries) > auditRows {
		entries = entries[:auditRows]
		p.Next = v.with("before", strconv.FormatInt(entries[auditRows-1].Seq, 10))
	}
	if before > 0 {
		p.First = v.with("before", "")
	}
	for _, e := range entries {
		p.Rows = append(p.Rows, r.auditRow(e, names))
	}
	p.Actions = append(p.Actions, formOption{"", r.reader.Text("web.all"), f.Action == ""})
	for _, a := range auth.Actions() {
		p.Actions = append(p.Actions, formOption{string(a), r.reader.Text("audit." + string(a)), f.Action == string(a)})
	}
	if len(names) > mostOffered {
		p.Names = staffNamesPath
		return r.verified(p)
	}
	p.Accounts = append(p.Accounts, formOption{"", r.reader.Text("web.all"), f.AccountID == ""})
	for _, id := range sortedKeys(names) {
		p.Accounts = append(p.Accounts, formOption{id, names[id], f.AccountID == id})
	}
	slices.SortStableFunc(p.Accounts[1:], func(a, b formOption) int { return strings.Compare(a.Label, b.Label) })
	return r.verified(p)
}

// auditFiles offers the log in files, whole as far as it is filtered. It is
// read part by part while it is sent.
func (r *request) auditFiles(v view, f store.AuditFilter, names map[string]string) ([]choice, error) {
	const part = 1000
	f.Limit = part
	each := func(fn func(store.AuditEntry) bool) error {
		for f.Before = 0; ; {
			entries, err := r.s.State.Audit().FindAuditEntries(r.Context(), f)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if !fn(e) {
					return nil
				}
			}
			if len(entries) < part {
				return nil
			}
			f.Before = entries[part-1].Seq
		}
	}
	rows := 1 // of a page that only has the choice of files
	if r.tableAsked() != "" {
		rows = 0
		if err := each(func(store.AuditEntry) bool { rows++; return true }); err != nil {
			return nil, err
		}
	}
	columns := r.fileColumns("audit.seq", "audit.at", "audit.account", "audit.action", "audit.object", "file.detail", "account.address", "file.hash")
	return r.offer(v, "audit", rows, func() export.Sheet {
		return export.Sheet{Title: r.reader.Text("settings.audit"), Columns: columns, Rows: func(yield func([]export.Cell, error) bool) {
			err := each(func(e store.AuditEntry) bool {
				row := r.auditRow(e, names)
				cells := append([]export.Cell{{Kind: export.Number, Number: float64(e.Seq)}, r.momentCell(e.At)}, texts(row.Who, row.Action, row.Object, row.Detail, row.Address, e.Hash)...)
				return yield(cells, nil)
			})
			if err != nil {
				yield(nil, err)
			}
		}}
	}), nil
}

// verified follows the log's chain and says whether it holds.
func (r *request) verified(p auditPage) error {
	n, head, err := r.s.State.Audit().VerifyAudit(r.Context())
	switch {
	case callpace.CodeOf(err) == callpace.Damaged:
		p.Broken = r.reader.Error(err)
	case err != nil:
		return err
	default:
		p.Verified = r.reader.T("audit.verified", map[string]any{"count": n, "head": head[:min(12, len(head))]})
	}
	return r.page("settings_audit", p)
}

func (r *request) auditRow(e store.AuditEntry, names map[string]string) auditRow {
	row := auditRow{Seq: r.reader.Digits(strconv.FormatInt(e.Seq, 10)), At: r.instant(e.At), Who: names[e.AccountID], Action: r.reader.Text("audit." + e.Action), Object: e.Object, Address: e.Address}
	if user, ok := e.Detail["user"].(string); ok && e.AccountID == "" { // of a command
		row.Who = user
		e.Detail = maps.Clone(e.Detail)
		delete(e.Detail, "user")
	}
	if row.Who == "" {
		row.Who = "–"
	}
	if name := names[e.Object]; name != "" {
		row.Object = name
	}
	var parts []string
	for _, key := range sortedKeys(e.Detail) {
		value := fmt.Sprint(e.Detail[key])
		if role := auth.Role(value); (key == "role" || key == "role_before") && role.Known() {
			value = r.roleName(role)
		}
		parts = append(parts, key+"="+value)
	}
	row.Detail = strings.Join(parts, ", ")
	return row
}
