package callpace

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Code classifies an error, so that one table at each edge (exit codes, HTTP
// statuses) can answer it without reading its text.
type Code string

// The codes. Everything that is not an *Error counts as Internal.
const (
	Invalid     Code = "invalid"     // the request or the input is wrong: the user can mend it
	NotFound    Code = "not_found"   // the thing named does not exist
	Conflict    Code = "conflict"    // the state does not allow it, or somebody else holds it
	Limit       Code = "limit"       // a stated limit was passed
	Damaged     Code = "damaged"     // stored bytes do not match their digest
	Unsupported Code = "unsupported" // known, but not to be had here
	Internal    Code = "internal"    // a fault of ours

	Unauthenticated Code = "unauthenticated" // nobody is signed in, or no longer
	Forbidden       Code = "forbidden"       // known who it is, and not allowed
)

// Error is an error for a user: a code, the key of a message in the catalogues
// and the arguments of that message. The sentence itself is made at the edge,
// in the reader's language. Err, if set, is the cause and is never shown alone.
type Error struct {
	Code Code
	Key  string
	Args map[string]any
	Err  error
}

// E makes an Error. Args are pairs of name and value.
func E(code Code, key string, args ...any) *Error {
	e := &Error{Code: code, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]any, len(args)/2)
		}
		e.Args[args[i].(string)] = args[i+1]
	}
	return e
}

// Because sets the cause and returns the error.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Error is the developer's text: key and arguments in a stable order.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	names := make([]string, 0, len(e.Args))
	for k := range e.Args {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		fmt.Fprintf(&b, " %s=%v", k, e.Args[k])
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of the first *Error in the chain, else Internal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Message names a sentence of the catalogues with its arguments: what a
// warning or a reject carries where an error would say too much.
type Message struct {
	Key  string
	Args map[string]any
}

// M makes a Message. Args are pairs of name and value.
func M(key string, args ...any) Message {
	e := E("", key, args...)
	return Message{Key: e.Key, Args: e.Args}
}
