package inbound

import (
	"log/slog"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/email"
)

// Config is everything a Syncer needs. Store, CustomerRepo, ManagerDirectory, and a
// Fetcher for each protocol that an account uses are required. New checks it; what its
// maps and slices hold must not be changed afterwards.
type Config struct {
	Accounts []Account // may be empty
	// AccountSource is where the accounts are, if they change while Run goes on; Accounts
	// must be empty then. Nil means that Accounts are all.
	AccountSource AccountSource

	Fetchers map[Protocol]Fetcher // what Account.Protocol may be; names are the host's choice
	Store    Store
	// Archive keeps the raw bytes of messages from now on; nil: the Store does, with everything
	// else. What is in the Store already stays there and is read from there. Once there was an
	// Archive, it is needed: Syncer.OpenRaw opens the bytes wherever they are. Somebody has to call
	// Syncer.CleanArchive now and then.
	Archive Archive
	// Credentials has the secrets of the accounts; StaticCredentials holds them in
	// memory, SavedCredentials keep the refresh tokens that providers replace. Nil means
	// none.
	Credentials Credentials

	// Network is what token endpoints of OAuth2 may be at; the zero value is https at public
	// addresses. It should be the same as that of the Fetchers, which have their own.
	Network NetworkPolicy

	// CustomerRepo is the host's. customer.Repo says what is done about its errors.
	CustomerRepo CustomerRepo
	// ManagerDirectory is the host's. While it fails, new customers wait for a manager
	// as they do when nobody is in the group.
	ManagerDirectory ManagerDirectory
	Notifier         Notifier // nil: notifications stay pending in the outbox
	// Operators are the IDs of people whom the Notifier notifies, as it does managers, when an
	// account is broken and when it works again (notify.AccountBroken, AccountRecovered): once
	// each. An account whose login is refused, whose settings are wrong or that its provider
	// has blocked is broken immediately; other trouble, such as a network failure, is told when
	// it lasts an hour, or will before the next attempt. Empty: nobody is notified; Syncer.Health,
	// HealthHandler and the log have it in any case.
	Operators []string

	// OwnAddresses are the company's addresses besides the accounts' user names: mail
	// from them is never collected as a customer's, nor from the same address with a plus
	// tag (shop+orders@shop.example) or, at Gmail, in a different spelling: with or without
	// dots, and at googlemail.com. A group, such as one of Google Groups, that the shop is
	// reached by belongs here or in OwnDomains. May be empty.
	OwnAddresses []string
	// OwnDomains are domains of which every address is the company's own, those of their
	// subdomains included, as in OwnAddresses: "shop.example" has mail.shop.example, too.
	// International ones may be written in Unicode or in ASCII ("xn--..."). New refuses
	// domains of large mail providers, such as gmail.com, and those under which anybody can
	// register, such as co.uk. May be empty.
	OwnDomains []string
	// Opener opens sealed messages, as adapters/smime does; nil: they are uploaded sealed, with
	// a warning. What it returns for a message is what Explain and the stored attachments
	// show, so attachments have to be opened by email.Parser with the same Opener.
	Opener     email.Opener
	Tiers      assign.Tiers     // who gets new customers first; nil means assign.DefaultTiers
	Limits     Limits           // the zero value is the defaults
	Dispatcher DispatcherConfig // the zero value is the defaults
	// Logger gets what goes wrong, with the account, the folder and the source id of the message
	// where there are any. Nil means slog.Default. Above Debug, errors are logged with
	// "[address]" in place of addresses.
	Logger   *slog.Logger
	Observer *Observer // nil: events are dropped
	// SpoolDir is where messages too large for memory wait; "" means the system's
	// folder for temporary files. On Windows, a process that is killed leaves its files
	// (postroom-*.eml) there.
	SpoolDir string
	// Budget bounds the memory, sessions and logins of several Syncers together. Nil: this
	// one has a Budget of its own, with the default bounds and Limits.MemoryBytes.
	Budget *Budget
}

// Limits bound what a Syncer takes on. Zero means the default. A negative value means
// no limit, except for MemoryBytes and Email, where it means the default.
type Limits struct {
	MaxAccounts int // accounts, inactive ones included; default 10
	// MessageBytes is the size of the largest message that is uploaded whole; default
	// 50 MiB. Of a larger one only the beginning is, and it stays on the server.
	MessageBytes int64
	// MemoryBytes is how many bytes of messages are in memory at a time, over all
	// accounts; 0 or less means 24 MiB. With Config.Budget, its MemoryBytes count instead.
	MemoryBytes int64
	// Attempts is after how many failed attempts a message that cannot be committed is
	// quarantined; default 7, which takes two days or more; negative means never. A
	// message that cannot be fetched is never quarantined, but those failures count.
	Attempts int
	Email    email.Limits // of the parser; the default of each is in package email
}

// DispatcherConfig tunes the delivery of notifications.
type DispatcherConfig struct {
	Attempts int           // tries before a notification is dead; 0 means 10
	Backoff  time.Duration // pause after the first failure, doubled with each further one, up to an hour; 0 means 10 s
	Timeout  time.Duration // of one call of the Notifier; 0 means 30 s
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
