package email

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// customerLetter is what a customer writes. Many have words of reports, answers and histories.
type customerLetter struct{ about, subject, text string }

// lettersOfCustomers returns the letters of testdata/letters.txt: the language, what it is about and the
// subject on a line, then the text.
func lettersOfCustomers(t *testing.T) (all []customerLetter) {
	content, err := os.ReadFile("testdata/letters.txt")
	require.NoError(t, err)
	for block := range strings.SplitSeq(string(content), "\n%\n") {
		head, text, _ := strings.Cut(block, "\n")
		about, subject, ok := strings.Cut(head, ": ")
		require.True(t, ok, head)
		all = append(all, customerLetter{about, subject, strings.TrimSpace(text)})
	}
	return all
}

// dressings are what servers, rules, relays and forms add to the header of a letter.
var dressings = []string{
	"",
	"X-Mailer: Apple Mail (2.3774)",
	"User-Agent: Mozilla Thunderbird\nIn-Reply-To: <offer@shop.example>\nReferences: <offer@shop.example>",
	"X-Auto-Response-Suppress: All\nThread-Index: AdmB\nX-MS-Has-Attach:",
	"X-Auto-Response-Suppress: DR, OOF, AutoReply",
	"Return-Path: <>",
	"Auto-Submitted: auto-forwarded",
	"Auto-Submitted: auto-generated\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nThread-Topic: x",
	"Feedback-ID: 1.eu-west-1.abc:AmazonSES\nX-SES-Outgoing: 2026.01.01-54.240.7.1",
	"Precedence: junk\nReply-To: jane@home.example\nX-Mailer: PHPMailer 6.9",
	"Precedence: bulk\nReply-To: Jane <jane@home.example>\nX-Mailer: PHPMailer 6.9",
	"Auto-Submitted: auto-generated\nReply-To: Jane <jane@home.example>",
	"X-Priority: 1\nImportance: high\nDisposition-Notification-To: jane@customer.example",
	"X-Spam-Status: No, score=1.1\nX-Spam-Flag: NO",
	"Auto-Submitted: no",
	"X-Original-To: shop@shop.example\nDelivered-To: shop@shop.example",
}

// A letter is personal, in whatever dress it comes, and no line of it is lost in a reply.
func TestLetters_StayPersonalAndWhole(t *testing.T) {
	all := lettersOfCustomers(t)
	require.Greater(t, len(all), 200)
	for i, l := range all {
		for _, n := range [...]int{0, 1 + i%(len(dressings)-1), 1 + (i+len(dressings)/2)%(len(dressings)-1)} {
			raw := "From: Jane Roe <jane@customer.example>\nTo: shop@shop.example\nSubject: " + l.subject +
				"\nDate: Fri, 3 May 2024 10:00:00 +0200\nMessage-ID: <1@customer.example>\n" + dressings[n]
			raw = strings.TrimRight(raw, "\n") + "\nContent-Type: text/plain; charset=utf-8\n\n" + l.text + "\n"
			m, err := Parse(strings.NewReader(raw), Limits{})
			require.NoError(t, err)
			name := fmt.Sprintf("%s: %s, dressing %d", l.about, l.subject, n)
			assert.Equal(t, ClassPersonal, m.Class, "%s: %s", name, m.ClassReason)
			assert.Equal(t, l.text, strings.TrimSpace(m.Text), name)
			reply := m.ReplyText()
			for line := range strings.Lines(l.text) {
				if line = strings.TrimSpace(line); line != "" && line[0] != '>' {
					assert.Contains(t, reply, line, name)
				}
			}
		}
	}
}
