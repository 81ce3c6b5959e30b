package web

import (
	"net/http"
	"slices"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/web/assets"
)

// routes is all that can be asked for, with who may ask.
func (s *Server) routes() []route {
	return slices.Concat([]route{
		{pattern: "GET " + signInPath, anyone: true, handle: (*request).signIn},
		{pattern: "POST " + signInPath, anyone: true, handle: (*request).takeSignIn},
		{pattern: "POST /sign-in/code", anyone: true, handle: (*request).takeCode},
		{pattern: "POST /sign-out", needs: auth.ViewOwn, handle: (*request).signOut},
		{pattern: "GET /{$}", needs: auth.ViewOwn, handle: (*request).overview},
		{pattern: "GET /kpi/{kpi}", needs: auth.ViewOwn, handle: (*request).kpi},
		{pattern: "POST /kpi/{kpi}/annotations", needs: auth.Annotate, handle: (*request).takeAnnotation},
		{pattern: "POST /kpi/{kpi}/annotations/{id}", needs: auth.Annotate, handle: (*request).takeAnnotation},
		{pattern: "POST /kpi/{kpi}/annotations/{id}/delete", needs: auth.Annotate, handle: (*request).dropAnnotation},
		{pattern: "GET /explore", needs: auth.ViewOwn, handle: (*request).explore},
		{pattern: "POST /explore/views", needs: auth.SaveViews, handle: (*request).saveView},
		{pattern: "POST /explore/views/{id}", needs: auth.SaveViews, handle: (*request).saveView},
		{pattern: "POST /explore/views/{id}/delete", needs: auth.SaveViews, handle: (*request).dropView},
	}, s.importRoutes(), accountRoutes(), mailRoutes(), rowRoutes(), apiRoutes(), peopleRoutes(), catalogueRoutes(), customRoutes(), eraseRoutes(), goalRoutes(), nameRoutes())
}

// Handler serves the pages, and what browsers need beside them.
func (s *Server) Handler() http.Handler {
	s.mux.Handle(assets.Prefix, assets.Handler())
	if s.API != nil {
		s.mux.Handle(apiPath, s.metrics.measured(apiPath, s.API))
	}
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
