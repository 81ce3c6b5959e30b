package demo

import (
	"fmt"
	"strconv"
	"time"
)

// files writes what the simulation left behind, sources in the order in which
// a company would connect them: people first, then calls, then the CRM. The
// orders come twice, as two exports do: the second one holds all orders and
// tells of the cancellations since the first.
func (c *company) files() ([]File, error) {
	weekAgo := c.now.AddDate(0, 0, -7)
	list := []struct {
		source, name, mapping string
		data                  []byte
	}{
		{"personnel", "roster.csv", "roster", c.roster().bytes()},
		{"personnel", "schedule.csv", "schedule", c.schedule.bytes()},
		{"contact-centre", "calls.csv", "calls", c.calls.bytes()},
		{"contact-centre", "agent-states.csv", "agent-states", c.states.bytes()},
		{"contact-centre", "surveys.csv", "surveys", c.surveys.bytes()},
		{"contact-centre", "evaluations.csv", "evaluations", c.evaluations.bytes()},
		{"crm", "leads.csv", "leads", c.leadSheet().bytes()},
		{"crm", "callbacks.csv", "callbacks", c.callbacks.bytes()},
		{"crm", "activities.csv", "activities", c.activities.bytes()},
		{"crm", "cases.csv", "cases", c.cases.bytes()},
		{"crm", "customers.csv", "customers", c.customers().bytes()},
		{"crm", "orders-" + date(weekAgo) + ".csv", "orders", c.orderSheet(weekAgo).bytes()},
		{"crm", "orders-" + date(c.now) + ".csv", "orders", c.orderSheet(c.now).bytes()},
		{"finance", "costs.csv", "costs", c.costs().bytes()},
	}
	files := make([]File, 0, len(list))
	for _, f := range list {
		text, err := mappings.ReadFile("mappings/" + f.mapping + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("demo mapping %s: %w", f.mapping, err)
		}
		files = append(files, File{Source: f.source, Name: f.name, Mapping: string(text), Data: f.data})
	}
	return files, nil
}

func (c *company) roster() *sheet {
	s := newSheet("agent", "extension", "team", "hired", "site")
	for i, a := range c.agents {
		s.row(a.name, a.extension, a.team, date(a.hired), []string{"Zagreb", "Split"}[i%2])
	}
	return s
}

func (c *company) leadSheet() *sheet {
	s := newSheet("lead_id", "created", "list", "campaign", "phone", "owner", "grade", "segment", "referred_by",
		"contacted", "qualified", "appointment", "won", "lost", "lost_reason")
	for _, l := range c.leads {
		s.row(l.id, stamp(l.created), l.list, l.campaign, l.phone, l.owner.name, l.grade, l.segment, l.referrer,
			stamp(l.contacted), stamp(l.qualified), stamp(l.appointment), stamp(l.won), stamp(l.lost), l.lostReason)
	}
	// Leads that were bought and nobody has called yet.
	for range 900 {
		camp := pick(c.r, campaigns)
		s.row(c.id("L"), stamp(c.now.Add(-c.between(time.Hour, 240*time.Hour))), pick(c.r, camp.lists), camp.name,
			fmt.Sprintf("+38591%07d", c.r.IntN(10_000_000)), pick(c.r, c.agents).name, pick(c.r, []string{"A", "B", "C"}), "household", "",
			"", "", "", "", "", "")
	}
	return s
}

// orderSheet is the CRM's export of all orders as it stood at a moment.
func (c *company) orderSheet(at time.Time) *sheet {
	s := newSheet("order_id", "placed", "lead_id", "customer", "credit", "campaign", "product", "amount", "currency", "margin", "kind", "segment", "cancelled", "changed")
	for _, o := range c.orders {
		if o.placed.After(at) {
			continue
		}
		cancelled, changed := o.cancelled, o.changed
		if cancelled.After(at) {
			cancelled, changed = time.Time{}, o.placed
		}
		credit := o.lead.owner.name
		if o.helper != nil && o.helper != o.lead.owner {
			credit += ":60;" + o.helper.name + ":40"
		}
		s.row(o.id, stamp(o.placed), o.lead.id, "M"+o.lead.id[1:], credit, o.lead.campaign, o.product, money(o.amount), "EUR", money(o.amount*0.45),
			o.kind, o.lead.segment, stamp(cancelled), stamp(changed))
	}
	return s
}

func (c *company) customers() *sheet {
	s := newSheet("customer", "segment", "since", "until", "reason")
	for _, o := range c.orders {
		if o.cancelled.IsZero() {
			until, reason := "", ""
			if at := o.placed.Add(c.between(20*24*time.Hour, 60*24*time.Hour)); c.chance(0.05) && c.past(at) {
				until, reason = date(at), pick(c.r, []string{"price", "moved", "service"})
			}
			s.row("M"+o.lead.id[1:], o.lead.segment, date(o.placed), until, reason)
		}
	}
	return s
}

// costs are a month's wages per team, the telephone bill and bought leads.
func (c *company) costs() *sheet {
	s := newSheet("id", "from", "to", "scope", "team", "campaign", "kind", "amount", "currency")
	y, m, _ := c.first.Date()
	for month := time.Date(y, m, 1, 0, 0, 0, 0, c.first.Location()); !month.After(c.now); month = month.AddDate(0, 1, 0) {
		last := month.AddDate(0, 1, -1)
		for _, t := range teams {
			s.row(c.id("X"), date(month), date(last), "team", t, "", "wage", "14200.00", "EUR")
		}
		for _, camp := range campaigns {
			s.row(c.id("X"), date(month), date(last), "campaign", "", camp.name, "leads", "2350.00", "EUR")
		}
		s.row(c.id("X"), date(month), date(last), "all", "", "", "other", "3900.00", "EUR")
	}
	return s
}

func money(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
