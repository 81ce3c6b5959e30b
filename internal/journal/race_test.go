//go:build race

package journal

// stride thins the tests that open hundreds of journals: SQLite is about
// twenty times slower under the race detector, which looks for other faults.
const stride = 11
