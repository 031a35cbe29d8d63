// Package backoff computes how long to wait before the next attempt: a first
// pause that grows by a factor up to a maximum, with optional jitter. It only
// computes; waiting is up to the caller.
package backoff
