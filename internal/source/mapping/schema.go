package mapping

import (
	_ "embed"
)

//go:embed schema.json
var schema []byte

// Schema gives the JSON schema of mapping files, for editors. Parse does not
// use it: it knows lines and nearest names. A test keeps the two together.
func Schema() []byte { return schema }
