-- How a goal was divided among teams and agents, and who was there then, as
-- internal/goal writes it.

-- +goose Up
ALTER TABLE goals ADD COLUMN division TEXT; -- null: never divided
