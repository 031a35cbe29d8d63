package inbound

import (
	"context"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/notify"
)

// Store is the memory of the SDK. Implementations are safe for concurrent use;
// package inboundtest has the tests that they must pass.
type Store interface {
	// Atomic calls fn with a context that carries a transaction: what fn does through
	// the Store with that context becomes visible and durable together when fn returns
	// nil, and not at all when it returns an error or panics. When Atomic returns nil,
	// the work is durable: it will survive a crash. Atomic within Atomic joins the
	// outer one, which fails when the inner one does. Atomic does not call fn a second
	// time, for example after a serialization failure: it returns the error, preferably
	// one that wraps ErrTemporary. A method called outside of Atomic is atomic by
	// itself.
	Atomic(ctx context.Context, fn func(ctx context.Context) error) error

	Ledger
	Emails
	Progress
	Overview
	Intents
	Leases
	assign.Turns
	assign.Assignments
	notify.Outbox
	notify.Holder
}
