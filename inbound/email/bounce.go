package email

import (
	"regexp"
	"strings"
)

// isBounce reports whether the message says that mail was not delivered, and
// what tells so. Not all programs follow RFC 3464: for the others the sender, the
// subject and the text have to agree.
func (p *parser) isBounce() (reason string, ok bool) {
	m := p.m
	switch {
	case p.report.status:
		return "message/delivery-status", true
	case p.top.has("X-Failed-Recipients"):
		return "X-Failed-Recipients", true
	}
	sender := isMailer(m.From) || isMailer(m.Sender)
	null := p.top.has("Return-Path") && strings.Trim(p.top.get("Return-Path"), "<> ") == ""
	subject := bounceSubject.MatchString(m.Subject)
	text := bounceText.MatchString(p.readable())
	switch {
	case sender && subject:
		return "From and Subject", true
	case sender && text:
		return "From and the text", true
	case (subject || null) && text:
		return "Subject and the text", true
	case null && subject:
		return "Return-Path and Subject", true
	}
	return "", false
}

// readableText is how much of the text is looked at for what a mailer writes.
const readableText = 16 << 10

func (p *parser) readable() string { return p.m.Text[:min(len(p.m.Text), readableText)] }

// isMailer reports whether an address is one that mail servers report from.
func isMailer(a Address) bool {
	local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
	return mailerLocal.MatchString(local) || mailerName.MatchString(a.Name)
}

var (
	mailerLocal = regexp.MustCompile(`^(mailer[-_.]?daemon|mail[-_.]?daemon|postmaster\W?|mail-?delivery|mailer|bounce|bounces|mdaemon|maildaemon|mail\.administrator|deamon|daemon|smtp-daemon|error|noreply-mailer)(\+.*)?$`)
	mailerName  = regexp.MustCompile(`(?i)mail(er)?[ -]?(delivery|daemon)|^postmaster|mail ?administrator|delivery (sub)?system`)

	bounceSubject = regexp.MustCompile(`(?i)undeliver|undelivered|returned mail|delivery (status|failure|failed|problem|report|error|notification|status notification|unsuccessful|delayed)|deliver(y|ing)? (has )?failed|failure (notice|delivery)|(mail|message) (delivery|system|status)|could not (be )?(deliver|send)|not (yet )?(been )?delivered|cannot be delivered|returning message|mail ?failure|nondeliver|non[- ]deliver|unzustellbar|nicht zugestellt|non remis|unable to deliver|return(ed|ing) to sender|mail failed|delivery warning|bounce|user unknown|warning: could not send|error (sending|delivering)|не доставлен|недоставлен|配信|退信|传输失败|無法傳遞|undelivarable`)
	bounceText    = regexp.MustCompile(`(?i)did not reach|unknown user|user unknown|无法(发送|投递)|no such (user|recipient|address|mailbox|person|domain)|mailbox (is )?(unavailable|full|not found|disabled|unknown)|does(n't| not) (exist|have)|(could|can) ?not be (delivered|reached)|was(n't| not) delivered|not listed in|unable to deliver|undeliverable|delivery (has |to the following |of your |attempt)?(failed|recipients?|error)|permanent (fatal )?error|fatal errors|failed permanently|over quota|quota exceeded|host (unknown|not found)|domain not found|rejected|returned (to|mail)|not our customer|address(es)? (failed|rejected|unknown)|recipient (unknown|rejected|address)|\b5\.[0-7]\.\d{1,2}\b|\b55\d[ -]|relaying denied|message (expired|has been queued)|transcript of session|could not deliver|has been (disabled|discontinued|suspended)|no longer (valid|active|available|in use)`)
)

// bounceFacts gathers what is known about a bounce.
func (p *parser) bounceFacts() Bounce {
	b := p.report.bounce
	b.OriginalMessageID = p.report.originalID
	if b.Recipient == "" {
		if list := addressList(rawText(p.top.get("X-Failed-Recipients"), ""), 1); len(list) > 0 {
			b.Recipient = list[0].Address
		}
	}
	text := p.readable()
	if b.Recipient == "" {
		b.Recipient = failedRecipient(text)
	}
	if b.Status == "" {
		b.Status = statusCode(text)
	}
	if b.Action == "" {
		b.Action = "failed"
	}
	if b.OriginalMessageID == "" {
		if found := returnedID.FindStringSubmatch(p.m.Text); found != nil {
			b.OriginalMessageID = messageID(found[1])
		}
	}
	return b
}

var (
	enhancedCode = regexp.MustCompile(`\b([245]\.\d{1,3}\.\d{1,3})\b`) // RFC 3463
	returnedID   = regexp.MustCompile(`(?im)^[> ]*message-id:\s*(<[^<>\s]+>)`)
	bouncedTo    = regexp.MustCompile(`(?im)^[> ]*(?:to|recipient|original-recipient|final-recipient)\s*:.*?([^\s<>;:"',()]+@[^\s<>;:"',()]+)`)
	bouncedLine  = regexp.MustCompile(`(?m)^[\s*-]*<?([^\s<>;:"',()]+@[^\s<>;:"',()]+)>?`)
)

// statusCode takes the enhanced status code out of text.
func statusCode(text string) string {
	if found := enhancedCode.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// failedRecipient takes the address that failed out of what a mailer wrote: it
// stands at the beginning of a line, or behind "To:" of the returned header.
func failedRecipient(text string) string {
	for _, pattern := range [...]*regexp.Regexp{bouncedLine, bouncedTo} {
		if found := pattern.FindStringSubmatch(text); found != nil {
			return addrSpec(strings.TrimRight(found[1], ".:"))
		}
	}
	return ""
}
