package inbound

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// accountRules are what accounts have to fit besides their own settings.
type accountRules struct {
	fetchers    map[Protocol]Fetcher
	credentials Credentials // nil: none
	maxAccounts int         // negative: no limit
}

// refusedAccount is an account that cannot run, and why.
type refusedAccount struct {
	Account
	err error // of one or more *FieldError
}

// admit returns the accounts of a list that can run, and the others, both in the order of
// the list. Of accounts that exclude each other, the first one is admitted. That one counts
// also if it is refused itself: what it has not seen must not be deleted by a later one.
func (r accountRules) admit(list []Account) (admitted []Account, refused []refusedAccount) {
	ids := make(map[string]bool, len(list))
	earlier := make(map[string][]Account, len(list)) // by mailbox
	for i, a := range list {
		var problems []error
		problem := func(field, format string, args ...any) {
			problems = append(problems, &FieldError{Account: a.ID, Field: field, Err: fmt.Errorf(format, args...)})
		}
		if ids[a.ID] {
			problem("ID", "the ID is used twice")
		}
		if r.maxAccounts >= 0 && i >= r.maxAccounts {
			problem("", "it is number %d of %d accounts, but at most %d are allowed: "+
				"remove some or raise Limits.MaxAccounts", i+1, len(list), r.maxAccounts)
		}
		problems = append(problems, r.check(a), a.conflictWith(earlier[a.mailbox()], r.fetchers))
		ids[a.ID] = true
		earlier[a.mailbox()] = append(earlier[a.mailbox()], a)
		if err := errors.Join(problems...); err != nil {
			refused = append(refused, refusedAccount{a, err})
		} else {
			admitted = append(admitted, a)
		}
	}
	return admitted, refused
}

// check returns what is wrong with an account, whatever the others are: nil, or all
// problems joined.
func (r accountRules) check(a Account) error {
	return errors.Join(a.Validate(), r.checkFetcher(a), r.checkCredentials(a))
}

// checkFetcher returns what the fetcher of an account finds wrong with it.
func (r accountRules) checkFetcher(a Account) error {
	fetcher := r.fetchers[a.Protocol]
	if fetcher == nil {
		return &FieldError{Account: a.ID, Field: "Protocol", Err: fmt.Errorf(
			"%w for protocol %q: Config.Fetchers has %q", errNoFetcher, a.Protocol, r.protocols())}
	}
	validator, ok := fetcher.(Validator)
	if !ok {
		return nil
	}
	err := validator.Validate(a.withDefaults())
	if err != nil && len(FieldErrors(err)) == 0 {
		return &FieldError{Account: a.ID, Err: err}
	}
	return err
}

// checkCredentials returns what an account misses among secrets that are known already.
func (r accountRules) checkCredentials(a Account) error {
	static, isStatic := r.credentials.(StaticCredentials)
	if !a.namesServer() || !isStatic && r.credentials != nil {
		return nil
	}
	if err := static[a.ID].validate(a); err != nil {
		return &FieldError{Account: a.ID, Field: "Credentials", Err: err}
	}
	return nil
}

// protocols returns those that there is a fetcher for, in order.
func (r accountRules) protocols() []Protocol {
	all := slices.Sorted(maps.Keys(r.fetchers))
	return slices.DeleteFunc(all, func(p Protocol) bool { return r.fetchers[p] == nil })
}

// conflictWith returns an error if this account, or one of these others of its mailbox,
// deletes mail that the other one collects, too.
func (a Account) conflictWith(others []Account, fetchers map[Protocol]Fetcher) error {
	var problems []error
	for _, b := range others {
		if folder, conflict := a.conflictsWith(b, fetchers); conflict {
			problems = append(problems, &FieldError{Account: a.ID, Field: "DeleteUploaded", Err: fmt.Errorf(
				"it collects from the same mailbox as account %s (folder %q), and one deletes what the other "+
					"may not have seen: give them folders of their own, or switch DeleteUploaded off",
				b.ID, folder)})
		}
	}
	return errors.Join(problems...)
}

// conflictsWith reports whether one of two accounts deletes mail that the other
// collects too, and in which folder. Without a user name, whose mailbox it is shows
// in the credentials alone. A paused account counts, since it will go on.
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
