package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
)

// Goal is a goal as it is kept: the version that holds, and what was frozen
// and told of it.
type Goal struct {
	goal.Goal
	Parent    string         // the goal that it is a part of
	Locked    bool           // its number was set by hand
	Baselines []track.Frozen // one for each instance that has begun
	Closing   *goal.Closing
	Division  *goal.Division // how it was divided last; nil: never
	Author    string         // name of who made it
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Goals is the repository of goals.
type Goals struct{ s State }

// Goals gives the repository of goals.
func (s State) Goals() Goals { return Goals{s} }

const goalColumns = "id, parent_id, locked, body, baselines, closing, division, created_by, created_at, updated_at"

func readGoal(r row) (g Goal, err error) {
	var id string
	var parent, closing, division *string
	err = r.Scan(&id, &parent, &g.Locked, decoded{&g.Goal}, decoded{&g.Baselines}, &closing, &division, &g.Author, instant{&g.CreatedAt}, instant{&g.UpdatedAt})
	if err != nil {
		return g, err
	}
	if g.ID = id; parent != nil {
		g.Parent = *parent
	}
	if closing != nil {
		err = decoded{&g.Closing}.Scan(*closing)
	}
	if err == nil && division != nil {
		err = decoded{&g.Division}.Scan(*division)
	}
	return g, err
}

// CreateGoal adds a goal and gives it back with its id: its own, or the next
// number. An id that is taken is a Conflict.
func (r Goals) CreateGoal(ctx context.Context, g Goal, on int64) (Goal, error) {
	err := r.s.Update(ctx, func(s State) error {
		if g.ID == "" {
			var n int64
			if err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(CAST(id AS BIGINT)), 0) + 1 FROM goals").Scan(&n); err != nil {
				return err
			}
			g.ID = strconv.FormatInt(n, 10)
		}
		g.Version, g.UpdatedAt = 1, g.CreatedAt
		err := must(ctx, s.write, callpace.Conflict, "store.goal_taken", `INSERT INTO goals (`+goalColumns+`, state)
			VALUES ($1, $2, $3, $4, $5, null, null, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
			g.ID, text(g.Parent), g.Locked, encoded(g.Goal), encoded(g.Baselines), g.Author, at(g.CreatedAt), at(g.UpdatedAt), string(g.State))
		if err != nil {
			return err
		}
		return s.Goals().addVersion(ctx, g, on, g.Author)
	})
	if err != nil {
		return Goal{}, fmt.Errorf("create goal: %w", err)
	}
	return g, nil
}

func (r Goals) addVersion(ctx context.Context, g Goal, on int64, author string) error {
	_, err := change(ctx, r.s.write, "INSERT INTO goal_versions (goal_id, version, body, from_day, author) VALUES ($1, $2, $3, $4, $5)",
		g.ID, g.Version, encoded(g.Goal), on, author)
	return err
}

// FindGoal gives a goal by its id.
func (r Goals) FindGoal(ctx context.Context, id string) (Goal, error) {
	g, err := find(ctx, r.s.read, "store.no_goal", readGoal, "SELECT "+goalColumns+" FROM goals WHERE id = $1", id)
	if err != nil {
		return Goal{}, fmt.Errorf("find goal %s: %w", id, err)
	}
	return g, nil
}

// FindGoals lists the goals in the order in which they were made.
func (r Goals) FindGoals(ctx context.Context) ([]Goal, error) {
	found, err := list(ctx, r.s.read, readGoal, "SELECT "+goalColumns+" FROM goals ORDER BY created_at, length(id), id")
	if err != nil {
		return nil, fmt.Errorf("find goals: %w", err)
	}
	return found, nil
}

// FindHistory lists the versions of a goal in order.
func (r Goals) FindHistory(ctx context.Context, id string) (goal.History, error) {
	found, err := list(ctx, r.s.read, func(r row) (v goal.Version, err error) {
		var from int64
		err = r.Scan(decoded{&v.Goal}, &from, &v.By)
		v.From = calendar.Date(from)
		return v, err
	}, "SELECT body, from_day, author FROM goal_versions WHERE goal_id = $1 ORDER BY version", id)
	if err != nil {
		return nil, fmt.Errorf("find history of goal %s: %w", id, err)
	}
	return found, nil
}

// UpdateGoal writes a goal anew: a version of its own where what is asked for
// has changed. Its baselines are then frozen again, unless the period and what
// it is measured by stayed as they were. Where g.Version is given and another
// has been written since, that is a Conflict.
func (r Goals) UpdateGoal(ctx context.Context, g Goal, on int64, author string, now time.Time) (Goal, error) {
	err := r.s.Update(ctx, func(s State) error {
		was, err := s.Goals().FindGoal(ctx, g.ID)
		if err != nil {
			return err
		}
		history, err := s.Goals().FindHistory(ctx, g.ID)
		if err != nil {
			return err
		}
		if err := unchanged(g.Version, was, history); err != nil {
			return err
		}
		g.Version = 0
		next := history.With(g.Goal, calendar.Date(on), author)
		g.Goal = next[len(next)-1].Goal
		if !was.sameBaseline(g.Goal) {
			g.Baselines = nil
		}
		if g.UpdatedAt = now; len(next) > len(history) {
			if err := s.Goals().addVersion(ctx, g, on, author); err != nil {
				return err
			}
		}
		return s.Goals().write(ctx, g)
	})
	if err != nil {
		return Goal{}, fmt.Errorf("update goal %s: %w", g.ID, err)
	}
	return g, nil
}

func unchanged(seen int, was Goal, history goal.History) error {
	if seen == 0 || seen == was.Version {
		return nil
	}
	return callpace.E(callpace.Conflict, "goals.changed_meanwhile", "version", was.Version, "who", history[len(history)-1].By)
}

// Unchanged is a Conflict where a goal has another version than the one that
// somebody saw; 0 asks nothing.
func (r Goals) Unchanged(ctx context.Context, id string, seen int) error {
	was, err := r.FindGoal(ctx, id)
	if err != nil {
		return err
	}
	history, err := r.FindHistory(ctx, id)
	if err != nil {
		return err
	}
	return unchanged(seen, was, history)
}

func (g Goal) sameBaseline(o goal.Goal) bool {
	return g.KPI == o.KPI && g.Period == o.Period && g.Target.Baseline == o.Target.Baseline && g.Target.Per == o.Target.Per &&
		encoded(g.Scope) == encoded(o.Scope) && encoded(g.Guardrails) == encoded(o.Guardrails)
}

// KeepGoal writes what was frozen of a version and how it ended, which makes no
// version. Of a goal that has changed meanwhile it keeps nothing: what was read
// of the old one says nothing of the new.
func (r Goals) KeepGoal(ctx context.Context, g Goal) error {
	err := r.s.Update(ctx, func(s State) error {
		now, err := s.Goals().FindGoal(ctx, g.ID)
		if err != nil || now.Version != g.Version || now.State != g.State {
			return err
		}
		now.Baselines, now.Closing = g.Baselines, g.Closing
		return s.Goals().write(ctx, now)
	})
	if err != nil {
		return fmt.Errorf("keep goal %s: %w", g.ID, err)
	}
	return nil
}

// KeepDivision writes how a goal was divided, which makes no version.
func (r Goals) KeepDivision(ctx context.Context, id string, d goal.Division, now time.Time) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_goal", "UPDATE goals SET division = $2, updated_at = $3 WHERE id = $1", id, encoded(d), at(now))
	if err != nil {
		return fmt.Errorf("keep division of goal %s: %w", id, err)
	}
	return nil
}

func (r Goals) write(ctx context.Context, g Goal) error {
	var closing any
	if g.Closing != nil {
		closing = encoded(g.Closing)
	}
	return must(ctx, r.s.write, callpace.NotFound, "store.no_goal",
		"UPDATE goals SET parent_id = $2, locked = $3, state = $4, body = $5, baselines = $6, closing = $7, updated_at = $8 WHERE id = $1",
		g.ID, text(g.Parent), g.Locked, string(g.State), encoded(g.Goal), encoded(g.Baselines), closing, at(g.UpdatedAt))
}

// DeleteGoal removes a goal with its history.
func (r Goals) DeleteGoal(ctx context.Context, id string) error {
	if err := must(ctx, r.s.write, callpace.NotFound, "store.no_goal", "DELETE FROM goals WHERE id = $1", id); err != nil {
		return fmt.Errorf("delete goal %s: %w", id, err)
	}
	return nil
}

// Tell keeps what was said of a goal on a day; said again, the day's last word counts.
func (r Goals) Tell(ctx context.Context, id, part string, from int64, told track.Told) error {
	_, err := change(ctx, r.s.write, `INSERT INTO goal_days (goal_id, part, from_day, day, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (goal_id, part, from_day, day) DO UPDATE SET body = excluded.body`, id, part, from, int64(told.Day), encoded(told))
	if err != nil {
		return fmt.Errorf("keep what was told of goal %s: %w", id, err)
	}
	return nil
}

// FindTold lists what was said of a goal's part in the instance that began on a day.
func (r Goals) FindTold(ctx context.Context, id, part string, from int64) ([]track.Told, error) {
	found, err := list(ctx, r.s.read, func(r row) (t track.Told, err error) {
		return t, r.Scan(decoded{&t})
	}, "SELECT body FROM goal_days WHERE goal_id = $1 AND part = $2 AND from_day = $3 ORDER BY day", id, part, from)
	if err != nil {
		return nil, fmt.Errorf("find what was told of goal %s: %w", id, err)
	}
	return found, nil
}
