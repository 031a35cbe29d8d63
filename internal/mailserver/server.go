//go:build linux

package mailserver

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/internal/daemon"
	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/testclient"
)

// ErrMissing reports that a server is not installed, or cannot run on this machine.
var ErrMissing = errors.New("mailserver: not installed")

// Password is the password of all mailboxes.
const Password = "correct-horse"

// Software is a mail server that this package can start.
type Software struct {
	Name     string
	packages []string // of Debian; none if it needs no root of its own
	start    func(*Server) error
}

// All returns all servers.
func All() []*Software {
	return []*Software{
		{"courier", []string{"courier-imap", "courier-pop", "courier-authdaemon"}, startCourier},
		{"cyrus", []string{"cyrus-imapd", "cyrus-pop3d", "sasl2-bin"}, startCyrus},
		{"mailutils", []string{"mailutils-imap4d", "mailutils-pop3d"}, startMailutils},
		{"popa3d", []string{"popa3d"}, startPopa3d},
		{"perdition", []string{"perdition"}, startPerdition},
		{"gluon", nil, startGluon},
		{"dovecot-mbox", nil, startDovecot(&dovecot.Options{Storage: dovecot.Mbox})},
		{"dovecot-sdbox", nil, startDovecot(&dovecot.Options{Storage: dovecot.SDBox})},
		{"dovecot-mdbox", nil, startDovecot(&dovecot.Options{Storage: dovecot.MDBox})},
		{"dovecot-reduced", nil, startDovecot(&dovecot.Options{Extra: reduced})},
	}
}

// mailboxes is how many users each server has.
const mailboxes = 16

// Server is a running server. Its mailboxes are empty at first.
type Server struct {
	Name string
	// IMAP and POP3 are the ports on 127.0.0.1 without encryption; 0 if the server does
	// not have the protocol.
	IMAP, POP3 int
	// FolderPrefix is the beginning of the names of folders besides INBOX, such as
	// "INBOX.".
	FolderPrefix string
	// Renumbers is true if an IMAP folder gets a new UIDVALIDITY whenever mail arrives.
	Renumbers bool
	// LocksReads is true if no other client can change a folder while it is read.
	LocksReads bool
	// Notes are the names of the header fields that the server writes into messages, and
	// changes, while they are in a mailbox.
	Notes []string

	root    *root
	deliver func(user string, at time.Time, raw [][]byte) error // into INBOX
	log     func() string
	closers []func() error

	mu   sync.Mutex
	used int // mailboxes
}

// Start starts the server and returns when it accepts connections. The error wraps
// ErrMissing if the server is not installed. The caller must close the server.
func (s *Software) Start() (*Server, error) {
	// A different process may take a port after it was found free.
	for n := 1; ; n++ {
		v := &Server{Name: s.Name}
		v.deliver = v.appendAll
		err := s.launch(v)
		if err == nil {
			return v, nil
		}
		err = errors.Join(fmt.Errorf("%s: %w\n%s", s.Name, err, v.Log()), v.Close())
		if n == 3 || isMissing(err) {
			return nil, err
		}
	}
}

func isMissing(err error) bool {
	return errors.Is(err, ErrMissing) || errors.Is(err, dovecot.ErrMissing)
}

func (s *Software) launch(v *Server) error {
	if len(s.packages) > 0 {
		var err error
		if v.root, err = s.newRoot(); err != nil {
			return err
		}
		v.closers, v.log = append(v.closers, v.root.close), v.root.text
	}
	return s.start(v)
}

// ForTest starts the server for a test, which is skipped if it is not installed: see
// [daemon.ForTest].
func (s *Software) ForTest(t *testing.T) *Server {
	t.Helper()
	began := time.Now()
	v := daemon.ForTest(t, s.Start, isMissing)
	t.Logf("started in %.1f s", time.Since(began).Seconds())
	return v
}

// Close ends the server and removes its files and mail.
func (v *Server) Close() error {
	var err error
	for i := len(v.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, v.closers[i]())
	}
	return err
}

// Log returns what the server has logged so far.
func (v *Server) Log() string {
	if v.log == nil {
		return ""
	}
	return v.log()
}

// NewMailbox returns a user whose mailbox is empty. The password is [Password].
func (v *Server) NewMailbox() (user string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.used == mailboxes {
		return "", fmt.Errorf("%s: all %d mailboxes are in use", v.Name, mailboxes)
	}
	v.used++
	return userName(v.used), nil
}

func userName(n int) string { return "box" + strconv.Itoa(n) }

func userNames() []string {
	names := make([]string, mailboxes)
	for i := range names {
		names[i] = userName(i + 1)
	}
	return names
}

// Deliver adds messages to the INBOX of a user, by the way that is usual for the
// server. at is when they arrive; the zero time means now. No session may be open
// meanwhile.
func (v *Server) Deliver(user string, at time.Time, raw ...[]byte) error {
	if err := v.deliver(user, at, raw); err != nil {
		return fmt.Errorf("%s: deliver to %s: %w", v.Name, user, err)
	}
	return nil
}

// appendAll delivers by IMAP APPEND.
func (v *Server) appendAll(user string, at time.Time, raw [][]byte) error {
	c, err := v.DialIMAP(user)
	if err != nil {
		return err
	}
	for _, r := range raw {
		if err == nil {
			err = c.Append("INBOX", r, nil, at)
		}
	}
	return errors.Join(err, c.Close())
}

// DialIMAP logs a user in.
func (v *Server) DialIMAP(user string) (*testclient.IMAP, error) {
	return testclient.DialIMAP(address(v.IMAP), user, Password)
}

// DialPOP3 logs a user in.
func (v *Server) DialPOP3(user string) (*testclient.POP3, error) {
	return testclient.DialPOP3(address(v.POP3), user, Password)
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// await waits until the server accepts connections at its ports.
func (v *Server) await(programs ...*daemon.Process) error {
	ports := []int{v.IMAP, v.POP3}
	for i, port := range ports {
		if port == 0 {
			continue
		}
		if err := programs[i%len(programs)].Await("tcp", address(port)); err != nil {
			return err
		}
	}
	return nil
}
