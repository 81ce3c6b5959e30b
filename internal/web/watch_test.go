package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/backup"
)

// A file that cannot be taken in is named until it can; a folder can be left
// alone, and looked at at once.
func TestWatchedFolderPauseAndRetry(t *testing.T) {
	s := newSite(t)
	s.WatchRoot = t.TempDir()
	life, stop := context.WithCancel(context.Background())
	s.Jobs.Begin = func(fn func(context.Context)) { go fn(life) }
	write := func(name, text string) {
		path := filepath.Join(s.WatchRoot, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path, s.clock.Now().Add(-time.Minute), s.clock.Now().Add(-time.Minute)))
	}
	shows := func(b *browser, text string) {
		t.Helper()
		require.Eventually(t, func() bool { return strings.Contains(b.get("/imports/watch").body, text) }, time.Minute, 20*time.Millisecond, text)
	}
	head := "id,started,ext,phone,campaign,disposition,talk\n"
	write("bad.csv", "nothing,of,that\n1,2,3\n")
	write("good.csv", head+"50,2026-11-21 09:00:00,101,+385911111150,Solar,sale,60\n")
	s.watching.start(life, s.Server)
	b := s.as(auth.Admin)
	b.post("/imports/watch", "folder", ".", "source", "pbx").goes("/imports/watch")
	shows(b, "<bdi>good.csv</bdi>")
	shows(b, "<bdi>bad.csv</bdi></span>") // the good one behind it does not hide it
	require.Eventually(t, func() bool { return s.figure("sale_calls", "pbx") == "3" }, time.Minute, 20*time.Millisecond)

	action := regexp.MustCompile(`action="(/imports/watch/[0-9a-f]+)/remove"`).FindStringSubmatch(b.get("/imports/watch").body)[1]
	b.post(action + "/pause").goes("/imports/watch")
	b.get("/imports/watch").has(200, "paused", "Watch again").lacks("Try again now")
	write("bad.csv", head+"51,2026-11-21 09:05:00,101,+385911111151,Solar,sale,60\n")
	b.post(action + "/pause").goes("/imports/watch")
	require.Eventually(t, func() bool { return s.figure("sale_calls", "pbx") == "4" }, time.Minute, 20*time.Millisecond)
	write("late.csv", "nothing,of,that\n1,2,3\n")
	b.post(action + "/retry").goes("/imports/watch")
	shows(b, "<bdi>late.csv</bdi></span>")
	s.as(auth.Manager).post(action + "/pause").has(403)
	b.post("/imports/watch/0123/retry").has(404)
	b.post(action + "/remove").goes("/imports/watch")
	stop()
}

// What is wrong is told in words to who asks from the machine, and to nobody else.
func TestReadySaysHowTheCopyFares(t *testing.T) {
	s := newSite(t)
	lag := backup.Lag{Target: "/mnt/other"}
	s.Copy = func() backup.Lag { return lag }
	ask := func(from string) (int, string) {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/readyz", nil)
		r.RemoteAddr = from
		s.handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	b := s.as(auth.Admin)
	b.get("/settings/audit").has(200, "is not known yet").lacks("/mnt/other is complete.")
	lag.Equal = s.clock.Now()
	b.get("/settings/audit").has(200, "The copy of the journal in /mnt/other is complete.")
	lag.Fault = callpace.E(callpace.NotFound, "copy.gone", "path", "/mnt/other")
	status, text := ask("127.0.0.1:1")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "Is its disk mounted?")
	status, text = ask("192.0.2.7:1")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "ok\n", text)
	b.get("/settings/audit").has(200, "Is its disk mounted?")
}
