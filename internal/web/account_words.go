package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
)

// roleName is a role's name in the reader's language, or the organisation's own for it.
func (r *request) roleName(role auth.Role) string {
	if own := r.org.RoleNames[string(role)+"."+r.reader.Lang()]; own != "" {
		return own
	}
	return r.reader.Text("role." + string(role))
}

// instant writes a moment in the organisation's zone; the zero time is a dash.
func (r *request) instant(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	zone, err := time.LoadLocation(r.settings.Zone)
	if err != nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return r.reader.T("web.instant", map[string]any{"date": r.reader.Date(facts.DayOf(t.Year(), t.Month(), t.Day())), "time": r.reader.Digits(fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute()))})
}

// browserName says by what a session was begun, as far as its name tells.
func (r *request) browserName(agent string) string {
	on := ""
	for _, x := range [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, x[0]) {
			on = " · " + x[1]
			break
		}
	}
	for _, x := range [][2]string{{"Firefox", "Firefox"}, {"Edg", "Edge"}, {"OPR", "Opera"}, {"Chrome", "Chrome"}, {"Chromium", "Chromium"}, {"Safari", "Safari"}} {
		if strings.Contains(agent, x[0]) {
			return x[1] + on
		}
	}
	return r.reader.Text("account.unknown_browser") + on
}

// organisationName is what no password may be made of.
func (s *Server) organisationName(ctx context.Context) string {
	var org Organisation
	_ = s.State.Settings().FindSetting(ctx, OrganisationSetting, &org) // without it, one check less
	return org.Name
}

// secondFactorRoles are the roles that must have a second factor.
func (s *Server) secondFactorRoles(ctx context.Context) ([]string, error) {
	var org Organisation
	err := s.State.Settings().FindSetting(ctx, OrganisationSetting, &org)
	return org.SecondFactor, err
}

// dones are what a page may be told to say of a form that was taken.
var dones = map[string][]string{
	"custom":   {"saved", "retired", "restored"},
	"account":  {"profile", "password", "session", "token_revoked", "factor_removed"},
	"sign_in":  {"password", "forgot"},
	"goals":    {"set", "changed", "closed", "deleted", "split", "saved"},
	"mail":     {"on", "off"},
	"settings": {"saved", "disabled", "enabled", "factor_reset", "signed_out", "alias", "member", "mailed"},
}

// done is the notice of a form that was taken, as the address names it.
func (r *request) done(page string) []notice {
	name := r.URL.Query().Get("done")
	for _, known := range dones[page] {
		if name == known {
			return []notice{{"good", r.reader.Text("done." + page + "." + name)}}
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func upper(s string) string { return strings.ToUpper(s) }

// weekday reads a day's number, Sunday being 0; anything else is Monday.
func weekday(text string) time.Weekday {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= 6 {
		return time.Weekday(n)
	}
	return time.Monday
}

const longestText = 200

// cleanText brings what somebody typed to one line of bounded length.
func cleanText(text string) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " "))
	return string(runes[:min(len(runes), longestText)])
}
