package main

import (
	"archive/zip"
	"bytes"
	"io"
)

// bomb makes a small workbook whose sheet unpacks to n bytes.
func bomb(n int) []byte {
	sound := book(nil, []any{"id", "when", "agent", "result", "talk"})
	from, err := zip.NewReader(bytes.NewReader(sound), int64(len(sound)))
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		w, err := to.Create(f.Name)
		if err != nil {
			panic(err)
		}
		r, err := f.Open()
		if err != nil {
			panic(err)
		}
		_, _ = io.Copy(w, r)
		_ = r.Close()
		if f.Name == "xl/worksheets/sheet1.xml" {
			block := bytes.Repeat([]byte(" "), 1<<20)
			for range n >> 20 {
				_, _ = w.Write(block)
			}
		}
	}
	_ = to.Close()
	return out.Bytes()
}
