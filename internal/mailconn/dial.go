package mailconn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/postroom/postroom/inbound"
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
			Err:  fmt.Errorf("%.200q is not a host name", a.Host),
			Hint: "set the host to the name of the mail server, such as imap.example.com",
		}
	}
	dialer := net.Dialer{Timeout: dialTimeout(p)}
	if !p.AllowPrivate {
		dialer.ControlContext = refuseSpecial
	}
	address := net.JoinHostPort(strings.Trim(a.Host, "[]"), strconv.Itoa(a.Port))
	raw, err := dialer.DialContext(ctx, "tcp", address)
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

// refuseSpecial refuses addresses that are not on the public internet. It is called
// with the address of the connection, after the name is resolved, so that a second
// resolution cannot give a different address.
func refuseSpecial(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(to.Addr()) {
		return &inbound.Error{Op: inbound.OpConnect, Class: inbound.ErrPermanent, Err: inbound.ErrPrivateAddress,
			Hint: "check the host; to collect from a server in your own network, allow private addresses"}
	}
	return nil
}

// special are the networks that are not part of the public internet (RFC 6890 and
// the IANA special-purpose registries), except those that netip.Addr has a method
// for. The addresses in the last four contain IPv4 addresses.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001::/23", "2001:db8::/32",
	"3fff::/20", "5f00::/16", "fec0::/10", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16",
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

func isPublic(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range special {
		if p.Contains(ip) {
			return false
		}
	}
	return true
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
