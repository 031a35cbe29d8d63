package inbound

import "context"

// AccountSource is where the accounts are kept, if they change while Run goes on: a host's
// own tables, or [SavedAccounts]. Implementations are safe for concurrent use.
type AccountSource interface {
	// Accounts returns all accounts as they are now, inactive and paused ones included.
	// Their order decides between accounts that exclude each other: the later one is
	// misconfigured, as are those after the first Limits.MaxAccounts. So it has to be the
	// same each time; new accounts come last. The caller does not change what it got, and
	// neither may the source. An error means that nothing is known: the accounts go on as
	// they are.
	Accounts(ctx context.Context) ([]Account, error)
}

// AccountNotifier is an optional interface of [AccountSource]: without it, a change is
// noticed by looking again now and then.
type AccountNotifier interface {
	// Changed returns a channel that is closed after the next change of what Accounts or
	// OwnAddresses return. A caller that gets the channel first and calls Accounts then misses
	// no change.
	Changed() <-chan struct{}
}

// CompanySource is an optional interface of [AccountSource]: the company's own addresses
// change together with the accounts. Config.OwnAddresses and Config.OwnDomains must be
// empty then.
type CompanySource interface {
	// OwnAddresses returns what Config.OwnAddresses and Config.OwnDomains would have.
	OwnAddresses(ctx context.Context) (addresses, domains []string, err error)
}
