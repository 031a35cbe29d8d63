package inbound

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/customer"
)

// finishCreations removes the notes of creations that the batch has finished: those
// of every account where the customer is taken care of now. Otherwise a different
// account has created the customer and will record it, and only ours is removed.
func (c *committer) finishCreations(ctx context.Context, ws *writers) error {
	begun := func(finished bool) []string {
		return ws.addresses(func(w *writer) bool {
			return (w.missing || w.noted) && finished == (w.recorded || w.remembered || w.customer.ManagerID != "")
		})
	}
	for account, addresses := range map[string][]string{"": begun(true), c.account.ID: begun(false)} {
		if len(addresses) == 0 {
			continue
		}
		if err := c.store.FinishCustomers(ctx, account, c.account.Shop, addresses); err != nil {
			return err
		}
	}
	return nil
}

// recordIntents notes, in a transaction of its own, which customers are about to
// be created. The host's repository may not be part of ours: should the process
// end after its Create, the note tells the next pass that the customer is ours
// to assign.
func (c *committer) recordIntents(ctx context.Context, ws *writers) error {
	missing := ws.addresses(isMissing)
	if len(missing) == 0 {
		return nil
	}
	err := c.fenced(ctx, func(ctx context.Context) error {
		return c.store.IntendCustomers(ctx, c.account.ID, c.account.Shop, missing)
	})
	if err != nil {
		return fmt.Errorf("inbound: note begun creations: %w", err)
	}
	return nil
}

// createCustomers creates the customers that are missing.
func (c *committer) createCustomers(ctx context.Context, ws *writers) error {
	for _, w := range ws.list {
		if !w.missing {
			continue
		}
		wanted := customer.New{Shop: c.account.Shop, Email: w.address, Fields: c.account.Fields}
		got, created, err := c.customers.create(ctx, wanted)
		if err != nil {
			return err
		}
		// A repository that finds new customers only a while later has been asked
		// for this one before: a note says so, of ours or of a different account,
		// which may have been cut off.
		w.customer, w.created = got, created || w.noted && got.ManagerID == ""
		if !w.created && got.ManagerID == "" {
			if w.created, err = c.isNotedElsewhere(ctx, w.address); err != nil {
				return err
			}
		}
	}
	return nil
}

// isNotedElsewhere reports whether a different account has begun to create a
// customer for an address.
func (c *committer) isNotedElsewhere(ctx context.Context, address string) (bool, error) {
	noted, err := c.store.IntendedElsewhere(ctx, c.account.ID, c.account.Shop, []string{address})
	return noted[address], err
}
