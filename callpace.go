// Package callpace holds the nouns that every other package speaks of: errors
// that carry a message key, call outcomes, exact amounts. It imports the
// standard library only and knows no file, network, database or clock.
package callpace
