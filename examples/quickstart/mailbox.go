package main

import (
	"bytes"
	"embed"
	"io"
	"io/fs"
	"log"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/postroom/postroom/inbound"
)

//go:embed mail/*.eml
var mail embed.FS

// copied is a message that is in the mailbox twice: the owner's mail program moved
// it to a different folder and back.
const copied = "mail/02-delivery-to-norway.eml"

// mailbox is an IMAP server on loopback with one mailbox, in memory.
type mailbox struct {
	host     string
	port     int
	username string
	password inbound.Secret
	close    func()
}

// serveMailbox starts the server and fills the mailbox.
func serveMailbox() (*mailbox, error) {
	box := &mailbox{host: "127.0.0.1", username: "hello@juniper.example", password: "sample password"}
	user := imapmemserver.NewUser(box.username, box.password.Reveal())
	if err := fill(user); err != nil {
		return nil, err
	}
	users := imapmemserver.New()
	users.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true,
		Logger:       log.New(io.Discard, "", 0),
	})
	listener, err := net.Listen("tcp", net.JoinHostPort(box.host, "0"))
	if err != nil {
		return nil, err
	}
	box.port = listener.Addr().(*net.TCPAddr).Port
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends by Close
	}()
	box.close = func() {
		_ = server.Close()
		<-served
	}
	return box, nil
}

// fill puts the files into INBOX, in the order of their names.
func fill(user *imapmemserver.User) error {
	if err := user.Create("INBOX", nil); err != nil {
		return err
	}
	names, err := fs.Glob(mail, "mail/*.eml")
	if err != nil {
		return err
	}
	arrived := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	for i, name := range append(names, copied) {
		text, err := mail.ReadFile(name)
		if err != nil {
			return err
		}
		raw := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		received := arrived.Add(time.Duration(i) * 97 * time.Minute)
		if _, err := user.Append("INBOX", bytes.NewReader(raw), &imap.AppendOptions{Time: received}); err != nil {
			return err
		}
	}
	return nil
}
