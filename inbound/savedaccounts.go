package inbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
)

// SavedAccounts are accounts that are added, changed and removed while Run goes on. They
// are kept in a store, without secrets, which stay with the Credentials. Any process with
// that store may change them: in the process of the change, a Syncer that has the same
// *SavedAccounts as its AccountSource follows immediately, in others within 15 seconds. It is
// safe for concurrent use.
//
// Settings that are wrong are refused with a *FieldError for each problem, as by New; so
// is an account beyond the limit, also if several processes add one at the same time. A
// method called with the context of the store's Atomic is part of that transaction, and
// every Syncer follows within 15 seconds of its end.
type SavedAccounts struct {
	store    AccountStore
	leases   leaser
	rules    accountRules
	validate func(ctx context.Context, a Account) error

	mu      sync.Mutex
	changed chan struct{} // closed with the next change
}

var (
	_ AccountSource   = (*SavedAccounts)(nil)
	_ AccountNotifier = (*SavedAccounts)(nil)
)

// SavedAccountsOptions configure NewSavedAccounts.
type SavedAccountsOptions struct {
	// MaxAccounts is how many accounts there may be, inactive and paused ones included. It
	// should be that of Limits: 0 means 10, a negative value no limit.
	MaxAccounts int
	// Fetchers are those of Config: accounts of other protocols are refused, and so is what
	// a Validator among them refuses. Nil means that a Syncer finds that out.
	Fetchers map[Protocol]Fetcher
	// Validate returns what the host does not want in an account that is added or changed,
	// preferably a *FieldError, or nil. It is called outside of the transaction. Nil means
	// that the host has no rules of its own.
	Validate func(ctx context.Context, a Account) error
	Logger   *slog.Logger // nil means slog.Default
}

// NewSavedAccounts returns the accounts in a store. Options may be nil.
func NewSavedAccounts(store AccountStore, options *SavedAccountsOptions) *SavedAccounts {
	if options == nil {
		options = &SavedAccountsOptions{}
	}
	logger := options.Logger
	if logger == nil {
		logger = slog.Default()
	}
	limits := Limits{MaxAccounts: options.MaxAccounts}.withDefaults()
	return &SavedAccounts{
		store:    store,
		leases:   leaser{store, logger},
		rules:    accountRules{fetchers: options.Fetchers, maxAccounts: limits.MaxAccounts},
		validate: options.Validate,
		changed:  make(chan struct{}),
	}
}

// Accounts implements [AccountSource], in the order in which the accounts were added.
func (s *SavedAccounts) Accounts(ctx context.Context) ([]Account, error) {
	saved, err := s.store.ListAccounts(ctx)
	if err != nil {
		return nil, err
	}
	return accountsOf(saved)
}

// accountsOf returns the accounts that are saved, without those that are being forgotten.
func accountsOf(saved []SavedAccount) (accounts []Account, err error) {
	for _, one := range saved {
		if one.Forgetting {
			continue
		}
		var a Account
		if err := json.Unmarshal([]byte(one.Settings), &a); err != nil {
			return nil, fmt.Errorf("inbound: the saved settings of account %s cannot be read: %w", one.ID, err)
		}
		accounts = append(accounts, a)
	}
	return accounts, nil
}

// Changed implements [AccountNotifier], for the changes that are made by s.
func (s *SavedAccounts) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *SavedAccounts) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Add adds an account after the others. One with an ID that is there is refused, and so is
// one whose predecessor under this ID is still being forgotten. The ID of an account that
// was removed goes on with what is remembered of it: it must be of the same mailbox.
func (s *SavedAccounts) Add(ctx context.Context, a Account) error {
	if err := s.check(ctx, a); err != nil {
		return err
	}
	return s.change(ctx, func(saved []SavedAccount, accounts []Account) (Account, error) {
		refuse := func(field, format string, args ...any) (Account, error) {
			return a, &FieldError{Account: a.ID, Field: field, Err: fmt.Errorf(format, args...)}
		}
		for _, one := range saved {
			switch {
			case one.ID == a.ID && one.Forgetting:
				return refuse("ID", "what was uploaded by an earlier account %s is still being removed: "+
					"wait until Forget has ended, or choose a different ID", a.ID)
			case one.ID == a.ID:
				return refuse("ID", "there is an account %s already: choose a different ID", a.ID)
			}
		}
		if most := s.rules.maxAccounts; most >= 0 && len(accounts) >= most {
			return refuse("", "there are %d accounts already, and at most %d are allowed: "+
				"remove one, or raise MaxAccounts", len(accounts), most)
		}
		return a, a.conflictWith(accounts, s.rules.fetchers)
	})
}

// Change replaces the settings of the account with this ID, except for Paused, which stays
// as it is. The account must stay that of the same mailbox, on whatever server: a
// different mailbox needs an ID of its own. An unknown account is ErrNotFound.
func (s *SavedAccounts) Change(ctx context.Context, a Account) error {
	if err := s.check(ctx, a); err != nil {
		return err
	}
	return s.change(ctx, func(_ []SavedAccount, accounts []Account) (Account, error) {
		i, err := indexOf(accounts, a.ID)
		if err != nil {
			return a, err
		}
		a.Paused = accounts[i].Paused
		return a, a.conflictWith(accounts, s.rules.fetchers)
	})
}

// Pause keeps an account from being connected to until Resume. An unknown account is
// ErrNotFound; one that is paused stays so.
func (s *SavedAccounts) Pause(ctx context.Context, accountID string) error {
	return s.setPaused(ctx, accountID, true)
}

// Resume ends a Pause. An unknown account is ErrNotFound; one that is not paused stays so.
func (s *SavedAccounts) Resume(ctx context.Context, accountID string) error {
	return s.setPaused(ctx, accountID, false)
}

func (s *SavedAccounts) setPaused(ctx context.Context, accountID string, paused bool) error {
	return s.change(ctx, func(_ []SavedAccount, accounts []Account) (Account, error) {
		i, err := indexOf(accounts, accountID)
		if err != nil {
			return Account{}, err
		}
		accounts[i].Paused = paused
		return accounts[i], nil
	})
}

// Remove removes an account, also one whose saved settings cannot be read. Its emails, and
// everything that is remembered of it, stay, until Forget. An unknown account is ErrNotFound.
func (s *SavedAccounts) Remove(ctx context.Context, accountID string) error {
	err := s.store.Atomic(ctx, func(ctx context.Context) error {
		saved, err := s.store.ListAccounts(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(saved, func(a SavedAccount) bool { return a.ID == accountID && !a.Forgetting }) {
			return fmt.Errorf("%w: account %q", ErrNotFound, accountID)
		}
		return s.store.DropAccount(ctx, accountID)
	})
	if err == nil {
		s.announce()
	}
	return err
}

// check returns what is wrong with an account, whatever the others are.
func (s *SavedAccounts) check(ctx context.Context, a Account) error {
	problems := []error{a.Validate()}
	if s.rules.fetchers != nil {
		problems = append(problems, s.rules.checkFetcher(a))
	}
	if s.validate != nil {
		problems = append(problems, s.validate(ctx, a))
	}
	return errors.Join(problems...)
}

// change puts into the store what fn returns, given all that is there.
func (s *SavedAccounts) change(ctx context.Context,
	fn func(saved []SavedAccount, accounts []Account) (Account, error)) error {
	err := s.store.Atomic(ctx, func(ctx context.Context) error {
		saved, err := s.store.ListAccounts(ctx)
		if err != nil {
			return err
		}
		accounts, err := accountsOf(saved)
		if err != nil {
			return err
		}
		a, err := fn(saved, accounts)
		if err != nil {
			return err
		}
		settings, err := settingsOf(a)
		if err != nil {
			return err
		}
		return s.store.PutAccount(ctx, SavedAccount{ID: a.ID, Settings: settings})
	})
	if err == nil {
		s.announce()
	}
	return err
}

// settingsOf returns the settings of an account as they are saved. What would come back
// as something else is refused.
func settingsOf(a Account) (string, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return "", &FieldError{Account: a.ID, Err: fmt.Errorf("the settings cannot be saved: %w", err)}
	}
	var back Account
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(a) {
		return "", &FieldError{Account: a.ID, Err: errors.New("a text in the settings is not UTF-8")}
	}
	return string(text), nil
}

// indexOf returns the index of an account in a list, or an error that is ErrNotFound.
func indexOf(accounts []Account, id string) (int, error) {
	i := slices.IndexFunc(accounts, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return 0, fmt.Errorf("%w: account %q", ErrNotFound, id)
	}
	return i, nil
}
