package callpace

import (
	"fmt"
	"runtime/debug"
)

// Panic is a panic that was caught: a fault of the program that one piece of
// work met. What else goes on need not end with it.
type Panic struct {
	Value any
	Stack []byte // for the log
}

// Error tells the panic without where it was.
func (p *Panic) Error() string { return fmt.Sprint("panic: ", p.Value) }

// Caught runs fn; a panic of it is its error, a *Panic.
func Caught(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{v, debug.Stack()}
		}
	}()
	return fn()
}
