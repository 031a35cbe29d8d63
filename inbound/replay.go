package inbound

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/postroom/postroom/customer"
)

// Replay creates the customer of an address and uploads the unmatched mail from that
// address, whatever the account's settings say about unknown senders. Mail is from an
// address if the address is the one it would be bound by; see SenderOf. If address is "",
// Replay decides on all unmatched mail again, by the settings and the customers as they
// are now.
//
// Messages no longer on the server are skipped unless their bytes were kept. Replay waits
// for a pass of the account to end, and refuses an inactive account, as Sync does.
func (s *Syncer) Replay(ctx context.Context, accountID, address string) (Report, error) {
	report := newReport(accountID)
	if address != "" {
		normal, err := customer.Normalize(address)
		if err != nil {
			return report, &Error{Account: accountID, Op: OpReplay, Class: ErrPermanent, Err: err,
				Hint: "give the address of a sender, such as anna@example.com"}
		}
		address = normal
	}
	err := s.withAccountLease(ctx, &report, nil, leaseWait, func(ctx context.Context, p *pass) error {
		p.rules.replayed = address
		var problems []error
		for wanted, err := range p.unmatched(ctx, address) {
			if err == nil {
				err = p.replay(ctx, wanted)
			}
			if problems = append(problems, err); ctx.Err() != nil || concernsAccount(err) {
				break
			}
		}
		return oneOrAll(problems...)
	})
	if waiting := s.assignAfter(ctx, &report); err == nil {
		err = waiting
	}
	return report, err
}

// unmatchedMail is mail that was left unmatched.
type unmatchedMail struct {
	kept     []LedgerEntry // with its bytes
	onServer map[string]map[SourceID]bool
}

// replayLimit is how many messages are looked for on the server at a time.
const replayLimit = 10_000

// unmatched yields what was left unmatched from an address ("": any), some messages at
// a time.
func (p *pass) unmatched(ctx context.Context, address string) iter.Seq2[unmatchedMail, error] {
	return func(yield func(unmatchedMail, error) bool) {
		some, n := unmatchedMail{onServer: make(map[string]map[SourceID]bool)}, 0
		for row, err := range p.known.all(ctx, Unmatched) {
			switch {
			case err != nil:
				yield(unmatchedMail{}, err)
				return
			case address != "" && p.rules.senderOf(row.From, row.ReplyTo) != address:
				continue
			case row.keepsBytes():
				some.kept = append(some.kept, row)
			default:
				if some.onServer[row.Folder] == nil {
					some.onServer[row.Folder] = make(map[SourceID]bool)
				}
				some.onServer[row.Folder][row.SourceID] = true
			}
			if n++; n == replayLimit {
				if !yield(some, nil) {
					return
				}
				some, n = unmatchedMail{onServer: make(map[string]map[SourceID]bool)}, 0
			}
		}
		if n > 0 {
			yield(some, nil)
		}
	}
}

// replay decides on mail again.
func (p *pass) replay(ctx context.Context, wanted unmatchedMail) error {
	var problems []error
	if len(wanted.kept) > 0 {
		problems = append(problems, p.redecide(ctx, wanted.kept))
	}
	if len(wanted.onServer) > 0 {
		problems = append(problems, p.withSession(ctx, func() error { return p.uploadOnly(ctx, wanted.onServer) }))
	}
	return oneOrAll(problems...)
}

// uploadOnly uploads nothing but these messages, by folder.
func (p *pass) uploadOnly(ctx context.Context, only map[string]map[SourceID]bool) error {
	var problems []error
	for _, folder := range p.folders {
		if only[folder] == nil {
			continue
		}
		plan := p.plan(folder)
		plan.only = only[folder]
		problems = append(problems, oneOrAll(p.upload(ctx, plan)))
	}
	return errors.Join(problems...)
}

// Redecide decides again on quarantined mail, by the settings and the customers as they
// are now, from the bytes that were kept: the server is not asked. ids are those of
// LedgerEntry.EmailID; none means all that is quarantined. It waits for a pass of the
// account to end, and refuses an inactive account, as Sync does. An ID that is not
// quarantined is an error that wraps ErrNotFound, and then nothing was done. A message
// whose bytes cannot be read stays quarantined; the others go on, and the error names
// it.
func (s *Syncer) Redecide(ctx context.Context, accountID string, ids ...string) (Report, error) {
	report := newReport(accountID)
	err := s.withAccountLease(ctx, &report, nil, leaseWait, func(ctx context.Context, p *pass) error {
		rows, err := p.quarantined(ctx, ids)
		if err != nil {
			return err
		}
		return p.redecide(ctx, rows)
	})
	if waiting := s.assignAfter(ctx, &report); err == nil {
		err = waiting
	}
	return report, err
}

// redecide decides again on messages from their kept bytes.
func (p *pass) redecide(ctx context.Context, rows []LedgerEntry) error {
	p.committer.rereads = true
	defer func() { p.committer.rereads = false }()
	pipeline := openPipeline(ctx, p.limits, p.opener, p.committer.commit)
	reading := p.reread(pipeline, rows)
	if err := pipeline.finish(); err != nil {
		return err
	}
	return reading
}

// quarantined returns the records of these kept messages, or of all.
func (p *pass) quarantined(ctx context.Context, ids []string) ([]LedgerEntry, error) {
	missing := slices.Clone(ids)
	var found []LedgerEntry
	for row, err := range p.known.all(ctx, Quarantined) {
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 && !slices.Contains(ids, row.EmailID) {
			continue
		}
		found = append(found, row)
		missing = slices.DeleteFunc(missing, func(id string) bool { return id == row.EmailID })
	}
	if len(missing) > 0 {
		return nil, &Error{Op: OpRedecide, Class: ErrPermanent,
			Err:  fmt.Errorf("%w: nothing is quarantined as %s", ErrNotFound, missing[0]),
			Hint: "take the ID from the list of what is quarantined"}
	}
	return found, nil
}

// reread puts kept messages into the pipeline. One that cannot be read is left out, and
// named in the error.
func (p *pass) reread(pipeline *pipeline, rows []LedgerEntry) error {
	ctx := pipeline.ctx
	var unread []error
	var until time.Time
	if p.mayBeInitial() {
		until = p.connection.state.StartedAt
	}
	for _, row := range rows {
		raw, err := p.openKept(ctx, row)
		if err != nil {
			unread = append(unread, fmt.Errorf("inbound: read kept message %s: %w", row.EmailID, err))
			if ctx.Err() != nil {
				break
			}
			continue
		}
		it := &item{ref: row.ref(), raw: raw, extent: row.Extent, before: row, initialUntil: until}
		if err := pipeline.put(ctx, it); err != nil {
			return err
		}
	}
	return errors.Join(unread...)
}

func (p *pass) openKept(ctx context.Context, row LedgerEntry) (*spooled, error) {
	r, err := p.store.OpenRaw(ctx, row.EmailID)
	if err != nil {
		return nil, err
	}
	raw, _, err := p.spool.take(ctx, r, row.Size, 0, true)
	if err = errors.Join(err, r.Close()); err != nil {
		raw.Close()
		return nil, err
	}
	return raw, nil
}
