// Package demo makes the demo company: a telesales team with 40 agents whose
// quarter is simulated call by call. It only writes files, as a dialler, a CRM,
// a contact centre and a personnel office would; they come in through the same
// mappings, journal and decoders as anybody's data.
//
// The same seed and the same last day give the same bytes. Some things are put
// in to be found: team East is weak at getting appointments, one agent marks
// leads that nobody reached as lost, new agents learn, and the latest orders
// file cancels sales that an earlier one had told.
package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

//go:embed mappings/*.yaml
var mappings embed.FS

// File is one file of the demo company, with the mapping that reads it.
type File struct {
	Source  string // name of the source it belongs to
	Name    string
	Mapping string // YAML text
	Data    []byte
}

// Days is how long the simulated time is: that many days up to the last one.
const Days = 90

// What is known of the demo company.
const (
	Name     = "Adria Direct"
	Zone     = "Europe/Zagreb"
	WeakTeam = "East" // at getting appointments
)

// Make simulates the company up to now (the running day stops at now) and
// gives its files in the order in which they are to be imported.
func Make(seed uint64, now time.Time) ([]File, error) {
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		return nil, fmt.Errorf("load the demo company's zone: %w", err)
	}
	c := newCompany(rand.New(rand.NewPCG(seed, 0x63616c6c70616365)), now.In(zone))
	c.work()
	return c.files()
}

// sheet collects the rows of one CSV file.
type sheet struct {
	buf bytes.Buffer
	csv *csv.Writer
}

func newSheet(header ...string) *sheet {
	s := &sheet{}
	s.csv = csv.NewWriter(&s.buf)
	s.row(header...)
	return s
}

// row writes a row. A bytes.Buffer cannot fail, so neither can this.
func (s *sheet) row(cells ...string) { _ = s.csv.Write(cells) }

func (s *sheet) bytes() []byte {
	s.csv.Flush()
	return s.buf.Bytes()
}

// stamp prints a moment as the demo's systems do; unknown stays empty.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05")
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

func date(t time.Time) string { return t.Format("2006-01-02") }
