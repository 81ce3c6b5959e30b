package api

import (
	"io"
	"net/http"
)

// readOn is how much of a body net/http itself reads on, after an answer that
// did not wait for it.
const readOn = 256 << 10

// lingering answers a request whose body may be refused before all of it was
// read. Programs look for the answer only when they have sent everything, and
// a connection that is closed before shows as broken: so what they still send
// is read, and dropped. Strangers and who has no right get the answer alone.
func (a *API) lingering(w http.ResponseWriter, r *http.Request) {
	if a.Linger == nil || r.ContentLength >= 0 && r.ContentLength <= readOn {
		a.mux.ServeHTTP(w, r)
		return
	}
	wire, body := http.NewResponseController(w), &heard{ReadCloser: r.Body}
	_ = wire.EnableFullDuplex() // where there is no wire, there is nothing to linger on
	answer := &refusal{ResponseWriter: w, body: body}
	r.Body = body
	a.mux.ServeHTTP(answer, r)
	if answer.refused {
		a.Linger(wire, body)
	}
}

// heard is a body that knows whether all of it was read.
type heard struct {
	io.ReadCloser
	ended bool
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	h.ended = h.ended || err != nil
	return n, err
}

// refusal is an answer that knows whether it refuses a body in the middle.
type refusal struct {
	http.ResponseWriter
	body    *heard
	refused bool
}

func (r *refusal) WriteHeader(status int) {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		if r.refused = !r.body.ended; r.refused {
			r.Header().Set("Connection", "close")
		}
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *refusal) Unwrap() http.ResponseWriter { return r.ResponseWriter }
