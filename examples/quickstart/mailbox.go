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

	total int // messages that fill delivers
	user  *imapmemserver.User
	close func()
	pacer
}

// sampleMailbox returns what a client needs to know of the server at port.
func sampleMailbox(port int) *mailbox {
	return &mailbox{host: "127.0.0.1", port: port, username: "hello@juniper.example", password: "sample password"}
}

// serveMailbox starts the server with an empty mailbox.
func serveMailbox() (*mailbox, error) {
	box := sampleMailbox(0)
	names, err := sampleFiles()
	if err != nil {
		return nil, err
	}
	box.total = len(names)
	box.user = imapmemserver.NewUser(box.username, box.password.Reveal())
	if err := box.user.Create("INBOX", nil); err != nil {
		return nil, err
	}
	users := imapmemserver.New()
	users.AddUser(box.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &pacedSession{Session: users.NewSession(), pacer: &box.pacer}, nil, nil
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

// sampleFiles returns the names of the files in the order in which they arrive.
func sampleFiles() ([]string, error) {
	names, err := fs.Glob(mail, "mail/*.eml")
	return append(names, copied), err
}

// fill puts the files into INBOX. After each of them it calls arrived with the number
// of messages that are there, and the last one; its error ends the filling.
func (box *mailbox) fill(arrived func(delivered int, raw []byte) error) error {
	names, err := sampleFiles()
	if err != nil {
		return err
	}
	began := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	for i, name := range names {
		text, err := mail.ReadFile(name)
		if err != nil {
			return err
		}
		raw := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		received := began.Add(time.Duration(i) * 97 * time.Minute)
		_, err = box.user.Append("INBOX", bytes.NewReader(raw), &imap.AppendOptions{Time: received})
		if err != nil {
			return err
		}
		if err := arrived(i+1, raw); err != nil {
			return err
		}
	}
	return nil
}
