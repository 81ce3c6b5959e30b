package duck

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/callpace/callpace"
)

// OnChange has tell called with the changes that are about to join the log
// behind its first from entries. An error keeps them, and what they tell of,
// from becoming true. After a crash the same place may be told anew. tell must
// not use the store.
func (s *Store) OnChange(tell func(from int64, changes []Change) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = tell
}

// tell passes on what is in temp.told.
func (s *Store) tell(ctx context.Context) error {
	if s.onChange == nil {
		return nil
	}
	changes, err := readChanges(ctx, s.conn, "temp.told", ChangeFilter{})
	if err != nil || len(changes) == 0 {
		return err
	}
	var from int64
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM changes").Scan(&from); err != nil {
		return fmt.Errorf("count the change log: %w", err)
	}
	return s.onChange(from, changes)
}

// toldChange is a change as it is written down; the figures in millionths.
type toldChange struct {
	Input     int      `json:"input"`
	Month     string   `json:"month"`
	Measure   string   `json:"measure"`
	Before    *big.Int `json:"before"`
	After     *big.Int `json:"after"`
	Cancelled int64    `json:"cancelled,omitempty"`
	Changed   int64    `json:"changed,omitempty"`
	Added     int64    `json:"added,omitempty"`
	Removed   int64    `json:"removed,omitempty"`
}

// MarshalJSON writes the change exactly.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(toldChange{c.Input, c.Month, c.Measure, c.Before.Big(), c.After.Big(), c.Cancelled, c.Changed, c.Added, c.Removed})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Change) UnmarshalJSON(text []byte) error {
	var t toldChange
	if err := json.Unmarshal(text, &t); err != nil {
		return err
	}
	*c = Change{Input: t.Input, Month: t.Month, Measure: t.Measure, Cancelled: t.Cancelled, Changed: t.Changed, Added: t.Added, Removed: t.Removed}
	if t.Before == nil || t.After == nil {
		return fmt.Errorf("change of %s in %s without figures", t.Measure, t.Month)
	}
	var ok, ok2 bool
	c.Before, ok = callpace.BigTotal(t.Before)
	c.After, ok2 = callpace.BigTotal(t.After)
	if !ok || !ok2 {
		return fmt.Errorf("change of %s in %s is too large", t.Measure, t.Month)
	}
	return nil
}
