package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
)

// route is one thing that can be asked for. needs is the permission without
// which it is not to be had; anyone marks what a stranger may ask for.
type route struct {
	pattern string // as http.ServeMux's: "GET /kpi/{kpi}"
	needs   auth.Permission
	anyone  bool
	upload  bool // the handler reads the body itself, token first
	first   bool // also for who must set a second factor up first
	handle  func(*request) error
}

// statuses answers errors: the one place where a code becomes a status.
var statuses = map[callpace.Code]int{
	callpace.Invalid: http.StatusBadRequest, callpace.NotFound: http.StatusNotFound, callpace.Conflict: http.StatusConflict,
	callpace.Limit: http.StatusUnprocessableEntity, callpace.Damaged: http.StatusInternalServerError, callpace.Unsupported: http.StatusUnprocessableEntity,
	callpace.Unauthenticated: http.StatusUnauthorized, callpace.Forbidden: http.StatusForbidden,
}

// Status gives the HTTP status of an error.
func Status(err error) int {
	if _, slow := retryAfter(err); slow {
		return http.StatusTooManyRequests
	}
	if status, ok := statuses[callpace.CodeOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// maxForm bounds the body of a form; uploads have a limit of their own.
const maxForm = 1 << 20

// policy lets a page load from here alone, and run and style nothing of its own.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is the one way in: it finds out who asks, refuses what they may not
// have and forms that did not come from our own pages, and answers errors.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		began := s.Now()
		r := s.request(w, hr)
		err := r.enter(rt)
		if err == nil {
			err = rt.handle(r)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			r.fail(err)
		}
		s.Log.Debug("request", "method", hr.Method, "route", rt.pattern, "took", s.Now().Sub(began).Round(time.Millisecond), "error", err)
	})
}

// enter checks who asks, and that they may.
func (r *request) enter(rt route) error {
	err := r.identify()
	r.keepLanguage()
	if err != nil && !rt.anyone {
		return err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if err := r.checkSite(); err != nil {
			return err
		}
		if !rt.upload {
			r.Body = http.MaxBytesReader(r.w, r.Body, maxForm)
			if err := r.checkToken(); err != nil {
				return err
			}
		}
	}
	switch {
	case rt.anyone, rt.first && r.who.Confined:
		return nil
	case r.who.Confined:
		return callpace.E(callpace.Forbidden, "auth.factor_first")
	}
	return r.who.Require(rt.needs)
}

// fail answers an error: a stranger is shown the sign-in page, who lacks a second
// factor where to set it up, everybody else what went wrong, in their language.
func (r *request) fail(err error) {
	status := r.status(err)
	if status == http.StatusUnauthorized && r.Method == http.MethodGet && r.URL.Path != signInPath {
		if e := r.redirect(signInPath + "?next=" + escape(r.URL.RequestURI())); e == nil {
			return
		}
	}
	if r.who.Confined && status == http.StatusForbidden && r.Method == http.MethodGet {
		if e := r.redirect(factorPath); e == nil {
			return
		}
	}
	if status == http.StatusInternalServerError {
		r.s.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	p := errorPage{shell: r.shell("web.error.title", ""), Status: status, Text: r.reader.Error(err)}
	if e := r.pageStatus(status, "error", p); e != nil {
		r.s.Log.Error("error page failed", "error", e)
		http.Error(r.w, http.StatusText(status), status)
	}
}

// errorPage says what went wrong and where to go from there.
type errorPage struct {
	shell
	Status int
	Text   string
}

// visitor is where the request comes from.
func (r *request) visitor() auth.Visitor {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return auth.Visitor{Address: host, UserAgent: r.UserAgent(), Device: r.cookie(deviceCookie)}
}

// isLocal tells a request from this machine that no proxy passed on.
func isLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
