package browser

import (
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// importBankCalls takes a file in through the mapping editor, as
// examples/mappings/uci-bank.yaml reads it.
func (f *flow) importBankCalls(file string) {
	f.upload(file)
	require.Contains(f.t, f.text("main .page-head"), "The mapping is a guess")
	f.kept("mapping-guessed")
	campaign := f.column("campaign")
	f.change("#"+campaign, "calls.attempt")
	f.change(fmt.Sprintf("[name=%q]", campaign+".also"), "yes")
	f.change("#zone", "Europe/Lisbon")
	f.change("#source", "uci-bank")
	for column, becomes := range map[string]string{"date": "calls.started", "duration": "calls.talk", "y": "calls.outcome", "campaign": "calls.attempt", "job": "", "month": ""} {
		require.Equal(f.t, becomes, value[string](f.page, fmt.Sprintf("document.querySelector('#%s').value", f.column(column))), column)
	}
	f.do(chromedp.WaitVisible("#preview .status.good", chromedp.ByQuery))
	f.kept("mapping-preview")
	f.press(`[name=do][value=import].primary`)
	f.await(`document.querySelector("#job:not([aria-busy])") !== null`)
	require.Equal(f.t, map[string]string{"Read": "45,211", "New": "45,211", "Updated": "0", "Unchanged": "0", "Skipped": "0", "Rejected": "0"}, f.pairs("#job"))
	f.kept("import-report")
}

// upload sends a file and leads to the editor of its mapping.
func (f *flow) upload(file string) {
	f.t.Helper()
	f.visit("/imports/new")
	f.do(chromedp.SetUploadFiles("[name=file]", []string{file}, chromedp.ByQuery))
	f.quiet("upload")
	f.press("main form .button.primary")
}

// column is the select of what a column becomes.
func (f *flow) column(name string) string {
	f.t.Helper()
	return evaluate[string](f.page, `name => [...document.querySelectorAll("#mapping th label")].find(e => e.textContent.trim() === name)?.htmlFor ?? ""`, name)
}

// change changes a control of the editor, and waits until the page has
// answered with what the mapping became.
func (f *flow) change(selector, value string) {
	f.t.Helper()
	f.do(chromedp.Evaluate(`window.swapped = false; document.addEventListener("htmx:after:swap", () => window.swapped = true, {once: true})`, nil))
	f.set(selector, value)
	f.await("window.swapped")
}
