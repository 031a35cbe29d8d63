package email

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// crlf ends the lines of a test message as they end on the wire.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// parsed parses a message of a test. Whatever a test is about, the invariants hold.
func parsed(t testing.TB, raw string) *Message {
	t.Helper()
	return parsedWithin(t, raw, Limits{})
}

func parsedWithin(t testing.TB, raw string, l Limits) *Message {
	t.Helper()
	m, err := Parse(strings.NewReader(raw), l)
	require.NoError(t, err)
	checkInvariants(t, raw, l, m)
	return m
}

// checkInvariants checks what holds for every message, whatever its bytes are.
func checkInvariants(t testing.TB, raw string, l Limits, m *Message) {
	t.Helper()
	l = l.withDefaults()

	sum := sha256.Sum256([]byte(raw))
	require.Equal(t, int64(len(raw)), m.Size, "Size")
	require.Equal(t, hex.EncodeToString(sum[:]), m.SHA256, "SHA256")

	for _, text := range headerTexts(m) {
		require.Truef(t, isHarmless(text), "header text %q", text)
	}
	for _, text := range [...]string{m.Text, m.HTML, m.ReplyText()} {
		require.True(t, utf8.ValidString(text), "text is UTF-8")
		require.NotContains(t, text, "\x00")
	}
	require.NotContains(t, m.Text, "\r")
	require.LessOrEqual(t, len(m.Text), l.TextBytes, "Text")
	require.LessOrEqual(t, len(m.HTML), l.TextBytes+l.Parts, "HTML, whose parts are joined by line breaks")
	require.LessOrEqual(t, len(m.ReplyText()), len(m.Text), "ReplyText")

	require.LessOrEqual(t, len(m.Attachments), l.Attachments, "Attachments")
	for _, list := range [...]int{len(m.References), len(m.ReplyTo), len(m.To), len(m.Cc), len(m.DeliveredTo)} {
		require.LessOrEqual(t, list, l.References, "References and addresses")
	}
	require.LessOrEqual(t, len(m.Warnings), maxWarnings)
	for _, id := range append([]string{m.MessageID, m.InReplyTo}, m.References...) {
		if id != "" {
			require.Regexp(t, `^<[^<>\s]{1,998}>$`, id, "message ID")
		}
	}
	checkAttachments(t, int64(len(raw)), m.Attachments)

	require.Equal(t, m.Class == ClassBounce, m.Bounce != nil, "Bounce is set for bounces only")
	if m.Bounce != nil {
		checkRecipients(t, m.Bounce)
	}
	require.NotEmpty(t, m.ClassReason)
	require.LessOrEqual(t, len(m.ClassReason), 1000, "ClassReason")
	_, err := json.Marshal([]time.Time{m.Date, m.Received})
	require.NoError(t, err, "Date")
	require.True(t, m.Date.IsZero() || m.Date.Year() >= 1899, "Date %s", m.Date.Format(time.RFC3339))
}

func checkRecipients(t testing.TB, b *Bounce) {
	t.Helper()
	require.LessOrEqual(t, len(b.Recipients), maxRecipients)
	require.Equal(t, b.Recipient == "", len(b.Recipients) == 0)
	seen := make(map[string]bool)
	for i, address := range b.Recipients {
		require.False(t, i == 0 && address != b.Recipient, "Recipient is the first")
		require.Falsef(t, seen[address], "recipient %q is there twice", address)
		seen[address] = true
	}
}

func checkAttachments(t testing.TB, size int64, list []Attachment) {
	t.Helper()
	var total int64
	numbers := make(map[string]bool)
	for _, a := range list {
		require.NotEmpty(t, a.Name)
		require.LessOrEqual(t, len(a.Name), longestName, "name of an attachment")
		require.NotContains(t, a.Name, "/")
		require.NotContains(t, a.Name, `\`)
		require.NotEqual(t, byte('.'), a.Name[0], "hidden name %q", a.Name)
		require.Regexp(t, `^[^/\s]+/[^/\s]+$`, a.Type)
		require.Equal(t, strings.ToLower(a.Type), a.Type)
		require.Len(t, a.SHA256, 64)
		require.GreaterOrEqual(t, a.Size, int64(0))
		require.Regexp(t, `^\d+(\.\d+)*(\.s\d+(\.\d+)*)*(\.[ut]\d+)?$`, a.Part)
		require.Falsef(t, numbers[a.Part], "part %s is there twice", a.Part)
		numbers[a.Part] = true
		total += a.Size
	}
	require.LessOrEqual(t, total, size, "attachments are larger than the message")
}

// headerTexts are all texts of a message that come from a header, or are made by
// the package.
func headerTexts(m *Message) []string {
	list := []string{m.MessageID, m.InReplyTo, m.Subject, m.ClassReason, string(m.Class), m.DMARC("mx.example.net")}
	list = append(list, m.References...)
	list = append(list, m.DeliveredTo...)
	list = append(list, m.Warnings...)
	for _, addresses := range [][]Address{{m.From, m.Sender, m.OriginalFrom, m.ForwardedFrom}, m.ReplyTo, m.To, m.Cc} {
		for _, a := range addresses {
			list = append(list, a.Name, a.Address)
		}
	}
	for _, a := range m.Attachments {
		list = append(list, a.Name, a.Type, a.ContentID, a.Part)
	}
	if b := m.Bounce; b != nil {
		list = append(append(list, b.Recipient, b.Status, b.Action, b.OriginalMessageID), b.Recipients...)
	}
	return list
}

// isHarmless reports whether a header text can be shown, logged and put into
// another header.
func isHarmless(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, isHarmful) < 0 && strings.TrimSpace(s) == s
}
