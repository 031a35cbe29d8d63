package inbound

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// reloadEvery is how often a source of accounts is asked without having told of a
	// change.
	reloadEvery = 15 * time.Second
	// reloadTimeout bounds asking it.
	reloadTimeout = 30 * time.Second
)

// settingsKeeper has the settings as they are now, and reads them again.
type settingsKeeper struct {
	settings atomic.Pointer[settings]
	changed  signal // there are new ones

	source                   AccountSource // nil: the settings stay as they are
	rules                    accountRules
	ownAddresses, ownDomains []string // if the source does not tell
	logger                   *slog.Logger

	begun   atomic.Uint64   // readings that have begun
	reading chan struct{}   // has a value during a reading, which alone uses what follows
	latest  uint64          // the latest reading that has succeeded: its number in begun
	logged  map[string]bool // why accounts cannot run, as it was last read
}

// init sets the keeper up for a checked configuration.
func (k *settingsKeeper) init(c Config, limits Limits, logger *slog.Logger) {
	k.source, k.rules, k.logger = c.AccountSource, c.accountRules(limits), logger
	k.ownAddresses, k.ownDomains, k.changed = c.OwnAddresses, c.OwnDomains, newSignal()
	k.reading = make(chan struct{}, 1)
	st := newSettings(c.Accounts, c.Accounts, nil, c.OwnAddresses, c.OwnDomains)
	st.unread = k.source != nil
	k.settings.Store(st)
}

// Reload reads the accounts from Config.AccountSource again, and has Run follow them
// immediately; Run itself reads them at a change (see [AccountNotifier]), or every 15
// seconds. Accounts that cannot run are logged and become HealthMisconfigured, while the
// others go on. If the source fails, the accounts stay as they were, and its error is
// returned. Without a source Reload does nothing.
func (k *settingsKeeper) Reload(ctx context.Context) error {
	if k.source == nil {
		return nil
	}
	before := k.begun.Load()
	select {
	case k.reading <- struct{}{}:
		defer func() { <-k.reading }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if k.latest > before {
		return nil // it began after this call: many ask while a process takes over another one's accounts
	}
	number := k.begun.Add(1)
	st, err := k.read(ctx)
	if err != nil {
		return fmt.Errorf("inbound: read the accounts: %w", err)
	}
	k.latest = number
	k.settings.Store(st)
	k.changed.send()
	return nil
}

// read reads the settings from the source, and logs which accounts cannot run that could
// when they were read before, or for a different reason.
func (k *settingsKeeper) read(ctx context.Context) (*settings, error) {
	ctx, cancel := context.WithTimeout(ctx, reloadTimeout)
	defer cancel()
	list, err := k.source.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	addresses, domains := k.ownAddresses, k.ownDomains
	if company, ok := k.source.(CompanySource); ok {
		if addresses, domains, err = company.OwnAddresses(ctx); err != nil {
			return nil, err
		}
		if err := validateCompany(addresses, domains); err != nil {
			return nil, err
		}
	}
	admitted, refused := k.rules.admit(list)
	logged := make(map[string]bool, len(refused))
	for _, a := range refused {
		problem := a.err.Error() // it names the account
		if !k.logged[problem] {
			k.logger.ErrorContext(ctx, "account misconfigured", "account", a.ID, "error", a.err)
		}
		logged[problem] = true
	}
	k.logged = logged
	return newSettings(list, admitted, refused, addresses, domains), nil
}

// follow keeps the settings as those of the source until ctx ends.
func (k *settingsKeeper) follow(ctx context.Context) {
	if k.source == nil {
		return
	}
	for ctx.Err() == nil {
		var changed <-chan struct{}
		if notifier, ok := k.source.(AccountNotifier); ok {
			changed = notifier.Changed()
		}
		if err := k.Reload(ctx); err != nil && ctx.Err() == nil {
			k.logger.ErrorContext(ctx, "accounts not read; they stay as they were", "error", err)
		}
		awaitWake(ctx, changed, reloadEvery)
	}
}

// account returns an account as it is configured now. The first call reads the source, if
// nobody has.
func (k *settingsKeeper) account(ctx context.Context, id string) (Account, error) {
	if k.settings.Load().unread {
		if err := k.Reload(ctx); err != nil {
			return Account{}, err
		}
	}
	return k.settings.Load().account(id)
}
