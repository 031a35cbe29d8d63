package cli

import (
	"context"
	"strings"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// leftUnmatched counts the messages that were left while accounts created no customers,
// by account. Accounts without any are left out.
func (s *service) leftUnmatched(ctx context.Context) (map[string]int, error) {
	left := make(map[string]int)
	for _, a := range s.settings.Accounts {
		if a.Inactive || !a.CreateCustomer {
			continue
		}
		sender, err := s.senders(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		for e, err := range inbound.AllEntries(ctx, s.store, a.ID, inbound.Unmatched) {
			if err != nil {
				return nil, err
			}
			address := sender(e)
			if address != "" && !email.IsNoReply(address) && strings.Contains(e.Reason, createsNone) {
				left[a.ID]++
			}
		}
	}
	return left, nil
}

// createsNone is the SDK's reason for mail that was left unmatched because creation was
// switched off. What kind of mail it is, the ledger does not know then.
const createsNone = "the account does not create customers"
