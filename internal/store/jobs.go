package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Job is a piece of long work as it is kept: what it is about is told by
// internal/jobs, which writes the document.
type Job struct {
	ID       string
	Document json.RawMessage
	EndedAt  time.Time // zero while it is under way
}

// Jobs is the repository of long work.
type Jobs struct{ s State }

// Jobs gives the repository of long work.
func (s State) Jobs() Jobs { return Jobs{s} }

func readJob(r row) (j Job, err error) {
	var text string
	var ended int64
	err = r.Scan(&j.ID, &text, &ended)
	j.Document = json.RawMessage(text)
	if ended > 0 {
		j.EndedAt = time.UnixMicro(ended).UTC()
	}
	return j, err
}

// CreateJob keeps a job that begins and gives its id.
func (r Jobs) CreateJob(ctx context.Context, document any) (id string, err error) {
	if id, err = newID(); err != nil {
		return "", err
	}
	return id, r.UpdateJob(ctx, id, document, time.Time{})
}

// UpdateJob writes what became of a job; ended is zero while it is under way.
func (r Jobs) UpdateJob(ctx context.Context, id string, document any, ended time.Time) error {
	text, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("update job %s: %w", id, err)
	}
	if _, err = change(ctx, r.s.write, `INSERT INTO jobs (id, document, ended_at) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET document = excluded.document, ended_at = excluded.ended_at`, id, string(text), bound(ended)); err != nil {
		return fmt.Errorf("update job %s: %w", id, err)
	}
	return nil
}

// FindJob gives a job; NotFound where it is not known, or no longer.
func (r Jobs) FindJob(ctx context.Context, id string) (Job, error) {
	return find(ctx, r.s.read, "job.unknown", readJob, "SELECT id, document, ended_at FROM jobs WHERE id = $1", id)
}

// FindJobsUnderWay lists the jobs that have not ended, the oldest first.
func (r Jobs) FindJobsUnderWay(ctx context.Context) ([]Job, error) {
	return r.find(ctx, "ended_at = 0 ORDER BY id")
}

// FindJobsEnded lists the jobs that have ended, the latest first.
func (r Jobs) FindJobsEnded(ctx context.Context) ([]Job, error) {
	return r.find(ctx, "ended_at > 0 ORDER BY ended_at DESC, id")
}

func (r Jobs) find(ctx context.Context, which string) ([]Job, error) {
	found, err := list(ctx, r.s.read, readJob, "SELECT id, document, ended_at FROM jobs WHERE "+which)
	if err != nil {
		return nil, fmt.Errorf("find jobs: %w", err)
	}
	return found, nil
}

// DeleteJobs forgets the jobs that ended before a time.
func (r Jobs) DeleteJobs(ctx context.Context, before time.Time) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM jobs WHERE ended_at > 0 AND ended_at < $1", at(before)); err != nil {
		return fmt.Errorf("delete jobs: %w", err)
	}
	return nil
}
