package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/callpace/callpace"
)

// querier is a connection pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// row is one row of an answer.
type row interface{ Scan(dest ...any) error }

// find reads one row; without any it gives NotFound with the key.
func find[T any](ctx context.Context, q querier, missing string, read func(row) (T, error), query string, args ...any) (T, error) {
	found, err := read(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, callpace.E(callpace.NotFound, missing)
	}
	return found, err
}

// list reads all rows.
func list[T any](ctx context.Context, q querier, read func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := read(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// change runs one statement and tells how many rows it touched.
func change(ctx context.Context, q querier, query string, args ...any) (int, error) {
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// must runs a statement that has to touch a row; NotFound or Conflict says the
// code and key of the error where it does not.
func must(ctx context.Context, q querier, code callpace.Code, key string, query string, args ...any) error {
	n, err := change(ctx, q, query, args...)
	if err == nil && n == 0 {
		return callpace.E(code, key)
	}
	return err
}

// newID gives a UUIDv7.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return id.String(), nil
}

// at is an instant as it is stored: microseconds since 1970, the zero time as null.
func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant reads what at wrote.
type instant struct{ into *time.Time }

func (i instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*i.into = time.Time{}
	case int64:
		*i.into = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("%T is not an instant", v)
	}
	return nil
}

// text is a nullable text: "" is null.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// encoded writes a value as JSON. Those stored here cannot fail to encode.
func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}

// decoded reads JSON into what it points to.
type decoded struct{ into any }

func (d decoded) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), d.into)
	case []byte:
		return json.Unmarshal(v, d.into)
	}
	return fmt.Errorf("%T is not JSON", v)
}
