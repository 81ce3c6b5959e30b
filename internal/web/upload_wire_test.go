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

	"github.com/callpace/callpace/internal/auth"
)

// A browser sends all of a form before it looks for the answer. A file over the
// limit must end in our message, not in a broken connection; what ends in the
// middle leaves nothing behind.
func TestUploadOverTheWire(t *testing.T) {
	s := newSite(t)
	s.UploadLimit = 1 << 20
	b := s.as(auth.Manager)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	form := func() (head, tail string) {
		text, kind := uploadForm(auth.CSRFToken(b.secret), "big.csv", "@@")
		head, tail, _ = strings.Cut(string(text), "@@")
		b.header["Content-Type"] = kind
		return head, tail
	}
	begin := func(more string) (net.Conn, string, string) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(2*time.Minute)))
		head, tail := form()
		_, err = fmt.Fprintf(conn, "POST /imports/new HTTP/1.1\r\nHost: %s\r\nCookie: %s=%s\r\nContent-Type: %s\r\n%s\r\n\r\n",
			server.Listener.Addr(), s.sessionCookie(), b.secret, b.header["Content-Type"], more)
		require.NoError(t, err)
		return conn, head, tail
	}
	answered := func(conn net.Conn) {
		t.Helper()
		a, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		text, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		require.Equal(t, 422, a.StatusCode)
		require.Contains(t, string(text), "1 MiB")
		require.True(t, a.Close)
		require.Empty(t, s.kept())
	}
	const size, piece = 96 << 20, 1 << 20
	filler := strings.Repeat("x", piece)
	t.Run("declared", func(t *testing.T) {
		head, tail := form()
		conn, head, tail := begin(fmt.Sprintf("Content-Length: %d", len(head)+size+len(tail)))
		defer conn.Close()
		_, err := io.WriteString(conn, head)
		require.NoError(t, err)
		for range size / piece {
			_, err := io.WriteString(conn, filler)
			require.NoError(t, err, "the connection was closed while the file was sent")
		}
		_, err = io.WriteString(conn, tail)
		require.NoError(t, err)
		answered(conn)
	})
	t.Run("chunked", func(t *testing.T) {
		conn, head, tail := begin("Transfer-Encoding: chunked")
		defer conn.Close()
		chunk := func(text string) {
			_, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", len(text), text)
			require.NoError(t, err, "the connection was closed while the file was sent")
		}
		chunk(head)
		for range size / piece {
			chunk(filler)
		}
		chunk(tail)
		_, err := io.WriteString(conn, "0\r\n\r\n")
		require.NoError(t, err)
		answered(conn)
	})
	t.Run("2 GB declared", func(t *testing.T) { // who waits for the answer has it at once
		conn, head, _ := begin("Content-Length: 2147483648")
		defer conn.Close()
		_, err := io.WriteString(conn, head)
		require.NoError(t, err)
		answered(conn)
	})
	t.Run("cut off", func(t *testing.T) {
		conn, head, _ := begin("Content-Length: 100000")
		_, err := io.WriteString(conn, head+filler[:1000])
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		require.Eventually(t, func() bool { return len(s.kept()) == 0 }, 10*time.Second, 20*time.Millisecond)
		b.get("/imports").has(200)
	})
}
