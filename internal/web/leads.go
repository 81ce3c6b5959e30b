package web

import (
	"context"
	"slices"
	"time"

	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
)

// leadsPage are lists of leads to work through.
type leadsPage struct {
	shell
	Lists    []leadTab
	Why      string
	Number   string // the KPI that counts the list, in words
	KPI      string // its page; "" where that shows other days
	Controls controls
	Listing  listing
}

// leadTab leads to a list.
type leadTab struct {
	choice
	Count string
}

// leadList is a list: what a KPI counts, and a condition where it is narrower.
type leadList struct {
	name, kpi string
	period    string // always of these days
	more      []kpi.Expr
}

var leadLists = []leadList{
	{name: "callbacks_today", kpi: "callbacks_due", period: "today"},
	{name: "callbacks_overdue", kpi: "callbacks_due", more: []kpi.Expr{overdue}},
	{name: "unreached_lost", kpi: "premature_loss_rate"},
	{name: "untouched", kpi: "untouched_leads_share"},
	{name: "overcalled", kpi: "overcalled_leads_share"},
}

// overdue is that a callback's time has passed and no call kept it.
var overdue = kpi.Op{Name: kpi.And, Args: []kpi.Expr{
	kpi.Op{Name: kpi.Lt, Args: []kpi.Expr{kpi.MomentField{Name: "due"}, kpi.Now{}}},
	kpi.Op{Name: kpi.Not, Args: []kpi.Expr{kpi.Op{Name: kpi.Coalesce, Args: []kpi.Expr{kpi.Field{Name: "kept", Kind: facts.Bool}, kpi.Boolean{Value: false}}}}},
}}

// leadList is the list of the address.
func (v view) leadList() leadList {
	i := slices.IndexFunc(leadLists, func(l leadList) bool { return l.name == v.get("show") })
	return leadLists[max(i, 0)]
}

// words are the question that a list answers: of all days, unless some are asked for.
func (l leadList) words(v view) question.Words {
	w := rowWords(v, l.kpi)
	if v.get("period")+v.get("from")+v.get("to") == "" {
		w.Period = ""
	}
	if l.period != "" {
		w.Period, w.From, w.To = l.period, "", ""
	}
	return w
}

// leadQuery asks for rows as of this minute: whom to call is to be called now.
func (r *request) leadQuery(w question.Words) (kpi.Query, *calendar.Period, error) {
	q, p, err := r.rowAsker().Query(w)
	q.Now = r.now.Truncate(time.Minute).In(q.Now.Location())
	return q, p, err
}

func (r *request) leads() error {
	v := r.view()
	now := v.leadList()
	page := leadsPage{shell: r.shell("nav.leads", "leads"), Why: r.reader.Text("leads." + now.name + ".why")}
	q, p, err := r.leadQuery(now.words(v))
	if err != nil {
		return err
	}
	if page.Controls, err = r.rowControls(v, p); err != nil {
		return err
	}
	if p != nil && len(now.more) == 0 {
		page.Number = r.reader.T("leads.number", map[string]any{"kpi": r.reader.Name(now.kpi)})
		if page.KPI = v.to("/kpi/" + now.kpi); now.period != "" {
			page.KPI = v.to("/kpi/"+now.kpi, "period", now.period, "from", "", "to", "")
		}
	}
	var rows behind.Page
	err = r.readRows(func(e behind.Engine) error {
		for _, l := range leadLists {
			count, err := r.countLeads(e, l, v)
			if err != nil {
				return err
			}
			tab := leadTab{choice{r.reader.Text("leads." + l.name), v.with("show", l.name, "cursor", ""), l.name == now.name}, r.reader.Int(count)}
			page.Lists = append(page.Lists, tab)
		}
		rows, err = behind.Number(r.Context(), r.defs, e, q, v.get("cursor"), pageRows, now.more...)
		return err
	})
	if err != nil {
		return err
	}
	if page.Listing, err = r.listing(v, rows, "/leads/export"); err != nil {
		return err
	}
	if rows.Count == 0 {
		page.Listing.Empty = &empty{Icon: "circle-check", Title: r.reader.Text("leads.none"), Text: r.reader.Text("leads.none_text")}
	}
	return r.page("leads", page)
}

// countLeads counts a list.
func (r *request) countLeads(e behind.Engine, l leadList, v view) (int64, error) {
	spec, err := r.leadRows(r.Context(), e, l, v)
	if err != nil {
		return 0, err
	}
	return e.Count(r.Context(), *spec)
}

func (r *request) leadRows(ctx context.Context, e behind.Engine, l leadList, v view) (*kpi.RowsSpec, error) {
	q, _, err := r.leadQuery(l.words(v))
	if err != nil {
		return nil, err
	}
	spec, err := r.defs.RowsBehind(ctx, e, q, nil)
	if err != nil {
		return nil, err
	}
	spec.Where = append(spec.Where, l.more...)
	return spec, nil
}

// exportLeads writes a list.
func (r *request) exportLeads() error {
	v := r.view()
	l := v.leadList()
	return r.exportListing(v, l.name, func(ctx context.Context, e behind.Engine) (*kpi.RowsSpec, error) { return r.leadRows(ctx, e, l, v) })
}
