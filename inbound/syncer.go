package inbound

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Syncer collects mail from its accounts. It is safe for concurrent use.
type Syncer struct {
	leaser
	settings        atomic.Pointer[settings]
	fetchers        map[Protocol]Fetcher
	store           Store
	customers       customerRepo
	distributor     assign.Distributor
	dispatcher      *notify.Dispatcher // nil without a Notifier
	limits          Limits
	opener          email.Opener
	logger          *slog.Logger
	observer        Observer
	spool           *spooler
	budget          *Budget
	running         *crew
	settingsChanged signal   // Run has to follow the settings
	waiting         sync.Map // accounts that another process runs: since when this one waits
	wakeDispatch    signal   // there may be something in the outbox
	wakeAssign      signal   // a customer may wait for a manager
	keychain        *keychain
	retired         sync.Map // accounts whose failed records were looked through; see retire
	transactions    *transactions
	refingerprint   refingerprint
	lookedAt        sync.Map // groups without anybody, when the host was asked for customers it has taken
}

// New checks the configuration and returns a Syncer, or an error that names
// all problems together. It does not connect to anything.
func New(c Config) (*Syncer, error) {
	limits := c.Limits.withDefaults()
	if err := c.validate(limits); err != nil {
		return nil, err
	}
	customers := customerRepo{c.CustomerRepo}
	budget := c.Budget
	if budget == nil {
		budget = NewBudget(BudgetOptions{MemoryBytes: limits.MemoryBytes})
	}
	limits.MemoryBytes = budget.memory.total
	s := &Syncer{
		fetchers:  c.Fetchers,
		store:     c.Store,
		customers: customers,
		distributor: assign.Distributor{
			Directory: timeoutDirectory{c.ManagerDirectory}, Turns: c.Store, Tiers: c.Tiers},
		limits:   limits,
		opener:   c.Opener,
		keychain: newKeychain(c.Credentials),
		logger:   c.Logger,
		spool:    newSpooler(c.SpoolDir, budget.memory),
		budget:   budget,
		running:  newCrew(),

		settingsChanged: newSignal(),
		wakeDispatch:    newSignal(),
		wakeAssign:      newSignal(),
		transactions:    &transactions{store: c.Store, customers: customers},
	}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	s.leaser = leaser{c.Store, s.logger}
	s.keychain.logger, s.keychain.network = s.logger, c.Network
	if c.Observer != nil {
		s.observer = *c.Observer
	}
	if c.Notifier != nil {
		d := c.Dispatcher
		s.dispatcher = &notify.Dispatcher{Outbox: c.Store, Notifier: c.Notifier,
			Attempts: d.Attempts, Backoff: d.Backoff, Timeout: d.Timeout}
	}
	s.settings.Store(newSettings(c))
	return s, nil
}

// account returns a configured account.
func (s *Syncer) account(id string) (Account, error) {
	return s.settings.Load().account(id)
}
