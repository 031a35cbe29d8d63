package inbound

import (
	"errors"
	"fmt"
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
	if c.AccountSource != nil && len(c.Accounts) > 0 {
		problem("Config.Accounts and Config.AccountSource are both set: keep one")
	}
	for i, operator := range c.Operators {
		if operator == "" || slices.Contains(c.Operators[:i], operator) {
			problem("operator %.80q: each needs an ID of its own, as the Notifier knows it", operator)
		}
	}
	problems = append(problems, validateCompany(c.OwnAddresses, c.OwnDomains))
	if _, ok := c.AccountSource.(CompanySource); ok && len(c.OwnAddresses)+len(c.OwnDomains) > 0 {
		problem("Config.AccountSource has the own addresses: leave Config.OwnAddresses and Config.OwnDomains empty")
	}
	_, refused := c.accountRules(limits).admit(c.Accounts)
	for _, a := range refused {
		problems = append(problems, a.err)
	}
	return errors.Join(problems...)
}

// accountRules returns what the accounts of this configuration have to fit.
func (c Config) accountRules(limits Limits) accountRules {
	return accountRules{fetchers: c.Fetchers, credentials: c.Credentials, maxAccounts: limits.MaxAccounts}
}

// validateCompany returns what is wrong with the company's own addresses and domains: nil,
// or all problems joined.
func validateCompany(addresses, domains []string) error {
	var problems []error
	for _, address := range addresses {
		if _, err := customer.Normalize(address); err != nil {
			problems = append(problems, fmt.Errorf("inbound: own address: %w", err))
		}
	}
	for _, domain := range domains {
		if err := ValidateOwnDomain(domain); err != nil {
			problems = append(problems, fmt.Errorf("inbound: own domain %.80q: %w", domain, err))
		}
	}
	return errors.Join(problems...)
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
	switch a.InitialOrder {
	case "", Oldest, Newest:
	default:
		problem("InitialOrder", "initial order %.40q: want %q or %q", a.InitialOrder, Oldest, Newest)
	}
	for _, class := range a.CreateFor {
		if !slices.Contains(email.Classes(), class) {
			problem("CreateFor", "class %.40q is none: want one of %q", class, email.Classes())
		}
	}
	switch a.initialNotifications() {
	case NotifyDigest, NotifyEach, NotifyNone:
	default:
		problem("InitialNotifications", "initial notifications %.40q: want %q, %q or %q", a.InitialNotifications,
			NotifyDigest, NotifyEach, NotifyNone)
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
