package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// The kinds of an annotation.
const (
	AnnotationHoliday  = "holiday"
	AnnotationScript   = "script"
	AnnotationOutage   = "outage"
	AnnotationCampaign = "campaign"
	AnnotationOther    = "other"
)

// Annotation says on every chart what happened on some days.
type Annotation struct {
	ID        string    `json:"id"`
	FromDay   int64     `json:"from_day"` // days since 1970
	ToDay     int64     `json:"to_day"`   // inclusive
	Kind      string    `json:"kind"`
	Text      string    `json:"text"`
	Team      string    `json:"team,omitempty"` // "" for the whole organisation
	AuthorID  string    `json:"author_id"`
	CreatedAt time.Time `json:"created_at"`
}

// Annotations is the repository of annotations.
type Annotations struct{ s State }

// Annotations gives the repository of annotations.
func (s State) Annotations() Annotations { return Annotations{s} }

const annotationColumns = "id, from_day, to_day, kind, text, team, author_id, created_at"

func readAnnotation(r row) (a Annotation, err error) {
	err = r.Scan(&a.ID, &a.FromDay, &a.ToDay, &a.Kind, &a.Text, &a.Team, &a.AuthorID, instant{&a.CreatedAt})
	return a, err
}

// CreateAnnotation adds an annotation and gives it back with its id.
func (r Annotations) CreateAnnotation(ctx context.Context, a Annotation) (Annotation, error) {
	if a.FromDay > a.ToDay {
		return Annotation{}, callpace.E(callpace.Invalid, "store.days_reversed")
	}
	id, err := newID()
	if err != nil {
		return Annotation{}, err
	}
	a.ID = id
	_, err = change(ctx, r.s.write, "INSERT INTO annotations ("+annotationColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		a.ID, a.FromDay, a.ToDay, a.Kind, a.Text, a.Team, a.AuthorID, at(a.CreatedAt))
	if err != nil {
		return Annotation{}, fmt.Errorf("create annotation: %w", err)
	}
	return a, nil
}

// FindAnnotation gives an annotation by its id.
func (r Annotations) FindAnnotation(ctx context.Context, id string) (Annotation, error) {
	a, err := find(ctx, r.s.read, "store.no_annotation", readAnnotation, "SELECT "+annotationColumns+" FROM annotations WHERE id = $1", id)
	if err != nil {
		return Annotation{}, fmt.Errorf("find annotation %s: %w", id, err)
	}
	return a, nil
}

// FindAnnotations lists the annotations that touch the days from to to,
// inclusive, in their order. The caller leaves out teams that the reader does not see.
func (r Annotations) FindAnnotations(ctx context.Context, from, to int64) ([]Annotation, error) {
	found, err := list(ctx, r.s.read, readAnnotation,
		"SELECT "+annotationColumns+" FROM annotations WHERE from_day <= $2 AND to_day >= $1 ORDER BY from_day, id", from, to)
	if err != nil {
		return nil, fmt.Errorf("find annotations: %w", err)
	}
	return found, nil
}

// UpdateAnnotation writes days, kind, text and team.
func (r Annotations) UpdateAnnotation(ctx context.Context, a Annotation) error {
	if a.FromDay > a.ToDay {
		return callpace.E(callpace.Invalid, "store.days_reversed")
	}
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_annotation",
		"UPDATE annotations SET from_day = $2, to_day = $3, kind = $4, text = $5, team = $6 WHERE id = $1",
		a.ID, a.FromDay, a.ToDay, a.Kind, a.Text, a.Team)
	if err != nil {
		return fmt.Errorf("update annotation %s: %w", a.ID, err)
	}
	return nil
}

// DeleteAnnotation removes an annotation.
func (r Annotations) DeleteAnnotation(ctx context.Context, id string) error {
	if err := must(ctx, r.s.write, callpace.NotFound, "store.no_annotation", "DELETE FROM annotations WHERE id = $1", id); err != nil {
		return fmt.Errorf("delete annotation %s: %w", id, err)
	}
	return nil
}
