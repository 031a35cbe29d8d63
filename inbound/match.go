package inbound

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
)

// findLimit is how many addresses a BatchFinder is asked for at once.
const findLimit = 500

// sender returns the normalised address that a message is bound by, or "" when
// there is none that can be read.
func (a Account) sender(it *item) string {
	m := it.message
	if a.ReplyTo && len(m.ReplyTo) > 0 {
		if address, err := customer.Normalize(m.ReplyTo[0].Address); err == nil {
			return address
		}
	}
	address, err := customer.Normalize(m.From.Address)
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
		arrived: it.ref.Received, notBefore: it.notBefore, truncated: it.truncated,
	}
	if f.arrived.IsZero() {
		f.arrived = m.Date
	}
	return f
}

// find looks customers up by address, in one query where the host can.
func (p *pass) find(ctx context.Context, addresses []string) (map[string][]customer.Customer, error) {
	found := make(map[string][]customer.Customer, len(addresses))
	batch, ok := p.customers.(customer.BatchFinder)
	if !ok {
		for _, address := range addresses {
			err := askHost(ctx, func(ctx context.Context) (err error) {
				found[address], err = p.customers.FindByEmail(ctx, p.account.Shop, address)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("inbound: find customer: %w", err)
			}
		}
		return found, nil
	}
	for chunk := range slices.Chunk(addresses, findLimit) {
		err := askHost(ctx, func(ctx context.Context) error {
			some, err := batch.FindByEmails(ctx, p.account.Shop, chunk)
			maps.Copy(found, some)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("inbound: find customers: %w", err)
		}
	}
	return found, nil
}

// nobody is an address that no customer has (RFC 2606, section 2): a base that
// cannot tell this is down.
const nobody = "nobody@postroom.invalid"

// isDown returns why the host's customer base does not work at all.
func (p *pass) isDown(ctx context.Context) error {
	_, err := p.find(ctx, []string{nobody})
	return err
}

// findSome is find for a base that fails for some addresses: those are absent,
// others without a customer have an empty list.
func (p *pass) findSome(ctx context.Context, addresses []string) (map[string][]customer.Customer, error) {
	found, err := p.find(ctx, addresses)
	if err != nil && (ctx.Err() != nil || p.isDown(ctx) != nil) {
		return nil, err
	}
	if err != nil {
		found = make(map[string][]customer.Customer)
	}
	for _, address := range addresses {
		one := found
		if err != nil {
			var failure error
			if one, failure = p.find(ctx, []string{address}); failure != nil {
				continue
			}
		}
		found[address] = one[address]
	}
	return found, ctx.Err()
}

// preview decides on messages as far as their headers tell. Whom the customer base
// cannot look up is not decided on: the outcome is "".
func (p *pass) preview(ctx context.Context, heads []*item) ([]Decision, error) {
	senders := make([]string, len(heads))
	for i, it := range heads {
		senders[i] = p.account.sender(it)
	}
	matches, err := p.findSome(ctx, distinct(senders))
	if err != nil {
		return nil, err
	}
	decisions := make([]Decision, len(heads))
	for i, it := range heads {
		if _, known := matches[senders[i]]; !known {
			continue
		}
		f := p.facts(it, senders[i])
		f.matches = matches[senders[i]]
		decisions[i] = decide(p.account, f)
	}
	return decisions, nil
}

// decideAll decides on the messages of a batch, each as if those before it were
// committed already: what becomes of a message does not depend on where a batch
// was cut.
func (l *line) decideAll(ctx context.Context, messages []*item) ([]decision, *newcomers, error) {
	decisions := make([]decision, len(messages))
	senders, ids := make([]string, len(messages)), make([]string, len(messages))
	for i, it := range messages {
		senders[i] = l.account.sender(it)
		ids[i] = emailID(l.account.ID, it.message.SHA256)
	}
	have, err := l.store.HaveEmails(ctx, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("inbound: look for duplicates: %w", err)
	}
	addresses := distinct(senders)
	matches, err := l.find(ctx, addresses)
	if err != nil {
		return nil, nil, err
	}
	intended, err := l.store.IntendedCustomers(ctx, l.account.ID, l.account.Shop, addresses)
	if err != nil {
		return nil, nil, fmt.Errorf("inbound: read begun creations: %w", err)
	}
	news := &newcomers{by: make(map[string]*newcomer)}
	for i, it := range messages {
		f := l.facts(it, senders[i])
		f.matches = matches[f.sender]
		if n := news.by[f.sender]; n != nil {
			f.matches = []customer.Customer{n.customer}
		}
		if have[ids[i]] {
			f.duplicateOf = ids[i]
		}
		d := decide(l.account, f)
		decisions[i] = decision{Decision: d, sender: f.sender, emailID: ids[i], again: d.Outcome == Duplicate && it.before.EmailID == ids[i]}
		if d.Outcome != Uploaded {
			continue
		}
		have[ids[i]] = true
		switch {
		case d.Create:
			news.add(&newcomer{address: f.sender, customer: customer.Customer{ID: "to be created"}})
		case intended[f.sender] && news.by[f.sender] == nil:
			// The creation was cut off between the host's customer base and
			// our commit: it is finished now.
			news.add(&newcomer{address: f.sender, customer: d.Customer, created: true, exists: true})
		}
	}
	return decisions, news, nil
}

// distinct returns the addresses, sorted, each once, without "".
func distinct(addresses []string) []string {
	out := slices.Compact(slices.Sorted(slices.Values(addresses)))
	if len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	return out
}
