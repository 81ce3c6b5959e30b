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
`
