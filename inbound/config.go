package inbound

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Config is everything a Syncer needs. New checks it; what its maps and slices
// hold must not be changed afterwards.
type Config struct {
	Accounts []Account
	Fetchers map[Protocol]Fetcher // one for each protocol that an account uses, under a name of the host's choice
	Store    Store

	// CustomerRepo is required. An error of it that wraps ErrTemporary says that
	// the whole base is in trouble: the pass ends and is tried again. Any other
	// one is held against the message, which is set aside.
	CustomerRepo CustomerRepo
	// ManagerDirectory is required. While it fails, new customers wait for a
	// manager as they do when nobody is in the group.
	ManagerDirectory ManagerDirectory
	Notifier         Notifier // nil: notifications stay pending in the outbox

	// OwnAddresses are the company's addresses besides the accounts' user
	// names: mail from them is never collected as a customer's.
	OwnAddresses []string
	Tiers        assign.Tiers // nil means assign.DefaultTiers
	Limits       Limits
	Dispatcher   DispatcherConfig
	Logger       *slog.Logger // nil means slog.Default
	Observer     *Observer    // nil means nobody watches
	// SpoolDir is where messages too large for memory wait; "" means the
	// system's folder for temporary files. On Windows, a process that is killed
	// leaves its files (postroom-*.eml) there.
	SpoolDir string
}

// Limits bound what a Syncer takes on. Zero means the default, negative means
// no limit.
type Limits struct {
	MaxAccounts  int   // default 10
	MessageBytes int64 // default 50 MiB; of a larger message only the beginning is uploaded, and it stays on the server
	MemoryBytes  int64 // default 24 MiB: message bytes in memory at a time, over all accounts; no "no limit"
	Attempts     int   // default 7, which takes two days: failures of one message before it is quarantined
	Email        email.Limits
}

// DispatcherConfig tunes delivery of notifications; see notify.Dispatcher.
type DispatcherConfig struct {
	Attempts int
	Backoff  time.Duration
	Timeout  time.Duration
}

// Observer is told what happens. Every func may be nil; they are called from
// several goroutines and must be quick.
type Observer struct {
	// PassEnded: a pass of an account is over; err is nil when it went through.
	PassEnded func(r Report, err error)
	// Progress: so many of the messages on the server are settled.
	Progress func(account string, settled, total int)
	// Settled: a batch was committed; outcomes counts its messages.
	Settled func(account string, outcomes map[Outcome]int, bytes int64)
	// Renumbered: the server gives its mail other identities than before.
	Renumbered func(Renumbering)
}

const (
	defaultMaxAccounts  = 10
	defaultMessageBytes = 50 << 20
	defaultMemoryBytes  = 24 << 20
	defaultAttempts     = 7
)

func (l Limits) withDefaults() Limits {
	if l.MaxAccounts == 0 {
		l.MaxAccounts = defaultMaxAccounts
	}
	if l.MessageBytes == 0 {
		l.MessageBytes = defaultMessageBytes
	}
	if l.MemoryBytes <= 0 {
		l.MemoryBytes = defaultMemoryBytes
	}
	if l.Attempts == 0 {
		l.Attempts = defaultAttempts
	}
	return l
}

// Syncer collects mail from its accounts. It is safe for concurrent use.
type Syncer struct {
	accounts     map[string]Account
	order        []string // account IDs as configured
	fetchers     map[Protocol]Fetcher
	store        Store
	customers    customerRepo
	distributor  assign.Distributor
	dispatcher   *notify.Dispatcher // nil without a Notifier
	own          map[string]bool    // normalised addresses of the company
	limits       Limits
	logger       *slog.Logger
	observer     Observer
	spool        *spooler
	wakeDispatch chan struct{} // there may be something in the outbox
	wakeAssign   chan struct{} // a customer may wait for a manager
	retired      sync.Map      // accounts whose failed rows were looked through; see retire
	transactions transactions
	spareTurns   spareTurns
	lookedAt     sync.Map // groups without anybody, when the host was asked for customers it has taken
}

// New checks the configuration and returns a Syncer, or an error that names
// every problem at once. It does not connect to anything.
func New(c Config) (*Syncer, error) {
	limits := c.Limits.withDefaults()
	if err := c.check(limits); err != nil {
		return nil, err
	}
	s := &Syncer{
		accounts:     make(map[string]Account, len(c.Accounts)),
		fetchers:     c.Fetchers,
		store:        c.Store,
		customers:    customerRepo{c.CustomerRepo},
		distributor:  assign.Distributor{Directory: timeoutDirectory{c.ManagerDirectory}, Turns: c.Store, Tiers: c.Tiers},
		own:          make(map[string]bool),
		limits:       limits,
		logger:       c.Logger,
		spool:        newSpooler(c.SpoolDir, limits.MemoryBytes),
		wakeDispatch: make(chan struct{}, 1),
		wakeAssign:   make(chan struct{}, 1),
	}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	if c.Observer != nil {
		s.observer = *c.Observer
	}
	if c.Notifier != nil {
		d := c.Dispatcher
		s.dispatcher = &notify.Dispatcher{Outbox: c.Store, Notifier: c.Notifier, Attempts: d.Attempts, Backoff: d.Backoff, Timeout: d.Timeout}
	}
	for _, a := range c.Accounts {
		s.accounts[a.ID] = a.withDefaults()
		s.order = append(s.order, a.ID)
		if address, err := customer.Normalize(a.Username); err == nil {
			s.own[address] = true
		}
	}
	for _, address := range c.OwnAddresses {
		address, _ = customer.Normalize(address) // checked above
		s.own[address] = true
	}
	return s, nil
}

func (c Config) check(limits Limits) error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("inbound: "+format, args...))
	}
	if c.Store == nil {
		problem("Config.Store is missing")
	}
	if c.CustomerRepo == nil {
		problem("Config.CustomerRepo is missing")
	}
	if c.ManagerDirectory == nil {
		problem("Config.ManagerDirectory is missing")
	}
	if n := len(c.Accounts); limits.MaxAccounts > 0 && n > limits.MaxAccounts {
		problem("%d accounts, but at most %d are allowed: remove some or raise Limits.MaxAccounts", n, limits.MaxAccounts)
	}
	for _, address := range c.OwnAddresses {
		if _, err := customer.Normalize(address); err != nil {
			problem("own address: %w", err)
		}
	}
	seen := make(map[string]bool)
	for _, a := range c.Accounts {
		if seen[a.ID] {
			problem("account %s: the ID is used twice", a.ID)
		}
		seen[a.ID] = true
		problems = append(problems, a.check(c.Fetchers)...)
	}
	for i, a := range c.Accounts {
		for _, b := range c.Accounts[i+1:] {
			if folder, conflict := a.conflictsWith(b, c.Fetchers); conflict {
				problem("accounts %s and %s collect from the same mailbox (folder %q), and one deletes what the other "+
					"may not have seen: give them folders of their own, or switch DeleteUploaded off", a.ID, b.ID, folder)
			}
		}
	}
	return errors.Join(problems...)
}

// conflictsWith reports whether one of two accounts deletes mail that the other
// collects too, and in which folder. Without a user name, whose mailbox it is shows
// in the credentials alone.
func (a Account) conflictsWith(b Account, fetchers map[Protocol]Fetcher) (folder string, conflict bool) {
	if a.Inactive || b.Inactive || !a.DeleteUploaded && !b.DeleteUploaded || a.ID == b.ID ||
		a.Username == "" || a.mailbox() != b.mailbox() {
		return "", false
	}
	for _, folder := range a.listings(fetchers) {
		folder = folderKey(folder)
		if slices.ContainsFunc(b.listings(fetchers), func(other string) bool { return folderKey(other) == folder }) {
			return folder, true
		}
	}
	return "", false
}

// accountID is what an account may be called: it becomes part of keys and logs.
var accountID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$`)

// check returns every problem of one account's settings.
func (a Account) check(fetchers map[Protocol]Fetcher) []error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("inbound: account %s: "+format, append([]any{a.ID}, args...)...))
	}
	if !accountID.MatchString(a.ID) {
		problem("the ID %q must be 1 to 100 letters, digits, or . _ @ -", a.ID)
	}
	if fetchers[a.Protocol] == nil {
		problem("%w for protocol %q: Config.Fetchers has %q", errNoFetcher, a.Protocol, protocols(fetchers))
	}
	if validator, ok := fetchers[a.Protocol].(Validator); ok {
		if err := validator.Validate(a.withDefaults()); err != nil {
			problem("%w", err)
		}
	}
	if a.namesServer() {
		if a.Host == "" || strings.ContainsAny(a.Host, " \r\n\x00/") {
			problem("host %q is not a host name", a.Host)
		}
		if a.Username == "" {
			problem("the user name is missing")
		}
		if a.Password == "" && a.OAuth2 == nil {
			problem("a password or OAuth2 is missing")
		}
		if strings.ContainsAny(a.Username+a.Password.Reveal(), "\r\n\x00") {
			problem("the user name or password has a line break or NUL in it")
		}
	}
	if a.Port < 0 || a.Port > 65535 {
		problem("port %d is not between 1 and 65535", a.Port)
	}
	switch a.security() {
	case TLS, StartTLS, Plain:
	default:
		problem("security %q: want %q, %q or %q", a.Security, TLS, StartTLS, Plain)
	}
	if a.Protocol == POP3 && len(a.Folders) > 0 {
		problem("folders are for IMAP; POP3 has none")
	}
	for _, f := range a.Folders {
		if f == "" || strings.ContainsAny(f, "\r\n\x00") {
			problem("folder %q is not a folder name", f)
		}
	}
	if a.Start.Now && !a.Start.Since.IsZero() {
		problem("start is either from now or since a date, not both")
	}
	if a.Interval < 0 {
		problem("interval %v is negative", a.Interval)
	}
	if a.DeleteAfter < 0 {
		problem("delete after %v is negative: 0 deletes uploaded messages without a delay", a.DeleteAfter)
	}
	return problems
}

// protocols returns those that there is a fetcher for, in order.
func protocols(fetchers map[Protocol]Fetcher) []Protocol {
	all := slices.Sorted(maps.Keys(fetchers))
	return slices.DeleteFunc(all, func(p Protocol) bool { return fetchers[p] == nil })
}

// isOwn reports whether an address belongs to the company.
func (s *Syncer) isOwn(address string) bool { return s.own[address] }

// account returns a configured account.
func (s *Syncer) account(id string) (Account, error) {
	a, ok := s.accounts[id]
	if !ok {
		return Account{}, fmt.Errorf("%w: account %q; the accounts are %q", ErrNotFound, id, s.order)
	}
	return a, nil
}

// checkFields compares the account's custom fields with the host's definitions,
// where the host tells them.
func (s *Syncer) checkFields(ctx context.Context, a Account) error {
	if len(a.Fields) == 0 {
		return nil
	}
	definitions, known, err := s.customers.fields(ctx)
	if err != nil {
		return fmt.Errorf("inbound: account %s: read field definitions: %w", a.ID, err)
	}
	if !known {
		return nil
	}
	if err := customer.CheckFields(definitions, a.Fields); err != nil {
		return &Error{Account: a.ID, Op: "check custom fields", Class: ErrPermanent, Err: err,
			Hint: "correct the account's custom fields or define the missing ones"}
	}
	return nil
}
