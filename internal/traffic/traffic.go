// Package traffic counts what a mail server sends in a pass. The pass puts a Meter into
// its context, and the connections that are bound to that context count into it.
package traffic

import (
	"context"
	"sync/atomic"
	"time"
)

// Meter counts bytes. The zero value has counted none. It may be used concurrently.
type Meter struct {
	bound atomic.Bool
	bytes atomic.Int64
	last  atomic.Int64 // nanoseconds since 1970
}

// Bind says that a connection counts. A nil Meter is told nothing.
func (m *Meter) Bind() {
	if m != nil {
		m.bound.Store(true)
	}
}

// Bound reports whether a connection counts.
func (m *Meter) Bound() bool { return m.bound.Load() }

// Add counts n bytes, which have come now. A nil Meter counts nothing.
func (m *Meter) Add(n int) {
	if m == nil || n <= 0 {
		return
	}
	m.last.Store(time.Now().UnixNano())
	m.bytes.Add(int64(n))
}

// Bytes returns how many have come.
func (m *Meter) Bytes() int64 { return m.bytes.Load() }

// Last returns when the last one came; the zero time if none has.
func (m *Meter) Last() time.Time {
	if at := m.last.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

type key struct{}

// With returns a context in which m counts.
func With(ctx context.Context, m *Meter) context.Context { return context.WithValue(ctx, key{}, m) }

// Of returns the Meter of a context, or nil.
func Of(ctx context.Context) *Meter {
	m, _ := ctx.Value(key{}).(*Meter)
	return m
}
