package memstore

import (
	"context"
	"slices"

	"github.com/postroom/postroom/inbound"
)

var _ inbound.AccountStore = (*Store)(nil)

// ListAccounts implements inbound.AccountStore.
func (s *Store) ListAccounts(ctx context.Context) (all []inbound.SavedAccount, err error) {
	err = s.read(ctx, func() error {
		all = slices.Clone(s.saved)
		return nil
	})
	return all, err
}

// PutAccount implements inbound.AccountStore.
func (s *Store) PutAccount(ctx context.Context, a inbound.SavedAccount) error {
	return s.write(ctx, func(t *transaction) error {
		if i := s.savedAt(a.ID); i >= 0 {
			setAt(t, s.saved, i, a)
		} else {
			set(t, &s.saved, append(s.saved, a))
		}
		return nil
	})
}

// DropAccount implements inbound.AccountStore.
func (s *Store) DropAccount(ctx context.Context, accountID string) error {
	return s.write(ctx, func(t *transaction) error {
		if i := s.savedAt(accountID); i >= 0 {
			set(t, &s.saved, slices.Delete(slices.Clone(s.saved), i, i+1))
		}
		return nil
	})
}

// savedAt returns the place of an account in the list, or -1.
func (s *Store) savedAt(accountID string) int {
	return slices.IndexFunc(s.saved, func(a inbound.SavedAccount) bool { return a.ID == accountID })
}

// ForgetAccount implements inbound.AccountStore.
func (s *Store) ForgetAccount(ctx context.Context, accountID string, limit int) (more bool, err error) {
	err = s.write(ctx, func(t *transaction) error {
		left := limit - s.forgetEmails(t, accountID, limit)
		for id, e := range s.ledger[accountID] {
			if left == 0 {
				break
			}
			left--
			s.count(t, e, -1)
			if e.EmailID != "" && e.Outcome != inbound.Uploaded && e.Outcome != inbound.Duplicate {
				drop(t, s.raws, e.EmailID)
			}
			drop(t, s.ledger[accountID], id)
		}
		left -= s.forgetNotifications(t, accountID, left)
		if more = left == 0; more {
			return nil
		}
		for key := range s.folders {
			if key.account == accountID {
				drop(t, s.folders, key)
			}
		}
		for key, noted := range s.intents {
			if slices.Contains(noted, accountID) {
				put(t, s.intents, key, slices.DeleteFunc(slices.Clone(noted),
					func(id string) bool { return id == accountID }))
			}
		}
		drop(t, s.health, accountID)
		drop(t, s.usage, accountID)
		drop(t, s.accounts, accountID)
		drop(t, s.secrets, accountID)
		return nil
	})
	return more, err
}

// forgetEmails removes up to limit emails of an account, or gives them to accounts that
// have them, too.
func (s *Store) forgetEmails(t *transaction, accountID string, limit int) (n int) {
	var kept []inbound.Email
	for _, e := range s.emails {
		if e.AccountID == accountID && n < limit {
			n++
			if !s.handOver(t, &e) {
				drop(t, s.raws, e.ID)
				continue
			}
		}
		kept = append(kept, e)
	}
	if n == 0 {
		return 0
	}
	set(t, &s.emails, kept)
	set(t, &s.places, make(map[string]int))
	set(t, &s.alike, make(map[alikeKey][]int))
	for place, e := range kept {
		s.places[e.ID] = place
		key := alikeKey{e.Shop, e.Fingerprint}
		s.alike[key] = append(s.alike[key], place)
	}
	return n
}

// handOver makes an email that of a different account that has a duplicate, if there is
// one.
func (s *Store) handOver(t *transaction, e *inbound.Email) bool {
	for account, rows := range s.ledger {
		if account == e.AccountID {
			continue
		}
		for id, row := range rows {
			if row.Outcome == inbound.Duplicate && row.EmailID == e.ID {
				s.count(t, row, -1)
				row.Outcome = inbound.Uploaded
				put(t, rows, id, row)
				e.AccountID, e.SourceID = account, id
				return true
			}
		}
	}
	return false
}

// forgetNotifications removes up to limit notifications of an account, and what is known of its
// backlogs.
func (s *Store) forgetNotifications(t *transaction, accountID string, limit int) (n int) {
	var kept []string
	for _, id := range s.outbox {
		if s.entries[id].AccountID == accountID && n < limit {
			n++
			drop(t, s.entries, id)
			drop(t, s.deliveries, id)
			continue
		}
		kept = append(kept, id)
	}
	set(t, &s.outbox, kept)
	for key, ids := range s.held {
		if key.account == accountID {
			s.setHeld(t, key, slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
				_, have := s.entries[id]
				return !have
			}))
		}
	}
	for key := range s.settled {
		if key.account == accountID {
			drop(t, s.settled, key)
			drop(t, s.lastDigest, key)
		}
	}
	return n
}
