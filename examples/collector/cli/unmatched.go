package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// sender is an address whose mail was left unmatched.
type sender struct {
	address string
	replays bool // the address is a customer's now, or would get one
}

// sendersPage is how many senders are in memory at a time.
const sendersPage = 500

// unmatchedSenders returns the next senders of an account whose mail was left unmatched,
// after the given address, in the order of their addresses. It reads the whole ledger
// for that, so that each address comes once without all of them in memory.
func (s *service) unmatchedSenders(ctx context.Context, a inbound.Account, after string) ([]sender, error) {
	var next []sender
	for e, err := range inbound.AllEntries(ctx, s.store, a.ID, inbound.Unmatched) {
		if err != nil {
			return nil, err
		}
		one := sender{address: senderOf(a, e), replays: leftWithoutCreation(a, e)}
		if one.address <= after {
			continue
		}
		i, found := slices.BinarySearchFunc(next, one,
			func(a, b sender) int { return cmp.Compare(a.address, b.address) })
		switch {
		case found:
			next[i].replays = next[i].replays || one.replays
		case i < sendersPage:
			next = slices.Insert(next, i, one)
			next = next[:min(len(next), sendersPage)]
		}
	}
	return next, s.findCustomers(ctx, a, next)
}

// findCustomers marks the senders who are customers now.
func (s *service) findCustomers(ctx context.Context, a inbound.Account, senders []sender) error {
	var addresses []string
	for _, one := range senders {
		addresses = append(addresses, one.address)
	}
	if len(addresses) == 0 {
		return nil
	}
	found, err := s.store.Customers().FindByEmails(ctx, a.Shop, addresses)
	if err != nil {
		return err
	}
	for i := range senders {
		senders[i].replays = senders[i].replays || len(found[senders[i].address]) > 0
	}
	return nil
}

// leftWithoutCreation reports a message that was left unmatched because the account
// created no customers, and whose sender would get a customer now. What kind of mail it
// is, the ledger does not know; that from no-reply addresses is left.
func leftWithoutCreation(a inbound.Account, e inbound.LedgerEntry) bool {
	const reason = "the account does not create customers" // the SDK's, for creation switched off
	return a.CreateCustomer && strings.Contains(e.Reason, reason) && !email.IsNoReply(senderOf(a, e))
}

// senderOf returns the address by which the SDK would bind a message; "" where it cannot
// be read.
func senderOf(a inbound.Account, e inbound.LedgerEntry) string {
	if a.ReplyTo && e.ReplyTo != "" {
		return e.ReplyTo
	}
	address, err := customer.Normalize(e.From)
	if err != nil {
		return ""
	}
	return address
}

// leftUnmatched counts the messages that were left while accounts created no customers,
// by account. Accounts without any are left out.
func (s *service) leftUnmatched(ctx context.Context) (map[string]int, error) {
	left := make(map[string]int)
	for _, a := range s.settings.Accounts {
		if a.Inactive || !a.CreateCustomer {
			continue
		}
		for e, err := range inbound.AllEntries(ctx, s.store, a.ID, inbound.Unmatched) {
			if err != nil {
				return nil, err
			}
			if senderOf(a, e) != "" && leftWithoutCreation(a, e) {
				left[a.ID]++
			}
		}
	}
	return left, nil
}
