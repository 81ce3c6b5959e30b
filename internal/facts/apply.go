package facts

// Position is how far an input's stream has been turned into facts: a byte
// offset in the stream and the number of lines before it.
type Position struct {
	Offset int64
	Line   int64
}

// Application is a batch on its way into a store, with the place in the
// journal that it reaches. A store applies it in one transaction.
type Application struct {
	Input     int    // number of the input in the journal, from 1
	Stream    int    // the stream that the input belongs to
	Source    string // name of the source
	Batch     *Batch
	Position  Position  // after this batch
	Tail      bool      // the batch is an input's unterminated last record: Position stays before it
	Assembler Assembler // for the batch's Parts; nil where there are none
}

// Counts says what became of input records: Read = New + Updated + Unchanged
// + Skipped + Rejected. Warned counts warnings and is no part of the sum.
type Counts struct {
	Read      int64 `json:"read"`
	New       int64 `json:"new"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Skipped   int64 `json:"skipped"`
	Rejected  int64 `json:"rejected"`
	Warned    int64 `json:"warned"`
}

// Add gives the sum of two counts.
func (c Counts) Add(o Counts) Counts {
	return Counts{c.Read + o.Read, c.New + o.New, c.Updated + o.Updated, c.Unchanged + o.Unchanged,
		c.Skipped + o.Skipped, c.Rejected + o.Rejected, c.Warned + o.Warned}
}
