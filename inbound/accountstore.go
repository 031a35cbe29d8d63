package inbound

import "context"

// AccountStore keeps the settings of accounts for [SavedAccounts], in the same database as
// the emails. Implementations are safe for concurrent use, also by several processes;
// [inboundtest.TestAccountStore] has the tests that they must pass. adapters/sqlstore and
// adapters/memstore implement it.
//
// [inboundtest.TestAccountStore]: https://pkg.go.dev/github.com/postroom/postroom/inbound/inboundtest#TestAccountStore
type AccountStore interface {
	// Atomic is that of Store.
	Atomic(ctx context.Context, fn func(ctx context.Context) error) error
	Leases

	// ListAccounts returns all accounts in the order in which they were added. Within
	// Atomic, no different transaction changes the list until this one ends: of two that
	// read it in order to add an account, the second one sees what the first one added.
	ListAccounts(ctx context.Context) ([]SavedAccount, error)

	// PutAccount replaces the account with this ID, which keeps its place, or adds it after
	// all others.
	PutAccount(ctx context.Context, a SavedAccount) error

	// DropAccount takes an account off the list; one that is not there is no error.
	// Whatever else the store has of it stays.
	DropAccount(ctx context.Context, accountID string) error

	// ForgetAccount removes, in one transaction, up to about limit (1 or more) of the rows
	// that the store has of an account, and reports whether there may be more: ledger,
	// emails, raw bytes, notifications in any state, customers to be created, states of
	// folders, AccountState, Usage, Health and SavedSecret. Leases keep their tokens, and
	// assignments are the customers'. An email of which a different account has a Duplicate
	// becomes that account's, at the place of that record, which becomes Uploaded. The
	// account on the list stays. A call after the last row does nothing.
	ForgetAccount(ctx context.Context, accountID string, limit int) (more bool, err error)
}

// SavedAccount is an account as an AccountStore keeps it.
type SavedAccount struct {
	ID       string
	Settings string // JSON, without secrets
	// Forgetting is true for an account that was removed, while everything of it is being
	// removed, too.
	Forgetting bool
}
