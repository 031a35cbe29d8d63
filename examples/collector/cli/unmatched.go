package cli

import (
	"context"
	"strings"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// unmatchedLimit is how many records leftUnmatched looks at, of each account: a large
// ledger must not delay the start of each run.
const unmatchedLimit = 10_000

// leftUnmatched counts the messages that were left while accounts created no customers,
// by account, among its first unmatched ones. Accounts without any are left out.
func (s *service) leftUnmatched(ctx context.Context) (map[string]int, error) {
	sender, err := s.senders(ctx)
	if err != nil {
		return nil, err
	}
	left := make(map[string]int)
	for _, a := range s.settings.Accounts {
		if a.Inactive || !a.CreateCustomer {
			continue
		}
		seen := 0
		for e, err := range inbound.AllEntries(ctx, s.store, a.ID, inbound.Unmatched) {
			if err != nil {
				return nil, err
			}
			if seen++; seen > unmatchedLimit {
				break
			}
			address := sender(a.ID, e)
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
