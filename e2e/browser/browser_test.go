// Package browser drives the real binary in a real browser: Chromium, headless.
// Where there is none, the tests fail under CI and are skipped elsewhere, and
// say so.
package browser

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Where the program, and what tests leave behind, are.
var binary, artefacts string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "callpace-browser-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "callpace")
		if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/callpace").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build callpace: %v\n%s", err, out)
			return 1
		}
		if artefacts = os.Getenv("CALLPACE_ARTEFACTS"); artefacts == "" {
			artefacts = "artefacts"
		}
		if err := os.MkdirAll(artefacts, 0o755); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// chromium finds the browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Chromium here: install it (apt-get install chromium)")
	}
	t.Skip("no Chromium here: apt-get install chromium")
	return ""
}

// server is a running callpace.
type server struct {
	url    string
	data   string
	mu     sync.Mutex
	output strings.Builder
}

func (s *server) said(pattern string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return regexp.MustCompile(pattern).FindStringSubmatch(s.output.String())
}

// start runs the program, which listens on a free port of the loopback
// interface, until the test ends. It returns once ready says so.
func start(t testing.TB, data string, ready string, args ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	s := &server{url: "http://" + strings.Replace(address, "127.0.0.1", "localhost", 1), data: data}
	cmd := exec.Command(binary, append(args, "--data", data, "--listen", address, "--quiet")...)
	cmd.Env = append(os.Environ(), "CALLPACE_LANG=en")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.mu.Lock()
			fmt.Fprintln(&s.output, lines.Text())
			s.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-read
		err := cmd.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", s.output.String())
		}
		require.NoError(t, err, "a server that is told to stop ends well")
	})
	require.Eventually(t, func() bool { return s.said(ready) != nil }, 3*time.Minute, 50*time.Millisecond, "the server does not start")
	require.Eventually(t, func() bool {
		res, err := http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK || ready == setUpLink
	}, time.Minute, 50*time.Millisecond)
	return s
}

const (
	setUpLink = `http://\S+/set-up/(\S+)`
	listening = `callpace is at (\S+)`
)

// page is a browser's tab. What a page reports to the console (errors, refused
// scripts and styles) fails the test.
type page struct {
	t      *testing.T
	ctx    context.Context
	server *server

	mu       sync.Mutex
	reported []string
}

func open(t *testing.T, s *server, width, height int, languages string) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", languages))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	p := &page{t: t, ctx: ctx, server: s}
	chromedp.ListenTarget(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError || e.Entry.Source == log.SourceSecurity {
				p.reported = append(p.reported, fmt.Sprintf("%s %s (%s)", e.Entry.Level, e.Entry.Text, e.Entry.URL))
			}
		case *runtime.EventExceptionThrown:
			p.reported = append(p.reported, e.ExceptionDetails.Error())
		}
	})
	require.NoError(t, chromedp.Run(ctx)) // starts the browser, which is to outlive any one action's time
	p.do(log.Enable(), emulation.SetDeviceMetricsOverride(int64(width), int64(height), 1, width < 600))
	return p
}

// do runs actions, each of which may take a while on a busy machine.
func (p *page) do(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	require.NoError(p.t, chromedp.Run(ctx, actions...))
}

func (p *page) visit(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.server.url+path), chromedp.WaitReady("main"))
}

// text gives the text of the first element that a selector finds.
func (p *page) text(selector string) (s string) {
	p.t.Helper()
	p.do(chromedp.Text(selector, &s, chromedp.ByQuery))
	return strings.Join(strings.Fields(s), " ")
}

// value evaluates an expression of the page.
func value[T any](p *page, expression string) (v T) {
	p.t.Helper()
	p.do(chromedp.Evaluate(expression, &v))
	return v
}

// fill types into the fields of a form, by their names, and sends it.
func (p *page) fill(form string, fields ...string) {
	p.t.Helper()
	for i := 0; i+1 < len(fields); i += 2 {
		field := fmt.Sprintf("%s [name=%q]", form, fields[i])
		p.do(chromedp.WaitVisible(field, chromedp.ByQuery), chromedp.SetValue(field, fields[i+1], chromedp.ByQuery))
	}
	p.press(form + " button:not([type=button])")
}

// press clicks on something that leads to another page.
func (p *page) press(selector string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(selector, chromedp.ByQuery))
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.Click(selector, chromedp.ByQuery))
	require.NoError(p.t, err)
	p.do(chromedp.WaitReady("main"))
}

// quiet fails the test where a page reported anything since the last call.
func (p *page) quiet(where string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p.t, p.reported, where)
	p.reported = nil
}

// shot keeps a picture of the whole page.
func (p *page) shot(name string) {
	p.t.Helper()
	var png []byte
	p.do(chromedp.FullScreenshot(&png, 100))
	require.NoError(p.t, os.WriteFile(filepath.Join(artefacts, name+".png"), png, 0o644))
}

// mostShift is how far a page may move under its reader while it is loaded: the
// sum of its layout shifts (CLS). Browsers call 0.1 good.
const mostShift = 0.05

// still checks that the page did not move while it was loaded.
func (p *page) still(where string) {
	p.t.Helper()
	var shift float64
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	require.NoError(p.t, chromedp.Run(ctx, chromedp.Evaluate(`new Promise(done => {
		let sum = 0;
		new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }).observe({type: "layout-shift", buffered: true});
		setTimeout(() => done(sum), 300);
	})`, &shift, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) })), where)
	require.LessOrEqual(p.t, shift, mostShift, "%s moves while it is loaded", where)
}

// axe has axe-core judge the page by WCAG 2.2 AA.
func (p *page) axe(where string) {
	p.t.Helper()
	source, err := os.ReadFile("../../internal/web/assets/node_modules/axe-core/axe.min.js")
	require.NoError(p.t, err, "run make assets")
	var findings []string
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	require.NoError(p.t, chromedp.Run(ctx, chromedp.Evaluate(string(source)+";0", nil),
		chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).then(r => r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")))`,
			&findings, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) })), where)
	require.Empty(p.t, findings, where)
}
