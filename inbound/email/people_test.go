package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// peopleCase is a header whose sender, and recipients, are written as programs write them.
type peopleCase struct {
	kind, name, header string
	want               Address // of From
	to                 []string
}

func TestPeople_FromAndRecipients(t *testing.T) {
	for _, test := range peopleCases {
		t.Run(test.kind+": "+test.name, func(t *testing.T) {
			m := parsed(t, crlf(test.header+"\n\nHello\n"))
			assert.Equal(t, test.want, m.From)
			if test.to != nil {
				var to []string
				for _, a := range m.To {
					to = append(to, a.Address)
				}
				assert.Equal(t, test.to, to)
			}
		})
	}
}

// What had to be repaired may have been read in a different way by the server that
// checked it.
func TestPeople_RepairedIsNotVerified(t *testing.T) {
	const results = "Authentication-Results: mx.shop.example; dmarc=pass header.from=buyer.example\n"
	for header, want := range map[string]string{
		"From: Jane Roe <jane@buyer.example>":                               "pass",
		"From: jane@buyer.example (Jane Roe)":                               "pass",
		`From: "Roe, Jane" < jane@buyer.example >`:                          "pass",
		"From: Jane Roe <jane@buyer.example":                                "pass",
		"From: [Shop] jane@buyer.example":                                   "pass",
		"Sender: Jane Roe <jane@buyer.example>":                             "none",
		"From:\nSender: Jane Roe <jane@buyer.example>":                      "none",
		"From: Jane Roe >jane@buyer.example<":                               "none",
		"From: Jane Roe [jane@buyer.example]":                               "none",
		"From: Jane Roe (jane@buyer.example)":                               "none",
		"From: Jane Roe ( jane@buyer.example )":                             "none",
		"From: Jane Roe <SMTP:jane@buyer.example>":                          "none",
		"From: \"Jane Roe\" jane@buyer.example>":                            "none",
		"From: jane@buyer.example]":                                         "none",
		"From: <IMCEASMTP-jane+40buyer+2Eexample@relay.example>":            "none",
		"From: Jane＜jane@buyer.example＞":                                    "none",
		"From: jane@buyer.example, \"x:y\"@other.example":                   "none",
		"From: Jane Roe <jane@other.example>\nSender: <jane@buyer.example>": "none",
	} {
		m := parsed(t, crlf(results+header+"\n\nHello\n"))
		assert.Equal(t, want, m.DMARC("mx.shop.example"), header)
	}
}

// Without From, nobody may be named by what only lists write.
func TestPeople_SenderWithoutFromNamesNoAuthor(t *testing.T) {
	m := parsed(t, crlf("Sender: <list@shop.example>\nList-Id: <list.shop.example>\n"+
		"X-Original-From: Jane <jane@buyer.example>\n\nHello\n"))
	assert.Equal(t, Address{"", "list@shop.example"}, m.From)
	assert.Equal(t, Address{}, m.OriginalFrom)
	assert.False(t, m.FromList)
	assert.Contains(t, m.Warnings, "there is no From: Sender counts as the sender")
}

func TestPeople_RecipientsHaveAddresses(t *testing.T) {
	m := parsed(t, crlf("From: a@buyer.example\nTo: Undisclosed Recipients\nCc: Team, <b@shop.example>, Nobody\n\n"+
		"Hello\n"))
	assert.Empty(t, m.To)
	require.Len(t, m.Cc, 1)
	assert.Equal(t, "b@shop.example", m.Cc[0].Address)
}
