package browser

import (
	"strconv"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/require"
)

// splitGoal is the Croatian seed's goal that is divided, in every language.
const splitGoal = "Ostvariti 50 novih prodaja proizvoda X u sljedećih mjesec dana"

// splitTeam is what the page shows of a team: its part and those of its people.
type splitTeam struct {
	Part   int
	People []int
}

// shown reads the parts, in whichever digits.
func (g *goalSetter) shown() []splitTeam {
	g.t.Helper()
	return value[[]splitTeam](g.page, `(() => {
		const number = e => Number(e.textContent.replace(/[۰-۹]/g, d => d.charCodeAt(0) - 1776))
		return [...document.querySelectorAll("#shares tbody")].map(team => ({
			Part: number(team.querySelector(".split-team strong bdi")),
			People: [...team.querySelectorAll(".part-of strong bdi")].map(number)}))
	})()`)
}

// agrees checks that the parts come to the whole at each level.
func (g *goalSetter) agrees(whole int) {
	g.t.Helper()
	teams := g.shown()
	require.Len(g.t, teams, 4)
	sum := 0
	for _, team := range teams {
		people := 0
		for _, part := range team.People {
			people += part
		}
		require.Equal(g.t, team.Part, people)
		sum += team.Part
	}
	require.Equal(g.t, whole, sum)
}

// divides splits the seed's goal over the demo company's teams and agents, with
// one number set by hand: the preview follows while it is typed, nothing is kept
// before it is said, and what is kept is what was shown.
func (g *goalSetter) divides(byHand int) {
	g.t.Helper()
	g.visit("/goals")
	path := evaluate[string](g.page, `(text) => new URL([...document.querySelectorAll("main a")].find(a => a.textContent.trim() === text).href).pathname`, splitGoal)
	g.visit(path + "/split?to=both&way=equal")
	g.agrees(50)
	g.types("#shares .split-team input", strconv.Itoa(byHand))
	g.await(`document.querySelector("#shares .split-team .icon-button[name=unlock]") !== null`)
	require.Equal(g.t, byHand, g.shown()[0].Part)
	g.agrees(50)
	require.Contains(g.t, value[string](g.page, "location.search"), "="+strconv.Itoa(byHand), "the state is in the address")
	require.True(g.t, value[bool](g.page, `document.activeElement.matches("#shares .split-team input")`), "the field keeps the focus")
	g.page.set("#way", "history")
	g.await(`new URLSearchParams(location.search).get("way") === "history"`)
	require.Equal(g.t, byHand, g.shown()[0].Part)
	g.page.set("#way", "equal")
	g.await(`new URLSearchParams(location.search).get("way") === "equal"`)
	g.agrees(50)
	g.seen("goals_divided_" + g.lang)
	g.narrow(func() { g.seen("goals_divided_narrow_" + g.lang) })
	want := g.shown()

	g.press("#shares button.primary")
	require.Equal(g.t, path, value[string](g.page, "location.pathname"))
	g.seen("goals_parts_" + g.lang)
	g.visit(path + "/split")
	require.Equal(g.t, want, g.shown())
	require.Equal(g.t, strconv.Itoa(byHand), value[string](g.page, `document.querySelector("#shares .split-team input").value`))
}

// narrow runs fn on a phone.
func (g *goalSetter) narrow(fn func()) {
	g.t.Helper()
	g.do(emulation.SetDeviceMetricsOverride(390, 844, 1, true))
	fn()
	g.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
}
