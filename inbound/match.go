package inbound

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/customer"
)

// decided is a decision about an item of a batch.
type decided struct {
	decision
	sender  sender
	emailID string
	again   bool // the same message under the same ID as before: its record stays
}

// batchDecisions is what becomes of the messages of a batch.
type batchDecisions struct {
	each    []decided
	writers *writers
	past    *recall
}

// decideAll decides on the messages of a batch, each as if those before it were
// committed already: what becomes of a message does not depend on where a batch
// was cut.
func (c *committer) decideAll(ctx context.Context, messages []*item) (*batchDecisions, error) {
	decisions := make([]decided, len(messages))
	senders := make([]sender, len(messages))
	past, err := newRecall(ctx, c.store, c.account, messages)
	if err != nil {
		return nil, err
	}
	var asked []string
	known := make([]facts, len(messages))
	for i, it := range messages {
		senders[i] = c.rules.sender(it.message)
		f := &known[i]
		*f = c.rules.facts(it, senders[i])
		if f.original, err = past.inStore(it); err != nil {
			return nil, err
		}
		if f.needsCustomer() {
			asked = append(asked, f.sender)
		}
	}
	// Notes are read before the look-up: a creation that somebody else finishes in
	// between is then not taken for one that was cut off.
	addresses := distinct(asked)
	noted, err := c.store.IntendedCustomers(ctx, "", c.account.Shop, addresses)
	if err != nil {
		return nil, fmt.Errorf("inbound: read begun creations: %w", err)
	}
	matches, err := c.customers.find(ctx, c.account.Shop, addresses)
	if err != nil {
		return nil, err
	}
	ws := &writers{by: make(map[string]*writer)}
	for i, it := range messages {
		f := known[i]
		f.matches = matches[f.sender]
		w := ws.by[f.sender]
		if w != nil {
			f.matches = []customer.Customer{w.customer}
		}
		if f.original.emailID == "" { // by now, there may be one in the batch
			if f.original, err = past.inBatch(it); err != nil {
				return nil, err
			}
		}
		d := decided{decision: c.rules.decide(f), sender: senders[i], emailID: it.emailID(c.account)}
		if d.Outcome == Duplicate {
			d.emailID = f.original.emailID
			d.again = it.before.EmailID == d.emailID && it.before.isUploaded()
		}
		decisions[i] = d
		if d.Outcome != Uploaded {
			continue
		}
		past.add(it)
		if w == nil {
			ws.add(&writer{address: f.sender, customer: d.Customer, missing: d.Create, noted: noted[f.sender],
				emailID: d.emailID, old: d.Old})
		} else if w.old && !d.Old {
			w.old, w.emailID = false, d.emailID
		}
	}
	return &batchDecisions{decisions, ws, past}, c.recognizeOwn(ctx, messages, decisions)
}

// recognizeOwn finds messages that are duplicates of themselves: they were committed by
// a transaction whose result was lost, or earlier in this pass. Their records stay as
// they are.
func (c *committer) recognizeOwn(ctx context.Context, messages []*item, decisions []decided) error {
	var ids []SourceID
	for i, d := range decisions {
		if d.Outcome == Duplicate && !d.again {
			ids = append(ids, messages[i].ref.SourceID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := c.store.Lookup(ctx, c.account.ID, ids)
	if err != nil {
		return fmt.Errorf("inbound: look for duplicates: %w", err)
	}
	for i, d := range decisions {
		row, found := rows[messages[i].ref.SourceID]
		if found && d.Outcome == Duplicate && row.isUploaded() && row.EmailID == d.emailID {
			messages[i].before, decisions[i].again = row, true
		}
	}
	return nil
}
