package email

import (
	"iter"
	"strings"
)

// facts gathers what is known about the bounce: what the report says of the recipients in o, and
// else what stands in the header and in the text.
func (n *notice) facts(o outcome) Bounce {
	b, all := o.first, o.all
	b.OriginalMessageID = n.r.originalID
	if len(all) == 0 {
		for i := range n.h.fields {
			if n.h.is(i, "X-Failed-Recipients") {
				for _, a := range addressList(rawText(n.h.value(i), ""), maxRecipients) {
					all.add(a.Address)
				}
			}
		}
	}
	text := strings.ToValidUTF8(n.m.Text[:min(len(n.m.Text), readableText)], "")
	words := mailerWords(text)
	if len(all) == 0 {
		all = failedRecipients(n.m, text, words)
	}
	if r := n.r.returned; len(all) == 0 && r != nil && len(r.to) == 1 && n.isForeign(r.to[0].Address) {
		all.add(r.to[0].Address)
	}
	if len(all) > 0 {
		b.Recipient, b.Recipients = all[0], all
	}
	if b.Status = exactStatus(b.Status, words); b.Status == "" {
		b.Status = statusInText(text)
	}
	if b.Action == "" {
		b.Action = "failed"
		if !n.r.complaint && n.isDelayed(words) {
			b.Action = "delayed"
		}
	}
	if b.OriginalMessageID == "" {
		b.OriginalMessageID = n.returnedID()
	}
	return b
}

// isDelayed reports words that say that the mail will be tried again.
func (n *notice) isDelayed(words string) bool {
	subject := strings.ToLower(n.m.Subject)
	if delayTexts.In(subject) {
		return true
	}
	return !n.onMail && delayTexts.In(strings.ToLower(words))
}

// returnedID finds the Message-ID of the mail that bounced where it was not attached: in
// the text, or in fields that name what the notice is an answer to.
func (n *notice) returnedID() string {
	if id := messageID(idInText(n.m.Text)); id != "" {
		return id
	}
	if id := originalIDOf(n.h); id != "" {
		return id
	}
	if n.m.InReplyTo != "" {
		return n.m.InReplyTo
	}
	if len(n.m.References) > 0 {
		return n.m.References[len(n.m.References)-1]
	}
	return ""
}

// mailerWords is what a mailer wrote itself, above the message that it returns.
func mailerWords(text string) string {
	for f := range fieldsIn(text, quoteStarts) {
		if returnedFields[strings.ToLower(f.name)] &&
			(strings.HasPrefix(f.rest, " ") || strings.HasPrefix(f.rest, "\t")) {
			return text[:f.line]
		}
	}
	return text
}

// failedRecipients finds the addresses that failed in what a mailer wrote: they stand at
// the beginning of lines, best below the words that announce them, or one is within those words,
// or behind "To:" of the returned header.
func failedRecipients(m *Message, text, words string) recipients {
	below := belowAnnouncement(words)
	if list := failedOnLines(m, below, true); len(list) > 0 {
		return list
	}
	if list := failedOnLines(m, words, false); len(list) > 0 {
		return list
	}
	for _, place := range [...]struct {
		addresses iter.Seq[string]
		field     bool
	}{
		{addressesIn(below), false}, {addresseesIn(text), true}, {addressesIn(words), false},
	} {
		candidates := 0
		for written := range place.addresses {
			address := addressBefore(written)
			mailer := !place.field && isMailer(Address{Address: address})
			if address != "" && !mailer && !isOwn(m, address) {
				return recipients{address}
			}
			if candidates++; candidates == maxCandidates {
				break
			}
		}
	}
	return nil
}

// maxCandidates is how many addresses in a bounce are looked at.
const maxCandidates = 20

// failedOnLines gathers addresses that lines begin with, or names, up to where a mailer says
// something else.
func failedOnLines(m *Message, text string, names bool) recipients {
	var list recipients
	candidates := 0
	for line := range strings.SplitSeq(text, "\n") {
		rest, _ := withoutQuote(line)
		address, shape := lineAddress(rest)
		switch {
		case len(list) > 0 && (strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "===")):
			return list
		case shape < leading || shape == named && !names || isOwn(m, address):
		case isHelp(address) && (len(list) > 0 || shape < listed), len(list) > 0 && shape == leading:
		default:
			list.add(address)
			if candidates++; candidates >= maxRecipients {
				return list
			}
		}
	}
	return list
}

// isHelp reports an address that a mailer names for questions.
func isHelp(address string) bool {
	switch localPart(address) {
	case "postmaster", "support", "help", "helpdesk", "abuse", "admin", "administrator", "hostmaster":
		return true
	}
	return false
}

// isOwn reports whether an address is one that the message itself was sent from or to.
func isOwn(m *Message, address string) bool {
	return equalFold(m.From.Address, address) || equalFold(m.Sender.Address, address) || hasAddress(m.To, address)
}
