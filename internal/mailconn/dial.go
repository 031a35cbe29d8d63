package mailconn

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dialguard"
	"github.com/postroom/postroom/internal/escape"
)

const (
	defaultDialTimeout  = 30 * time.Second
	defaultLoginTimeout = 90 * time.Second
	defaultIdleTimeout  = 2 * time.Minute
)

// Dial connects to a.Host:a.Port if the policy allows that. If the security of the
// account is TLS, Dial also encrypts the connection. If it is StartTLS, the
// connection is not encrypted yet: the caller has to send the command and then call
// [Conn.StartTLS]. Every error is an *inbound.Error.
func Dial(ctx context.Context, a inbound.Account, p inbound.NetworkPolicy) (*Conn, error) {
	const op = inbound.OpConnect
	if a.Security == inbound.Plain && !p.AllowPlaintext {
		return nil, &inbound.Error{
			Op: op, Class: inbound.ErrPermanent,
			Err:  errors.New("the account asks for a connection without encryption"),
			Hint: "use security tls or starttls, or explicitly allow plaintext connections",
		}
	}
	if strings.ContainsAny(a.Host, "\x00\r\n /") || a.Host == "" {
		return nil, &inbound.Error{
			Op: op, Class: inbound.ErrPermanent,
			Err:  errors.New(escape.Quoted(a.Host) + " is not a host name"),
			Hint: "set the host to the name of the mail server, such as imap.example.com",
		}
	}
	dialer := net.Dialer{Timeout: dialTimeout(p), ControlContext: rules(p).Control}
	address := net.JoinHostPort(strings.Trim(a.Host, "[]"), strconv.Itoa(a.Port))
	raw, err := dialer.DialContext(ctx, "tcp", address)
	if refused := refusal(err); refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, Classify(op, endedBy(ctx, err))
	}
	c := New(raw, a.Host, p)
	if a.Security != inbound.Plain && a.Security != inbound.StartTLS {
		if err := c.StartTLS(ctx); err != nil {
			return nil, Classify(op, endedBy(ctx, err))
		}
	}
	return c, nil
}

// endedBy returns the error of the context if it has ended, and err otherwise.
func endedBy(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// mailPorts are the ports of IMAP and POP3 (RFC 8314).
var mailPorts = []int{110, 143, 993, 995}

// rules returns what may be dialed.
func rules(p inbound.NetworkPolicy) dialguard.Rules {
	return dialguard.Rules{Ports: slices.Concat(mailPorts, p.AllowedPorts), AllowPrivate: p.AllowPrivate}
}

// refusal returns the error of an address that must not be dialed; nil for any other error.
func refusal(err error) error {
	e := &inbound.Error{Op: inbound.OpConnect, Class: inbound.ErrPermanent}
	switch {
	case errors.Is(err, dialguard.ErrPrivate):
		e.Err = inbound.ErrPrivateAddress
		e.Hint = "check the host; to collect from a server in your own network, allow private addresses"
	case errors.Is(err, dialguard.ErrPort):
		e.Err = inbound.ErrPortNotAllowed
		e.Hint = "check the port, which is 110, 143, 993 or 995 at most servers; if this one listens on a different" +
			" one, add it to the allowed ports"
	default:
		return nil
	}
	return e
}

// serverName returns the name that the certificate of the server must have.
func serverName(host string) string { return strings.TrimSuffix(strings.Trim(host, "[]"), ".") }

func dialTimeout(p inbound.NetworkPolicy) time.Duration {
	if p.DialTimeout > 0 {
		return p.DialTimeout
	}
	return defaultDialTimeout
}

// LoginTimeout returns how long a server may take for its greeting and the login.
func LoginTimeout(p inbound.NetworkPolicy) time.Duration {
	if p.LoginTimeout > 0 {
		return p.LoginTimeout
	}
	return defaultLoginTimeout
}

func idleTimeout(p inbound.NetworkPolicy) time.Duration {
	if p.IdleTimeout > 0 {
		return p.IdleTimeout
	}
	return defaultIdleTimeout
}
