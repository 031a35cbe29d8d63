package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLineAddress(t *testing.T) {
	for line, want := range map[string]lineShape{
		"a@b.example":                       listed,
		"<a@b.example>:":                    listed,
		"<a@b.example> says nothing":        listed,
		"  * a@b.example (mailbox full)":    listed,
		"12. a@b.example":                   listed,
		"3) <a@b.example>":                  listed,
		"• a@b.example - voll":              listed,
		"'a@b.example' on 3/3/2025":         listed,
		"a@b.example am 3.3.2025":           listed,
		"“a@b.example”":                     listed,
		"Failed recipient: a@b.example":     listed,
		"收件人：a@b.example":                   listed,
		"RFC822;a@b.example":                listed,
		"550 5.1.1 <a@b.example>... no":     listed,
		"Jane Roe <a@b.example>":            named,
		`"Roe, Jane" <a@b.example>`:         named,
		"jane roe (a@b.example)":            named,
		"To: a@b.example":                   named,
		"・a@b.example（宛先不明）":                listed,
		"*a@b.example*":                     listed,
		"a@b.example에게 보낸 메시지":              leading,
		"a@b.example has written to us":     leading,
		"Please ask the shop <a@b.example>": inSentence,
		"write to a@b.example":              inSentence,
		"From: a@b.example":                 inSentence,
		"Reply-To: <a@b.example>":           inSentence,
		"RCPT To:<a@b.example>":             inSentence,
		"a@ or @b.example":                  noAddress,
		"no address":                        noAddress,
		"":                                  noAddress,
	} {
		address, shape := lineAddress(line)
		assert.Equal(t, want, shape, line)
		if want != noAddress {
			assert.Equal(t, "a@b.example", address, line)
		}
	}
}

func TestReadNotice_ReturnedHeader(t *testing.T) {
	for name, test := range map[string]struct {
		text, words string
		returned    bool
	}{
		"technical":           {"No.\n\nReturn-Path: <a@b.example>\nSubject: x\n", "No.\n\n", true},
		"one technical field": {"No.\n> Message-ID: <a@b.example>\n", "No.\n", true},
		"of a letter":         {"No.\nFrom: a@b.example\nTo: c@d.example\nSubject: x\n", "", true},
		"two fields":          {"No.\nFrom: a@b.example\nTo: c@d.example\n\nSubject: x\n", "", false},
		"a list":              {"Ordered: 5\nReceived: 3\nReturned: 1\n", "", false},
	} {
		got := readNotice(&Message{Text: test.text})
		if test.words == "" {
			test.words = test.text
		}
		assert.Equal(t, test.words, got.words, name)
		assert.Equal(t, test.returned, got.returned != nil, name)
	}
}

func TestParagraph_LastSentence(t *testing.T) {
	for text, want := range map[string]bool{
		"The message was not delivered to:":              true,
		"Hello. The message was not delivered to:":       true,
		"The message was not delivered. Write to me at:": false,
		"The message\nwas not delivered to":              true,
		"The message was not delivered.":                 true,
		"メールを送信できませんでした。":                                true,
		"The parcel was not delivered, says a message:":  false,
	} {
		var p paragraph
		for line := range strings.SplitSeq(text, "\n") {
			p.read(line)
		}
		assert.Equal(t, want, p.sentence.announces(), text)
	}
}
