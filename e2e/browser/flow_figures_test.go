package browser

import (
	"fmt"
	"math"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// allDays are the days of the bank's calls.
const allDays = "from=2008-05-01&to=2010-11-30&compare=none"

// compareFigures holds pages and files of KPIs against what others computed of
// the same calls.
func (f *flow) compareFigures() {
	for _, of := range []struct{ kpi, by, file, column string }{
		{"calls", "attr.job", "job", "calls"},
		{"sale_calls", "attr.poutcome", "poutcome", "sales"},
		{"conversion_rate:of_calls", "attr.job", "job", "conversion_rate_of_calls"},
		{"talk_time", "attempt", "attempt", "talk_time"},
		{"talk_time:median", "attr.contact", "contact", "talk_time_median"},
		{"attempts_per_sale", "attr.job", "job", "touches_per_sale"}, // every row is a client's last call
	} {
		want := f.expected("by-"+of.file, of.file, of.column)
		f.visit("/kpi/" + of.kpi + "?all=1&by=" + of.by + "&" + allDays)
		f.sameFigures(of.kpi, want, f.table("#parts-card table"), func(name string) string { return name })
		f.kept("kpi-" + strings.ReplaceAll(of.kpi, ":", "-"))

		name, file := f.download(`.toolbar a[href*="format=csv"]:not([href*=spreadsheet])`)
		require.Regexp(f.t, `^`+strings.ReplaceAll(of.kpi, ":", "-")+`-.*\.csv$`, name)
		rows := records(f.page, file)
		require.Len(f.t, rows, len(want), of.kpi)
		for _, row := range rows {
			f.equal(of.kpi+" of "+row[of.by], want[row[of.by]], row[of.kpi], 1e-6)
		}
		f.quiet("export")
	}
	f.visit("/kpi/conversion_rate:of_calls?per=month&" + allDays)
	f.sameFigures("months", f.expected("by-month", "month", "conversion_rate_of_calls"), f.table(".chart-data table"), func(name string) string {
		month, err := time.Parse("January 2006", name)
		require.NoError(f.t, err)
		return month.Format("2006-01")
	})
	quarter := f.expected("by-quarter", "quarter", "calls")["2008-Q2"]
	f.visit("/kpi/calls?period=2008-Q2")
	f.equal("2008-Q2", quarter, plainFigure(f.text(".kpi-value")), 0)
}

// expected reads a column of what must come out, by a key.
func (f *flow) expected(file, key, column string) map[string]string {
	f.t.Helper()
	text, err := os.ReadFile("../../../shared/data/expected/uci-bank-" + file + ".csv")
	require.NoError(f.t, err)
	out := map[string]string{}
	for _, row := range records(f.page, text) {
		out[row[key]] = row[column]
	}
	require.NotEmpty(f.t, out)
	return out
}

// sameFigures compares the rows of a table, as exact as it shows them.
func (f *flow) sameFigures(what string, want map[string]string, rows [][]string, key func(string) string) {
	f.t.Helper()
	seen := 0
	for _, row := range rows {
		w, ok := want[key(row[0])]
		if !ok {
			continue // a month without calls
		}
		seen++
		shown := strings.TrimSuffix(row[1], "*") // of a small group
		got := plainFigure(shown)
		_, digits, _ := strings.Cut(got, ".")
		half := 0.5 * math.Pow10(-len(digits))
		if strings.HasSuffix(shown, "%") && w != "" {
			n, err := strconv.ParseFloat(w, 64)
			require.NoError(f.t, err)
			w = fmt.Sprint(100 * n)
		}
		f.equal(what+" of "+row[0], w, got, half+1e-6)
	}
	require.Equal(f.t, len(want), seen, "%s: rows of %v", what, rows)
}

var clockTime = regexp.MustCompile(`^(\d+):(\d\d)(?::(\d\d))?$`)

// plainFigure reads a number as English pages write it: 9,732, 11.7%, 4:16, 52.8 s; ""
// where there is none.
func plainFigure(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, ",", ""))
	if m := clockTime.FindStringSubmatch(text); m != nil {
		seconds := 0
		for _, part := range m[1:] {
			if part != "" {
				n, _ := strconv.Atoi(part)
				seconds = seconds*60 + n
			}
		}
		return strconv.Itoa(seconds)
	}
	return strings.Trim(text, "%s –")
}

// equal compares two numbers, or that there is none.
func (f *flow) equal(what, want, got string, within float64) {
	f.t.Helper()
	if want == "" || got == "" {
		require.Equal(f.t, want, got, what)
		return
	}
	w, err := strconv.ParseFloat(want, 64)
	require.NoError(f.t, err, what)
	g, err := strconv.ParseFloat(got, 64)
	require.NoError(f.t, err, what)
	require.InDelta(f.t, w, g, within, what)
}

// drillDown goes from a number to one of its parts, and to the rows behind it.
func (f *flow) drillDown() {
	want := f.expected("by-job", "job", "sales")["retired"]
	f.visit("/kpi/sale_calls?by=attr.job&" + allDays)
	f.do(chromedp.Evaluate(`[...document.querySelectorAll("#parts-card tbody th a")].find(a => a.textContent.trim() === "retired").id = "part"`, nil))
	f.press("#part")
	require.Equal(f.t, want, f.text(".kpi-value"))
	f.press(`a[data-keys=r]`)
	require.Equal(f.t, want+" rows: what the number counts", f.text(".page-head .lead .num"))
	require.Len(f.t, f.table("#rows-card table"), 50)
	require.Equal(f.t, "Rows 1 to 50 of "+want, f.text("#rows-card .card-head p"))
	f.kept("rows")
	name, file := f.download(`#rows-card a[href*="format=csv"]:not([href*=spreadsheet])`)
	rows := records(f.page, file)
	require.Equal(f.t, want, strconv.Itoa(len(rows)), name)
	for _, row := range rows {
		require.Equal(f.t, "retired sale", row["attr.job"]+" "+row["outcome"])
	}
	f.press(`#rows-card a[rel=next]`)
	require.Equal(f.t, "Rows 51 to 100 of "+want, f.text("#rows-card .card-head p"))
	f.quiet("next rows")
}

// saveView keeps a question in Explore, and comes back to it.
func (f *flow) saveView() {
	f.visit("/explore?kpi=calls&kpi=" + url.QueryEscape("conversion_rate:of_calls") + "&by=attr.contact&" + allDays)
	before := f.table("main .card.flush table")
	want := f.expected("by-contact", "contact", "calls")
	f.sameFigures("explore", want, before, func(name string) string { return name })
	f.fill("#views form.row.wide", "name", "How they were called")
	f.kept("saved-view")
	f.visit("/explore")
	f.press("#views ul a")
	require.Equal(f.t, before, f.table("main .card.flush table"))
	name, file := f.download(`a[href*="/explore/export"][href*="format=csv"]:not([href*=spreadsheet])`)
	for _, row := range records(f.page, file) {
		f.equal(name, want[row["attr.contact"]], row["calls"], 0)
	}
	f.quiet("saved view")
}

// annotate writes beside a chart what happened, and finds it beside another.
func (f *flow) annotate() {
	f.visit("/kpi/calls?period=2008-Q4&compare=none")
	f.do(chromedp.Click("#annotate > summary", chromedp.ByQuery))
	f.fill("#annotate form", "from", "2008-10-06", "to", "2008-10-31", "kind", "outage", "text", "Telephone <line> cut")
	for _, kpi := range []string{"calls", "talk_time"} {
		f.visit(fmt.Sprintf("/kpi/%s?period=2008-Q4&compare=none", kpi))
		require.Contains(f.t, f.text("#annotations"), "Telephone <line> cut")
		f.kept("annotation-" + kpi)
	}
}
