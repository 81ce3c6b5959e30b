//go:build unix

package main

import "syscall"

// Everything that the program writes is personal data: for its owner only.
func init() { syscall.Umask(0o077) }
