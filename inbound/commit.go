package inbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/notify"
)

// changes is what a batch does, ready to be applied in one transaction.
type changes struct {
	rows          []LedgerEntry
	emails        []NewEmail
	kept          map[string]*item // messages whose bytes are kept without an email, by key
	writers       *writers
	states        []*folderState
	notifications []notify.Notification
	fresh         int // messages without a record before, except duplicates
	unsure        int // messages to be read once more, on a new connection
	second        int // messages that were read once more
}

// settle adds the record of a message that needs no reading.
func (b *changes) settle(row LedgerEntry) {
	b.rows = append(b.rows, row)
	if row.Outcome != Failed && row.Outcome != Vanished && !row.isDisplaced() {
		b.fresh++
	}
}

// commitTimeout bounds the transaction of one batch, in which a repository that
// is part of it creates up to 256 customers. Half a batch has half the time, so
// that a repository that hangs for one customer is found out soon.
const commitTimeout = 5 * time.Minute

// commitBatch decides on a batch and applies the decisions. If a different account of
// the shop uploads one of its messages meanwhile, it decides once more: the first to
// commit decides.
func (c *committer) commitBatch(ctx context.Context, batch []*item) (err error) {
	step := c.tally.observer.beginStep(&c.account, OpCommit, "")
	defer func() { step.end(err) }()
	for _, it := range batch {
		switch {
		case it.message != nil:
			step.count(1, it.raw.size)
		case it.settled != nil:
			step.count(1, 0)
		}
	}
	for range maxOvertaken {
		if err := c.tryBatch(ctx, batch); !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return fmt.Errorf("inbound: commit messages: %w: %w", ErrTemporary, errOvertaken)
}

// tryBatch decides on a batch and applies the decisions. What may reach a network is
// asked before the transaction; within it, only a customer repository that is part of the
// transaction.
func (c *committer) tryBatch(ctx context.Context, batch []*item) error {
	var messages []*item
	for _, it := range batch {
		if it.err != nil {
			return fmt.Errorf("inbound: read a spooled message: %w", it.err)
		}
		if it.message != nil {
			messages = append(messages, it)
		}
	}
	decisions, err := c.decideAll(ctx, messages)
	if err != nil {
		return err
	}
	if err := c.archiveBatch(ctx, messages, decisions); err != nil {
		return err
	}
	ws := decisions.writers
	joined, err := c.joins.joined(ctx)
	if err != nil {
		return err
	}
	if err := c.recordIntents(ctx, ws); err != nil {
		return err
	}
	var team []assign.Manager
	lag := lookupLag
	if joined {
		lag = lookupLagInside
		if ws.needsTeam(c.account) {
			team = c.team(ctx)
		}
	} else if err := c.createCustomers(ctx, ws); err != nil {
		return err
	}
	// The transaction is finished once it has begun: a stop within it would only do
	// the work twice.
	limit := max(commitTimeout*time.Duration(len(batch))/batchMessages, finishTimeout)
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	var done changes
	err = c.fenced(work, func(ctx context.Context) error {
		done = changes{kept: make(map[string]*item), writers: ws}
		uploaded, err := c.uploadedMeanwhile(ctx, batch, messages, decisions)
		if err != nil {
			return err
		}
		if joined {
			if err := c.createCustomers(ctx, ws); err != nil {
				return err
			}
		}
		if err := c.attend(ctx, ws, team, lag); err != nil {
			return err
		}
		next := 0
		for _, it := range batch {
			switch {
			case it.settled != nil:
				done.settle(c.lookAgain(*it.settled, uploaded))
			case it.state != nil:
				done.states = append(done.states, it.state)
			case decisions.each[next].again:
				done.rows = append(done.rows, c.asOnServer(it.again(decisions.each[next].Keep), it.before))
				next++
			default:
				c.upload(&done, it, decisions.each[next])
				next++
			}
		}
		return c.apply(ctx, &done)
	})
	if errors.Is(err, errOvertaken) {
		return err
	}
	if err != nil {
		return fmt.Errorf("inbound: commit %d messages: %w", len(messages), err)
	}
	c.reportBatch(&done)
	return nil
}

// team returns who gets customers of the account's group now. While the
// directory fails, customers wait as they do when nobody is there.
func (c *committer) team(ctx context.Context) []assign.Manager {
	team, err := c.distributor.Eligible(ctx, c.account.ManagerGroup)
	if err != nil && ctx.Err() == nil {
		c.logger.WarnContext(ctx, "managers not known; new customers wait for one",
			"account", c.account.ID, "error", err)
	}
	return team
}

// reportBatch counts what is committed.
func (c *committer) reportBatch(b *changes) {
	bytes := int64(0)
	for _, e := range b.emails {
		bytes += e.Size
	}
	rows := b.rows
	if !c.rereads {
		rows = slices.DeleteFunc(slices.Clone(rows), LedgerEntry.isDisplaced)
	}
	c.tally.fresh.Add(int64(b.fresh))
	c.tally.unsure.Add(int64(b.unsure))
	c.tally.second.Add(int64(b.second))
	c.tally.committed(rows, bytes)
	counted := make(map[*care]bool)
	for _, w := range b.writers.list {
		if w.created {
			c.tally.report.CustomersCreated++
		}
		if w.assigned && !counted[w.care] {
			counted[w.care] = true
			c.tally.report.Assigned[w.managerID]++
		}
		if w.wanting {
			c.assign.send()
		}
	}
	if len(b.notifications) > 0 {
		c.dispatch.send()
	}
}

// again is the record of a message that was read again and is what it was. It keeps
// its time, from which a grace period counts, unless the record had become void.
func (it *item) again(keep bool) LedgerEntry {
	row := it.before
	row.Deleted, row.ListedSize, row.NextTry = false, it.ref.Size, time.Time{}
	if row.At.IsZero() {
		row.At = time.Now()
	}
	switch {
	case row.Extent != ExtentWhole && it.extent == ExtentWhole && !keep:
		// Some servers (Exchange) list the right size once a message has been read; and a
		// key that was listed as too large may have become a smaller message's.
		row.Extent, row.Keep = ExtentWhole, false
		row.Reason += "; whole, by the size that the server lists now"
	case row.Extent == ExtentWhole && it.extent == ExtentShort:
		row.Extent, row.Keep = ExtentShort, true
		row.Reason += "; but the server lists more than it delivers now, so it stays there"
	}
	return row
}

// upload adds to the changes what a decision means.
func (c *committer) upload(b *changes, it *item, d decided) {
	w := b.writers.by[d.sender.address]
	if d.Outcome == Uploaded && w.missing && !d.Create {
		d.Reasons[len(d.Reasons)-1] = boundTo(d.sender.address, w.customer)
	}
	row := c.rules.entry(it, d.decision)
	if it.before.Outcome == "" && d.Outcome != Duplicate && d.Outcome != Failed {
		b.fresh++
	}
	if it.before.awaitsReading() {
		b.second++
	}
	switch d.Outcome {
	case Duplicate:
		row.EmailID = d.emailID
	case Quarantined:
		row.EmailID = d.emailID
		b.kept[d.emailID] = it
	case Failed:
		var keep bool
		if row, keep = it.undelivered(c.account, row, c.attempts); keep {
			b.kept[row.EmailID] = it
		}
		if row.awaitsReading() {
			b.unsure++
		}
	case Unmatched, Ignored:
		if it.before.keepsBytes() && it.before.EmailID == d.emailID {
			row.EmailID = d.emailID // the kept bytes stay within reach of Replay
		}
	case Uploaded:
		row.EmailID, row.Unmarked = d.emailID, c.account.marksSeen()
		e := c.email(it, d, w)
		b.emails = append(b.emails, NewEmail{Email: e, Raw: it.raw, Archived: it.archived})
		b.notify(e, w, d.Old)
	}
	b.rows = append(b.rows, c.asOnServer(row, it.before).over(it.before)...)
}

// asOnServer returns a record with what the one before says of the server, if the message
// was decided on again from kept bytes: the server was not asked then, and a record that
// was void must stay so.
func (c *committer) asOnServer(row, before LedgerEntry) LedgerEntry {
	if c.rereads && before.Deleted {
		row.Deleted = true
		if before.isVoid() {
			row.At = time.Time{}
		}
	}
	return row
}

// notify adds the notifications of an email to the changes of its batch. Nobody is notified
// of one that is too old, nor of a customer because of it.
func (c *changes) notify(e Email, w *writer, old bool) {
	if w.managerID == "" || w.catchUp || old {
		return
	}
	if w.assigned && !w.announced {
		w.announced = true
		c.notifications = append(c.notifications, notificationOf(e, w.managerID, notify.CustomerAssigned))
	}
	if e.Notify {
		c.notifications = append(c.notifications, notificationOf(e, w.managerID, notify.IncomingEmail))
	}
}

// apply writes the changes through the store, a constant number of statements
// for each kind.
func (c *committer) apply(ctx context.Context, b *changes) error {
	if len(b.emails) > 0 {
		if err := c.store.AddEmails(ctx, b.emails); err != nil {
			return err
		}
		if err := c.reconsider(ctx, b.emails); err != nil {
			return err
		}
	}
	for key, it := range b.kept {
		if err := c.keepBytes(ctx, key, it); err != nil {
			return err
		}
	}
	if len(b.rows) > 0 {
		if err := c.store.Record(ctx, c.account.ID, b.rows); err != nil {
			return err
		}
	}
	if err := c.recordCare(ctx, b.writers); err != nil {
		return err
	}
	if len(b.notifications) > 0 {
		if err := c.outbox.add(ctx, b.notifications); err != nil {
			return err
		}
	}
	if err := c.finishCreations(ctx, b.writers); err != nil {
		return err
	}
	if c.initial != nil && !c.initial.InitialComplete {
		if err := c.store.SetHealth(ctx, c.account.ID, c.initial.underway(c.tally)); err != nil {
			return err
		}
	}
	for _, s := range b.states {
		if err := c.store.SetFolderState(ctx, c.account.ID, s.folder, s.FolderState); err != nil {
			return err
		}
	}
	return nil
}

// email describes an uploaded message.
func (c *committer) email(it *item, d decided, w *writer) Email {
	m := it.message
	return Email{
		ID: d.emailID, AccountID: c.account.ID, Shop: c.account.Shop, SourceID: it.ref.SourceID,
		CustomerID: w.customer.ID, ManagerID: w.managerID,
		Notify: c.account.NotifyManager && !d.Old, Initial: d.Initial,
		MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
		From: d.sender.address, FromName: d.sender.name, To: addressees(m.To), Cc: addressees(m.Cc),
		Subject: m.Subject, Snippet: it.snippet, Date: m.Date,
		Class: m.Class, Verified: d.Verified, Size: m.Size, SHA256: m.SHA256, Fingerprint: it.fingerprint,
		Extent: it.extent, Attachments: m.Attachments, Warnings: append(slices.Clone(m.Warnings), d.Warnings...),
		UploadedAt: time.Now(),
	}
}
