package sqlstore

import (
	"context"

	"github.com/postroom/postroom/inbound"
)

// forgetBytes bounds the raw bytes that are removed in one transaction, unless a single
// message has more.
const forgetBytes = 64 << 20

// ForgetAccount implements inbound.AccountStore.
func (s *Store) ForgetAccount(ctx context.Context, accountID string, limit int) (more bool, err error) {
	err = s.write(ctx, "forget an account", func(ctx context.Context, q querier) error {
		f := forgetting{s, q, accountID, limit}
		for _, step := range []func(context.Context) error{f.emails, f.ledger, f.notifications, f.rest} {
			if err := step(ctx); err != nil {
				return err
			}
			if more = f.left <= 0; more {
				break
			}
		}
		return nil
	})
	return more, err
}

// forgetting removes rows of an account until none may be removed any longer.
type forgetting struct {
	*Store
	q       querier
	account string
	left    int // rows that may still be removed
}

// ownedRaw is an email or a kept message, and the size of its bytes.
type ownedRaw struct {
	id          string
	owner, size int64
}

func scanOwnedRaw(row scanner) (r ownedRaw, err error) {
	err = row.Scan(&r.id, &r.owner, &r.size)
	return r, err
}

// emails removes emails, or gives them to accounts that have them, too.
func (f *forgetting) emails(ctx context.Context) error {
	found, err := collect(ctx, f.q, scanOwnedRaw, "SELECT id, seq, raw_size FROM postroom_emails"+
		f.dialect.indexedBy("postroom_emails_account")+
		" WHERE namespace = ? AND account = ? ORDER BY seq LIMIT ?", f.namespace, f.account, f.left)
	if err != nil || len(found) == 0 {
		return err
	}
	found = f.bounded(found)
	shared, err := f.handOver(ctx, found)
	if err != nil {
		return err
	}
	var ids []string
	var owners []int64
	for _, e := range found {
		if !shared[e.id] {
			ids, owners = append(ids, e.id), append(owners, e.owner)
		}
	}
	if err := f.dropRaw(ctx, owners); err != nil {
		return err
	}
	return f.drop(ctx, "postroom_emails", ids)
}

// bounded returns as much of the beginning of what was found as may be removed in one
// transaction, and counts it.
func (f *forgetting) bounded(found []ownedRaw) []ownedRaw {
	size := int64(0)
	for i, r := range found {
		if size += r.size; size > forgetBytes && i > 0 {
			f.left = 0
			return found[:i]
		}
	}
	f.left -= len(found)
	return found
}

// duplicate is a record of a message that is an email of a different account.
type duplicate struct {
	emailID, account string
	at               inbound.SourceID
}

func scanDuplicate(row scanner) (d duplicate, err error) {
	err = row.Scan(&d.emailID, &d.account, &d.at.Folder, &d.at.Generation, &d.at.Key, &d.at.Occurrence)
	return d, err
}

// handOver makes emails those of a different account that has a duplicate, and returns
// them by their IDs.
func (f *forgetting) handOver(ctx context.Context, emails []ownedRaw) (shared map[string]bool, err error) {
	ids := make([]string, len(emails))
	for i, e := range emails {
		ids[i] = e.id
	}
	marks, args := list([]any{f.namespace}, ids)
	duplicates, err := collect(ctx, f.q, scanDuplicate,
		"SELECT email_id, account, folder, generation, source_key, occurrence FROM postroom_ledger"+
			f.dialect.indexedBy("postroom_ledger_duplicates")+
			" WHERE namespace = ? AND "+f.dialect.duplicateOf()+" IN ("+marks+") AND outcome = 'duplicate' AND account <> ?",
		append(args, f.account)...)
	if err != nil {
		return nil, err
	}
	shared = make(map[string]bool)
	for _, d := range duplicates {
		if shared[d.emailID] {
			continue
		}
		shared[d.emailID] = true
		at := d.at
		if _, err := f.q.exec(ctx, "UPDATE postroom_emails"+
			" SET account = ?, folder = ?, generation = ?, source_key = ?, occurrence = ?"+
			" WHERE namespace = ? AND id = ?",
			d.account, at.Folder, at.Generation, at.Key, at.Occurrence, f.namespace, d.emailID); err != nil {
			return nil, err
		}
		for g, keys := range idGroups([]inbound.SourceID{at}) {
			where, args := g.where(f.namespace, d.account, keys)
			if _, err := f.q.exec(ctx, "UPDATE postroom_ledger SET outcome = 'uploaded'"+where, args...); err != nil {
				return nil, err
			}
		}
	}
	return shared, nil
}

// ledger removes records, and the bytes that are kept for them.
func (f *forgetting) ledger(ctx context.Context) error {
	var kept []string
	ids, err := collect(ctx, f.q, func(row scanner) (id inbound.SourceID, err error) {
		var outcome inbound.Outcome
		var emailID string
		err = row.Scan(&id.Folder, &id.Generation, &id.Key, &id.Occurrence, &outcome, &emailID)
		if emailID != "" && outcome != inbound.Uploaded && outcome != inbound.Duplicate {
			kept = append(kept, emailID)
		}
		return id, err
	}, "SELECT folder, generation, source_key, occurrence, outcome, email_id FROM postroom_ledger"+
		f.dialect.indexedBy("")+
		" WHERE namespace = ? AND account = ? LIMIT ?", f.namespace, f.account, f.left)
	if err != nil {
		return err
	}
	if err := f.dropKept(ctx, f.q, kept); err != nil {
		return err
	}
	for g, keys := range idGroups(ids) {
		where, args := g.where(f.namespace, f.account, keys)
		if _, err := f.q.exec(ctx, "DELETE FROM postroom_ledger"+where, args...); err != nil {
			return err
		}
	}
	f.left -= len(ids)
	return nil
}

// notifications removes those of the account, in any state.
func (f *forgetting) notifications(ctx context.Context) error {
	ids, err := collect(ctx, f.q, scanText, "SELECT id FROM postroom_notifications"+
		" WHERE namespace = ? AND account = ? LIMIT ?", f.namespace, f.account, f.left)
	if err != nil {
		return err
	}
	f.left -= len(ids)
	return f.drop(ctx, "postroom_notifications", ids)
}

// rest removes what has few rows.
func (f *forgetting) rest(ctx context.Context) error {
	for _, table := range []string{"intents", "folders", "accounts", "usage", "health", "secrets"} {
		if _, err := f.q.exec(ctx, "DELETE FROM postroom_"+table+" WHERE namespace = ? AND account = ?",
			f.namespace, f.account); err != nil {
			return err
		}
	}
	return nil
}

// drop removes rows of a table by their IDs.
func (f *forgetting) drop(ctx context.Context, table string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	marks, args := list([]any{f.namespace}, ids)
	_, err := f.q.exec(ctx, "DELETE FROM "+table+" WHERE namespace = ? AND id IN ("+marks+")", args...)
	return err
}

// dropRaw removes the raw bytes of owners.
func (f *forgetting) dropRaw(ctx context.Context, owners []int64) error {
	if len(owners) == 0 {
		return nil
	}
	marks, args := list(nil, owners)
	_, err := f.q.exec(ctx, "DELETE FROM postroom_raw WHERE owner IN ("+marks+")", args...)
	return err
}
