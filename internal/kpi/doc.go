// Package kpi turns questions for KPIs into answers. The definitions are data
// (catalog/): measures over one fact each, formulas over measures. A query
// becomes one Select per fact and date; an Engine answers those; the results
// are merged by key here, and ratios, intervals and comparisons are reckoned
// on the merged frame. It reads no file of a user's, knows no database and has
// no clock.
package kpi
