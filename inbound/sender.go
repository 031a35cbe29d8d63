package inbound

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
)

// sender is whom a message counts as sent by.
type sender struct {
	address string // normalized; "" when it cannot be read
	fault   string // what is wrong with an address that cannot be read; "" when there is none
	name    string // display name; may be ""
	note    string // in words, about a list that has its own address in From; else ""
}

// senders says who the sender of a message of an account is.
type senders struct {
	account Account
	company company
}

// sender returns whom a message counts as sent by. It is the one function that says so:
// Explain, the passes, the ledger and Replay go by it.
//
// It is the author: From, or who wrote to the company's own list; see company.author.
// Where the account says so, it is the first address in Reply-To that is not the
// company's own: with Reply-To set to the shop or its group, it is the author. If the
// author is the company, and nobody else can be read because an address is refused by
// customer.Normalize, there is no sender: it would be ignored as the company's own mail.
func (r *senders) sender(m *email.Message) sender {
	author, note := r.company.author(m)
	reply := r.company.replyTo(m)
	s := sender{address: r.senderOf(author.Address, reply.Address), name: author.Name, note: note}
	switch {
	case s.address == "" && r.account.ReplyTo:
		s.fault = cmp.Or(faultOf(author), faultOf(reply))
	case s.address == "":
		s.fault = faultOf(author)
	case s.address == normalAddress(reply) && reply.Name != "":
		s.name = reply.Name
	}
	return s
}

// SenderOf returns whom a recorded message of an account counts as sent by, with the
// settings as they are now: the address that Replay finds it by. If no address can be
// read, it is From as it was read. An unknown account is ErrNotFound.
func (s *Syncer) SenderOf(accountID string, e LedgerEntry) (string, error) {
	a, err := s.settings.Load().account(accountID)
	if err != nil {
		return "", err
	}
	return (&senders{a, s.settings.Load().company}).shownSender(e), nil
}

// shownSender is SenderOf within a pass.
func (r *senders) shownSender(e LedgerEntry) string {
	address := r.senderOf(e.From, e.ReplyTo)
	if address == "" && r.account.ReplyTo {
		address = e.ReplyTo
	}
	return cmp.Or(address, e.From)
}

// senderOf returns the address of sender for what a record remembers of a message.
func (r *senders) senderOf(author, replyTo string) string {
	from := normalAddress(email.Address{Address: author})
	if !r.account.ReplyTo || replyTo == "" {
		return from
	}
	switch reply := normalAddress(email.Address{Address: replyTo}); {
	case reply != "" && !r.company.isOwn(reply):
		return reply
	case reply == "" && r.company.isOwn(from):
		return ""
	}
	return from
}

// author returns who wrote a message: From, unless a list (Google Groups, Mailman) that
// is the company's own has put its own address there, so that DMARC does not fail. Then
// it is whom the list names: in X-Original-From or X-Original-Sender, else in Reply-To
// or Cc.
//
// Anybody can write those fields. They are trusted only where From is an address of
// Config.OwnAddresses or OwnDomains or an account's user name, or is the address of the
// list by the header (List-Id, List-Post) and in a domain of such an address: somebody
// else who sends that forges the company's own address, which the provider of the
// mailbox can refuse by DMARC, and which would be ignored without these fields. A list
// elsewhere, and an address of the same public mail provider, name nobody. An author
// whom a list names is never verified.
func (c company) author(m *email.Message) (author email.Address, note string) {
	from := normalAddress(m.From)
	switch original := normalAddress(m.OriginalFrom); {
	case from == "" || from == original:
		return m.From, ""
	case !c.isRewritten(m):
		if m.FromList && original != "" {
			note = fmt.Sprintf("the list %s names %s as the sender, which counts only if the list's address is one of "+
				"the company's own", from, original)
		}
		return m.From, note
	case original != "":
		return c.listed(m, m.OriginalFrom, "X-Original-From or X-Original-Sender")
	case !m.FromList && isRefused(m.OriginalFrom):
		return m.OriginalFrom, ""
	case !m.FromList:
		return m.From, ""
	}
	// Mailman adds the author to those whom answers go to, or else to Cc.
	for i := len(m.ReplyTo) - 1; i >= 0; i-- {
		if c.isOutside(m, m.ReplyTo[i]) {
			return c.listed(m, m.ReplyTo[i], "Reply-To")
		}
	}
	var found []email.Address
	for _, a := range m.Cc {
		if c.isOutside(m, a) && a.Name != "" && a.Name == authorName(m.From.Name) {
			found = append(found, a)
		}
	}
	if len(found) == 1 {
		return c.listed(m, found[0], "Cc")
	}
	for _, a := range append([]email.Address{m.OriginalFrom}, m.ReplyTo...) {
		if isRefused(a) {
			return a, ""
		}
	}
	return m.From, ""
}

// listed returns the author whom a list names in a field.
func (c company) listed(m *email.Message, author email.Address, field string) (email.Address, string) {
	if author.Name == "" {
		author.Name = authorName(m.From.Name)
	}
	return author, fmt.Sprintf("the list %s names %s as the sender, in %s", normalAddress(m.From),
		normalAddress(author), field)
}

// isRewritten reports whether From is the company's own or its list's.
func (c company) isRewritten(m *email.Message) bool {
	from := normalAddress(m.From)
	return c.isOwn(from) || m.FromList && c.hasSite(from)
}

// isOutside reports whether an address in a field of a message is neither the company's
// nor that of its list.
func (c company) isOutside(m *email.Message, a email.Address) bool {
	address := normalAddress(a)
	return address != "" && !c.isOwn(address) && !(m.FromList && address == normalAddress(m.From))
}

// replyTo returns the first address of Reply-To that is neither the company's nor that
// of its list, or else the first one that is refused, or the zero value.
func (c company) replyTo(m *email.Message) email.Address {
	for _, a := range m.ReplyTo {
		if c.isOutside(m, a) {
			return a
		}
	}
	for _, a := range m.ReplyTo {
		if isRefused(a) {
			return a
		}
	}
	return email.Address{}
}

// authorName returns the name of the author of a list's message, whose From has "Anna
// via Support" or "'Anna' via Support".
func authorName(name string) string {
	if i := strings.LastIndex(name, " via "); i > 0 {
		name = name[:i]
	}
	if n := len(name); n > 2 && name[0] == '\'' && name[n-1] == '\'' {
		name = name[1 : n-1]
	}
	return name
}

// normalAddress returns the normalized address, or "" when it cannot be read.
func normalAddress(a email.Address) string {
	if a.Address == "" {
		return "" // most fields are empty, and an error costs more
	}
	address, err := customer.Normalize(a.Address)
	if err != nil {
		return ""
	}
	return address
}

// isRefused reports an address that customer.Normalize refuses.
func isRefused(a email.Address) bool {
	return strings.Contains(a.Address, "@") && normalAddress(a) == ""
}

// faultOf says what is wrong with an address that customer.Normalize refuses; "" means
// nothing, or that there is none.
func faultOf(a email.Address) string {
	_, err := customer.Normalize(a.Address)
	if a.Address == "" || err == nil {
		return ""
	}
	return strings.TrimPrefix(err.Error(), customer.ErrAddress.Error()+": ")
}

// recordedAddress returns an address for a record: as it was read, or as a person should
// see it if it cannot be used.
func recordedAddress(a email.Address) string {
	if normalAddress(a) == "" {
		return customer.Display(a.Address)
	}
	return a.Address
}
