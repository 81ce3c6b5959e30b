// Package source says what a format is: how the bytes of an input are cut into
// whole records, and how records become facts. The formats live in the
// packages below this one; they do not know each other, nor the journal, nor
// where facts are stored.
package source

import (
	"sort"

	"github.com/callpace/callpace/internal/facts"
)

// Spec is how an input is to be read. Together with the input's bytes it
// determines every fact, so it is journalled with the input.
type Spec struct {
	Source   string            `json:"source"`            // the name the user gave, such as "pbx-zagreb"
	Format   string            `json:"format"`            // "mapping", "asterisk-cdr", "asterisk-queue-log"
	Mapping  string            `json:"mapping,omitempty"` // text of the mapping file, for the format "mapping"
	Options  map[string]string `json:"options,omitempty"` // settings of the format, by the names it documents
	Settings facts.Settings    `json:"settings"`
}

// Format opens inputs of one kind.
type Format interface {
	// Open prepares to read one input. head is the beginning of it, up to
	// HeadSize bytes (all of it where it is shorter, and where it is longer but
	// can only be read as a whole, if it is at hand): enough to see encoding,
	// header and column count. The error, if any, is for the user.
	Open(spec Spec, head []byte) (Decoder, error)
	// Options describes what Spec.Options may hold.
	Options() []Option
}

// Option is one setting of a format. Name is also the key of its help text
// ("option.<format>.<name>").
type Option struct {
	Name    string
	Default string
	Values  []string // empty: free text
}

// HeadSize is how much of an input Open gets to see.
const HeadSize = 1 << 20

// Limits of every format: what is longer is rejected, and reading goes on behind it.
const (
	MaxRecord  = 8 << 20 // bytes of one record
	MaxColumns = 10_000
	MaxWhole   = 64 << 20 // bytes of an input that cannot be read in pieces (xlsx)
)

// Decoder reads one input. Cut is called by one goroutine; Decode by several
// at once, on different chunks.
type Decoder interface {
	// Start tells how many bytes and lines at the front are no records: byte
	// order mark, comments before the header, the header.
	Start() (bytes, lines int64)
	// Cut gives the length of the longest run of whole, terminated records at
	// the front of data, and how many lines it spans; 0 means that more data
	// is needed. data is never empty. At most MaxRecord bytes are offered
	// without a cut; then Cut is called with giveUp, and must cut somewhere.
	Cut(data []byte, giveUp bool) (bytes int, lines int64)
	// Decode turns a chunk into facts, appending to out. It rejects what it
	// cannot understand and never fails as a whole.
	Decode(c Chunk, out *facts.Batch)
}

// Whole is implemented by decoders of inputs that make sense only as a whole
// (xlsx): they get one chunk with everything, and Cut is not called.
type Whole interface{ Whole() }

// Assembling is implemented by decoders whose records are parts of larger
// things (call legs, queue events).
type Assembling interface{ Assembler() facts.Assembler }

// Blanker is implemented by decoders that can take a person out of their
// records. Blank returns the chunk with the matching records' personal fields
// emptied and says how many records it changed; records that do not match come
// back byte by byte. The number and order of records stay the same.
type Blanker interface {
	Blank(c Chunk, match Person) (data []byte, records int)
}

// Chunk is a run of whole records.
type Chunk struct {
	Data []byte
	Line int64 // number of the first line, from 1
	Tail bool  // the last record of the input, without a terminator: it may be incomplete
}

// Registry holds the formats by name. Adding a format is one Register call
// where the program is wired.
type Registry struct{ formats map[string]Format }

// Register adds a format; a name given twice is a fault of the program.
func (r *Registry) Register(name string, f Format) {
	if r.formats == nil {
		r.formats = map[string]Format{}
	}
	if _, ok := r.formats[name]; ok {
		panic("source: format registered twice: " + name)
	}
	r.formats[name] = f
}

// Find gives the format of a name; ok is false where there is none.
func (r *Registry) Find(name string) (f Format, ok bool) {
	f, ok = r.formats[name]
	return f, ok
}

// Names lists the formats in order.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.formats))
	for n := range r.formats {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
