package email

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// report is what the machine-readable parts of a message say: a delivery status
// (RFC 3464), a complaint (RFC 5965), a receipt (RFC 8098), and the message that
// they are about.
type report struct {
	// Whether there are such parts. They count where the whole message is the report;
	// elsewhere somebody may have attached them to a message.
	status, complaint, receipt bool
	whole                      bool // the message as a whole is a report
	// Of the recipients, by what became of the mail to them; of a complaint, those who complained.
	failed, delayed, delivered outcome
	originalID                 string // Message-ID of the returned message, or of the fields that name it
	returned                   *returned
}

// outcome is what the groups of a delivery status say that mean the same.
type outcome struct {
	first Bounce // without Recipients
	all   recipients
	known bool // there is such a group
}

// returned is what the header of a returned message says.
type returned struct {
	from, to []Address
	path     string // Return-Path, or ""
}

// maxRecipients is how many recipients of one bounce are kept.
const maxRecipients = 50

// recipients are addresses in the order of a report, each once.
type recipients []string

func (l *recipients) add(address string) {
	same := func(s string) bool { return strings.EqualFold(s, address) }
	if address != "" && len(*l) < maxRecipients && !slices.ContainsFunc(*l, same) {
		*l = append(*l, address)
	}
}

func (o *outcome) add(b Bounce) {
	o.known = true
	if o.first.Recipient == "" && (b.Recipient != "" || o.first.Status == "") {
		o.first = b
	}
	o.all.add(b.Recipient)
}

// reportHead is how much of a part of a report is read; the facts stand at its top.
const reportHead = 256 << 10

// isReportPart reports whether a part may say what a report is about.
func isReportPart(mediaType string) bool {
	switch mediaType {
	case "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
		"message/disposition-notification", "message/global-disposition-notification":
		return true
	}
	return isMessage(mediaType)
}

// isMessage reports whether a part of a report is a message, or the header of one.
func isMessage(mediaType string) bool {
	switch mediaType {
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}

// part reads a part of a report. q reads its head, h is room for a header.
func (r *report) part(mediaType string, q *partReader, h *header, at partPosition) {
	r.whole = r.whole || at.depth == 0 || at.depth == 1 && at.within == "report"
	switch mediaType {
	case "message/delivery-status", "message/global-delivery-status":
		r.deliveryStatus(q, h)
	case "message/feedback-report":
		r.readComplaint(q, h)
	case "message/disposition-notification", "message/global-disposition-notification":
		r.receipt = true
	}
}

// deliveryStatus reads groups of fields: one about the message, then one for
// each recipient (RFC 3464, section 2.1).
func (r *report) deliveryStatus(q *partReader, h *header) {
	r.status = true
	for range q.limits.Parts {
		_, ended := q.readHeader(h)
		r.originalID = cmp.Or(r.originalID, originalIDOf(h))
		if group := statusGroup(h); group.Recipient != "" || group.Action != "" || group.Status != "" {
			o := r.outcomeOf(group)
			if group.Action == "" && o == &r.delayed {
				group.Action = "delayed"
			}
			o.add(group)
		}
		if ended {
			return
		}
	}
}

// originalIDOf returns the Message-ID of the mail that a header is about, or "".
func originalIDOf(h *header) string {
	return cmp.Or(idOf(h, "X-Original-Message-ID"), idOf(h, "Original-Message-ID"))
}

// statusGroup reads the fields about one recipient (RFC 3464, section 2.3).
func statusGroup(h *header) Bounce {
	group := Bounce{
		Recipient: statusAddress(h.get("Final-Recipient")),
		Action:    strings.ToLower(firstWord(h.get("Action"))),
		Status:    statusOf(h.get("Status")),
	}
	for _, name := range [...]string{"Diagnostic-Code", "X-Supplementary-Info"} {
		group.Status = detailedStatus(group.Status, h.get(name))
	}
	original := statusAddress(h.get("Original-Recipient"))
	if group.Recipient == "" || strings.Contains(original, "@") {
		group.Recipient = original
	}
	if group.Recipient == "" {
		group.Recipient = statusAddress(h.get("X-Actual-Recipient"))
	}
	return group
}

// outcomeOf tells failures, delays and successes apart, by Action and else by the class of
// Status (RFC 3463, section 2).
func (r *report) outcomeOf(group Bounce) *outcome {
	class := byte(0)
	if group.Status != "" {
		class = group.Status[0]
	}
	switch action := group.Action; {
	case strings.HasPrefix(action, "fail"), class == '5':
		return &r.failed
	case strings.HasPrefix(action, "delay"):
		return &r.delayed
	case strings.HasPrefix(action, "deliver"), action == "relayed", action == "expanded":
		return &r.delivered
	case class == '2':
		return &r.delivered
	case class == '4':
		return &r.delayed
	}
	return &r.failed
}

// readComplaint reads the fields of a feedback report (RFC 5965, section 3).
func (r *report) readComplaint(q *partReader, h *header) {
	r.complaint = true
	q.readHeader(h)
	b := Bounce{Action: strings.ToLower(firstWord(h.get("Feedback-Type")))}
	for _, name := range [...]string{"Original-Rcpt-To", "Removal-Recipient"} {
		for i := range h.fields {
			if h.is(i, name) {
				b.Recipient = statusAddress(h.value(i))
				r.failed.add(b)
			}
		}
	}
	if !r.failed.known {
		r.failed.add(b)
	}
}

// returnedMessage reads the header of a message within the message.
func (r *report) returnedMessage(h *header) {
	if id := idOf(h, "Message-ID"); id != "" && r.returned == nil {
		r.originalID = id
	}
	if r.returned == nil {
		r.returned = &returned{
			from: addressList(rawText(h.get("From"), ""), maxRecipients),
			to:   addressList(rawText(h.get("To"), ""), maxRecipients),
			path: statusAddress(h.get("Return-Path")),
		}
	}
}

// statusAddress returns the address in "rfc822; user@example.com".
func statusAddress(value string) string {
	if kind, address, ok := strings.Cut(value, ";"); ok && !strings.Contains(kind, "@") {
		value = address
	}
	value = decodedAddress(strings.TrimSpace(rawText(value, "")))
	if address, _ := findAddress(withoutComments(value)); address != "" {
		return address
	}
	return addrSpec(firstWord(value))
}

// decodedAddress decodes what reports encode in addresses: the "+" and "=" of xtext (RFC 3461,
// section 4), which plain addresses have in no other form, and "\x{F6}" (RFC 6533, section 3).
func decodedAddress(s string) string {
	if strings.Contains(s, "+") {
		s = xtext.Replace(s)
	}
	if !strings.Contains(s, `\x{`) {
		return s
	}
	return embeddedRune.ReplaceAllStringFunc(s, func(code string) string {
		r, err := strconv.ParseUint(code[3:len(code)-1], 16, 32)
		if err != nil || r < 0xA0 || r > 0x10FFFF {
			return code
		}
		return string(rune(r))
	})
}

var (
	xtext        = strings.NewReplacer("+2B", "+", "+3D", "=")
	embeddedRune = regexp.MustCompile(`\\x\{[0-9A-F]{2,6}\}`)
)
