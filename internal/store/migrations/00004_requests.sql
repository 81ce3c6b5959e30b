-- Requests of programs that carry an idempotency key: asked again, they are
-- answered as the first time. Nothing of what they brought is in here.

-- +goose Up
CREATE TABLE requests (
	id         TEXT PRIMARY KEY, -- hash of the account and the key
	digest     TEXT NOT NULL,    -- SHA-256 of what was sent
	answer     TEXT NOT NULL,    -- JSON; '' until it was answered
	created_at BIGINT NOT NULL
);
CREATE INDEX requests_by_time ON requests (created_at);
