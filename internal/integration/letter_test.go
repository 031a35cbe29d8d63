package integration

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
)

var letters atomic.Int64

// letter returns a short message that nobody else has written.
func letter(from, subject string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <letter.%d@integration.example>\r\n"+
		"Date: Mon, 06 Jan 2025 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello.\r\n",
		from, mailbox, subject, letters.Add(1))
}

// letterOf returns a message of about size bytes.
func letterOf(size int) []byte {
	var b bytes.Buffer
	b.Write(letter(fmt.Sprintf("writer%d@post.example", size), "long"))
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "%d %s\r\n", n, strings.Repeat("long ", 14))
	}
	return b.Bytes()
}
