package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// ourElements and ourAttributes are all that our pages are made of; nothing of
// them runs or styles by itself.
var ourElements = wordSet(`html head meta title link script body div p section a span header nav main h1 h2 h3 h4 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td form input label
	button select option optgroup textarea details summary bdi svg use path rect circle line polyline polygon g text hr strong small del ins code pre kbd mark figure figcaption cp-chart fieldset legend datalist
	article progress noscript dialog template audio time output em b sub sup tspan`)

var ourAttributes = wordSet(`abbr accept action align aria-busy aria-controls aria-current aria-describedby aria-disabled aria-expanded aria-hidden aria-invalid aria-label aria-labelledby aria-live
	aria-pressed aria-sort autocomplete autofocus border cellpadding cellspacing charset checked class colspan content cx cy d data-close data-confirm data-copy data-done data-keys data-auto data-manual data-name data-keys-switch data-label data-quiet data-rows data-short data-unit
	data-n data-no-boost data-ok data-open data-text data-theme data-theme-set datetime dir disabled download enctype focusable for formaction formmethod formnovalidate height hidden href http-equiv
	hx-get hx-include hx-indicator hx-post hx-push-url hx-replace-url hx-select hx-swap hx-sync hx-target hx-trigger hx-boost id inputmode lang label list max maxlength method min minlength multiple name novalidate open pattern
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
