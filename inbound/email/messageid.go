package email

import "strings"

// longestID is the longest message ID that a line can carry (RFC 5322, section
// 2.1.1).
const longestID = 998

// messageIDs reads the message IDs of a header field, with their angle brackets. Text
// between them, which RFC 5322 calls comments and old programs wrote freely, is
// skipped. Of more than limit, the first and the last ones count: they identify the
// thread and the message that is answered. It takes time linear in value.
func messageIDs(value string, limit int) (ids []string, cut bool) {
	start := -1
	for i := range len(value) {
		switch c := value[i]; {
		case c == '<':
			start = i
		case start < 0:
		case c == '>':
			if n := i - start - 1; n > 0 && n <= longestID {
				ids = append(ids, strings.Clone(value[start:i+1]))
				if len(ids) > 2*limit { // keeps the first, and memory small
					ids, cut = append(ids[:1], ids[len(ids)-limit+1:]...), true
				}
			}
			start = -1
		case c <= ' ' || c == 0x7f:
			start = -1
		}
	}
	if len(ids) > limit {
		ids, cut = append(ids[:1], ids[len(ids)-limit+1:]...), true
	}
	return ids, cut
}

// messageID reads a field that has one message ID. One without angle brackets
// gets them.
func messageID(value string) string {
	if ids, _ := messageIDs(value, 1); len(ids) > 0 {
		return ids[0]
	}
	for id := range strings.FieldsSeq(value) {
		id = strings.Trim(id, "<>")
		if i := strings.IndexByte(id, '@'); i > 0 && len(id) <= longestID && !strings.ContainsAny(id, "<>") {
			return "<" + id + ">"
		}
	}
	return ""
}

// idOf returns the message ID in the field of h with that name, or "".
func idOf(h *header, name string) string { return messageID(clean(rawText(h.get(name), ""))) }
