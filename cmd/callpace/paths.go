package main

import (
	"os"
	"path/filepath"
	"reflect"

	"github.com/alecthomas/kong"

	"github.com/callpace/callpace"
)

// existing reads the path of a file, or of a folder, that is there. Relative
// paths begin in dir, which is the command's own also where a server runs it.
type existing struct {
	dir    string
	folder bool
}

// Decode takes the next word of the command line, or of arguments all of them.
func (e existing) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	if target.Kind() != reflect.Slice {
		path, err := e.next(ctx)
		if err == nil {
			target.SetString(path)
		}
		return err
	}
	for {
		path, err := e.next(ctx)
		if err != nil {
			return err
		}
		target.Set(reflect.Append(target, reflect.ValueOf(path)))
		if ctx.Value.Flag != nil || !ctx.Scan.Peek().IsValue() {
			return nil
		}
	}
}

func (e existing) next(ctx *kong.DecodeContext) (path string, err error) {
	if err := ctx.Scan.PopValueInto("file", &path); err != nil {
		return "", err
	}
	if !filepath.IsAbs(path) && path != "" {
		path = filepath.Join(e.dir, path)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", callpace.E(callpace.Invalid, "usage.not_there", "path", path)
	case info.IsDir() && !e.folder:
		return "", callpace.E(callpace.Invalid, "usage.is_folder", "path", path)
	case !info.IsDir() && e.folder:
		return "", callpace.E(callpace.Invalid, "usage.is_file", "path", path)
	}
	return path, nil
}

// place reads a path of which nothing need be there yet.
type place struct{ dir string }

// Decode takes the next word of the command line.
func (p place) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	var path string
	if err := ctx.Scan.PopValueInto("path", &path); err != nil {
		return err
	}
	if !filepath.IsAbs(path) && path != "" {
		path = filepath.Join(p.dir, path)
	}
	target.SetString(path)
	return nil
}
