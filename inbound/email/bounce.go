package email

import (
	"slices"
	"strings"
)

// notice is what distinguishes notices of programs about mail from what people write about it.
// Not all programs follow RFC 3464: of the others, sender, subject and text have to agree.
type notice struct {
	m *Message
	h *header
	r *report

	daemon bool // the sender is a mail server, nobody's address
	mailer bool // the sender is one, or a person at such an address
	null   bool // nobody is to answer: the path back is <> (RFC 5321, section 4.5.5), or leads here to a bounce address
	auto   bool // Auto-Submitted says that a program wrote it in answer (RFC 3834)
	answer bool // the subject is one of an answer, or of something that is forwarded
	asRead bool // the subject is one of a receipt
	// The subject speaks of something that was not delivered; onMail: of mail.
	subject, onMail bool
}

// reportClass says whether the message is a notice about mail that was sent: that it was not
// delivered, will be tried again, or was delivered; or a receipt, or a complaint. The class is ""
// if it is none of these.
func reportClass(m *Message, h *header, r *report) (class Class, reason string, b *Bounce) {
	n := notice{m: m, h: h, r: r}
	n.readHeader()
	if (r.status || r.complaint || r.receipt) && !r.whole && !n.isProgram() {
		*r = report{originalID: r.originalID, returned: r.returned} // attached to somebody's message
	}
	switch {
	case r.complaint:
		return n.bounce("message/feedback-report", r.failed)
	case r.failed.known:
		return n.bounce("message/delivery-status", r.failed)
	case r.delayed.known:
		return n.bounce("message/delivery-status", r.delayed)
	case r.delivered.known:
		return ClassAutoReply, reasonOf("delivered", r.delivered.first.Recipient, "message/delivery-status"), nil
	case r.status && !n.success():
		return n.bounce("message/delivery-status", outcome{})
	case h.has("X-Failed-Recipients") && n.isProgram():
		return n.bounce("X-Failed-Recipients", outcome{})
	}
	// People ask about events that they were shown, too.
	if e := jsonEvent(m.Text); e != nil && (!e.followed || n.isProgram() || n.isSystem()) {
		return n.event(e)
	}
	if n.daemon || n.mailer || n.null || r.returned != nil || n.subject && !n.answer {
		text := readNotice(m)
		if n.succeeds(&text) {
			return ClassAutoReply, reasonOf("delivered", "", "From and the text"), nil
		}
		if found := n.evidenceIn(&text); found != "" {
			return n.bounce(found, outcome{})
		}
		if n.subject && !n.answer && h.has("X-Failed-Recipients") && !n.isPersons(&text) && n.speaks(&text) {
			return n.bounce("X-Failed-Recipients", outcome{})
		}
	}
	switch {
	case r.receipt:
		return ClassAutoReply, "a receipt tells what became of a message (message/disposition-notification)", nil
	case n.asRead && isReceipt(m.Text):
		return ClassAutoReply, "a receipt tells what became of a message (Subject and the text)", nil
	case r.status:
		return ClassAutoReply, reasonOf("delivered", "", "message/delivery-status"), nil
	case n.daemon:
		return ClassAutoReply, "the sender is a mail server (From)", nil
	}
	return "", "", nil
}

func (n *notice) readHeader() {
	n.daemon, n.mailer = mailerOf(n.m.From)
	if daemon, _ := mailerOf(n.m.Sender); daemon {
		n.mailer = true
	}
	if path := strings.Trim(n.h.get("Return-Path"), "<> "); path == "" {
		n.null = n.h.has("Return-Path") ||
			n.m.From == (Address{}) && n.h.has("From") && strings.Trim(n.h.get("From"), "<> ") == ""
	} else if n.mailer || !strings.Contains(path, "@") {
		n.null = slices.Contains(daemonLocals, localPart(path))
	}
	n.null = n.null && !n.h.has("User-Agent") || len(n.m.To) == 1 && isBounceAddress(n.m.To[0].Address)
	if v := n.h.get("Auto-Submitted"); v != "" {
		n.auto = strings.EqualFold(firstWord(v), "auto-replied")
	}
	if subject := strings.ToLower(n.m.Subject); subject != "" {
		n.subject = bounceSubjects.In(subject)
		n.onMail = n.subject && mailSubjects.In(subject)
		n.answer = subjectKindOf(subject) != subjectPlain
		n.asRead = receiptSubjects.Begin(subject)
	}
}

// isProgram reports whether a program sent the message.
func (n *notice) isProgram() bool {
	return n.mailer || (n.null || n.auto) && !n.answer && (n.subject || n.m.From.Name == "")
}

// success reports a subject that says that mail was delivered.
func (n *notice) success() bool {
	subject := strings.ToLower(n.m.Subject)
	return !n.answer && (successStarts.Begin(subject) || successSubjects.In(subject))
}

// succeeds reports a mail server's notice that mail was delivered.
func (n *notice) succeeds(t *noticeText) bool {
	if !n.mailer || t.code || t.fails {
		return false
	}
	return n.success() || !n.onMail && successTexts.In(t.lower)
}

// evidence is what speaks for a bounce that has no delivery status.
type evidence struct {
	*noticeText
	silent   bool // nobody is to answer
	attached bool // a message of ours is returned as a part
	inText   bool // a header of a message of ours is in the text
	failed   bool // the text says of an address that mail to it was not delivered
	listed   bool // an address stands as mail servers write it
}

// evidenceIn returns what in the message says that it is a bounce, or "".
func (n *notice) evidenceIn(t *noticeText) string {
	e := evidence{noticeText: t, silent: n.null || n.auto}
	e.attached = n.r.returned != nil && n.isOurs(n.r.returned)
	e.inText = t.returned != nil && (n.isOurs(t.returned) || t.returned.isNobodys())
	e.failed = slices.ContainsFunc(t.announced, n.isForeign) || slices.ContainsFunc(t.coded, n.isForeign)
	e.listed = e.failed || slices.ContainsFunc(t.listed, n.isForeign)
	if n.daemon {
		return n.evidenceOfDaemon(&e)
	}
	if n.mailer {
		if found := n.evidenceOfMailer(&e); found != "" {
			return found
		}
	}
	switch {
	case n.null && !n.answer && n.onMail && !n.isPersons(t) && (n.speaks(t) || t.said && e.listed):
		return "Return-Path and Subject"
	case n.null && (slices.ContainsFunc(t.coded, n.isForeign) || slices.ContainsFunc(t.introduced, n.isForeign) ||
		e.failed && t.addressed && !n.isPersons(t) || e.inText && (t.code || t.said)):
		return "Return-Path and the text"
	case (e.silent || n.m.NoReply) && e.attached && n.names(t) && (n.subject || t.code || t.fails || e.listed):
		return "the returned message"
	case n.subject && !n.answer && (n.isSystem() || n.m.From.Name == "") && !n.isPersons(t):
		return n.evidenceOfAnybody(&e)
	}
	return ""
}

// evidenceOfDaemon returns what says that a message of a mail server is a bounce, or "".
func (n *notice) evidenceOfDaemon(e *evidence) string {
	switch {
	case n.subject:
		return "From and Subject"
	case n.r.returned != nil, e.returned != nil:
		return "From and the returned message"
	case e.code, e.fails, e.listed:
		return "From and the text"
	}
	return ""
}

// evidenceOfMailer is evidenceOfDaemon for an address that people may write from, too.
func (n *notice) evidenceOfMailer(e *evidence) string {
	switch {
	case !n.answer && (n.onMail || n.subject && (e.silent || e.failed || e.said)):
		return "From and Subject"
	case e.inText && !n.isPersons(e.noticeText), e.attached && n.subject,
		(e.inText || e.attached) && (e.silent || e.code || e.said || e.listed):
		return "From and the returned message"
	case e.silent && (e.listed || e.code || e.said):
		return "From and the text"
	case n.isPersons(e.noticeText):
		return ""
	case n.answer:
		// Some servers put "Re:" before the subject; people who answer quote what servers write.
		if e.said && e.addressed && slices.ContainsFunc(e.introduced, n.isElsewhere) {
			return "From and the text"
		}
		return ""
	case e.failed, n.m.From.Name == "" && slices.ContainsFunc(e.noticeText.listed, n.isElsewhere):
		return "From and the text" // the latter in words that nobody foresaw
	}
	return ""
}

// evidenceOfAnybody is evidenceOfDaemon for any address. People write of mail that was not delivered,
// too, and quote what mail servers say.
func (n *notice) evidenceOfAnybody(e *evidence) string {
	speaks := e.addressed || n.isSystem() || e.inText
	switch {
	case e.attached && n.names(e.noticeText) && slices.ContainsFunc(e.announced, n.isForeign):
		return "Subject and the returned message"
	case speaks && slices.ContainsFunc(e.introduced, n.isStranger),
		speaks && slices.ContainsFunc(e.coded, n.isStranger),
		e.addressed && slices.ContainsFunc(e.announced, n.isStranger),
		e.inText && slices.ContainsFunc(e.noticeText.listed, n.isStranger):
		return "Subject and the text"
	}
	return ""
}

// isPersons reports what only messages of people have: the mail program, somebody to answer to,
// a salutation, words such as "my".
func (n *notice) isPersons(t *noticeText) bool {
	if n.m.InReplyTo != "" || n.h.has("User-Agent") || len(n.m.ReplyTo) > 0 && !IsNoReply(n.m.ReplyTo[0].Address) {
		return true
	}
	return hasSalutation(t.lower) || ownWords.In(" "+t.lower)
}

// speaks reports that the sender is nobody with a name, or that a mail server's words are in the
// text.
func (n *notice) speaks(t *noticeText) bool {
	return n.m.From.Name == "" || n.isSystem() || t.code || t.returned != nil
}

// isSystem reports an address that a program mostly writes from.
func (n *notice) isSystem() bool {
	return n.m.NoReply || slices.Contains(systemLocals, localPart(n.m.From.Address))
}

// hasSalutation reports whether a text in lower case begins with a salutation.
func hasSalutation(lower string) bool {
	line, _, _ := strings.Cut(strings.TrimSpace(lower), "\n")
	line = strings.TrimSpace(line)
	return salutations.Begin(line) || len(line) < 60 && strings.HasSuffix(line, ",") && len(strings.Fields(line)) <= 5
}

// isOurs reports whether a returned message was sent from a domain that the notice came to.
func (n *notice) isOurs(returned *returned) bool {
	return n.isNear(returned.path) ||
		slices.ContainsFunc(returned.from, func(a Address) bool { return n.isNear(a.Address) })
}

// isNear reports an address of a domain that the message was sent to.
func (n *notice) isNear(address string) bool {
	if !strings.Contains(address, "@") {
		return false
	}
	domain := domainOf(address)
	return slices.ContainsFunc(n.m.To, func(a Address) bool { return domainOf(a.Address) == domain }) ||
		slices.ContainsFunc(n.m.DeliveredTo, func(s string) bool { return domainOf(s) == domain })
}

// isNobodys reports a header that does not say who sent the message.
func (r *returned) isNobodys() bool { return r.path == "" && len(r.from) == 0 }

// isForeign reports an address that the message was not sent from or to.
func (n *notice) isForeign(address string) bool {
	return !isOwn(n.m, address) && !isAddressee(n.m, address)
}

// isStranger reports an address that is not even of a domain that the message was sent to: people
// write that such addresses do not work.
func (n *notice) isStranger(address string) bool { return n.isForeign(address) && !n.isNear(address) }

// isElsewhere reports an address that is neither of the domain of the sender nor ours.
func (n *notice) isElsewhere(address string) bool {
	return n.isStranger(address) && domainOf(address) != domainOf(n.m.From.Address)
}

// names reports whether the text has the address of a recipient of the attached message.
func (n *notice) names(t *noticeText) bool {
	return slices.ContainsFunc(n.r.returned.to, func(a Address) bool {
		return strings.Contains(a.Address, "@") && n.isForeign(a.Address) &&
			strings.Contains(t.lower, strings.ToLower(a.Address))
	})
}

// localPart returns what stands before the "@", lower case, without marks between words.
func localPart(address string) string {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return withoutMarks.Replace(local)
}

// mailerOf reports whether an address is a mail server's: a daemon's, where nobody reads, or at
// least one that mail servers report from and perhaps people write from.
func mailerOf(a Address) (daemon, mailer bool) {
	if a == (Address{}) {
		return false, false
	}
	local, name := localPart(a.Address), strings.ToLower(a.Name)
	rest, exchange := strings.CutPrefix(local, "microsoftexchange")
	daemon = slices.Contains(daemonLocals, local) || exchange && len(rest) == 32 || daemonNames.In(name)
	return daemon, daemon || slices.Contains(mailerLocals, local) || mailerNames.Begin(name)
}

// isMailer reports whether mail servers report from an address.
func isMailer(a Address) bool {
	_, mailer := mailerOf(a)
	return mailer
}

// isBounceAddress reports an address that is made to be a path back: mail to it is from
// programs.
func isBounceAddress(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return strings.HasSuffix(local, "-bounces") || strings.HasPrefix(local, "bounce+") ||
		strings.HasPrefix(local, "bounces+") || strings.HasPrefix(local, "bounce-") || local == "bounces"
}

// bounce is the verdict with what is known of the bounce.
func (n *notice) bounce(evidence string, o outcome) (Class, string, *Bounce) {
	b := n.facts(o)
	what := "not delivered"
	switch {
	case n.r.complaint:
		what = "unwelcome"
	case b.Action == "delayed":
		what = "delayed"
	}
	return ClassBounce, reasonOf(what, b.Recipient, evidence), &b
}

// longestShown is how much of an address a reason shows.
const longestShown = 80

// reasonOf is the sentence that says why a message is a notice.
func reasonOf(what, recipient, evidence string) string {
	if recipient = clean(recipient); len(recipient) > longestShown {
		recipient = strings.ToValidUTF8(recipient[:longestShown], "") + "..."
	}
	if recipient != "" {
		recipient = " to " + recipient
	}
	return "a mail server reports that mail" + recipient + " was " + what + " (" + evidence + ")"
}
