package browser

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	endian "encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// set gives a control of the page a value as a person does: the page hears of it.
func (p *page) set(selector, value string) {
	p.t.Helper()
	fault := evaluate[string](p, `(selector, value) => {
		const e = document.querySelector(selector)
		if (!e) return "there is none"
		if (e.type === "checkbox") e.checked = value === "yes"
		else { e.value = value; if (e.value !== value) return "it does not take the value" }
		for (const name of ["input", "change"]) e.dispatchEvent(new Event(name, {bubbles: true}))
		return ""
	}`, selector, value)
	require.Empty(p.t, fault, "%s = %q", selector, value)
}

// await waits until an expression of the page holds.
func (p *page) await(expression string) {
	p.t.Helper()
	p.do(chromedp.Poll(expression, nil, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(50*time.Second)))
}

// evaluate calls a function of JavaScript.
func evaluate[T any](p *page, function string, args ...any) T {
	p.t.Helper()
	list, err := json.Marshal(args)
	require.NoError(p.t, err)
	return value[T](p, "("+function+")(..."+string(list)+")")
}

// pairs reads the terms and texts of a list of them.
func (p *page) pairs(selector string) map[string]string {
	p.t.Helper()
	return evaluate[map[string]string](p, `(selector) => Object.fromEntries([...document.querySelectorAll(selector + " dt")].map(e => [e.textContent.trim(), e.nextElementSibling.textContent.trim()]))`, selector)
}

// table reads the body of a table: the texts of its cells, without what stands
// smaller below.
func (p *page) table(selector string) [][]string {
	p.t.Helper()
	return evaluate[[][]string](p, `(selector) => [...document.querySelectorAll(selector + " tbody tr")].map(row => [...row.cells].map(cell => {
		const copy = cell.cloneNode(true)
		for (const sub of copy.querySelectorAll(".sub")) sub.remove()
		return copy.textContent.trim()
	}))`, selector)
}

// download follows a link to a file, and gives what came.
func (p *page) download(selector string) (name string, content []byte) {
	p.t.Helper()
	dir := p.t.TempDir()
	p.do(browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(dir))
	p.do(chromedp.Evaluate(fmt.Sprintf("document.querySelector(%q).click()", selector), nil))
	require.Eventually(p.t, func() bool {
		entries, err := os.ReadDir(dir)
		require.NoError(p.t, err)
		if len(entries) != 1 || strings.HasSuffix(entries[0].Name(), ".crdownload") || strings.HasPrefix(entries[0].Name(), ".") {
			return false
		}
		name = entries[0].Name()
		content, err = os.ReadFile(filepath.Join(dir, name))
		return err == nil
	}, time.Minute, 50*time.Millisecond, "nothing is downloaded")
	return name, content
}

// records reads a table with a header by its column names.
func records(p *page, text []byte) (out []map[string]string) {
	p.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	require.NoError(p.t, err)
	for _, row := range rows[1:] {
		one := map[string]string{}
		for i, name := range rows[0] {
			one[name] = row[i]
		}
		out = append(out, one)
	}
	return out
}

// oneTimeCode is the code of RFC 6238 that a secret has at some time.
func oneTimeCode(p *page, secret string, at time.Time) string {
	p.t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	require.NoError(p.t, err)
	mac := hmac.New(sha1.New, key)
	_ = endian.Write(mac, endian.BigEndian, uint64(at.Unix()/30)) // a hash cannot fail
	sum := mac.Sum(nil)
	at4 := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", endian.BigEndian.Uint32(sum[at4:at4+4])&0x7fffffff%1_000_000)
}

// lines are those of a text, without empty ones.
func (p *page) lines(selector string) (out []string) {
	p.t.Helper()
	var text string
	p.do(chromedp.TextContent(selector, &text, chromedp.ByQuery))
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (p *page) signIn(login string) {
	p.t.Helper()
	p.visit("/sign-in")
	p.fill("form.form", "login", login, "password", passphrase)
}

func (p *page) signOut() {
	p.t.Helper()
	p.do(chromedp.Click(".top .end > details:last-of-type > summary", chromedp.ByQuery))
	p.press(`form[action="/sign-out"] button`)
}
