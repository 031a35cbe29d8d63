package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/notify"
)

// commit applies a batch in one transaction. When that fails although the store
// and the host's repository work, some message is at fault: the batch is bisected
// until it is found, and that one alone is recorded as failed, to be tried again.
// Everything is recorded in the order of the batch: no watermark before the
// failures that it would hide.
func (l *line) commit(ctx context.Context, batch []*item) error {
	err := l.commitBatch(ctx, batch)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrLeaseLost), errors.Is(err, ErrTemporary), ctx.Err() != nil,
		len(batch) == 1 && batch[0].message == nil:
		return err // no message is at fault
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if down := l.fenced(work, func(context.Context) error { return nil }); down != nil {
		return err
	}
	if len(batch) > 1 {
		half := len(batch) / 2
		if err := l.commit(ctx, batch[:half]); err != nil {
			return err
		}
		return l.commit(ctx, batch[half:])
	}
	if l.customers.isDown(work, l.account.Shop) != nil {
		return err
	}
	l.logger.WarnContext(ctx, "message not committed; it will be tried again",
		"account", l.account.ID, "uid", batch[0].ref.SourceID.String(), "error", err)
	return l.recordFailure(work, batch[0], err)
}

// commitTimeout bounds the transaction of one batch, in which a repository that
// is part of it creates up to 256 customers. Half a batch has half the time, so
// that a repository that hangs for one customer is found out soon.
const commitTimeout = 5 * time.Minute

// recordFailure records a failure of one message: to be tried again with growing
// pauses, and after too many times quarantined, with its bytes.
func (l *line) recordFailure(ctx context.Context, it *item, cause error) error {
	row := l.row(it, Decision{Outcome: Failed, Reasons: []string{boundedText(cause.Error())}}, "")
	row.failedAgain(it.before.failures())
	id := emailID(l.account.ID, it.message.SHA256)
	quarantine := l.limits.Attempts > 0 && row.Attempts >= l.limits.Attempts ||
		it.before.Outcome == Quarantined && it.before.EmailID == id
	var abandoned []string // creations that will not be finished
	if quarantine {
		row.Outcome, row.EmailID, row.NextTry = Quarantined, id, time.Time{}
		if sender := l.account.sender(it.message); sender != "" && !l.isUnassigned(ctx, sender) {
			abandoned = []string{sender}
		}
	}
	err := l.fenced(ctx, func(ctx context.Context) error {
		if quarantine {
			if err := l.store.KeepRaw(ctx, row.EmailID, it.raw); err != nil {
				return err
			}
			if err := l.store.FinishCustomers(ctx, "", l.account.Shop, abandoned); err != nil {
				return err
			}
		}
		return l.store.Record(ctx, l.account.ID, row.over(it.before))
	})
	if err != nil {
		return fmt.Errorf("inbound: record a failed message: %w", err)
	}
	l.failed++
	l.count([]LedgerEntry{row}, 0)
	return nil
}

// isUnassigned reports whether the host has a customer of this address without a
// manager, or cannot say: a creation that was begun may be behind it.
func (l *line) isUnassigned(ctx context.Context, address string) bool {
	found, err := l.customers.find(ctx, l.account.Shop, []string{address})
	return err != nil || len(found[address]) > 0 && found[address][0].ManagerID == ""
}

// changes is what a batch does, ready to be applied in one transaction.
type changes struct {
	rows          []LedgerEntry
	emails        []NewEmail
	kept          map[string]Raw // bytes without an email, by key
	writers       *writers
	states        []*folderState
	notifications []notify.Notification
	fresh         int // messages without a row before, but for duplicates
}

// commitBatch decides on a batch and applies the decisions. What may reach a
// network is asked before the transaction; within it, only a customer repository
// that is part of the transaction.
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
	decisions, ws, err := l.decideAll(ctx, messages)
	if err != nil {
		return err
	}
	joined, err := l.joins(ctx)
	if err != nil {
		return err
	}
	if err := l.recordIntents(ctx, ws); err != nil {
		return err
	}
	var team []assign.Manager
	lag := lookupLag
	if joined {
		lag = lookupLagInside
		if ws.needsTeam(l.account) {
			team = l.team(ctx)
		}
	} else if err := l.createCustomers(ctx, ws); err != nil {
		return err
	}
	// The transaction is finished once it has begun: a stop within it would only do
	// the work twice.
	limit := max(commitTimeout*time.Duration(len(batch))/batchMessages, finishTimeout)
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	var done changes
	err = l.fenced(work, func(ctx context.Context) error {
		done = changes{kept: make(map[string]Raw), writers: ws}
		if joined {
			if err := l.createCustomers(ctx, ws); err != nil {
				return err
			}
		}
		if err := l.attend(ctx, ws, team, lag); err != nil {
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
				l.upload(&done, it, decisions[next])
				next++
			}
		}
		return l.apply(ctx, &done)
	})
	if err != nil {
		return fmt.Errorf("inbound: commit %d messages: %w", len(messages), err)
	}
	l.reportBatch(&done)
	return nil
}

// team returns who gets customers of the account's group now. While the
// directory fails, customers wait as they do when nobody is there.
func (l *line) team(ctx context.Context) []assign.Manager {
	team, err := l.distributor.Eligible(ctx, l.account.ManagerGroup)
	if err != nil && ctx.Err() == nil {
		l.logger.WarnContext(ctx, "managers not known; new customers wait for one", "account", l.account.ID, "error", err)
	}
	return team
}

// reportBatch counts what is committed.
func (l *line) reportBatch(c *changes) {
	bytes := int64(0)
	for _, e := range c.emails {
		bytes += e.Size
	}
	l.fresh.Add(int64(c.fresh))
	counted := make(map[*care]bool)
	waiting := false
	for _, w := range c.writers.list {
		if w.created {
			l.report.CustomersCreated++
		}
		if w.assigned && !counted[w.care] {
			counted[w.care] = true
			l.report.Assigned[w.managerID]++
		}
		waiting = waiting || w.wanting
	}
	l.count(c.rows, bytes)
	if waiting {
		l.wakeAssigner()
	}
	if len(c.notifications) > 0 {
		l.wakeDispatcher()
	}
}

// decision is a Decision about an item of a batch.
type decision struct {
	Decision
	sender  string
	emailID string
	again   bool // the same message under the same ID as before: its row stays
}

// again is the row of a message that was read again and is what it was. It keeps
// its time, from which a grace period counts, unless the row had become void.
func (it *item) again() LedgerEntry {
	row := it.before
	row.Deleted, row.Listed = false, it.ref.Size
	if row.At.IsZero() {
		row.At = time.Now()
	}
	if row.Extent == ExtentShort && it.extent == ExtentWhole {
		// Some servers (Exchange) list the right size once a message has been read.
		row.Extent, row.Keep = ExtentWhole, false
		row.Reason += "; whole, by the size that the server lists now"
	}
	return row
}

// upload adds to the changes what a decision means.
func (l *line) upload(c *changes, it *item, d decision) {
	w := c.writers.by[d.sender]
	if d.Outcome == Uploaded && w.missing && !d.Create {
		d.Reasons[len(d.Reasons)-1] = boundTo(d.sender, w.customer)
	}
	row := l.row(it, d.Decision, "")
	if it.before.Outcome == "" && d.Outcome != Duplicate {
		c.fresh++
	}
	switch d.Outcome {
	case Duplicate:
		row.EmailID = d.emailID
	case Quarantined:
		row.EmailID = d.emailID
		c.kept[d.emailID] = it.raw
	case Unmatched, Ignored:
		if it.before.keepsBytes() && it.before.EmailID == d.emailID {
			row.EmailID = d.emailID // the kept bytes stay within reach of Replay
		}
	case Uploaded:
		row.EmailID, row.Unmarked = d.emailID, l.account.marksSeen()
		e := l.email(it, d, w)
		c.emails = append(c.emails, NewEmail{Email: e, Raw: it.raw})
		c.notify(e, w)
	}
	c.rows = append(c.rows, row.over(it.before)...)
}

// over returns the rows to record when this one replaces another. A message that was
// not uploaded, and whose bytes were kept, may have given its ID to a different one:
// these bytes may be the only copy, so its row goes on under an ID that no server
// gives.
func (e LedgerEntry) over(before LedgerEntry) []LedgerEntry {
	if !before.keepsBytes() || before.EmailID == e.EmailID {
		return []LedgerEntry{e}
	}
	before.Deleted = true
	before.Occurrence = displacedFrom + int(crc32.ChecksumIEEE([]byte(before.EmailID))>>2)
	return []LedgerEntry{e, before}
}

// displacedFrom is the first Occurrence of rows that have lost their ID.
const displacedFrom = 1 << 30

func (e LedgerEntry) isDisplaced() bool { return e.Occurrence >= displacedFrom }

// apply writes the changes through the store, a constant number of statements
// for each kind.
func (l *line) apply(ctx context.Context, c *changes) error {
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
	if err := l.recordCare(ctx, c.writers); err != nil {
		return err
	}
	if len(c.notifications) > 0 {
		if err := l.store.Add(ctx, c.notifications); err != nil {
			return err
		}
	}
	if err := l.finishCreations(ctx, c.writers); err != nil {
		return err
	}
	if l.health != nil && !l.health.InitialComplete {
		h := *l.health
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
	if !l.rereads {
		rows = slices.DeleteFunc(slices.Clone(rows), LedgerEntry.isDisplaced)
	}
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
func (l *line) email(it *item, d decision, w *writer) Email {
	m := it.message
	return Email{
		ID: d.emailID, AccountID: l.account.ID, Shop: l.account.Shop, SourceID: it.ref.SourceID,
		CustomerID: w.customer.ID, ManagerID: w.managerID, Notify: l.account.NotifyManager,
		MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
		From: d.sender, FromName: m.From.Name, Subject: m.Subject, Date: m.Date,
		Class: m.Class, Verified: d.Verified, Size: m.Size, SHA256: m.SHA256,
		Truncated: it.extent.isPart(), Attachments: m.Attachments, Warnings: slices.Clone(m.Warnings),
		UploadedAt: time.Now(),
	}
}

// emailID is the same for the same bytes in the same account: an email that is
// committed twice is one.
func emailID(account, sha string) string {
	sum := sha256.Sum256([]byte(account + "\x00" + sha))
	return hex.EncodeToString(sum[:16])
}
