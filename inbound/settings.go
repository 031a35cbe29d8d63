package inbound

import (
	"fmt"
	"maps"
)

// settings are the accounts and the company as they are at one moment. They do not change:
// a Syncer replaces them as a whole, and each pass keeps those that it began with.
type settings struct {
	unread   bool                      // the accounts were not read from their source yet
	accounts map[string]Account        // with their defaults filled in
	order    []string                  // account IDs as configured, those of refused accounts included
	shops    map[string][]string       // the accounts of each shop, in that order
	refused  map[string]refusedAccount // by ID, the first of each; none has the ID of an account that can run
	company  company
}

// newSettings returns the settings for a list of accounts of which some are refused, and for
// own addresses that are checked.
func newSettings(list, admitted []Account, refused []refusedAccount, ownAddresses, ownDomains []string) *settings {
	st := &settings{accounts: make(map[string]Account, len(admitted)), shops: make(map[string][]string),
		refused: make(map[string]refusedAccount, len(refused))}
	for _, a := range admitted {
		st.accounts[a.ID] = a.withDefaults()
	}
	for _, a := range refused {
		_, admitted := st.accounts[a.ID]
		if _, known := st.refused[a.ID]; !admitted && !known {
			st.refused[a.ID] = a
		}
	}
	seen := make(map[string]bool, len(list))
	for _, a := range list {
		if !seen[a.ID] {
			seen[a.ID] = true
			st.order = append(st.order, a.ID)
			st.shops[a.Shop] = append(st.shops[a.Shop], a.ID)
		}
	}
	st.company = newCompany(Config{Accounts: list, OwnAddresses: ownAddresses, OwnDomains: ownDomains})
	return st
}

// account returns a configured account.
func (st *settings) account(id string) (Account, error) {
	if a, ok := st.accounts[id]; ok {
		return a, nil
	}
	if a, ok := st.refused[id]; ok {
		return Account{}, &Error{Account: id, Op: OpSync, Class: ErrPermanent, Cause: CauseSettings, Err: a.err,
			Hint: hintSettings}
	}
	return Account{}, fmt.Errorf("%w: account %q; the accounts are %q", ErrNotFound, id, st.order)
}

// configured returns an account as it is configured, also one that is refused.
func (st *settings) configured(id string) Account {
	if a, ok := st.accounts[id]; ok {
		return a
	}
	return st.refused[id].Account
}

// active returns the accounts to collect from, by ID.
func (st *settings) active() map[string]Account {
	active := maps.Clone(st.accounts)
	maps.DeleteFunc(active, func(_ string, a Account) bool { return a.Inactive || a.Paused })
	return active
}
