package inbound

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postroom/postroom/customer"
)

func (c Config) validate(limits Limits) error {
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
	if a.Protocol != IMAP && a.Protocol != POP3 {
		problem("protocol %q: want %q or %q", a.Protocol, IMAP, POP3)
	} else if fetchers[a.Protocol] == nil {
		problem("%w for %q: set Config.Fetchers", errNoFetcher, a.Protocol)
	}
	if a.Host == "" || strings.ContainsAny(a.Host, " \r\n\x00/") {
		problem("host %q is not a host name", a.Host)
	}
	if a.Port < 0 || a.Port > 65535 {
		problem("port %d is not between 1 and 65535", a.Port)
	}
	switch a.security() {
	case TLS, StartTLS, Plain:
	default:
		problem("security %q: want %q, %q or %q", a.Security, TLS, StartTLS, Plain)
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
