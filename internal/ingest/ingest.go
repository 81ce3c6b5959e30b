// Package ingest holds the use cases around an organisation's data folder:
// creating it, taking inputs in, projecting the journal into facts, and what
// changes the journal afterwards (withdrawing, erasing, re-reading with another
// mapping). It knows what must happen in which order; how bytes are stored,
// decoded and queried is the business of the packages it is given.
package ingest
