package ingest

import (
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// patience is how long a reader waits while the facts are replaced.
const patience = 5 * time.Second

// Settled is what an organisation has settled, and the KPIs that it defines: one
// state of them, not to be written.
type Settled struct {
	facts.Settings
	kpi.Policy
	Catalogue *kpi.Catalogue
}

// Settled gives what the organisation settled; nil where there is none yet. It
// never waits, not even while the facts are replaced.
func (s *SharedFolder) Settled() *Settled { return s.settled.Load() }

// settle lets readers of the settings see those that the folder has now.
func (s *SharedFolder) settle() {
	s.settled.Store(&Settled{s.folder.settings, s.folder.policy, s.folder.Catalogue()})
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
