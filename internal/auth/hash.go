package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/callpace/callpace"
)

// cost is what one hash takes: kibibytes, passes over them, lanes.
type cost struct {
	memory, passes uint32
	lanes          uint8
}

// owasp is argon2id as the OWASP Password Storage Cheat Sheet asks for (2024):
// 19 MiB, 2 passes, 1 lane.
var owasp = cost{19 * 1024, 2, 1}

// A stored hash asks for no more than this, whoever wrote it.
var most = cost{256 * 1024, 16, 16}

const (
	saltBytes = 16
	keyBytes  = 32
	atOnce    = 4  // hashes computed at a time: 76 MiB
	waiting   = 64 // requests that may wait for their turn
)

// hasher hashes passwords, a few at a time, so that many sign-ins neither fill
// the memory nor starve the pages.
type hasher struct {
	cost  cost
	turns chan struct{}
	queue atomic.Int64
	// nobody is a hash that no password fits: checking it takes the time that
	// checking a real one would.
	nobody string
}

func newHasher(c cost) *hasher {
	h := &hasher{cost: c, turns: make(chan struct{}, atOnce)}
	none := hash{cost: c, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	_, _ = rand.Read(none.salt)
	_, _ = rand.Read(none.key)
	h.nobody = none.String()
	return h
}

// hash gives the encoded hash of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	fresh := hash{cost: h.cost, salt: make([]byte, saltBytes)}
	_, _ = rand.Read(fresh.salt)
	key, err := h.key(ctx, password, fresh.cost, fresh.salt, keyBytes)
	fresh.key = key
	return fresh.String(), err
}

// check tells whether a password fits an encoded hash, and whether that ought
// to be made anew because the cost has changed. An empty or unreadable hash
// fits nothing, and takes as long as any other.
func (h *hasher) check(ctx context.Context, encoded, password string) (fits, renew bool, err error) {
	stored, readable := parseHash(encoded)
	if !readable {
		stored, _ = parseHash(h.nobody)
	}
	key, err := h.key(ctx, password, stored.cost, stored.salt, len(stored.key))
	if err != nil {
		return false, false, err
	}
	fits = subtle.ConstantTimeCompare(key, stored.key) == 1 && readable
	return fits, fits && stored.cost != h.cost, nil
}

func (h *hasher) key(ctx context.Context, password string, c cost, salt []byte, length int) ([]byte, error) {
	defer h.queue.Add(-1)
	if h.queue.Add(1) > atOnce+waiting {
		return nil, callpace.E(callpace.Limit, "auth.busy")
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.passes, c.memory, c.lanes, uint32(length)), nil
}

// hash is an argon2id hash with what it was made of.
type hash struct {
	cost      cost
	salt, key []byte
}

// String encodes a hash in the form that all argon2 programs use.
func (h hash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memory, h.cost.passes, h.cost.lanes,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parseHash reads what String wrote, and nothing else.
func parseHash(encoded string) (h hash, ok bool) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 {
		return hash{}, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.cost.memory, &h.cost.passes, &h.cost.lanes); err != nil {
		return hash{}, false
	}
	var saltErr, keyErr error
	h.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	h.key, keyErr = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	switch c := h.cost; {
	case saltErr != nil, keyErr != nil, len(h.salt) < 8, len(h.salt) > 64, len(h.key) < 16, len(h.key) > 64,
		c.passes < 1, c.passes > most.passes, c.lanes < 1, c.lanes > most.lanes,
		c.memory < 8*uint32(c.lanes), c.memory > most.memory,
		h.String() != encoded:
		return hash{}, false
	}
	return h, true
}
