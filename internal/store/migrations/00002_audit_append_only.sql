-- SQLite's own text (PostgreSQL takes a trigger function instead): a slip in
-- the program cannot rewrite the log. Somebody who owns the file can; the chain
-- tells of it.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
	SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
	SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
