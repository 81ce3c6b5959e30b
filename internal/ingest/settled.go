package ingest

import (
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// patience is how long a reader waits while the facts are replaced.
const patience = 5 * time.Second

// Settings gives what the organisation settled; ok is false where there is
// none yet. It never waits, not even while the facts are replaced.
func (s *SharedFolder) Settings() (settings facts.Settings, policy kpi.Policy, ok bool) {
	o := s.settled.Load()
	if o == nil {
		return settings, policy, false
	}
	return o.Settings, o.Policy, true
}

// settle lets readers of the settings see those that the folder has now.
func (s *SharedFolder) settle() {
	s.settled.Store(&organisation{s.folder.settings, s.folder.policy})
}

// look takes the reader's side of whole, unless its other side is held for long.
func (s *SharedFolder) look() bool {
	for began := time.Now(); !s.whole.TryRLock(); time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			return false
		}
	}
	return true
}

func replacing() error { return callpace.E(callpace.Conflict, "folder.replacing") }
