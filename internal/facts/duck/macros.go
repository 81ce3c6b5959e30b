package duck

// macros are SQL functions over moments, kept as structs of at, day and hour.
// A moment without an hour is only a day, with noon standing in as at.
const macros = `
CREATE OR REPLACE TEMP MACRO moment(at_, day_, hour_) AS {'at_': at_, 'day_': day_, 'hour_': hour_};
-- Whether a is not later than b; null where either is unknown.
CREATE OR REPLACE TEMP MACRO up_to(a, b) AS
	CASE WHEN a.hour_ IS NULL OR b.hour_ IS NULL THEN a.day_ <= b.day_ ELSE a.at_ <= b.at_ END;
-- The earlier moment; of one day the one that knows its hour.
CREATE OR REPLACE TEMP MACRO earlier(a, b) AS
	CASE WHEN a.day_ IS NULL THEN b WHEN b.day_ IS NULL THEN a
		WHEN a.day_ = b.day_ AND a.hour_ IS NULL THEN b WHEN a.day_ = b.day_ AND b.hour_ IS NULL THEN a
		WHEN b.at_ < a.at_ THEN b ELSE a END;
-- The fact that a measure of the change log counts.
CREATE OR REPLACE TEMP MACRO fact_of(measure) AS
	CASE WHEN measure = 'calls' THEN 'calls' WHEN measure IN ('won', 'lost') THEN 'leads' ELSE 'orders' END;
-- A number that puts rows into the order of time, and rows of one instant into an order of their own.
CREATE OR REPLACE TEMP MACRO place(at_, origin, id) AS
	coalesce(epoch_us(at_), 0)::HUGEINT * 18446744073709551616 + hash(origin, id)::HUGEINT;
-- A moment as one number, in the order of place, so that the first of many is a plain minimum: its state is
-- a tenth of a struct's. Above 64 bits stand the microseconds, below them part of the hash, the day (0: none)
-- and the hour (31: none).
CREATE OR REPLACE TEMP MACRO stamp(at_, day_, hour_, origin, id) AS
	(coalesce(epoch_us(at_), 0)::HUGEINT + 4611686018427387904) * 18446744073709551616
		+ ((hash(origin, id) >> 37 << 37) + (coalesce(day_ - DATE '1970-01-01' + 2147483648, 0) * 32 + coalesce(hour_, 31))::UBIGINT)::HUGEINT;
CREATE OR REPLACE TEMP MACRO stamped_day(s) AS nullif(((s & 18446744073709551615)::UBIGINT >> 5) & 4294967295::UBIGINT, 0)::BIGINT;
CREATE OR REPLACE TEMP MACRO stamped(s) AS moment(
	make_timestamp((s >> 64)::BIGINT - 4611686018427387904 + 0 * stamped_day(s)),
	DATE '1970-01-01' + (stamped_day(s) - 2147483648)::INTEGER,
	nullif((s & 31)::TINYINT, 31));
`
