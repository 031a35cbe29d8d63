package integration

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
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

// oddMessages returns messages of people that servers and protocols may change on the
// way: with dots and "From " at the beginning of lines, with bytes above 127, with a
// very long line, and without text.
func oddMessages() [][]byte {
	texts := []string{
		".\r\n..\r\n.leading dots\r\n.\r\n",
		"From here on, an mbox may begin a new message.\r\nFrom there, too.\r\n>From was quoted.\r\n",
		"Gr\xfc\xdfe, \xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\r\n",
		strings.Repeat("a very long line ", 600) + "\r\n",
		"",
	}
	messages := make([][]byte, len(texts))
	for i, text := range texts {
		m := message(fmt.Sprintf("odd%d@post.example", i), "odd")
		messages[i] = append(bytes.TrimSuffix(m, []byte("Hello.\r\n")), text...)
	}
	return messages
}

// letters returns messages of n people who write only about this subject. They were sent
// and received at that time.
func letters(subject string, n int, at time.Time) [][]byte {
	list := make([][]byte, n)
	date := at.UTC().Format(time.RFC1123Z)
	for i := range list {
		m := message(fmt.Sprintf("%s%d@post.example", subject, i), subject)
		m = bytes.Replace(m, []byte("Mon, 06 Jan 2025 10:00:00 +0000"), []byte(date), 1)
		// popa3d takes the unique-id from the first Received field.
		list[i] = fmt.Appendf(nil, "Received: from mx.post.example by mail.shop.example with ESMTP id %d; %s\r\n%s",
			messageNumber.Add(1), date, m)
	}
	return list
}
