package pop3fetch

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/knadh/go-pop3"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

// Open implements [inbound.Fetcher]. The credential is asked for before the
// connection is made. A server that hangs up when it is asked for its capabilities, does
// not answer, or answers nonsense, is connected to once more without that question; so is
// a proxy that cannot take two commands together, without PIPELINING.
func (f *Fetcher) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	credential, err := mailauth.FromLogin(ctx, a, login)
	if err != nil {
		return nil, err
	}
	known := f.servers.Of(a)
	may := known.may()
	var before *session // that ended with a trial
	for {
		s, err := f.connect(ctx, a, credential, known, may)
		if err == nil {
			return s, nil
		}
		if before != nil && (s == nil || s.wire.read <= 1) { // the greeting at most
			known.forget(before.last.trial)
		}
		if s == nil || !s.trialFailed() || ctx.Err() != nil {
			return nil, err
		}
		before = s
		may[s.last.trial] = false
		known.failed(s.last.trial)
	}
}

// connect makes one connection and logs in. With an error, it returns a session only
// for what it says of the connection, which is closed.
func (f *Fetcher) connect(ctx context.Context, a inbound.Account, credential mailauth.Credential, known *quirks,
	may [trials]bool) (*session, error) {
	conn, err := mailconn.Dial(ctx, a, f.options.Network)
	if err != nil {
		return nil, mailconn.Classify(inbound.OpConnect, err)
	}
	limit := mailconn.LoginTimeout(f.options.Network)
	s := &session{wire: newWire(conn, credential.Redact), conn: conn, credential: credential, quirks: known,
		may: may, patience: min(f.patience, limit/2), window: 1, memory: &listShare{of: f.lists}}
	wanted := []string{"UIDL", "TOP"}
	if f.pipeline() > 1 {
		wanted = append(wanted, "PIPELINING")
	}
	if err := s.establish(ctx, limit, a.Security == inbound.StartTLS, wanted); err != nil {
		_ = conn.Close() // the first error is the one to return
		return s, err
	}
	if s.caps != nil {
		known.passed(capaBeforeLogin)
	}
	if s.caps.has("PIPELINING") && s.may[pipelining] {
		s.window = f.pipeline()
	}
	if s.caps.has("TOP") || known.top.Load() {
		s.top = supported
	}
	return s, nil
}

// establish brings a new connection from the greeting to the end of the login. It asks
// for the capabilities, and after the login once more if one of those wanted is missing.
func (s *session) establish(ctx context.Context, limit time.Duration, startTLS bool, wanted []string) error {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	release := s.conn.Bind(within)
	defer release()
	op := inbound.OpGreet
	err := s.greet()
	if err == nil {
		op = inbound.OpCapabilities
		s.caps, err = s.askCapabilities(capaBeforeLogin)
	}
	if err == nil && startTLS {
		op = inbound.OpStartTLS
		err = s.startTLS(within)
	}
	if err == nil {
		op = inbound.OpLogin
		err = s.login()
	}
	if err == nil {
		op = inbound.OpCapabilities
		err = s.askAgain(wanted)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return mailconn.Classify(op, ctx.Err())
	case within.Err() != nil:
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: errors.New("the server did not answer in time"),
			Hint: "check that host, port and security are those of a POP3 server; retried automatically"}
	}
	return s.explain(op, err)
}

// greet gives the connection to go-pop3, which reads the greeting.
func (s *session) greet() (err error) {
	s.lib, err = pop3.New(pop3.Opt{Dialer: fixedDialer{statusConn{s.conn, s.wire}}}).NewConn()
	return err
}

// startTLS encrypts the connection (RFC 2595, section 4) and reads the capabilities
// again: those sent in plain text do not count.
func (s *session) startTLS(ctx context.Context) error {
	if err := s.send([]byte("STLS\r\n")); err != nil {
		return err
	}
	var refused *errReply
	if _, err := s.status(); errors.As(err, &refused) {
		return &inbound.Error{Op: inbound.OpStartTLS, Class: inbound.ErrPermanent, Err: err,
			Hint: "the server offers no STLS at this port; use security \"tls\", usually at port 995"}
	} else if err != nil {
		return err
	}
	if s.in.Buffered() > 0 {
		return &protocolError{what: "the server, or an attacker in between, sent text after the reply to STLS"}
	}
	if err := s.conn.StartTLS(ctx); err != nil {
		return err
	}
	var err error
	s.caps, err = s.askCapabilities(capaBeforeLogin)
	return err
}

// fixedDialer is a pop3.Dialer that returns an existing connection.
type fixedDialer struct{ conn net.Conn }

func (h fixedDialer) Dial(string, string) (net.Conn, error) { return h.conn, nil }

// statusConn is the connection as go-pop3 sees it. Each Read returns one valid status
// line, and nothing else, so that no bytes stay in the library's own buffer. An -ERR
// is an error of Read, which the library returns unchanged.
type statusConn struct {
	net.Conn
	wire *wire
}

func (c statusConn) Read(p []byte) (int, error) {
	text, err := c.wire.status()
	if err != nil {
		return 0, err
	}
	const ok, end = "+OK ", "\r\n"
	text = text[:max(0, min(len(text), len(p)-len(ok)-len(end)))]
	return copy(p, ok+strings.TrimRight(string(text), "\r\n")+end), nil
}
