package assets

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var sources = os.DirFS(".")

func needBuilt(t *testing.T) {
	t.Helper()
	if !Built() {
		t.Skip("assets are not built: run `npm ci && npm run build` in internal/web/assets")
	}
}

func get(t *testing.T, method, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestServes(t *testing.T) {
	needBuilt(t)
	js, err := URL("app.js")
	require.NoError(t, err)

	f := func(accept, encoding string) {
		t.Helper()
		res := get(t, "GET", js, "Accept-Encoding", accept)
		require.Equal(t, 200, res.StatusCode)
		require.Equal(t, encoding, res.Header.Get("Content-Encoding"))
		require.Contains(t, res.Header.Get("Cache-Control"), "immutable")
		require.Equal(t, "text/javascript; charset=utf-8", res.Header.Get("Content-Type"))
	}
	f("", "")
	f("gzip", "gzip")
	f("gzip, deflate, br, zstd", "br")
	f("br;q=0, gzip;q=0.5", "gzip")
	f("br;q=1.0", "br")
	f("identity", "")

	plain, err := io.ReadAll(get(t, "GET", js).Body)
	require.NoError(t, err)
	unpack, err := gzip.NewReader(get(t, "GET", js, "Accept-Encoding", "gzip").Body)
	require.NoError(t, err)
	unpacked, err := io.ReadAll(unpack)
	require.NoError(t, err)
	require.Equal(t, string(plain), string(unpacked))

	tag := get(t, "GET", js, "Accept-Encoding", "br").Header.Get("ETag")
	require.Equal(t, 304, get(t, "GET", js, "Accept-Encoding", "br", "If-None-Match", tag).StatusCode)
	require.Equal(t, 200, get(t, "GET", js, "If-None-Match", tag).StatusCode, "another form has another tag")
	require.Equal(t, 405, get(t, "POST", js).StatusCode)
}

func TestServesOnlyWhatIsListed(t *testing.T) {
	needBuilt(t)
	for _, path := range []string{"", "manifest.json", ".gitkeep", "fonts", "../assets.go", "app.js", "app-00000000.js"} {
		require.Equal(t, 404, get(t, "GET", Prefix+path).StatusCode, path)
	}
}

func TestIcon(t *testing.T) {
	needBuilt(t)
	svg, err := Icon("arrow-right", "flip")
	require.NoError(t, err)
	require.Regexp(t, `^<svg class="icon flip" aria-hidden="true"><use href="/assets/icons-[0-9A-F]{8}\.svg#arrow-right"/></svg>$`, string(svg))
	_, err = Icon("no-such-icon")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = URL("ap.js")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// The overview may take 400 KB compressed in all; what is ours of it, without
// the page itself, must leave room, in the language that needs most letters.
func TestBudget(t *testing.T) {
	needBuilt(t)
	total := 0
	for _, name := range []string{"app.js", "app.css", "charts.js", "icons.svg", "fonts/inter-latin-wght-normal.woff2", "fonts/inter-latin-ext-wght-normal.woff2"} {
		url, err := URL(name)
		require.NoError(t, err)
		body, err := io.ReadAll(get(t, "GET", url, "Accept-Encoding", "br").Body)
		require.NoError(t, err)
		total += len(body)
	}
	require.Less(t, total, 370<<10)
}

// The policy of the pages forbids inline styles and scripts; right-to-left pages
// come mirrored only if nothing is said in left and right.
func TestStyleSheetSpeaksLogically(t *testing.T) {
	files, err := fs.Glob(sources, "src/css/*.css")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		css, err := fs.ReadFile(sources, file)
		require.NoError(t, err)
		for n, line := range strings.Split(string(css), "\n") {
			require.NotRegexp(t, `(^|[\s;{])(margin|padding|border)-(left|right|top|bottom)\s*:|(^|[\s;{])(left|right|top|bottom|width|height|max-width|min-width)\s*:|text-align:\s*(left|right)|float\s*:`, line, "%s:%d", file, n+1)
		}
	}
}
