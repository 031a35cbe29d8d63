package inbound

import (
	"context"
	"fmt"
	"slices"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
)

// sender returns the normalised address that a message is bound by, or "" when
// there is none that can be read.
func (a Account) sender(m *email.Message) string {
	return a.senderOf(m.From.Address, replyTo(m))
}

// senderOf is sender for what a row remembers of a message.
func (a Account) senderOf(from, replyTo string) string {
	if a.ReplyTo && replyTo != "" {
		return replyTo
	}
	address, err := customer.Normalize(from)
	if err != nil {
		return ""
	}
	return address
}

// replyTo returns the normalized first address of Reply-To, or "" when there is
// none that can be read.
func replyTo(m *email.Message) string {
	if len(m.ReplyTo) == 0 {
		return ""
	}
	address, err := customer.Normalize(m.ReplyTo[0].Address)
	if err != nil {
		return ""
	}
	return address
}

// facts gathers what a decision about a message depends on.
func (p *pass) facts(it *item, sender string) facts {
	m := it.message
	f := facts{
		sender: sender, own: p.isOwn(sender),
		class: m.Class, classReason: m.ClassReason, noReply: email.IsNoReply(sender),
		dmarc:   m.DMARC(p.account.AuthservID),
		arrived: it.ref.Received, notBefore: it.notBefore, truncated: it.extent.isPart(), short: it.extent == ExtentShort,
	}
	if f.arrived.IsZero() {
		f.arrived = m.Received
	}
	switch {
	case !f.arrived.IsZero():
	case !p.account.Start.Now:
		f.arrived = m.Date
	default: // the sender's clock proves nothing
		f.wasThere = !it.byID && p.sizes[it.ref.Size]
	}
	return f
}

// preview decides on messages as far as their headers tell. Whom the customer base
// cannot look up is not decided on: the outcome is "".
func (p *pass) preview(ctx context.Context, heads []*item) ([]Decision, error) {
	senders := make([]string, len(heads))
	for i, it := range heads {
		senders[i] = p.account.sender(it.message)
	}
	matches, err := p.customers.findSome(ctx, p.account.Shop, distinct(senders))
	if err != nil {
		return nil, err
	}
	decisions := make([]Decision, len(heads))
	for i, it := range heads {
		f := p.facts(it, senders[i])
		if found, known := matches[senders[i]]; known {
			f.matches = found
		} else if f.needsCustomer() {
			continue
		}
		decisions[i] = decide(p.rules(senders[i]), f)
	}
	return decisions, nil
}

// rules are the account's settings as they hold for a sender: Replay creates the
// one customer that it was asked for, whatever the account says.
func (p *pass) rules(sender string) Account {
	if sender == "" || sender != p.replayed {
		return p.account
	}
	a := p.account
	a.CreateCustomer, a.CreateFor = true, everyClass
	return a
}

// decideAll decides on the messages of a batch, each as if those before it were
// committed already: what becomes of a message does not depend on where a batch
// was cut.
func (l *line) decideAll(ctx context.Context, messages []*item) ([]decision, *writers, error) {
	decisions := make([]decision, len(messages))
	senders, ids := make([]string, len(messages)), make([]string, len(messages))
	for i, it := range messages {
		senders[i] = l.account.sender(it.message)
		ids[i] = emailID(l.account.ID, it.message.SHA256)
	}
	have, err := l.store.HaveEmails(ctx, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("inbound: look for duplicates: %w", err)
	}
	var asked []string
	known := make([]facts, len(messages))
	for i, it := range messages {
		f := &known[i]
		*f = l.facts(it, senders[i])
		if have[ids[i]] {
			f.duplicateOf = ids[i]
		}
		if f.needsCustomer() {
			asked = append(asked, senders[i])
		}
	}
	// Notes are read before the look-up: a creation that somebody else finishes in
	// between is then not taken for one that was cut off.
	addresses := distinct(asked)
	noted, err := l.store.IntendedCustomers(ctx, "", l.account.Shop, addresses)
	if err != nil {
		return nil, nil, fmt.Errorf("inbound: read begun creations: %w", err)
	}
	matches, err := l.customers.find(ctx, l.account.Shop, addresses)
	if err != nil {
		return nil, nil, err
	}
	ws := &writers{by: make(map[string]*writer)}
	for i, it := range messages {
		f := known[i]
		f.matches = matches[f.sender]
		w := ws.by[f.sender]
		if w != nil {
			f.matches = []customer.Customer{w.customer}
		}
		if have[ids[i]] {
			f.duplicateOf = ids[i]
		}
		d := decide(l.rules(f.sender), f)
		decisions[i] = decision{Decision: d, sender: f.sender, emailID: ids[i],
			again: d.Outcome == Duplicate && it.before.EmailID == ids[i] && it.before.isUploaded()}
		if d.Outcome != Uploaded {
			continue
		}
		have[ids[i]] = true
		if w == nil {
			ws.add(&writer{address: f.sender, customer: d.Customer, missing: d.Create, noted: noted[f.sender], emailID: ids[i]})
		}
	}
	return decisions, ws, l.recognizeOwn(ctx, messages, decisions)
}

// recognizeOwn finds messages that are duplicates of themselves: they were
// committed by a transaction whose end was not learned, or earlier in this pass.
// Their rows stay as they are.
func (l *line) recognizeOwn(ctx context.Context, messages []*item, decisions []decision) error {
	var ids []SourceID
	for i, d := range decisions {
		if d.Outcome == Duplicate && !d.again {
			ids = append(ids, messages[i].ref.SourceID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := l.store.Lookup(ctx, l.account.ID, ids)
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

// distinct returns the addresses, sorted, each once, without "".
func distinct(addresses []string) []string {
	out := slices.Compact(slices.Sorted(slices.Values(addresses)))
	if len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	return out
}
