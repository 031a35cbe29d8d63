package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/notify"
)

// commit applies a batch in one transaction. When that fails although the store
// works, some message is at fault: the batch is halved until it is found, and
// that one alone is set aside to be tried again. When every message of the batch
// fails and the host's customer base cannot be asked for anybody, none is at
// fault: the pass ends with its error.
func (l *line) commit(ctx context.Context, batch []*item) error {
	n := narrowing{ctx: ctx}
	if err := l.narrow(&n, batch); err != nil {
		return err
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if len(n.failed) > 0 && n.committed == 0 && l.isDown(work) != nil {
		return n.failed[0].err
	}
	for _, f := range n.failed {
		l.logger.WarnContext(ctx, "message not committed; it will be tried again", "account", l.account.ID, "uid", f.item.ref.ID.String(), "error", f.err)
		if err := l.setAside(work, f.item, f.err); err != nil {
			return err
		}
	}
	return nil
}

// narrowing looks for the messages that keep a batch from being committed.
type narrowing struct {
	ctx       context.Context
	committed int // messages
	failed    []failure
}

type failure struct {
	item *item
	err  error
}

// narrow commits what can be committed, and finds what cannot. An error is the
// store's.
func (l *line) narrow(n *narrowing, batch []*item) error {
	// What was begun is finished: a stop between two batches loses nothing,
	// one within a batch would only do the work twice.
	work, cancel := context.WithTimeout(context.WithoutCancel(n.ctx), max(commitTimeout*time.Duration(len(batch))/batchMessages, finishTimeout))
	err := l.commitBatch(work, batch)
	cancel()
	switch {
	case err == nil:
		for _, it := range batch {
			if it.message != nil {
				n.committed++
			}
		}
		return nil
	case errors.Is(err, ErrLeaseLost), errors.Is(err, ErrTemporary), n.ctx.Err() != nil, len(batch) == 1 && batch[0].message == nil:
		return err // no message is at fault
	}
	work, cancel = context.WithTimeout(context.WithoutCancel(n.ctx), finishTimeout)
	defer cancel()
	if down := l.store.Atomic(work, func(ctx context.Context) error {
		return l.store.Confirm(ctx, l.leaseName(), l.token)
	}); down != nil {
		return err
	}
	if len(batch) == 1 {
		n.failed = append(n.failed, failure{batch[0], err})
		return nil
	}
	half := len(batch) / 2
	if err := l.narrow(n, batch[:half]); err != nil {
		return err
	}
	return l.narrow(n, batch[half:])
}

// commitTimeout bounds one batch; a host's repository behind a slow API has to
// create up to 256 customers in it. Half a batch has half the time, so that a
// repository that hangs for one customer is found out soon.
const commitTimeout = 5 * time.Minute

// setAside records a failure of one message: to be tried again with growing
// pauses, and after too many times quarantined, with its bytes.
func (l *line) setAside(ctx context.Context, it *item, cause error) error {
	row := it.row(Decision{Outcome: Failed, Reasons: []string{cause.Error()}}, "")
	row.failedAgain(it.before.failures())
	quarantine := l.limits.Attempts > 0 && row.Attempts >= l.limits.Attempts || it.before.Outcome == Quarantined
	if quarantine {
		row.Outcome, row.EmailID, row.NextTry = Quarantined, emailID(l.account.ID, it.message.SHA256), time.Time{}
	}
	err := l.store.Atomic(ctx, func(ctx context.Context) error {
		if err := l.store.Confirm(ctx, l.leaseName(), l.token); err != nil {
			return err
		}
		if quarantine {
			if err := l.store.KeepRaw(ctx, row.EmailID, it.raw); err != nil {
				return err
			}
		}
		return l.store.Record(ctx, l.account.ID, []LedgerEntry{row})
	})
	if err != nil {
		return fmt.Errorf("inbound: record a failed message: %w", err)
	}
	l.count([]LedgerEntry{row}, 0)
	return nil
}

// changes is what a batch does, ready to be applied in one transaction.
type changes struct {
	rows          []LedgerEntry
	emails        []NewEmail
	kept          map[string]Raw // bytes without an email, by key
	newcomers     []*newcomer
	states        []*folderState
	notifications []notify.Notification
}

// commitBatch decides on a batch and applies the decisions.
func (l *line) commitBatch(ctx context.Context, batch []*item) error {
	var messages []*item
	for _, it := range batch {
		if it.err != nil {
			return fmt.Errorf("inbound: read a spooled message: %w", it.err)
		}
		if it.message != nil {
			messages = append(messages, it)
		}
	}
	decisions, newcomers, err := l.decideAll(ctx, messages)
	if err != nil {
		return err
	}
	if err := l.intend(ctx, newcomers); err != nil {
		return err
	}
	var done changes
	err = l.store.Atomic(ctx, func(ctx context.Context) error {
		done = changes{kept: make(map[string]Raw), newcomers: newcomers.list}
		if err := l.store.Confirm(ctx, l.leaseName(), l.token); err != nil {
			return err
		}
		if err := l.welcome(ctx, newcomers.list); err != nil {
			return err
		}
		next := 0
		for _, it := range batch {
			switch {
			case it.settled != nil:
				done.rows = append(done.rows, *it.settled)
			case it.state != nil:
				done.states = append(done.states, it.state)
			case decisions[next].again:
				done.rows = append(done.rows, it.again())
				next++
			default:
				l.upload(&done, it, decisions[next], newcomers.by[decisions[next].sender])
				next++
			}
		}
		return l.apply(ctx, &done)
	})
	if err != nil {
		return fmt.Errorf("inbound: commit %d messages: %w", len(messages), err)
	}
	bytes := int64(0)
	for _, e := range done.emails {
		bytes += e.Size
	}
	for _, n := range newcomers.list {
		if n.created {
			l.report.CustomersCreated++
		}
		if n.assigned {
			l.report.Assigned[n.customer.ManagerID]++
		}
	}
	l.count(done.rows, bytes)
	if len(done.notifications) > 0 {
		l.wakeDispatcher()
	}
	return nil
}

// decision is a Decision about an item of a batch.
type decision struct {
	Decision
	sender  string
	emailID string
	again   bool // the same message under the same ID as before: its row stays
}

// again is the row of a message that was read again and is what it was.
func (it *item) again() LedgerEntry {
	row := it.before
	row.Deleted, row.Listed, row.At = false, it.ref.Size, time.Now()
	return row
}

// upload adds to the changes what a decision means.
func (l *line) upload(c *changes, it *item, d decision, n *newcomer) {
	row := it.row(d.Decision, "")
	switch d.Outcome {
	case Duplicate:
		row.EmailID = d.emailID
	case Quarantined:
		row.EmailID = d.emailID
		c.kept[d.emailID] = it.raw
	case Uploaded:
		bound := d.Customer
		if n != nil {
			bound = n.customer
			if n.assigned && !n.told {
				n.told = true
				c.notifications = append(c.notifications, l.notification(bound, it, d, notify.CustomerAssigned))
			}
			if n.emailID == "" {
				n.emailID = d.emailID
			}
		}
		row.EmailID = d.emailID
		c.emails = append(c.emails, NewEmail{Email: l.email(it, d, bound), Raw: it.raw})
		if l.account.NotifyManager && bound.ManagerID != "" {
			c.notifications = append(c.notifications, l.notification(bound, it, d, notify.IncomingEmail))
		}
		if l.account.MarkSeen {
			l.uploaded = append(l.uploaded, it.ref)
		}
	}
	c.rows = append(c.rows, row)
}

// apply writes the changes through the store, a constant number of statements
// for each kind.
func (l *line) apply(ctx context.Context, c *changes) error {
	if err := l.enqueue(ctx, c.newcomers); err != nil {
		return err
	}
	if len(c.emails) > 0 {
		if err := l.store.AddEmails(ctx, c.emails); err != nil {
			return err
		}
	}
	for key, raw := range c.kept {
		if err := l.store.KeepRaw(ctx, key, raw); err != nil {
			return err
		}
	}
	if len(c.rows) > 0 {
		if err := l.store.Record(ctx, l.account.ID, c.rows); err != nil {
			return err
		}
	}
	if len(c.notifications) > 0 {
		if err := l.store.Add(ctx, c.notifications); err != nil {
			return err
		}
	}
	if len(c.newcomers) > 0 {
		if err := l.store.FinishCustomers(ctx, l.account.ID, l.account.Shop, addressesOf(c.newcomers)); err != nil {
			return err
		}
	}
	if !l.health.InitialComplete {
		h := l.health
		h.InitialTotal, h.InitialDone = l.reached()
		if err := l.store.SetHealth(ctx, l.account.ID, h); err != nil {
			return err
		}
	}
	for _, s := range c.states {
		if err := l.store.SetFolderState(ctx, l.account.ID, s.folder, s.FolderState); err != nil {
			return err
		}
	}
	return nil
}

// count adds committed rows to the report and tells whoever watches.
func (l *line) count(rows []LedgerEntry, bytes int64) {
	outcomes := make(map[Outcome]int)
	for _, row := range rows {
		outcomes[row.Outcome]++
		l.report.Outcomes[row.Outcome]++
	}
	l.report.Bytes += bytes
	l.progress(len(rows))
	if l.observer.Settled != nil && len(rows) > 0 {
		l.observer.Settled(l.account.ID, outcomes, bytes)
	}
}

// email describes an uploaded message.
func (l *line) email(it *item, d decision, bound customer.Customer) Email {
	m := it.message
	return Email{
		ID: d.emailID, AccountID: l.account.ID, Shop: l.account.Shop, Source: it.ref.ID,
		CustomerID: bound.ID, ManagerID: bound.ManagerID,
		MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
		From: d.sender, FromName: m.From.Name, Subject: m.Subject, Date: m.Date,
		Class: m.Class, Verified: d.Verified, Size: m.Size, SHA256: m.SHA256,
		Truncated: it.truncated, Attachments: m.Attachments, Warnings: slices.Clone(m.Warnings),
		UploadedAt: time.Now(),
	}
}

// emailID is the same for the same bytes in the same account: an email that is
// committed twice is one.
func emailID(account, sha string) string {
	sum := sha256.Sum256([]byte(account + "\x00" + sha))
	return hex.EncodeToString(sum[:16])
}
