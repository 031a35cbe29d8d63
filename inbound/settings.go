package inbound

import (
	"fmt"
	"maps"
	"slices"
)

// settings are the accounts and the company as they are at one moment. They do not change:
// a Syncer replaces them as a whole, and each pass keeps those that it began with.
type settings struct {
	accounts map[string]Account // with their defaults filled in
	order    []string           // account IDs as configured
	company  company
}

// newSettings returns the settings of a checked configuration.
func newSettings(c Config) *settings {
	st := &settings{accounts: make(map[string]Account, len(c.Accounts)), company: newCompany(c)}
	for _, a := range c.Accounts {
		st.accounts[a.ID] = a.withDefaults()
		st.order = append(st.order, a.ID)
	}
	return st
}

// account returns a configured account.
func (st *settings) account(id string) (Account, error) {
	a, ok := st.accounts[id]
	if !ok {
		return Account{}, fmt.Errorf("%w: account %q; the accounts are %q", ErrNotFound, id, st.order)
	}
	return a, nil
}

// others returns the IDs of all accounts but one.
func (st *settings) others(id string) []string {
	return slices.DeleteFunc(slices.Clone(st.order), func(other string) bool { return other == id })
}

// ofShop returns the IDs of the accounts of a shop.
func (st *settings) ofShop(shop string) []string {
	return slices.DeleteFunc(slices.Clone(st.order), func(id string) bool { return st.accounts[id].Shop != shop })
}

// active returns the accounts to collect from, by ID.
func (st *settings) active() map[string]Account {
	active := maps.Clone(st.accounts)
	maps.DeleteFunc(active, func(_ string, a Account) bool { return a.Inactive })
	return active
}
