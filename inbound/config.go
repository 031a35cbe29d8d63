package inbound

import (
	"log/slog"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/email"
)

// Config is everything a Syncer needs. New checks it; what its maps and slices
// hold must not be changed afterwards.
type Config struct {
	Accounts []Account
	Fetchers map[Protocol]Fetcher // one for each protocol that an account uses
	Store    Store
	// Credentials has the secrets of the accounts. StaticCredentials is for those that
	// are at hand.
	Credentials Credentials

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
