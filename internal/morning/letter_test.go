package morning_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

// Each role reads what its pages show: agents themselves, leads their team.
func TestWhatRolesRead(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	c.imports("crm", callbacksMapping, "id,due,agent,phone\n1,2026-11-23 10:00:00,Ana,+385911111101\n2,2026-11-23 11:00:00,Dino,+385911111102\n3,2026-11-24 11:00:00,Ana,+385911111103\n")
	require.Equal(t, everybody, c.round("2026-11-23 07:30"))
	f := func(to string, has, lacks []string) {
		t.Helper()
		l := c.letterTo(to)
		for _, text := range has {
			require.Contains(t, l.Text+l.HTML, text)
		}
		for _, text := range lacks {
			require.NotContains(t, l.Text+l.HTML, text)
		}
	}
	f("Lea", []string{"Friday, 20 November 2026", "team \u2068East\u2069", "Calls: 120", "\u2068Boris\u2069", "90 of 900", "Calls: 1,800", "/kpi/calls?period=2026-11-20", "/mail/preview", "1 promised callback falls due today"},
		[]string{"Dino", "Cvita"})
	f("Ada", []string{"Calls: 240", "the whole company", "2 promised callbacks fall due today", "\u2068Boris\u2069"}, nil)
	f("Ana", []string{"Vaše vlastite brojke", "Pozivi: 60", "1 dogovoreni povratni poziv", "https://callpace.example/me"}, []string{"Boris", "Dino", "Cvita"})
	f("Quin", []string{"Показники всієї компанії"}, nil)
	f("Mia", []string{"۲۴۰", "۲۰ نوامبر ۲۰۲۶"}, []string{"240"})
	require.Contains(t, c.letterTo("Mia").HTML, `<html lang="fa" dir="rtl">`)
	require.Equal(t, "fa", c.letterTo("Mia").Header.Get("Content-Language"))
}

// In the Solar Hijri calendar dates, months and links are those of that calendar, in every language.
func TestHijri(t *testing.T) {
	settings := ingesttest.Adria
	settings.Calendar = facts.SolarHijri
	c := newCompany(t, settings)
	a, err := c.state.Accounts().FindAccount(context.Background(), c.ids["Quin"])
	require.NoError(t, err)
	a.Language, a.Preferences.Digits = "fa", "latin"
	require.NoError(t, c.state.Accounts().UpdateAccount(context.Background(), a))
	require.Equal(t, everybody, c.round("2026-11-23 07:30"))
	mia := c.letterTo("Mia")
	require.Contains(t, mia.Subject, "جمعه ۲۹ آبان ۱۴۰۵")
	require.Contains(t, mia.Text, "آبان ۱۴۰۵")
	require.Contains(t, mia.HTML, `/kpi/calls?period=1405-08-29"`)
	require.Contains(t, mia.HTML, `/kpi/calls?period=1405-08"`)
	require.Contains(t, c.letterTo("Quin").Subject, "29 آبان 1405")
	require.Contains(t, c.letterTo("Lea").Subject, "29 Aban 1405")
}

// The letter of each role in each language has no text missing, and what is a
// name in the data can do nothing in it.
func TestSixLanguagesAndHostileNames(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	hostile := "<script>alert(1)</script>\"' onx=1 ]]> {{.}} http://evil.example www.evil.example \u202edlog \u2067x"
	c.imports("people2", ingesttest.RosterMapping, "agent,extension,team\n"+quoted(hostile)+",105,"+quoted(hostile)+"\n")
	c.imports("pbx2", callsMapping, hostileCalls(c.calls("2026-11-02", "2026-11-20"), hostile))
	texts, _ := ingesttest.Catalogues()
	for _, lang := range i18n.Languages() {
		for name, id := range c.ids {
			a, err := c.state.Accounts().FindAccount(context.Background(), id)
			require.NoError(t, err)
			a.Language, a.Name = lang, hostile
			if auth.Role(a.Role) == auth.Lead {
				a.Teams = []string{"East", hostile}
			}
			l, ok, err := c.preview(a)
			require.NoError(t, err)
			require.True(t, ok)
			m, err := c.Write(l, hostile, "https://callpace.example")
			require.NoError(t, err)
			for _, part := range []string{m.Subject, m.Text, m.HTML} {
				require.NotContains(t, part, "\u202e", "%s %s", lang, name)
				require.NotContains(t, part, "http://evil")
				require.NotRegexp(t, `[^+;]www\.evil`, part) // a link of ours may carry it, encoded
				require.Equal(t, strings.Count(part, "\u2068"), strings.Count(part, "\u2069"))
				require.NotRegexp(t, `(?m)\b(morning|overview|web|calendar|place)\.[a-z_]+`, part, "%s %s", lang, name)
				require.NotRegexp(t, `\{[a-z_]+\}`, part)
			}
			require.NotContains(t, m.Subject, "\n")
			harmless(t, m.HTML)
			require.Equal(t, texts.Localizer(lang, l.Calendar).RightToLeft(), strings.Contains(m.HTML, `dir="rtl"`))
		}
	}
	if dir := os.Getenv("CALLPACE_LETTERS"); dir != "" { // to look at them
		a, err := c.state.Accounts().FindAccount(context.Background(), c.ids["Mia"])
		require.NoError(t, err)
		l, _, err := c.preview(a)
		require.NoError(t, err)
		m, err := c.Write(l, "Adria", "https://callpace.example")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(dir+"/fa.html", []byte(m.HTML), 0o600))
		require.NoError(t, os.WriteFile(dir+"/fa.txt", []byte(m.Text), 0o600))
	}
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// hostileCalls are Boris's calls by somebody else, in a campaign of the same name.
func hostileCalls(calls, name string) string {
	lines := strings.Split(strings.TrimSpace(calls), "\n")
	out := lines[:1]
	for _, line := range lines[1:] {
		f := strings.Split(line, ",")
		switch f[2] {
		case "101":
			f[4] = quoted(name)
		case "102":
			f[2], f[4] = quoted(name), quoted(name)
		default:
			continue
		}
		out = append(out, strings.Join(f, ","))
	}
	return strings.Join(out, "\n") + "\n"
}

// harmless checks that HTML holds only what the template put there.
func harmless(t *testing.T, text string) {
	t.Helper()
	elements := strings.Fields("html head meta title style body div h1 h2 p a strong ul li table thead tbody tr th td bdi small hr")
	attributes := strings.Fields("lang dir class charset name content href scope align width cellpadding cellspacing border")
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			require.Contains(t, elements, token.Data)
			for _, a := range token.Attr {
				require.Contains(t, attributes, a.Key, token.String())
				if a.Key == "href" {
					require.True(t, strings.HasPrefix(a.Val, "https://callpace.example/"), a.Val)
				}
			}
		}
	}
}
