package inbound

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
)

// Replay creates the customer of an address and uploads the mail from there that
// was left on the server as unmatched, whatever the account's settings say about
// unknown senders. What has left the server since is left out. It waits for a
// pass of the account to end, as Sync does.
func (s *Syncer) Replay(ctx context.Context, accountID, address string) (Report, error) {
	report := newReport(accountID)
	normal, err := customer.Normalize(address)
	if err != nil {
		return report, &Error{Account: accountID, Op: "replay", Class: ErrPermanent, Err: err, Hint: "give the address of a sender, such as anna@example.com"}
	}
	err = s.exclusively(ctx, accountID, func(ctx context.Context, p *pass) error {
		p.report = &report
		p.account.CreateCustomer, p.account.CreateFor = true, everyClass
		wanted, err := p.unmatched(ctx, normal)
		if err != nil || len(wanted) == 0 {
			return err
		}
		if p.session, err = s.fetchers[p.account.Protocol].Open(ctx, p.account); err != nil {
			return err
		}
		defer func() { _ = p.session.Close() }() // what had to be durable is by now
		var problems []error
		for _, folder := range p.account.Folders {
			if only := wanted[folder]; only != nil {
				problems = append(problems, p.syncOnly(ctx, folder, only))
			}
		}
		return errors.Join(problems...)
	})
	return report, err
}

var everyClass = []Class{email.Personal, email.AutoReply, email.BounceDSN, email.List, email.Bulk}

// unmatched returns what was left unmatched from an address, by folder.
func (p *pass) unmatched(ctx context.Context, address string) (map[string]map[ID]bool, error) {
	found := make(map[string]map[ID]bool)
	for after, more := (ID{}), true; more; {
		rows, err := p.store.Entries(ctx, p.account.ID, Unmatched, after, pageLimit)
		if err != nil {
			return nil, fmt.Errorf("inbound: read unmatched mail: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			if from, err := customer.Normalize(row.From); err != nil || from != address {
				continue
			}
			if found[row.Folder] == nil {
				found[row.Folder] = make(map[ID]bool)
			}
			found[row.Folder][row.ID] = true
		}
		more = len(rows) == pageLimit
	}
	return found, nil
}

// Redecide decides again on quarantined mail, by the settings and the customers
// as they are now, from the bytes that were kept: the server is not asked. ids
// are those of LedgerEntry.EmailID; none means all that is quarantined. It waits
// for a pass of the account to end, as Sync does. An ID that is not quarantined
// is an error that wraps ErrNotFound, and then nothing was done.
func (s *Syncer) Redecide(ctx context.Context, accountID string, ids ...string) (Report, error) {
	report := newReport(accountID)
	err := s.exclusively(ctx, accountID, func(ctx context.Context, p *pass) error {
		p.report = &report
		rows, err := p.quarantined(ctx, ids)
		if err != nil {
			return err
		}
		line := p.openLine(ctx)
		err = line.reread(line.ctx, rows)
		return line.finish(err)
	})
	return report, err
}

// quarantined returns the rows of these kept messages, or of all.
func (p *pass) quarantined(ctx context.Context, ids []string) ([]LedgerEntry, error) {
	missing := slices.Clone(ids)
	var found []LedgerEntry
	for after, more := (ID{}), true; more; {
		rows, err := p.store.Entries(ctx, p.account.ID, Quarantined, after, pageLimit)
		if err != nil {
			return nil, fmt.Errorf("inbound: read quarantined mail: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			if len(ids) > 0 && !slices.Contains(ids, row.EmailID) {
				continue
			}
			found = append(found, row)
			missing = slices.DeleteFunc(missing, func(id string) bool { return id == row.EmailID })
		}
		more = len(rows) == pageLimit
	}
	if len(missing) > 0 {
		return nil, &Error{Op: "decide again", Class: ErrPermanent, Err: fmt.Errorf("%w: nothing is quarantined as %s", ErrNotFound, missing[0]),
			Hint: "take the ID from the list of what is quarantined"}
	}
	return found, nil
}

// reread puts kept messages on the line.
func (l *line) reread(ctx context.Context, rows []LedgerEntry) error {
	for _, row := range rows {
		r, err := l.store.OpenRaw(ctx, row.EmailID)
		if err != nil {
			return fmt.Errorf("inbound: read kept message %s: %w", row.EmailID, err)
		}
		raw, _, err := l.spool.take(ctx, r, row.Size, 0, true)
		if err = errors.Join(err, r.Close()); err != nil {
			raw.Close()
			return fmt.Errorf("inbound: read kept message %s: %w", row.EmailID, err)
		}
		it := &item{ref: Ref{ID: row.ID, Size: row.Listed}, raw: raw, truncated: row.Keep, before: row}
		if err := l.put(ctx, it); err != nil {
			return err
		}
	}
	return nil
}
