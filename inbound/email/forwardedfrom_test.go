package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestForwardedFrom_HeaderInTheText(t *testing.T) {
	for _, test := range forwardedCases {
		t.Run(test.name, func(t *testing.T) {
			m := parsed(t, crlf("From: Maria Roe <maria@shop.example>\nTo: shop@shop.example\nSubject: "+test.subject+
				"\nContent-Type: text/plain; charset=utf-8\n\n"+test.text))
			assert.Equal(t, test.want, m.ForwardedFrom)
		})
	}
}

func TestForwardedFrom_AttachedMessage(t *testing.T) {
	const inner = "From: Anna Berg <anna@kunde.example>\nSubject: Order\n\nWhere is it?\n\n" +
		"---------- Forwarded message ---------\nFrom: Nora <nora@buyer.example>\nDate: 5 May\n"
	mail := func(header, text, kind string) *Message {
		return parsed(t, crlf("From: Maria <maria@shop.example>\n"+header+"\n\n--b\n\n"+text+
			"\n--b\nContent-Type: "+kind+"\n\n"+inner+"\n--b--\n"))
	}
	const (
		report   = "Content-Type: multipart/report; boundary=b"
		mixed    = "Content-Type: multipart/mixed; boundary=b"
		attached = "message/rfc822\nContent-Disposition: attachment"
	)
	header := "---------- Forwarded message ---------\nFrom: Nora Lindqvist <nora@buyer.example>\nDate: 5 May\n"
	for name, test := range map[string]struct {
		m    *Message
		want Address
	}{
		"attached":                     {mail(mixed, "See the attached.", attached), anna},
		"attached to an answer":        {mail("Subject: Re: x\n"+mixed, "See the attached.", attached), anna},
		"below the text":               {mail(mixed, "See below.", "message/rfc822"), anna},
		"no text":                      {mail(mixed, "", attached), anna},
		"only its header":              {mail(mixed, "See it.", "text/rfc822-headers"), nobod},
		"of a receipt":                 {mail(report, "Read.", "message/rfc822"), nobod},
		"a header in the text is more": {mail(mixed, header, attached), nora},
		"of a bounce": {parsed(t, crlf("From: mailer-daemon@mx.example\nX-Failed-Recipients: a@b.example\n\n"+header)),
			nobod},
	} {
		assert.Equal(t, test.want, test.m.ForwardedFrom, name)
	}
}

func TestForwardedFrom_FromHTML(t *testing.T) {
	m := parsed(t, crlf("From: maria@shop.example\nSubject: Fwd: x\nContent-Type: text/html\n\n"+
		"<div>Hi</div><div class=gmail_quote><div dir=ltr>---------- Forwarded message ---------<br>"+
		"From: <b>Anna Berg</b> &lt;<a href=mailto:anna@kunde.example>anna@kunde.example</a>&gt;<br>"+
		"Date: 5 May<br>Subject: x<br></div>Where is it?</div>"))
	assert.Equal(t, anna, m.ForwardedFrom)
}

// It is far enough down that no program puts it there.
func TestForwardedFrom_OnlyTheBeginningIsSearched(t *testing.T) {
	for filler, want := range map[int]Address{forwardedText - 2000: anna, forwardedText: nobod} {
		text := strings.Repeat("x\n", filler/2) + forwardedCases[0].text
		m := parsed(t, crlf("From: maria@shop.example\nSubject: Fwd: x\n\n"+text))
		assert.Equal(t, want, m.ForwardedFrom)
	}
}

// What is looked at for every message allocates nothing where nothing is forwarded.
func TestForwardedFrom_AllocatesNothing(t *testing.T) {
	text := strings.Repeat("Dear shop: where is it?\nNote: it is late.\n---\nyes\n", 50)
	m := &Message{Subject: "Order 4711", Text: text}
	assert.Zero(t, testing.AllocsPerRun(10, func() { forwardedFrom(m, attachedMessage{}) }))
}
