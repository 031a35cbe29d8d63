package inbound

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
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
		problem("%d accounts, but at most %d are allowed: remove some or raise Limits.MaxAccounts",
			n, limits.MaxAccounts)
	}
	for _, address := range c.OwnAddresses {
		if _, err := customer.Normalize(address); err != nil {
			problem("own address: %w", err)
		}
	}
	for _, domain := range c.OwnDomains {
		if err := ValidateOwnDomain(domain); err != nil {
			problem("own domain %.80q: %w", domain, err)
		}
	}
	seen := make(map[string]bool)
	for _, a := range c.Accounts {
		if seen[a.ID] {
			problems = append(problems, &FieldError{Account: a.ID, Field: "ID",
				Err: errors.New("the ID is used twice")})
		}
		seen[a.ID] = true
		problems = append(problems, a.Validate(), a.validateIn(c))
	}
	for i, a := range c.Accounts {
		for _, b := range c.Accounts[i+1:] {
			if folder, conflict := a.conflictsWith(b, c.Fetchers); conflict {
				problem("accounts %s and %s collect from the same mailbox (folder %q), and one deletes what the other "+
					"may not have seen: give them folders of their own, or switch DeleteUploaded off",
					a.ID, b.ID, folder)
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

// FieldError is a problem of an account's settings, which a form can show beside the
// field. Errors of New and Account.Validate have one for each problem: see FieldErrors.
type FieldError struct {
	Account string // ID
	Field   string // of Account, such as "Port"; or "Credentials"; "" when it is not of one
	Err     error  // what is wrong, and what is wanted
}

// Error returns a line with the account and the problem.
func (e *FieldError) Error() string {
	return fmt.Sprintf("inbound: account %s: %v", e.Account, e.Err)
}

// Unwrap returns the problem.
func (e *FieldError) Unwrap() error { return e.Err }

// FieldErrors returns every *FieldError in err's tree, in order.
func FieldErrors(err error) []*FieldError {
	var found []*FieldError
	for branch := range tree(err) {
		if e, ok := branch.(*FieldError); ok {
			found = append(found, e)
		}
	}
	return found
}

// accountID is what an account may be called: it becomes part of keys and logs.
var accountID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$`)

// Validate returns what is wrong with the settings, as far as they show by themselves:
// nil, or all problems joined, each a *FieldError. New adds what the other accounts,
// the fetchers and the credentials tell.
func (a Account) Validate() error {
	var problems []error
	problem := func(field, format string, args ...any) {
		problems = append(problems, &FieldError{Account: a.ID, Field: field, Err: fmt.Errorf(format, args...)})
	}
	if !accountID.MatchString(a.ID) {
		problem("ID", "the ID %q must be 1 to 100 letters, digits, or . _ @ -", a.ID)
	}
	if a.Protocol == "" {
		problem("Protocol", "the protocol is missing: %q, %q or a different key of Config.Fetchers", IMAP, POP3)
	}
	if a.namesServer() && (a.Host == "" || strings.ContainsAny(a.Host, " \r\n\x00/")) {
		problem("Host", "host %q is not a host name", a.Host)
	}
	if a.Port < 0 || a.Port > 65535 {
		problem("Port", "port %d is not between 1 and 65535", a.Port)
	}
	switch a.security() {
	case TLS, StartTLS, Plain:
	default:
		problem("Security", "security %q: want %q, %q or %q", a.Security, TLS, StartTLS, Plain)
	}
	switch {
	case strings.ContainsAny(a.Username, "\r\n\x00"):
		problem("Username", "the user name has a line break or NUL in it")
	case a.namesServer() && a.Username == "":
		problem("Username", "the user name is missing")
	}
	if !a.OAuth2.isZero() && (a.OAuth2.ClientID == "" || a.OAuth2.TokenURL == "") {
		problem("OAuth2", "OAuth2 needs both a client ID and a token URL")
	}
	if a.Protocol == POP3 && len(a.Folders) > 0 {
		problem("Folders", "folders are for IMAP; POP3 has none")
	}
	for _, f := range a.Folders {
		if f == "" || strings.ContainsAny(f, "\r\n\x00") {
			problem("Folders", "folder %q is not a folder name", f)
		}
	}
	if a.Start.Now && !a.Start.Since.IsZero() {
		problem("Start", "start is either from now or since a date, not both")
	}
	for _, class := range a.CreateFor {
		if !slices.Contains(email.Classes(), class) {
			problem("CreateFor", "class %.40q is none: want one of %q", class, email.Classes())
		}
	}
	if a.Interval < 0 {
		problem("Interval", "interval %v is negative", a.Interval)
	}
	if a.DeleteAfter < 0 {
		problem("DeleteAfter", "delete after %v is negative: 0 deletes uploaded messages without a delay",
			a.DeleteAfter)
	}
	return errors.Join(problems...)
}

// validateIn returns what the rest of the configuration tells about an account.
func (a Account) validateIn(c Config) error {
	var problems []error
	problem := func(field string, err error) {
		problems = append(problems, &FieldError{Account: a.ID, Field: field, Err: err})
	}
	if fetcher := c.Fetchers[a.Protocol]; fetcher == nil {
		problem("Protocol", fmt.Errorf("%w for protocol %q: Config.Fetchers has %q",
			errNoFetcher, a.Protocol, c.protocols()))
	} else if validator, ok := fetcher.(Validator); ok {
		err := validator.Validate(a.withDefaults())
		if err != nil && len(FieldErrors(err)) == 0 {
			problem("", err)
		} else {
			problems = append(problems, err)
		}
	}
	static, isStatic := c.Credentials.(StaticCredentials)
	if a.namesServer() && (isStatic || c.Credentials == nil) {
		if err := static[a.ID].validate(a); err != nil {
			problem("Credentials", err)
		}
	}
	return errors.Join(problems...)
}

// protocols returns those that there is a fetcher for, in order.
func (c Config) protocols() []Protocol {
	all := slices.Sorted(maps.Keys(c.Fetchers))
	return slices.DeleteFunc(all, func(p Protocol) bool { return c.Fetchers[p] == nil })
}
