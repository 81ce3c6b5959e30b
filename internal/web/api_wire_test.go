package web

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/api"
	"github.com/callpace/callpace/internal/auth"
)

// A program that sends a file over the limit sends all of it, and then reads
// our message, not a broken connection.
func TestAPIUploadOverTheWire(t *testing.T) {
	s := newSite(t)
	s.API = api.New(api.Deps{Folder: s.Folder, State: s.State, Auth: s.Auth, Texts: s.Texts, Now: s.Now, Log: s.Log, Spool: s.dir, UploadLimit: 1 << 20, Linger: Linger})
	manager := s.as(auth.Manager)
	token := s.token(manager)
	server := httptest.NewServer(s.metrics.measured(apiPath, s.API))
	defer server.Close()

	const size, piece = 96 << 20, 1 << 20
	filler := strings.Repeat("x", piece)
	send := func(secret string, declared bool) (*http.Response, string, error) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(2*time.Minute)))
		const head = "--b\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\npbx\r\n--b\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nasterisk-cdr\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.csv\"\r\n\r\n"
		const tail = "\r\n--b--\r\n"
		length := "Transfer-Encoding: chunked"
		if declared {
			length = fmt.Sprintf("Content-Length: %d", len(head)+size+len(tail))
		}
		put := func(text string) {
			if err == nil && declared {
				_, err = io.WriteString(conn, text)
			} else if err == nil {
				_, err = fmt.Fprintf(conn, "%x\r\n%s\r\n", len(text), text)
			}
		}
		_, err = fmt.Fprintf(conn, "POST /api/v1/imports HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: multipart/form-data; boundary=b\r\n%s\r\n\r\n",
			server.Listener.Addr(), secret, length)
		put(head)
		for range size / piece {
			put(filler)
		}
		put(tail)
		if !declared {
			put("")
		}
		if err != nil {
			return nil, "", err
		}
		a, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return nil, "", err
		}
		text, err := io.ReadAll(a.Body)
		return a, string(text), err
	}
	for _, declared := range []bool{true, false} {
		a, text, err := send(token, declared)
		require.NoError(t, err, "the connection was closed while the file was sent")
		require.Equal(t, 413, a.StatusCode, text)
		require.Contains(t, text, "api.too_large")
		require.True(t, a.Close)
	}
	_, _, err := send("cp_nobody", true)
	require.Error(t, err, "for strangers nobody reads on")
	manager.get("/imports").has(200)
}
