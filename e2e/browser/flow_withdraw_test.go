package browser

import (
	"strings"

	"github.com/stretchr/testify/require"
)

// withdrawTeamCalls takes the six calls back by the pages: their numbers go,
// those of the bank stay, and the list says what happened.
func (f *flow) withdrawTeamCalls() {
	const march = "/kpi/calls?from=2024-03-01&to=2024-03-31&compare=none"
	f.visit(march)
	require.Equal(f.t, "6", f.text(".kpi-value"))
	f.visit("/imports")
	input := evaluate[string](f.page, `file => new URL([...document.querySelectorAll("main th a")].find(a => a.textContent.trim() === file).href).pathname`, "dialler.csv")
	f.visit(input)
	f.press(`main a[href$="/withdraw"]`)
	require.Contains(f.t, f.text("main"), "dialler.csv")
	f.kept("withdraw")
	f.press("main form .button.danger")
	f.await(`document.querySelector("#job:not([aria-busy])") !== null`)
	f.kept("withdrawn")

	f.visit(march)
	require.Contains(f.t, []string{"", "–", "0"}, value[string](f.page, `document.querySelector(".kpi-value")?.textContent.trim() ?? ""`))
	all := f.expected("by-job", "job", "calls")
	f.visit("/kpi/calls?all=1&by=attr.job&" + allDays)
	f.sameFigures("calls that stay", all, f.table("#parts-card table"), func(name string) string { return name })
	f.visit("/imports")
	status := evaluate[string](f.page, `path => [...document.querySelectorAll("main tr")].find(row => row.querySelector("th a")?.pathname === path).querySelector(".status").textContent`, input)
	require.Equal(f.t, "withdrawn", strings.ToLower(strings.TrimSpace(status)))
	f.quiet("withdrawn")
}
