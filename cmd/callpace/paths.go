package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/alecthomas/kong"
)

// existing reads the path of a file, or of a folder, that is there. Relative
// paths begin in dir, which is the command's own also where a server runs it.
type existing struct {
	dir    string
	folder bool
}

// Decode takes the next word of the command line.
func (e existing) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	var path string
	if err := ctx.Scan.PopValueInto("file", &path); err != nil {
		return err
	}
	if !filepath.IsAbs(path) && path != "" {
		path = filepath.Join(e.dir, path)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir() && !e.folder:
		return fmt.Errorf("%q exists but is a directory", path) // as the parser's own says it; see usageDetail
	case !info.IsDir() && e.folder:
		return fmt.Errorf("%q exists but is not a directory", path)
	}
	target.SetString(path)
	return nil
}
