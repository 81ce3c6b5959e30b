package journal

import (
	"context"
	"io"
)

// Unpacked reads a file as Receive would store it: without the packing that it
// travelled in.
func Unpacked(ctx context.Context, name string, open func() (io.ReadCloser, error)) (io.ReadCloser, error) {
	return openContent(ctx, Arrival{Name: name, Open: open}, nil)
}
