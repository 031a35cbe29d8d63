package email

import (
	"regexp"
	"strings"
)

// report is what the machine-readable parts of a message say: a delivery status
// (RFC 3464), a complaint (RFC 5965), a receipt (RFC 8098), and the message that
// they are about.
type report struct {
	status     bool // a delivery status or a complaint
	receipt    bool
	bounce     Bounce
	originalID string // Message-ID of the returned message
}

// reportHead is how much of a part of a report is read; the facts stand at its top.
const reportHead = 256 << 10

// isReportPart reports whether a part may say what a report is about.
func isReportPart(mediaType string) bool {
	switch mediaType {
	case "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
		"message/disposition-notification",
		"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}

// deliveryStatus reads groups of fields: one about the message, then one for
// each recipient (RFC 3464, section 2.1). The first recipient that failed counts.
func (r *report) deliveryStatus(q *partReader, h *header) {
	r.status = true
	b := &r.bounce
	for range q.limits.Parts {
		_, ended := q.readHeader(h)
		group := Bounce{
			Recipient: statusAddress(h.get("Final-Recipient")),
			Action:    strings.ToLower(firstWord(h.get("Action"))),
		}
		if found := statusField.FindStringSubmatch(h.get("Status")); found != nil {
			group.Status = found[1]
		}
		group.Status = exactStatus(group.Status, h.get("Diagnostic-Code"))
		original := statusAddress(h.get("Original-Recipient"))
		if strings.Contains(original, "@") || group.Recipient == "" {
			group.Recipient = original
		}
		failed := group.Action == "failed" && b.Action != "failed"
		if group.Recipient != "" && (b.Recipient == "" || failed) {
			*b = group
		}
		if ended {
			return
		}
	}
}

// complaint reads the fields of a feedback report (RFC 5965, section 3).
func (r *report) complaint(q *partReader, h *header) {
	r.status = true
	q.readHeader(h)
	b := &r.bounce
	b.Action = strings.ToLower(firstWord(h.get("Feedback-Type")))
	for _, name := range [...]string{"Original-Rcpt-To", "Removal-Recipient"} {
		if b.Recipient == "" {
			b.Recipient = statusAddress(h.get(name))
		}
	}
}

// statusAddress returns the address in "rfc822; user@example.com".
func statusAddress(value string) string {
	if kind, address, ok := strings.Cut(value, ";"); ok && !strings.Contains(kind, "@") {
		value = address
	}
	value = strings.TrimSpace(value)
	if address, _ := findAddress(rawText(value, "")); address != "" {
		return address
	}
	return addrSpec(firstWord(rawText(value, "")))
}

var (
	statusField   = regexp.MustCompile(`^\D*([245]\.[0-7]\.\d{1,3})\b`)
	statusInWords = regexp.MustCompile(`(?:^|[^\d.])([45]\.[0-7]\.\d{1,3})(?:\.?[^\d.]|\.?$)`)
)

// exactStatus returns code, an enhanced status code (RFC 3463), or the one in
// words that says more of the same: code may be missing or be as general as 5.0.0.
// Versions and IP addresses are no codes.
func exactStatus(code, words string) string {
	if code == "" || strings.HasSuffix(code, ".0.0") {
		if found := statusInWords.FindStringSubmatch(words); found != nil && (code == "" || found[1][0] == code[0]) {
			return found[1]
		}
	}
	return code
}
