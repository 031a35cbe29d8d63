package inbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
)

// CheckResult reports how far a check got and what the server said. After a failure, it
// has what was found until then.
type CheckResult struct {
	// Addresses are those of the host's name; none where the name was not resolved, or
	// the host is an address.
	Addresses []netip.Addr
	// Address is the address and port that the connection was made to, such as
	// "192.0.2.1:993"; "" where there was none.
	Address string
	// Reached is true once a connection to the server was made.
	Reached    bool
	TLSVersion uint16 // such as tls.VersionTLS13; 0 where the connection is not encrypted
	// Certificate is the server's own, also where it is not trusted; nil if there is
	// none. Its text is untrusted: escape it before showing it.
	Certificate *x509.Certificate
	LoggedIn    bool
	// ServerInfo is empty until LoggedIn, except that Encrypted is true as soon as the
	// connection is encrypted and the certificate trusted.
	ServerInfo
	// Waiting has the folders that the account collects from, as far as they could be
	// opened.
	Waiting []FolderInfo
}

// connected records a connection; the first one counts.
func (r *CheckResult) connected(address string) {
	if !r.Reached {
		r.Reached, r.Address = true, address
	}
}

// shookHands records a TLS handshake. Where it fails, the certificate is in the error.
func (r *CheckResult) shookHands(state tls.ConnectionState, err error) {
	presented := state.PeerCertificates
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) {
		presented = refused.UnverifiedCertificates
	}
	r.Certificate, r.TLSVersion, r.Encrypted = own(presented), 0, err == nil
	if err == nil {
		r.TLSVersion = state.Version
	}
}

// own returns the certificate of the server in what it presents, or nil.
func own(chain []*x509.Certificate) *x509.Certificate {
	if len(chain) == 0 {
		return nil
	}
	return chain[0]
}
