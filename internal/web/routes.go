package web

import (
	"net/http"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/web/assets"
)

// routes is all that can be asked for, with who may ask.
func (s *Server) routes() []route {
	return []route{
		{pattern: "GET " + signInPath, anyone: true, handle: (*request).signIn},
		{pattern: "POST " + signInPath, anyone: true, handle: (*request).takeSignIn},
		{pattern: "POST /sign-in/code", anyone: true, handle: (*request).takeCode},
		{pattern: "POST /sign-out", needs: auth.ViewOwn, handle: (*request).signOut},
		{pattern: "GET /{$}", needs: auth.ViewOwn, handle: (*request).overview},
	}
}

// Handler serves the pages, and what browsers need beside them.
func (s *Server) Handler() http.Handler {
	s.mux.Handle(assets.Prefix, assets.Handler())
	return s.mux
}

const signInPath = "/sign-in"

// sessionCookie is the name of the session's cookie; the prefix has browsers
// refuse it from anywhere but this host, over TLS.
func (s *Server) sessionCookie() string {
	if s.Insecure {
		return "callpace_session"
	}
	return "__Host-callpace"
}
