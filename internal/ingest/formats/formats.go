// Package formats wires the formats of inputs together, for who opens a folder.
package formats

import (
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/asterisk"
	"github.com/callpace/callpace/internal/source/mapping"
)

// All are the formats that the program reads: a new one is one line here.
func All() *source.Registry {
	var r source.Registry
	r.Register("mapping", mapping.New())
	r.Register(asterisk.CDRName, asterisk.CDR{})
	r.Register(asterisk.QueueLogName, asterisk.QueueLog{})
	return &r
}
