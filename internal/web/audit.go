package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

// auditPage is the audit log, the latest entry first.
type auditPage struct {
	shell
	Tabs     []choice
	Actions  []formOption
	Accounts []formOption
	Rows     []auditRow
	Next     string // address of the page of earlier entries; "" where there are none
	First    string // address of the latest; "" on that page
	Verified string
	Broken   string
}

type auditRow struct {
	Seq, At, Who, Action, Object, Detail, Address string
}

// auditRows are the entries of a page.
const auditRows = 50

func (r *request) audit() error {
	s, tabs := r.settingsShell("audit")
	p, v := auditPage{shell: s, Tabs: tabs}, r.view()
	names, err := r.accountNames()
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(v.get("before"), 10, 64)
	f := store.AuditFilter{AccountID: v.get("account"), Action: v.get("action"), Before: max(before, 0), Limit: auditRows + 1}
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
	p.Accounts = append(p.Accounts, formOption{"", r.reader.Text("web.all"), f.AccountID == ""})
	for _, id := range sortedKeys(names) {
		p.Accounts = append(p.Accounts, formOption{id, names[id], f.AccountID == id})
	}
	slices.SortStableFunc(p.Accounts[1:], func(a, b formOption) int { return strings.Compare(a.Label, b.Label) })
	return r.verified(p)
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
	if row.Who == "" {
		row.Who = "–"
	}
	if name := names[e.Object]; name != "" {
		row.Object = name
	}
	var parts []string
	for _, key := range sortedKeys(e.Detail) {
		parts = append(parts, fmt.Sprintf("%s=%v", key, e.Detail[key]))
	}
	row.Detail = strings.Join(parts, ", ")
	return row
}
