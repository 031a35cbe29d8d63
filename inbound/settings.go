package inbound

import (
	"fmt"
	"maps"
	"slices"
)

// settings are the accounts and the company as they are at one moment. They do not change:
// a Syncer replaces them as a whole, and each pass keeps those that it began with.
type settings struct {
	unread   bool                // nobody has read the accounts from their source
	accounts map[string]Account  // with their defaults filled in
	order    []string            // account IDs as configured, those of refused accounts included
	shops    map[string][]string // the accounts of each shop, in that order
	refused  []refusedAccount
	company  company
}

// newSettings returns the settings for accounts of which some are refused, and for own
// addresses that are checked.
func newSettings(admitted []Account, refused []refusedAccount, ownAddresses, ownDomains []string) *settings {
	st := &settings{accounts: make(map[string]Account, len(admitted)), refused: refused,
		shops: make(map[string][]string)}
	all := slices.Clone(admitted)
	for _, a := range admitted {
		st.accounts[a.ID] = a.withDefaults()
	}
	for _, a := range refused {
		all = append(all, a.Account)
	}
	for _, a := range all {
		if !slices.Contains(st.order, a.ID) {
			st.order = append(st.order, a.ID)
			st.shops[a.Shop] = append(st.shops[a.Shop], a.ID)
		}
	}
	st.company = newCompany(Config{Accounts: all, OwnAddresses: ownAddresses, OwnDomains: ownDomains})
	return st
}

// account returns a configured account.
func (st *settings) account(id string) (Account, error) {
	if a, ok := st.accounts[id]; ok {
		return a, nil
	}
	for _, a := range st.refused {
		if a.ID == id {
			return Account{}, &Error{Account: id, Op: OpSync, Class: ErrPermanent, Cause: CauseSettings, Err: a.err,
				Hint: hintSettings}
		}
	}
	return Account{}, fmt.Errorf("%w: account %q; the accounts are %q", ErrNotFound, id, st.order)
}

// configured returns an account as it is configured, also one that is refused.
func (st *settings) configured(id string) Account {
	for _, a := range st.refused {
		if _, admitted := st.accounts[id]; a.ID == id && !admitted {
			return a.Account
		}
	}
	return st.accounts[id]
}

// refusal returns why an account is refused; "" if it is not.
func (st *settings) refusal(id string) string {
	for _, a := range st.refused {
		if a.ID == id {
			return a.err.Error()
		}
	}
	return ""
}

// active returns the accounts to collect from, by ID.
func (st *settings) active() map[string]Account {
	active := maps.Clone(st.accounts)
	maps.DeleteFunc(active, func(_ string, a Account) bool { return a.Inactive || a.Paused })
	return active
}
