-- One text for SQLite and PostgreSQL. Instants (_at) are microseconds since
-- 1970 UTC, days (_day) are days since 1970; null is "never". Ids are UUIDv7.

-- +goose Up
CREATE TABLE accounts (
	id           TEXT PRIMARY KEY,
	login        TEXT NOT NULL UNIQUE, -- e-mail address, case-folded
	name         TEXT NOT NULL,
	role         TEXT NOT NULL,
	teams        TEXT NOT NULL,        -- JSON list
	agent        TEXT NOT NULL,
	language     TEXT NOT NULL,
	preferences  TEXT NOT NULL,        -- JSON
	password     TEXT NOT NULL,        -- argon2id; '' until an invitation is taken up
	password_at  BIGINT,
	totp_secret  TEXT NOT NULL,        -- base32; '' without a second factor
	totp_pending TEXT NOT NULL,        -- base32; offered, not yet confirmed
	totp_step    BIGINT NOT NULL,      -- last time step used: a code works once
	created_at   BIGINT NOT NULL,
	disabled_at  BIGINT
);

CREATE TABLE recovery_codes (
	account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	hash       TEXT NOT NULL,
	PRIMARY KEY (account_id, hash)
);

-- Browsers that an account signed in with before.
CREATE TABLE devices (
	account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	hash       TEXT NOT NULL,
	seen_at    BIGINT NOT NULL,
	PRIMARY KEY (account_id, hash)
);

CREATE TABLE sessions (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	stage      TEXT NOT NULL CHECK (stage IN ('code', 'open')),
	failures   BIGINT NOT NULL,
	user_agent TEXT NOT NULL,
	address    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE links (
	hash       TEXT PRIMARY KEY,
	purpose    TEXT NOT NULL CHECK (purpose IN ('setup', 'invitation', 'reset')),
	account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE, -- null for set-up
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT
);
CREATE INDEX links_account ON links (account_id);

CREATE TABLE tokens (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	prefix     TEXT NOT NULL,
	name       TEXT NOT NULL,
	account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	role       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT,
	revoked_at BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id);

-- account_id names no account by reference: the log outlives it.
CREATE TABLE audit (
	seq        BIGINT PRIMARY KEY,
	at         BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	action     TEXT NOT NULL,
	object     TEXT NOT NULL,
	detail     TEXT NOT NULL, -- JSON, as it was hashed
	address    TEXT NOT NULL,
	hash       TEXT NOT NULL
);
CREATE INDEX audit_account ON audit (account_id, seq);
CREATE INDEX audit_action ON audit (action, seq);

-- The end of the chain, so that entries missing there are noticed.
CREATE TABLE audit_head (
	id   BIGINT PRIMARY KEY CHECK (id = 1),
	seq  BIGINT NOT NULL,
	hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE throttles (
	id         TEXT PRIMARY KEY, -- what is counted, hashed
	failures   BIGINT NOT NULL,
	last_at    BIGINT NOT NULL,
	blocked_at BIGINT NOT NULL   -- until then
);

CREATE TABLE settings (
	id         TEXT PRIMARY KEY,
	value      TEXT NOT NULL, -- JSON
	updated_at BIGINT NOT NULL,
	updated_by TEXT NOT NULL
);

CREATE TABLE views (
	id         TEXT PRIMARY KEY,
	owner_id   TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	page       TEXT NOT NULL,
	name       TEXT NOT NULL,
	query      TEXT NOT NULL,
	shared     BOOLEAN NOT NULL,
	updated_at BIGINT NOT NULL,
	UNIQUE (owner_id, page, name)
);

CREATE TABLE annotations (
	id         TEXT PRIMARY KEY,
	from_day   BIGINT NOT NULL,
	to_day     BIGINT NOT NULL, -- inclusive
	kind       TEXT NOT NULL CHECK (kind IN ('holiday', 'script', 'outage', 'campaign', 'other')),
	text       TEXT NOT NULL,
	team       TEXT NOT NULL,   -- '' for all
	author_id  TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	CHECK (from_day <= to_day)
);
CREATE INDEX annotations_day ON annotations (from_day);

CREATE TABLE notes (
	id         TEXT PRIMARY KEY,
	subject    TEXT NOT NULL,
	text       TEXT NOT NULL,
	disputed   BOOLEAN NOT NULL,
	author_id  TEXT NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX notes_subject ON notes (subject);

CREATE TABLE corrections (
	id          TEXT PRIMARY KEY,
	subject     TEXT NOT NULL,
	agent       TEXT NOT NULL,
	team        TEXT NOT NULL,
	text        TEXT NOT NULL,
	author_id   TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
	answer      TEXT NOT NULL,
	answered_by TEXT NOT NULL,
	answered_at BIGINT
);
CREATE INDEX corrections_state ON corrections (state, created_at);

CREATE TABLE draws (
	id       TEXT PRIMARY KEY,
	agent    TEXT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day   BIGINT NOT NULL,
	seed     BIGINT NOT NULL,
	calls    TEXT NOT NULL, -- JSON list
	drawn_by TEXT NOT NULL,
	drawn_at BIGINT NOT NULL
);
CREATE INDEX draws_agent ON draws (agent, drawn_at);

CREATE TABLE mails (
	account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL,
	day        BIGINT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'unknown')),
	attempts   BIGINT NOT NULL,
	error      TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (account_id, kind, day)
);
