-- Goals, each with its versions, and what was said of it on each day. Days
-- (_day) are days since 1970; bodies are JSON as internal/goal and
-- internal/goal/track write them.

-- +goose Up
CREATE TABLE goals (
	id         TEXT PRIMARY KEY,     -- short, for people: 12
	parent_id  TEXT REFERENCES goals (id) ON DELETE SET NULL,
	locked     BOOLEAN NOT NULL,     -- a part whose number was set by hand
	state      TEXT NOT NULL CHECK (state IN ('draft', 'active', 'closed')),
	body       TEXT NOT NULL,        -- the version that holds
	baselines  TEXT NOT NULL,        -- frozen, by instance
	closing    TEXT,                 -- null until it is closed
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL
);
CREATE INDEX goals_parent ON goals (parent_id);

CREATE TABLE goal_versions (
	goal_id  TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
	version  BIGINT NOT NULL,
	body     TEXT NOT NULL,
	from_day BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (goal_id, version)
);

-- What was told: one row a day, the day's last word.
CREATE TABLE goal_days (
	goal_id  TEXT NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
	part     TEXT NOT NULL,          -- the agent or team of an "each" goal; '' for all together
	from_day BIGINT NOT NULL,        -- first day of the instance
	day      BIGINT NOT NULL,
	body     TEXT NOT NULL,
	PRIMARY KEY (goal_id, part, from_day, day)
);
