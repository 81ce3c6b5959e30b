package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/web/chart"
)

// campaignsPage is how far campaigns and their lists are worked through, and
// what came of it.
type campaignsPage struct {
	shell
	Lead      string
	Crumb     string // of a campaign's own page
	Controls  controls
	Faults    faults
	Cards     []card
	Funnel    *drawn
	FunnelURL string
	Worked    *grid // how far the leads of campaigns are worked through
	Campaigns *grid // what the days brought
	Lists     *grid
	ListWork  *grid
	Attempts  *drawn
	Agents    string // address of the agents' page about the same
	Notes     []string
	How       string
	Empty     *empty
}

// The KPIs of campaigns and lists: of leads whenever they came, and of the days asked for.
var (
	leadKPIs     = []string{"leads", "list_penetration", "leads_remaining", "list_penetration:attempts"}
	campaignKPIs = []string{"calls", "contact_rate", "appointments", "sales", "conversion_rate", "revenue", "costs", "roi"}
	listKPIs     = []string{"calls", "contact_rate", "appointments", "sales", "conversion_rate", "revenue"} // costs are not known by list
	attemptKPIs  = []string{"outbound_calls", "reach_rate", "contact_rate", "conversion_rate:of_calls"}
)

// mostAttempts is how many attempts are drawn.
const mostAttempts = 10

func campaignPath(name string) string { return "/campaigns/" + url.PathEscape(name) }

func (r *request) campaigns() error { return r.showCampaigns("") }

func (r *request) campaign() error {
	name := r.PathValue("name")
	if err := r.maySee("campaign", name); err != nil {
		return err
	}
	return r.showCampaigns(name)
}

func (r *request) showCampaigns(name string) error {
	v := r.view()
	if to, ok := v.short(); ok {
		return r.redirect(to)
	}
	page := campaignsPage{shell: r.shell("nav.campaigns", "campaigns"), Crumb: name}
	if name != "" {
		page.Title = name
	}
	q, p, err := r.asker().Query(v.words(campaignKPIs...))
	if err != nil && !page.Faults.take(r, err) {
		return err
	}
	if page.Controls, err = r.controls(v, p); err != nil {
		return err
	}
	if p != nil && !page.Faults.Any() {
		today, err := r.asker().Today()
		if err != nil {
			return err
		}
		if name != "" {
			q = narrowed(q, "campaign", name)
		}
		if err := r.fillCampaigns(&page, v, q, p, today); err != nil && !page.Faults.take(r, err) {
			return err
		}
	}
	page.Controls.Faults = page.Faults
	return r.pageStatus(cmp.Or(page.Faults.status, http.StatusOK), "campaigns", page)
}

// campaignFrames are the answers that the page shows.
type campaignFrames struct {
	now, courses, stages *kpi.Frame
	leads, work          *kpi.Frame // by campaign
	listLeads, listWork  *kpi.Frame // by campaign and list; nil without lists
	allLeads, allWork    *kpi.Frame // of all campaigns together
	attempts             *kpi.Frame // nil where attempts are not known
}

func (r *request) fillCampaigns(page *campaignsPage, v view, q kpi.Query, p *calendar.Period, today int64) error {
	span := p.ToDate(today)
	q.Period = &span
	ever := plain(q, leadKPIs, "campaign")
	ever.Period = nil
	everByList := ever
	everByList.By = []string{"campaign", "list"}
	whole, stages := q, q
	whole.Intervals = true
	stages.KPIs, stages.Intervals = overview.Stages, true
	var f campaignFrames
	all := []asking{
		{into: &f.leads, q: ever, maybe: true}, {into: &f.work, q: plain(q, campaignKPIs, "campaign")},
		{into: &f.listLeads, q: everByList, maybe: true}, {into: &f.listWork, q: plain(q, listKPIs, "campaign", "list"), maybe: true},
		{into: &f.attempts, q: plain(q, attemptKPIs, "attempt"), maybe: true},
	}
	if page.Crumb == "" {
		all = append(all, asking{into: &f.allLeads, q: plain(ever, leadKPIs), maybe: true}, asking{into: &f.allWork, q: plain(q, campaignKPIs)})
	} else {
		all = append(all, asking{into: &f.now, q: whole}, asking{into: &f.courses, q: r.courseQuery(q, campaignKPIs, p, today)}, asking{into: &f.stages, q: stages})
	}
	if err := r.frames(all...); err != nil {
		return err
	}
	if len(f.work.Rows) == 0 && (f.leads == nil || len(f.leads.Rows) == 0) {
		page.Empty = r.nothingYet()
		return nil
	}
	page.How, page.Notes = r.reader.Text("campaigns.how"), r.reader.Notes(f.work)
	page.Worked, page.Campaigns = r.campaignGrid(v, "worked", f.leads, f.allLeads, "campaign"), r.campaignGrid(v, "campaigns", f.work, f.allWork, "campaign")
	page.Lists, page.ListWork = r.campaignGrid(v, "lists", f.listLeads, f.allLeads, "campaign", "list"), r.campaignGrid(v, "list-work", f.listWork, f.allWork, "campaign", "list")
	var err error
	if f.attempts != nil {
		if page.Attempts, err = r.attemptsDrawn(v, f.attempts); err != nil {
			return err
		}
	}
	if page.Crumb != "" {
		return r.fillCampaign(page, v, f)
	}
	return nil
}

// fillCampaign adds what one campaign's page has beside the tables.
func (r *request) fillCampaign(page *campaignsPage, v view, f campaignFrames) error {
	about := view{v.path, url.Values{}}
	for name, list := range v.values {
		about.values[name] = list
	}
	about.values.Set("campaign", page.Crumb)
	page.Worked, page.Campaigns = nil, nil
	page.Lead, page.Cards = r.comparedWith(f.now), r.cards(about, f.now, f.courses)
	page.FunnelURL, page.Agents = about.to("/funnel"), about.to("/agents")
	drawing, err := r.stages(about, &overview.Overview{Stages: f.stages})
	page.Funnel = &drawn{Title: r.reader.Text("overview.funnel"), Chart: drawing}
	return err
}

// campaignGrid lists campaigns, or lists with their campaign; nil where the data
// knows none. whole is all of them together, nil for none.
func (r *request) campaignGrid(v view, id string, f, whole *kpi.Frame, dims ...string) *grid {
	if f == nil || len(f.Rows) == 0 {
		return nil
	}
	last := dims[len(dims)-1]
	title := r.reader.Dimension(last)
	g := &grid{ID: id, Caption: r.reader.Text("nav.campaigns") + " · " + title}
	g.Files, g.ToFile = r.offerFrame(v, id, g.Caption, f, false), r.reader.Text("export.save")
	rows, now := r.ordered(v, id, f)
	rows, g.Pager = cut(r, v, id, rows, func(row kpi.FrameRow) string { return strings.Join(row.Key, " ") })
	g.Tall, g.Head = len(rows) > 20, []gridHead{sortable(v, id+".sort", title, last, now, false)}
	for _, c := range f.Columns {
		h := sortable(v, id+".sort", r.reader.Title(c), c.Name, now, c.Better != "lower")
		h.Numeric = true
		g.Head = append(g.Head, h)
	}
	for _, row := range rows {
		g.Rows = append(g.Rows, r.campaignRow(v, f.Columns, row, dims))
	}
	if whole != nil && len(f.Rows) > 1 {
		g.Foot = []cell{{Text: r.reader.Text("parts.whole"), Header: true}}
		for _, c := range f.Columns {
			g.Foot = append(g.Foot, r.figure(c.Unit, figureOf(whole, c.Name)))
		}
	}
	return g
}

func (r *request) campaignRow(v view, columns []kpi.Column, row kpi.FrameRow, dims []string) []cell {
	key, last := row.Key, dims[len(dims)-1]
	name := cell{Text: r.place(last, key[len(key)-1]), Header: true}
	if last == "campaign" && key[0] != "" {
		name.URL = v.to(campaignPath(key[0]), "campaign", "")
	}
	if len(dims) > 1 {
		name.Sub = r.place("campaign", key[0])
	}
	cells := []cell{name}
	for i, x := range row.Figures {
		c := r.figure(columns[i].Unit, x)
		if x.Valid && key[0] != "" && key[len(key)-1] != "" {
			pairs := []string{}
			for d, value := range key {
				pairs = append(pairs, dims[d], value)
			}
			c.URL = v.to("/kpi/"+columns[i].Name, pairs...)
		}
		cells = append(cells, c)
	}
	return cells
}

// attemptsDrawn shows what came of the first, the second … attempt.
func (r *request) attemptsDrawn(v view, f *kpi.Frame) (*drawn, error) {
	const contacted = 2 // of attemptKPIs
	out := r.drawn(r.reader.Text("campaigns.attempts"), r.reader.Text("campaigns.attempts_sub"))
	c := f.Columns[contacted]
	s := newScaled(c)
	bar := chart.Bar{Title: out.Title}
	rates := chart.Series{Name: r.reader.Title(c), Role: chart.Main}
	band := chart.Band{Name: r.reader.Text("trend.interval")}
	shown := *f
	shown.Rows = nil
	for _, row := range f.Rows {
		n, err := strconv.Atoi(row.Key[0])
		if err != nil || n > mostAttempts {
			continue
		}
		shown.Rows = append(shown.Rows, row)
		x := row.Figures[contacted]
		bar.X = append(bar.X, chart.Place{Label: r.hourText(n), Long: r.reader.T("campaigns.attempt", map[string]any{"count": n}),
			Href: v.to("/kpi/"+c.Name, "where", "attempt == "+row.Key[0])})
		rates.Points = append(rates.Points, s.point(r, x))
		low, high, text := chart.Gap, chart.Gap, ""
		if x.Valid && x.Interval {
			low, high, text = chart.Value(x.Low), chart.Value(x.High), r.reader.Interval(c.Unit, x)
			s.see(0, x.High, x)
		}
		band.Low, band.High, band.Text = append(band.Low, low), append(band.High, high), append(band.Text, text)
	}
	if len(shown.Rows) == 0 {
		return nil, nil
	}
	s.see(0, 0, kpi.Figure{})
	rates.Bands = []chart.Band{band}
	bar.Series, bar.Y = []chart.Series{rates}, s.axis(r)
	out.Table = r.table("attempts", out.Title, &shown, false)
	var err error
	out.Chart, err = chart.Script(bar)
	return out, err
}
