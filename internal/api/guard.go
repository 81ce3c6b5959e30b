package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

// caller is who asks, and how they read.
type caller struct {
	requestID string
	reader    present.Reader
	who       auth.Identity
	settings  facts.Settings
	policy    kpi.Policy
	defs      *kpi.Catalogue
	now       time.Time
	peers     bool
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}

// asker is who asks for figures: the scope is part of every question.
func (c *caller) asker() question.Asker {
	return question.Asker{Settings: c.settings, Policy: c.policy, Scope: c.who.Scope(c.peers), Now: c.now}
}

// rowAsker is asker for single rows.
func (c *caller) rowAsker() question.Asker {
	a := c.asker()
	a.Scope = c.who.RowScope()
	return a
}

// reader speaks the language that was asked for, else the account's own.
func (a *API) reader(r *http.Request, own string) present.Reader {
	var s facts.Settings // without an organisation the plain calendar does
	defs := kpi.Builtin()
	if settled := a.Folder.Settled(); settled != nil {
		s, defs = settled.Settings, settled.Catalogue
	}
	lang := i18n.Prefer("", r.Header.Get("Accept-Language"), own)
	return present.Reader{Localizer: a.Texts.Localizer(lang, calendar.New(s.Calendar, s.WeekStart)), Catalogue: defs}
}

// needs is the name under which an operation keeps its permission.
const needs = "needs"

// guard is the one way in: it finds out who asks, holds back who asks too
// often, and refuses what they may not have.
func (a *API) guard(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	c := callerOf(r.Context())
	err := a.identify(r, c)
	if err == nil {
		err = a.pace.take(c.who.Token.ID, rateOf(ctx.Operation()), a.Now())
	}
	if p, ok := ctx.Operation().Metadata[needs].(auth.Permission); ok && err == nil {
		err = c.who.Require(p)
	}
	if err != nil {
		a.refuse(ctx, c, err)
		return
	}
	next(ctx)
}

func (a *API) identify(r *http.Request, c *caller) error {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return callpace.E(callpace.Unauthenticated, "api.no_token")
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	who, err := a.Auth.ResumeToken(r.Context(), strings.TrimSpace(secret), auth.Visitor{Address: host, UserAgent: r.UserAgent()})
	if err != nil {
		return err
	}
	c.who, c.now, c.reader = who, a.Now(), a.reader(r, who.Account.Language)
	if a.SeePeers != nil {
		c.peers = a.SeePeers(r.Context())
	}
	return a.Folder.Read(func(f *ingest.Folder) error {
		c.settings, c.policy, c.defs = f.Settings(), f.Policy(), f.Catalogue()
		return nil
	})
}

// refuse answers with a problem before the operation runs.
func (a *API) refuse(ctx huma.Context, c *caller, err error) {
	p := a.problem(c, err)
	for name, list := range p.headers {
		ctx.SetHeader(name, list[0])
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = format.Marshal(ctx.BodyWriter(), p) // the other end may be gone
}

// ids that a program gives its requests; others get one of ours.
var goodID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); goodID.MatchString(id) {
		return id
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// pace holds back tokens that ask too often: a bucket each, and another for
// what they send.
type pace struct {
	mu      sync.Mutex
	buckets map[bucketKey]bucket
}

type bucketKey struct {
	token string
	rate  rate
}

type bucket struct {
	left float64
	at   time.Time
}

// rate is how many requests pass at once, and how many a second after that.
type rate struct{ burst, perSecond float64 }

var (
	asking  = rate{120, 20}
	sending = rate{600, 200} // a dialler tells its events as they happen, and waits for each answer
)

func rateOf(op *huma.Operation) rate {
	if op.OperationID == addEvents {
		return sending
	}
	return asking
}

// take counts a request of a token; where there were too many, the error says
// how long to wait.
func (p *pace) take(token string, r rate, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.buckets == nil || len(p.buckets) > 10_000 {
		p.buckets = map[bucketKey]bucket{}
	}
	key := bucketKey{token, r}
	b, ok := p.buckets[key]
	if !ok {
		b = bucket{r.burst, now}
	}
	b.left = min(r.burst, b.left+r.perSecond*max(0, now.Sub(b.at).Seconds()))
	b.at = now
	defer func() { p.buckets[key] = b }()
	if b.left < 1 {
		return callpace.E(callpace.Limit, "auth.wait", "count", 1, "seconds", 1)
	}
	b.left--
	return nil
}
