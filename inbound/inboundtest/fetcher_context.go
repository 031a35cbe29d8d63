package inboundtest

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
)

var contextTests = map[string]func(*mail){
	"EndsOpenAtTheGreeting": func(m *mail) { m.endsOpen(Faults{SilentAt: 1}) },
	"EndsOpenInTheGreeting": func(m *mail) { m.endsOpen(Faults{SilentAt: 3}) },
	"EndsOpenAtTheLogIn": func(m *mail) {
		m.endsOpen(Faults{Instead: map[string]string{"LOGIN": "", "PASS": ""}})
	},
	"EndsOpenInTheHandshake":    endsHandshake,
	"EndsListAtASilentServer":   func(m *mail) { m.endsCall("List") },
	"EndsFetchAtASilentServer":  func(m *mail) { m.endsCall("Fetch") },
	"EndsDeleteAtASilentServer": func(m *mail) { m.endsCall("Delete") },
	"EndsMarkAtASilentServer":   func(m *mail) { m.endsCall("MarkSeen") },
	"EndsFetchWithinAMessage":   endsWithinAMessage,
	"EndsFetchBetweenMessages":  endsBetweenMessages,
	"IdleTimeEndsEachCall":      idleTime,
	"CloseDoesNotBlock":         closeDoesNotBlock,
}

// soon is how long a call may go on after its context has ended.
const soon = 3 * time.Second

// ends waits for a call whose context has a deadline, and returns its error.
func (m *mail) ends(what string, call func() error) error {
	m.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(soon):
		m.Fatalf("%s goes on for %v after its context has ended, or its time has run out: with a silent server it "+
			"hangs forever", what, soon)
		return nil
	}
}

func (m *mail) endsOpen(f Faults) {
	m.server.SetFaults(f)
	ctx, cancel := context.WithTimeout(m.Context(), 100*time.Millisecond)
	defer cancel()
	err := m.ends("Open", func() error {
		_, err := m.fetcher.Open(ctx, m.account, m.login())
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		m.Errorf("Open at a silent server gave the error %v, want its context's", err)
	}
}

// endsHandshake: the server accepts the connection and never speaks TLS.
func endsHandshake(m *mail) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	m.check(err, "listen on loopback")
	defer func() { _ = listener.Close() }() // it is no longer used
	m.account.Port, m.account.Security = listener.Addr().(*net.TCPAddr).Port, inbound.TLS
	m.endsOpen(Faults{})
}

func (m *mail) endsCall(name string) {
	m.deliver(3)
	s := m.open()
	if _, marks := s.(inbound.Marker); name == "MarkSeen" && !marks {
		return
	}
	refs := m.list(s)
	if m.isPOP3() && name == "List" {
		m.close(s) // a maildrop is listed once a session
		s = m.open()
	}
	ctx, cancel := context.WithCancel(m.Context())
	defer cancel()
	asked := sync.OnceFunc(cancel)
	m.server.SetFaults(Faults{Answer: func(string) (string, bool) {
		asked() // the context ends when the server has been asked
		return "", true
	}})
	err := m.ends(name, func() error {
		err, _ := m.call(ctx, name, s, refs)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		m.Errorf("%s at a silent server gave the error %v, want its context's", name, err)
	}
	m.expectUnusable(s, refs)
	m.expectUIDs("no command was carried out", 1, 2, 3)
}

// expectUnusable looks at a session whose connection is of no more use: it must
// not take an answer to an old question for the answer to a new one.
func (m *mail) expectUnusable(s inbound.Session, refs []inbound.Ref) {
	m.Helper()
	m.server.SetFaults(Faults{})
	for _, name := range []string{"List", "Fetch"} {
		var err error
		m.check(m.ends(name+" after that", func() error {
			err, _ = m.call(m.Context(), name, s, refs)
			return nil
		}), name)
		if err == nil {
			m.Errorf("%s went well after a call whose context had ended: the session is unusable then", name)
		}
	}
	m.check(m.ends("Close after that", s.Close), "Close")
}

func endsWithinAMessage(m *mail) {
	m.box.Deliver(order(1), oddMessages()["5 MB"], order(2))
	s := m.open()
	refs := m.list(s)
	m.server.SetFaults(Faults{SilentAt: 1_000_000})
	ctx, cancel := context.WithTimeout(m.Context(), 200*time.Millisecond)
	defer cancel()
	whole := 0
	err := m.ends("Fetch", func() error {
		return s.Fetch(ctx, refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			if err == nil {
				whole++
			}
			return err
		})
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		m.Errorf("Fetch with a server that falls silent within a message gave the error %v, want its context's", err)
	}
	if whole > 1 {
		m.Errorf("%d messages came to their ends, and the second had none", whole)
	}
	m.expectUnusable(s, refs)
}

func endsBetweenMessages(m *mail) {
	for range 50 {
		m.box.Deliver(oddMessages()["a line of 200 KB"]) // more than fits between server and client
	}
	s := m.open()
	refs := m.list(s)
	ctx, cancel := context.WithCancel(m.Context())
	defer cancel()
	calls := 0
	err := m.ends("Fetch", func() error {
		return s.Fetch(ctx, refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error {
			if calls++; calls == 5 {
				cancel()
			}
			return nil
		})
	})
	if !errors.Is(err, context.Canceled) {
		m.Errorf("the context ended at the fifth of 50 messages, and Fetch gave the error %v after %d, want the "+
			"context's", err, calls)
	}
	m.expectUnusable(s, refs)
}

// idleTime: NetworkPolicy.IdleTimeout bounds the wait for the next byte.
func idleTime(m *mail) {
	policy := m.server.Network()
	policy.IdleTimeout = 500 * time.Millisecond
	m.fetcher = m.make(policy)
	m.deliver(3)
	for _, name := range calls {
		m.server.SetFaults(Faults{})
		s := m.open()
		refs := m.list(s)
		if m.isPOP3() && name == "List" {
			m.close(s)
			s = m.open()
		}
		m.server.SetFaults(Faults{SilentAt: 1})
		has, begin := true, time.Now()
		err := m.ends(name, func() (err error) {
			err, has = m.call(m.Context(), name, s, refs)
			return err
		})
		if has {
			m.expectClass(err, inbound.ErrTemporary, name+" at a silent server")
		}
		if took := time.Since(begin); took > 3*policy.IdleTimeout {
			m.Errorf("%s took %v to give up a server that is silent for %v: the wait is as many times too long "+
				"with real settings", name, took, policy.IdleTimeout)
		}
		m.check(m.ends("Close", s.Close), "Close")
	}
	m.server.SetFaults(Faults{SilentAt: 1})
	policy.DialTimeout, policy.LoginTimeout = 500*time.Millisecond, 500*time.Millisecond
	err := m.ends("Open", func() error {
		_, err := m.make(policy).Open(m.Context(), m.account, m.login())
		return err
	})
	m.expectClass(err, inbound.ErrTemporary, "Open at a silent server")
}

func closeDoesNotBlock(m *mail) {
	m.deliver(3)
	s := m.open()
	m.list(s)
	m.server.SetFaults(Faults{SilentAt: 1})
	_ = m.ends("Close", s.Close) // whether the server has heard it is its own affair
}
