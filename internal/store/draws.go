package store

import (
	"context"
	"fmt"
	"time"
)

// Draw is a random choice of an agent's calls for review, with the seed from
// which the same choice can be drawn again.
type Draw struct {
	ID      string    `json:"id"`
	Agent   string    `json:"agent"`
	FromDay int64     `json:"from_day"` // days since 1970
	ToDay   int64     `json:"to_day"`   // inclusive
	Seed    int64     `json:"seed"`
	Calls   []string  `json:"calls"`
	DrawnBy string    `json:"drawn_by"`
	DrawnAt time.Time `json:"drawn_at"`
}

// Draws is the repository of draws.
type Draws struct{ s State }

// Draws gives the repository of draws.
func (s State) Draws() Draws { return Draws{s} }

const drawColumns = "id, agent, from_day, to_day, seed, calls, drawn_by, drawn_at"

func readDraw(r row) (d Draw, err error) {
	err = r.Scan(&d.ID, &d.Agent, &d.FromDay, &d.ToDay, &d.Seed, decoded{&d.Calls}, &d.DrawnBy, instant{&d.DrawnAt})
	return d, err
}

// CreateDraw adds a draw and gives it back with its id.
func (r Draws) CreateDraw(ctx context.Context, d Draw) (Draw, error) {
	id, err := newID()
	if err != nil {
		return Draw{}, err
	}
	d.ID = id
	_, err = change(ctx, r.s.write, "INSERT INTO draws ("+drawColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		d.ID, d.Agent, d.FromDay, d.ToDay, d.Seed, encoded(d.Calls), d.DrawnBy, at(d.DrawnAt))
	if err != nil {
		return Draw{}, fmt.Errorf("create draw: %w", err)
	}
	return d, nil
}

// FindDraw gives a draw by its id.
func (r Draws) FindDraw(ctx context.Context, id string) (Draw, error) {
	d, err := find(ctx, r.s.read, "store.no_draw", readDraw, "SELECT "+drawColumns+" FROM draws WHERE id = $1", id)
	if err != nil {
		return Draw{}, fmt.Errorf("find draw %s: %w", id, err)
	}
	return d, nil
}

// FindDraws lists the draws of an agent, the latest first.
func (r Draws) FindDraws(ctx context.Context, agent string) ([]Draw, error) {
	found, err := list(ctx, r.s.read, readDraw, "SELECT "+drawColumns+" FROM draws WHERE agent = $1 ORDER BY drawn_at DESC, id", agent)
	if err != nil {
		return nil, fmt.Errorf("find draws: %w", err)
	}
	return found, nil
}
