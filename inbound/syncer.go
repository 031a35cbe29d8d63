package inbound

import (
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/discover/presets"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Syncer collects mail from its accounts. It is safe for concurrent use.
type Syncer struct {
	leaser
	settingsKeeper
	fetchers      map[Protocol]Fetcher
	store         Store // with the archive
	archive       Archive
	customers     customerRepo
	distributor   assign.Distributor
	dispatcher    *notify.Dispatcher // nil without a Notifier
	limits        Limits
	opener        email.Opener
	logger        *slog.Logger
	observer      Observer
	spool         *spooler
	budget        *Budget
	user          userID // of the budget
	running       *crew
	waiting       sync.Map // accounts that another process runs: since when this one waits
	recorder      healthRecorder
	passes        atomic.Int32 // calls of Sync that have not returned
	wakeDispatch  signal       // there may be something in the outbox
	wakeAssign    signal       // a customer may wait for a manager
	keychain      *keychain
	retired       sync.Map // accounts whose failed records were looked through; see retire
	transactions  *transactions
	refingerprint refingerprint
	depth         outboxDepth
	presetFor     func(host string) presets.Preset
	lookedAt      sync.Map // groups without anybody, when the host was asked for customers it has taken
}

// New checks the configuration and returns a Syncer, or an error that names
// all problems together. It does not connect to anything.
func New(c Config) (*Syncer, error) {
	limits := c.Limits.withDefaults()
	if err := c.validate(limits); err != nil {
		return nil, err
	}
	budget := c.Budget
	if budget == nil {
		budget = NewBudget(BudgetOptions{MemoryBytes: limits.MemoryBytes})
	}
	user := budget.newUser()
	limits.MemoryBytes = budget.memory.total
	customers := customerRepo{c.CustomerRepo}
	logger := c.Logger
	if logger == nil {
		logger = slog.Default()
	}
	logger = slog.New(discreetHandler{logger.Handler()})
	s := &Syncer{
		leaser:    leaser{c.Store, logger},
		fetchers:  c.Fetchers,
		store:     archivedStore{c.Store, c.Archive},
		archive:   c.Archive,
		customers: customers,
		distributor: assign.Distributor{
			Directory: timeoutDirectory{c.ManagerDirectory}, Turns: c.Store, Tiers: c.Tiers},
		limits:       limits,
		opener:       c.Opener,
		logger:       logger,
		spool:        newSpooler(c.SpoolDir, budget.memory, user),
		budget:       budget,
		user:         user,
		running:      newCrew(),
		wakeDispatch: newSignal(),
		wakeAssign:   newSignal(),
		presetFor:    presets.For,
		keychain:     newKeychain(c.Credentials),
		transactions: &transactions{store: c.Store, customers: customers},
	}
	s.recorder = healthRecorder{store: c.Store, operators: slices.Clone(c.Operators), dispatch: s.wakeDispatch}
	s.keychain.logger, s.keychain.network = logger, c.Network
	s.settingsKeeper.init(c, limits, logger)
	if c.Observer != nil {
		s.observer = c.Observer.inOrder()
		s.keychain.observer = &s.observer
	}
	if c.Notifier != nil {
		d := c.Dispatcher
		s.dispatcher = &notify.Dispatcher{Outbox: c.Store, Notifier: c.Notifier,
			Attempts: d.Attempts, Backoff: d.Backoff, Timeout: d.Timeout}
	}
	return s, nil
}
