package email

import (
	"regexp"
	"slices"
	"strings"
)

// isBounce reports whether the message says that mail was not delivered, and why.
// Not all programs follow RFC 3464: for the others the sender, the subject and the
// text have to agree.
func isBounce(m *Message, h *header, r *report) (reason string, ok bool) {
	switch {
	case r.status:
		return "message/delivery-status", true
	case h.has("X-Failed-Recipients"):
		return "X-Failed-Recipients", true
	}
	sender := isMailer(m.From) || isMailer(m.Sender)
	null := h.has("Return-Path") && strings.Trim(h.get("Return-Path"), "<> ") == ""
	subject := hasPhrase(m.Subject, bounceSubjects)
	switch {
	case sender && subject:
		return "From and Subject", true
	case null && subject:
		return "Return-Path and Subject", true
	case !sender && !subject && !null:
		return "", false
	}
	text := readable(m)
	code := failureCode.MatchString(text)
	returned := returnedID.MatchString(text)
	switch {
	case subject:
		// Customers write of deliveries, too: only a mailer quotes codes and
		// headers, and has the address that failed on a line of its own.
		return "Subject and the text", code || returned || failedBelow.MatchString(text)
	case sender && returned:
		return "From and the returned header", true
	case !code && !hasPhrase(text, bounceTexts):
		return "", false
	case sender:
		return "From and the text", true
	}
	return "Return-Path and the text", true
}

// readableText is how much of the text is looked at for what a mailer writes.
const readableText = 16 << 10

func readable(m *Message) string {
	return strings.ToValidUTF8(m.Text[:min(len(m.Text), readableText)], "")
}

// isMailer reports whether an address is one that mail servers report from.
func isMailer(a Address) bool {
	local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
	local, _, _ = strings.Cut(local, "+")
	return slices.Contains(mailerLocals, withoutMarks.Replace(local)) || hasPhrase(a.Name, mailerNames)
}

// hasPhrase reports whether s has one of the phrases, which are lower case.
func hasPhrase(s string, phrases []string) bool {
	if s == "" {
		return false
	}
	s = strings.ToLower(s)
	return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(s, phrase) })
}

var (
	mailerLocals = []string{"mailerdaemon", "maildaemon", "postmaster", "maildelivery", "mailer", "bounce", "bounces",
		"mdaemon", "mailadministrator", "deamon", "daemon", "smtpdaemon", "error", "noreplymailer"}
	mailerNames = []string{"mail delivery", "mailer delivery", "mailer-daemon", "mailer daemon", "mail-daemon",
		"postmaster", "mail administrator", "mailadministrator", "delivery subsystem", "delivery system"}

	bounceSubjects = []string{
		"undeliver", "undelivarable", "nondeliver", "non-deliver", "non deliver", "not delivered", "not been delivered",
		"not yet been delivered", "cannot be delivered",
		"returned mail", "returning message", "returned to sender", "returning to sender", "return to sender", "bounce",
		"delivery status", "delivery failure", "delivery failed", "delivery has failed", "delivery problem",
		"delivery report", "delivery error", "delivery notification",
		"delivery unsuccessful", "delivery delayed", "delivery warning", "mail delivery", "message delivery",
		"failure notice", "failure delivery",
		"mail system", "mail status", "message status", "mail failure", "mailfailure", "mail failed",
		"could not deliver", "could not be delivered", "could not send", "could not be sent",
		"unable to deliver", "error sending", "error delivering", "user unknown",
		"unzustellbar", "nicht zugestellt", "non remis", "не доставлен", "недоставлен", "配信", "退信", "传输失败", "無法傳遞",
	}
	bounceTexts = []string{
		"did not reach", "unknown user", "user unknown", "no such user", "no such recipient", "no such address",
		"no such mailbox", "no such person", "no such domain",
		"mailbox unavailable", "mailbox is unavailable", "mailbox full", "mailbox is full", "mailbox not found",
		"mailbox disabled", "mailbox is disabled", "mailbox unknown",
		"doesn't exist", "does not exist", "doesn't have", "does not have", "could not be delivered",
		"cannot be delivered", "can not be delivered", "could not be reached",
		"cannot be reached", "wasn't delivered", "was not delivered", "not listed in", "unable to deliver",
		"undeliverable", "could not deliver",
		"delivery failed", "delivery has failed", "delivery attempt failed", "delivery to the following",
		"delivery recipient", "delivery error",
		"permanent error", "permanent fatal error", "fatal errors", "failed permanently", "over quota",
		"quota exceeded", "host unknown", "host not found", "domain not found",
		"rejected", "returned to", "returned mail", "not our customer", "address failed", "addresses failed",
		"address unknown", "recipient unknown", "recipient address",
		"relaying denied", "message expired", "message has been queued", "transcript of session", "has been disabled",
		"has been discontinued", "has been suspended",
		"no longer valid", "no longer active", "no longer available", "no longer in use", "无法发送", "无法投递",
	}
	failureCode = regexp.MustCompile(`\b5\.[0-7]\.\d{1,2}\b|\b55\d[ -]`)
)

// bounceFacts gathers what is known about a bounce.
func bounceFacts(m *Message, h *header, r *report) Bounce {
	b := r.bounce
	b.OriginalMessageID = r.originalID
	if b.Recipient == "" {
		if list := addressList(rawText(h.get("X-Failed-Recipients"), ""), 1); len(list) > 0 {
			b.Recipient = list[0].Address
		}
	}
	text := readable(m)
	if b.Recipient == "" {
		b.Recipient = failedRecipient(m, text)
	}
	b.Status = exactStatus(b.Status, mailerWords(text))
	if found := statusLine.FindStringSubmatch(text); b.Status == "" && found != nil {
		b.Status = found[1]
	}
	if b.Action == "" {
		b.Action = "failed"
	}
	if b.OriginalMessageID == "" {
		if found := returnedID.FindStringSubmatch(m.Text); found != nil {
			b.OriginalMessageID = messageID(found[1])
		}
	}
	return b
}

const (
	anAddress = `([^\s<>;:"',()=]+@[^\s<>;:"',()=]+)`
	announced = `(?:following (?:e-?mail )?(?:recipient|address|destination|user)|message to|addressed to|` +
		`recipient\(s\)|address\(es\)|undelivered to|not (?:be(?:en)? )?deliver\w* to)`
)

var (
	statusLine    = regexp.MustCompile(`(?im)^[> ]*status:\s*([45]\.[0-7]\.\d{1,3})\b`)
	returnedID    = regexp.MustCompile(`(?im)^[> ]*message-id:\s*(<[^<>\s]+>)`)
	returnedStart = regexp.MustCompile(`(?im)^[> ]*(?:return-path|received|message-id|x-mailer|mime-version):[ \t]`)
	announcement  = regexp.MustCompile(`(?i)\b` + announced)
	failedBelow   = regexp.MustCompile(`(?im)\b` + announced + `\S{0,20}\s*?\n\s*<?` + anAddress + `>?:?\s*$`)
	failedLine    = regexp.MustCompile(`(?m)^[\s*-]*<?` + anAddress + `>?`)
	failedInWords = regexp.MustCompile(anAddress)
	returnedTo    = regexp.MustCompile(`(?im)^[> ]*(?:to|recipient|original-recipient|final-recipient)\s*:.*?` +
		anAddress)
)

// mailerWords is what a mailer wrote itself, above the message that it returns.
func mailerWords(text string) string {
	if at := returnedStart.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

// failedRecipient finds the address that failed in what a mailer wrote: it stands at
// the beginning of a line, best below the words that announce it, or within them, or
// behind "To:" of the returned header.
func failedRecipient(m *Message, text string) string {
	words := mailerWords(text)
	announced := ""
	if at := announcement.FindStringIndex(words); at != nil {
		announced = words[at[1]:]
	}
	for _, place := range [...]struct {
		text    string
		pattern *regexp.Regexp
	}{
		{announced, failedLine}, {words, failedLine}, {announced, failedInWords},
		{text, returnedTo}, {words, failedInWords},
	} {
		for _, found := range place.pattern.FindAllStringSubmatch(place.text, maxCandidates) {
			address := addrSpec(strings.TrimRight(found[1], ".:!"))
			mailer := place.pattern == failedInWords && isMailer(Address{Address: address})
			if address != "" && !mailer && !isOwn(m, address) {
				return address
			}
		}
	}
	return ""
}

// maxCandidates is how many addresses in a bounce are looked at.
const maxCandidates = 20

// isOwn reports whether an address is one that the message itself was sent from
// or to.
func isOwn(m *Message, address string) bool {
	same := func(a Address) bool { return strings.EqualFold(a.Address, address) }
	return same(m.From) || same(m.Sender) || slices.ContainsFunc(m.To, same)
}
