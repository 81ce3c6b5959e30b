package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// View is a page's state kept under a name.
type View struct {
	ID        string    `json:"id"`
	OwnerID   string    `json:"owner_id"`
	Page      string    `json:"page"` // explore, kpi, funnel …
	Name      string    `json:"name"`
	Query     string    `json:"query"` // the page's URL query
	Shared    bool      `json:"shared"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Views is the repository of saved views.
type Views struct{ s State }

// Views gives the repository of saved views.
func (s State) Views() Views { return Views{s} }

const viewColumns = "id, owner_id, page, name, query, shared, updated_at"

func readView(r row) (v View, err error) {
	err = r.Scan(&v.ID, &v.OwnerID, &v.Page, &v.Name, &v.Query, &v.Shared, instant{&v.UpdatedAt})
	return v, err
}

// CreateView adds a view and gives it back with its id. A name that the owner
// has on that page already is a Conflict.
func (r Views) CreateView(ctx context.Context, v View) (View, error) {
	id, err := newID()
	if err != nil {
		return View{}, err
	}
	v.ID = id
	err = must(ctx, r.s.write, callpace.Conflict, "store.view_name_taken", `INSERT INTO views (`+viewColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner_id, page, name) DO NOTHING`,
		v.ID, v.OwnerID, v.Page, v.Name, v.Query, v.Shared, at(v.UpdatedAt))
	if err != nil {
		return View{}, fmt.Errorf("create view: %w", err)
	}
	return v, nil
}

// FindView gives a view that the account owns or that is shared.
func (r Views) FindView(ctx context.Context, accountID, id string) (View, error) {
	v, err := find(ctx, r.s.read, "store.no_view", readView,
		"SELECT "+viewColumns+" FROM views WHERE id = $1 AND (owner_id = $2 OR shared)", id, accountID)
	if err != nil {
		return View{}, fmt.Errorf("find view %s: %w", id, err)
	}
	return v, nil
}

// FindViews lists the views of a page ("" for all) that an account owns or that are shared, by name.
func (r Views) FindViews(ctx context.Context, accountID, page string) ([]View, error) {
	found, err := list(ctx, r.s.read, readView, "SELECT "+viewColumns+` FROM views
		WHERE (owner_id = $1 OR shared) AND ($2 = '' OR page = $2) ORDER BY name, id`, accountID, page)
	if err != nil {
		return nil, fmt.Errorf("find views: %w", err)
	}
	return found, nil
}

// UpdateView writes name, query and whether a view of the owner is shared.
func (r Views) UpdateView(ctx context.Context, v View) error {
	err := r.s.Update(ctx, func(s State) error {
		taken, err := change(ctx, s.write, "UPDATE views SET name = name WHERE owner_id = $1 AND page = $2 AND name = $3 AND id <> $4",
			v.OwnerID, v.Page, v.Name, v.ID)
		if err != nil {
			return err
		}
		if taken > 0 {
			return callpace.E(callpace.Conflict, "store.view_name_taken")
		}
		return must(ctx, s.write, callpace.NotFound, "store.no_view",
			"UPDATE views SET name = $3, query = $4, shared = $5, updated_at = $6 WHERE id = $1 AND owner_id = $2",
			v.ID, v.OwnerID, v.Name, v.Query, v.Shared, at(v.UpdatedAt))
	})
	if err != nil {
		return fmt.Errorf("update view %s: %w", v.ID, err)
	}
	return nil
}

// DeleteView removes a view of its owner.
func (r Views) DeleteView(ctx context.Context, ownerID, id string) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_view", "DELETE FROM views WHERE id = $1 AND owner_id = $2", id, ownerID)
	if err != nil {
		return fmt.Errorf("delete view %s: %w", id, err)
	}
	return nil
}
