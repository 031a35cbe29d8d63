package inbound

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Syncer collects mail from its accounts. It is safe for concurrent use.
type Syncer struct {
	leaser
	accounts      map[string]Account
	order         []string // account IDs as configured
	fetchers      map[Protocol]Fetcher
	store         Store
	customers     customerRepo
	distributor   assign.Distributor
	dispatcher    *notify.Dispatcher // nil without a Notifier
	company       company
	limits        Limits
	opener        email.Opener
	logger        *slog.Logger
	observer      Observer
	spool         *spooler
	wakeDispatch  signal // there may be something in the outbox
	wakeAssign    signal // a customer may wait for a manager
	keychain      *keychain
	retired       sync.Map // accounts whose failed records were looked through; see retire
	transactions  *transactions
	refingerprint refingerprint
	lookedAt      sync.Map // groups without anybody, when the host was asked for customers it has taken
}

// New checks the configuration and returns a Syncer, or an error that names
// all problems together. It does not connect to anything.
func New(c Config) (*Syncer, error) {
	limits := c.Limits.withDefaults()
	if err := c.validate(limits); err != nil {
		return nil, err
	}
	customers := customerRepo{c.CustomerRepo}
	s := &Syncer{
		accounts:  make(map[string]Account, len(c.Accounts)),
		fetchers:  c.Fetchers,
		store:     c.Store,
		customers: customers,
		distributor: assign.Distributor{
			Directory: timeoutDirectory{c.ManagerDirectory}, Turns: c.Store, Tiers: c.Tiers},
		company:      newCompany(c),
		limits:       limits,
		opener:       c.Opener,
		keychain:     newKeychain(c.Credentials),
		logger:       c.Logger,
		spool:        newSpooler(c.SpoolDir, limits.MemoryBytes),
		wakeDispatch: newSignal(),
		wakeAssign:   newSignal(),
		transactions: &transactions{store: c.Store, customers: customers},
	}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	s.leaser, s.keychain.logger, s.keychain.network = leaser{c.Store, s.logger}, s.logger, c.Network
	if c.Observer != nil {
		s.observer = *c.Observer
	}
	if c.Notifier != nil {
		d := c.Dispatcher
		s.dispatcher = &notify.Dispatcher{Outbox: c.Store, Notifier: c.Notifier,
			Attempts: d.Attempts, Backoff: d.Backoff, Timeout: d.Timeout}
	}
	for _, a := range c.Accounts {
		s.accounts[a.ID] = a.withDefaults()
		s.order = append(s.order, a.ID)
	}
	return s, nil
}

// account returns a configured account.
func (s *Syncer) account(id string) (Account, error) {
	a, ok := s.accounts[id]
	if !ok {
		return Account{}, fmt.Errorf("%w: account %q; the accounts are %q", ErrNotFound, id, s.order)
	}
	return a, nil
}
