package main

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailgen"
)

const (
	user     = "shop@shop.example"
	password = "bench"
)

// mailbox is what both programs download.
type mailbox struct {
	messages int
	bytes    int64
	host     string // a name, since mbsync verifies names only
	ports    dovecot.Ports
	caFile   string
}

// fill delivers the mail and makes the server index it, so that the first program
// need not wait for that.
func fill(ctx context.Context, s *dovecot.Server, o options) (mailbox, error) {
	box := mailbox{messages: o.messages, host: "localhost", ports: s.Ports(), caFile: s.CAFile()}
	if err := s.AddUser(user, password); err != nil {
		return box, err
	}
	mail := mailgen.New(mailgen.Options{Seed: 1, Messages: o.messages, Scale: o.scale})
	for i := range mail.Len() {
		if err := ctx.Err(); err != nil {
			return box, err
		}
		raw, _ := mail.Message(i)
		box.bytes += int64(len(raw))
		if err := s.Deliver(user, "INBOX", raw); err != nil {
			return box, err
		}
	}
	// Reading everything once also brings it into the page cache for both.
	sums, err := s.Checksums(user, "INBOX")
	if err != nil {
		return box, err
	}
	if len(sums) != o.messages {
		return box, fmt.Errorf("%d messages were delivered, but the server has %d", o.messages, len(sums))
	}
	return box, nil
}
