package mailconn

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"

	"github.com/postroom/postroom/inbound"
)

// Classify converts a network, TLS or context error of the operation op into an
// *inbound.Error with its class and a hint. If err is or wraps an *inbound.Error,
// Classify returns that. If err is nil, it returns nil.
func Classify(op inbound.Op, err error) error {
	if err == nil {
		return nil
	}
	var known *inbound.Error
	if errors.As(err, &known) {
		return known
	}
	class, hint := inbound.ErrTemporary, ""
	var (
		dns       *net.DNSError
		notTLS    tls.RecordHeaderError
		invalid   x509.CertificateInvalidError
		unknown   x509.UnknownAuthorityError
		otherHost x509.HostnameError
		alert     tls.AlertError
		timeout   net.Error
	)
	switch {
	case errors.Is(err, context.Canceled), err == context.DeadlineExceeded:
	case errors.As(err, &dns) && dns.IsNotFound:
		class, hint = inbound.ErrPermanent, "there is no host of that name; check the host"
	case errors.As(err, &dns):
		hint = "the name of the host cannot be looked up now; check the network and the name server"
	case errors.Is(err, errRefused):
		hint = "nothing listens on that port; check host, port and security"
	case errors.Is(err, errHostUnreachable), errors.Is(err, errNetUnreachable):
		hint = "the host cannot be reached; check the network and the host"
	case errors.As(err, &notTLS):
		class, hint = inbound.ErrPermanent, "the server does not speak TLS on that port; check port and security"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		class, hint = inbound.ErrPermanent,
			"the server's certificate has expired (or this machine's clock is wrong); "+
				"its operator has to renew it"
	case errors.As(err, &otherHost):
		class, hint = inbound.ErrPermanent,
			"the server's certificate is for a different name; set the host to a name that the certificate has"
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, new(x509.SystemRootsError)):
		class, hint = inbound.ErrPermanent, "the server's certificate is not signed by an authority known here; "+
			"add its authority to the trusted ones"
	case errors.As(err, new(*tls.CertificateVerificationError)):
		class, hint = inbound.ErrPermanent, "the server's certificate cannot be trusted; check the host"
	case errors.As(err, &alert):
		class, hint = inbound.ErrPermanent,
			"the server does not support TLS 1.2 or later with these settings; check port and security"
	case errors.Is(err, ErrBudget):
		hint = "the server sent more than it was asked for; if this continues, contact its operator"
	case errors.Is(err, ErrSlow):
		hint = "retried automatically; if this continues, check the network, or contact the server's operator"
	case errors.As(err, &timeout) && timeout.Timeout():
		hint = "the server does not answer in time; check host, port and security, and the network"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		hint = "the server closed the connection; retried automatically, and check port and security if this stays"
	}
	return &inbound.Error{Op: op, Class: class, Hint: hint, Err: err}
}
