package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// commit applies a batch in one transaction. When that fails although the store, the
// archive and the host's repository work, some message is at fault: the batch is bisected
// until it is found, and that one alone is recorded as failed, to be tried again.
// Everything is recorded in the order of the batch: no watermark before the
// failures that it would hide.
func (c *committer) commit(ctx context.Context, batch []*item) error {
	err := c.commitBatch(ctx, batch)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrLeaseLost), errors.Is(err, ErrTemporary), ctx.Err() != nil,
		len(batch) == 1 && batch[0].message == nil:
		return err // no message is at fault
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if down := c.fenced(work, func(context.Context) error { return nil }); down != nil {
		return err
	}
	if c.archiveIsDown(work) != nil {
		return err
	}
	if len(batch) > 1 {
		half := len(batch) / 2
		if err := c.commit(ctx, batch[:half]); err != nil {
			return err
		}
		return c.commit(ctx, batch[half:])
	}
	if c.customers.isDown(work, c.account.Shop) != nil {
		return err
	}
	c.logger.WarnContext(ctx, "message not committed; it will be tried again",
		"account", c.account.ID, "folder", batch[0].ref.Folder, "source_id", batch[0].ref.SourceID.String(),
		"error", err)
	return c.recordFailure(work, batch[0], err)
}

// recordFailure records a failure of one message: to be tried again with growing
// pauses, and after too many times quarantined, with its bytes.
func (c *committer) recordFailure(ctx context.Context, it *item, cause error) error {
	row := c.rules.entry(it, decision{Outcome: Failed, Reasons: []string{boundedText(cause.Error())}})
	row.failedAgain(it.before.failures())
	id := emailID(c.account.ID, it.message.SHA256)
	quarantine := c.attempts > 0 && row.Attempts >= c.attempts ||
		it.before.Outcome == Quarantined && it.before.EmailID == id
	var abandoned []string // creations that will not be finished
	if quarantine {
		row.Outcome, row.EmailID, row.NextTry = Quarantined, id, time.Time{}
		if sender := c.rules.sender(it.message).address; sender != "" && !c.isUnassigned(ctx, sender) {
			abandoned = []string{sender}
		}
	}
	if quarantine {
		if err := c.archiveItems(ctx, []*item{it}); err != nil {
			return err
		}
	}
	err := c.fenced(ctx, func(ctx context.Context) error {
		if quarantine {
			if err := c.keepBytes(ctx, row.EmailID, it); err != nil {
				return err
			}
			if err := c.store.FinishCustomers(ctx, "", c.account.Shop, abandoned); err != nil {
				return err
			}
		}
		return c.store.Record(ctx, c.account.ID, c.asOnServer(row, it.before).over(it.before))
	})
	if err != nil {
		return fmt.Errorf("inbound: record a failed message: %w", err)
	}
	if quarantine {
		c.tally.failed++ // a failed one is counted there
	}
	c.tally.committed([]LedgerEntry{row}, 0)
	return nil
}

// isUnassigned reports whether the host has a customer of this address without a
// manager, or cannot say: a creation that was begun may be behind it.
func (c *committer) isUnassigned(ctx context.Context, address string) bool {
	found, err := c.customers.find(ctx, c.account.Shop, []string{address})
	return err != nil || len(found[address]) > 0 && found[address][0].ManagerID == ""
}
