package oauth2token

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/postroom/postroom/internal/dialguard"
)

// maxHeader bounds the header of an answer, in bytes. The body is bounded by package
// oauth2.
const maxHeader = 64 << 10

// Client returns an HTTP client for token endpoints, which connects by the rules; roots
// nil means the authorities of the system, timeout 0 no limit of its own for connecting.
// It uses no proxy, whose address would be dialed instead of the endpoint's, and keeps no
// connection.
func Client(rules dialguard.Rules, roots *x509.CertPool, timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: timeout, ControlContext: rules.Control}
	return &http.Client{Transport: &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableKeepAlives:      true,
	}}
}

// withoutRedirects returns a context whose HTTP client returns a redirect as the answer:
// one of status 307 or 308 would be sent the secrets again.
func withoutRedirects(ctx context.Context) context.Context {
	client := new(http.Client)
	if given, ok := ctx.Value(oauth2.HTTPClient).(*http.Client); ok {
		*client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return context.WithValue(ctx, oauth2.HTTPClient, client)
}
