package integration

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
)

var messageNumber atomic.Int64

// message returns a short message with a Message-ID of its own.
func message(from, subject string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <message.%d@integration.example>\r\n"+
		"Date: Mon, 06 Jan 2025 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\nHello.\r\n",
		from, mailbox, subject, messageNumber.Add(1))
}

// letterOf returns a message of about size bytes.
func letterOf(size int) []byte {
	var b bytes.Buffer
	b.Write(message(fmt.Sprintf("writer%d@post.example", size), "long"))
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "%d %s\r\n", n, strings.Repeat("long ", 14))
	}
	return b.Bytes()
}
