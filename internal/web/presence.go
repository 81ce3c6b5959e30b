package web

import (
	"sync/atomic"
	"time"

	"github.com/callpace/callpace/internal/aside"
)

// presence knows when people ask, and has what the server asks by itself give way
// to them.
type presence struct {
	asked atomic.Int64 // when a request last began or ended, in ns since 1970
	own   aside.Work   // what the server asks by itself
}

// came notes that somebody asks.
func (p *presence) came() {
	p.went()
	p.own.GiveWay()
}

// went notes that somebody's answer is complete.
func (p *presence) went() { p.asked.Store(time.Now().UnixNano()) }

// last is when a request last began or ended.
func (p *presence) last() time.Time { return time.Unix(0, p.asked.Load()) }
