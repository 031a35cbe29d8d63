package main

import (
	"fmt"
	"hash/fnv"
	"time"
)

const (
	// messageSize is how many bytes each message has.
	messageSize = 1024
	// blockSize is how many UIDs belong together, the last of which is of a message that is gone.
	blockSize = 10
)

// mailbox is a folder whose messages are made when they are asked for. They are numbered
// from 1 on.
type mailbox struct {
	messages uint32
	newest   time.Time // when the last message arrived; each one before, a minute earlier
}

func newMailbox(messages int) *mailbox {
	return &mailbox{messages: uint32(messages), newest: time.Now().UTC().AddDate(0, 0, -100).Truncate(time.Second)}
}

// uid returns the UID of a message.
func (*mailbox) uid(number uint32) uint32 { return number + (number-1)/(blockSize-1) }

// number returns the number of the message with a UID; if there is none, that of the next
// lower one.
func (b *mailbox) number(uid uint32) uint32 {
	return min(uid-uid/blockSize, b.messages)
}

// next returns the UID that the next message would get.
func (b *mailbox) next() uint32 { return b.uid(b.messages) + 2 }

func (b *mailbox) arrived(number uint32) time.Time {
	return b.newest.Add(-time.Duration(b.messages-number) * time.Minute)
}

// appendMessage appends the bytes of a message. Of a thousand messages, a hundred
// writers have sent ten each.
func (b *mailbox) appendMessage(to []byte, number uint32) []byte {
	begin := len(to)
	hash := fnv.New32a()
	fmt.Fprint(hash, number/1000*100+number%100)
	writer := hash.Sum32() // their addresses are in no order
	at := b.arrived(number).Format(time.RFC1123Z)
	to = fmt.Appendf(to, "Received: from buyer.example by mx.shop.example; %s\r\n"+
		"From: Buyer %d <buyer%08x@buyer.example>\r\nTo: shop@shop.example\r\nSubject: Order %d\r\nDate: %s\r\n"+
		"Message-ID: <%d.%08x@buyer.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		at, writer%1000, writer, number, at, number, writer)
	for line := 0; len(to)-begin < messageSize-2; line++ {
		to = fmt.Appendf(to, "Where is parcel %d of order %d, which was to come a week ago?\r\n", line, number)
	}
	return append(to[:begin+messageSize-2], "\r\n"...)
}
