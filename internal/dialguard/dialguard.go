// Package dialguard decides which addresses and ports may be dialed. Mail servers and
// token endpoints are named by settings that strangers may have entered, so that a
// connection must not lead into the host's own network.
//
// [Rules.Control] is for [net.Dialer]: it sees the address of the connection, after the
// name is resolved, so that a second resolution cannot give a different address.
package dialguard

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

var (
	// ErrPrivate reports an address that is not on the public internet.
	ErrPrivate = errors.New("dialguard: private or special address")
	// ErrPort reports a port that is not allowed at a public address.
	ErrPort = errors.New("dialguard: port is not allowed")
)

// Rules say what may be dialed. The zero value admits nothing.
type Rules struct {
	Ports        []int // at public addresses
	AllowPrivate bool  // private and special addresses as well, on any port
}

// Control implements [net.Dialer.ControlContext].
func (r Rules) Control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivate
	}
	return r.Check(to)
}

// Check returns nil if the address and port may be dialed, or an error that wraps
// ErrPrivate or ErrPort.
func (r Rules) Check(to netip.AddrPort) error {
	switch {
	case !IsPublic(to.Addr()) && r.AllowPrivate:
		return nil
	case !IsPublic(to.Addr()):
		return ErrPrivate
	case !slices.Contains(r.Ports, int(to.Port())):
		return fmt.Errorf("%w: %d is not one of %d at a public address", ErrPort, to.Port(), r.Ports)
	}
	return nil
}

var public = ssrf.New()

// IsPublic reports whether an address is on the public internet. Those that carry an
// IPv4 address for a translator or a tunnel (NAT64, 6to4, Teredo, ISATAP, IPv4-translated
// and IPv4-compatible ones) are not; an IPv4-mapped one is what its IPv4 address is.
func IsPublic(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return ip.IsValid() && public.SafeAddr(ip) == nil && !isISATAP(ip)
}

// isISATAP reports an interface identifier that has an IPv4 address in it (RFC 5214,
// section 6.1). Such addresses have any prefix, so that no list of networks has them.
func isISATAP(ip netip.Addr) bool {
	if !ip.Is6() {
		return false
	}
	b := ip.As16()
	return b[8]&^0x03 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}
