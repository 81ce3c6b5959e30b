-- Long work that a user began and waits for, so that what came of it can be
-- asked after a restart, too.

-- +goose Up
CREATE TABLE jobs (
	id       TEXT PRIMARY KEY, -- UUIDv7
	document TEXT NOT NULL,    -- JSON of the job
	ended_at BIGINT NOT NULL   -- 0 while it is under way
);
CREATE INDEX jobs_by_end ON jobs (ended_at);
