package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

const samplePassword = "sample"

// runMailboxes serves mailboxes that are filled as time goes by, until ctx ends.
func runMailboxes(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("cluster mailboxes", flag.ContinueOnError)
	address := flags.String("listen", "127.0.0.1:1143", "where to listen")
	names := flags.String("users", "shop,second,third", "the mailboxes")
	every := flags.Duration("every", time.Second, "how often a message is delivered to one of them")
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	if flags.NArg() > 0 || *every <= 0 {
		return errors.New("wrong arguments; see cluster mailboxes -h")
	}
	users := imapmemserver.New()
	var boxes []*imapmemserver.User
	for name := range strings.SplitSeq(*names, ",") {
		user := imapmemserver.NewUser(name, samplePassword)
		if err := user.Create("INBOX", nil); err != nil {
			return err
		}
		users.AddUser(user)
		boxes = append(boxes, user)
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapIdle: {}},
		InsecureAuth: true,
		Logger:       log.New(io.Discard, "", 0),
	})
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends by Close
	}()
	defer func() {
		_ = server.Close()
		<-served
	}()
	fmt.Println("# the mailboxes, as lines of a file of accounts:")
	for name := range strings.SplitSeq(*names, ",") {
		fmt.Printf("%s imap+plain://%s:%s@%s?interval=5s\n", name, name, samplePassword, listener.Addr())
	}
	return deliver(ctx, boxes, *every)
}

// deliver delivers a message at a time.
func deliver(ctx context.Context, boxes []*imapmemserver.User, every time.Duration) error {
	again := time.NewTicker(every)
	defer again.Stop()
	for n := 1; ; n++ {
		raw := fmt.Sprintf("From: Customer %d <c%d@example.com>\r\nDate: %s\r\nMessage-ID: <%d@example.com>\r\n"+
			"Subject: Question %d\r\n\r\nWhere is my parcel %d?\r\n", n%50, n%50, time.Now().Format(time.RFC1123Z), n, n, n)
		box := boxes[n%len(boxes)]
		if _, err := box.Append("INBOX", strings.NewReader(raw), &imap.AppendOptions{Time: time.Now()}); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "delivered question %d\n", n)
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}
