package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/web/assets"
)

// heaviestOverview is what the overview may weigh on the wire with all that it loads,
// in bytes: as a browser with an empty cache gets it.
const heaviestOverview = 400 << 10

var assetAt = regexp.MustCompile(`(?:/assets/|\./)((?:fonts/)?[a-z-]+-[A-Za-z0-9]+\.(?:css|js|svg|woff2))|((?:app|charts|chunk)-[A-Z0-9]+\.js)`)

func TestOverviewIsLight(t *testing.T) {
	if !assets.Built() {
		t.Skip("the browser assets are not built: make assets")
	}
	s := newSite(t)
	page := s.as(auth.Manager).get("/?period=2026-11").has(200).body
	weight, seen := len(page), map[string]bool{}
	var load func(text string)
	load = func(text string) {
		for _, m := range assetAt.FindAllStringSubmatch(text, -1) {
			name := m[1] + m[2]
			if seen[name] || strings.HasPrefix(name, "fonts/") && !strings.Contains(name, "inter-latin-wght") {
				continue // of the fonts, the browser takes those whose letters it needs
			}
			seen[name] = true
			hr := httptest.NewRequest(http.MethodGet, "http://callpace.example"+assets.Prefix+name, nil)
			hr.Header.Set("Accept-Encoding", "br, gzip")
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, hr)
			require.Equal(t, http.StatusOK, w.Code, name)
			weight += w.Body.Len()
			hr.Header.Del("Accept-Encoding")
			if w = httptest.NewRecorder(); !strings.HasSuffix(name, ".woff2") {
				s.handler.ServeHTTP(w, hr)
				load(w.Body.String())
			}
		}
	}
	load(page)
	for _, part := range []string{"app-", "charts-", "icons-", "inter-latin"} {
		require.Contains(t, strings.Join(sortedKeys(seen), " "), part)
	}
	t.Logf("%d bytes: %v", weight, sortedKeys(seen))
	require.Less(t, weight, heaviestOverview)
}
