package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/postroom/postroom/inbound"
)

// hintsWithKeys are hints that name a key of the settings file, which the SDK cannot
// know. The cause of an error is coarser than that, so they go by what the error wraps.
var hintsWithKeys = []struct {
	applies func(error) bool
	hint    string // %s is the settings file
}{
	{
		func(err error) bool { return ofToken(err) && errors.Is(err, inbound.ErrPrivateAddress) },
		"check token_url; if it is in your own network, set allow_private_networks: true at the top of %s",
	},
	{
		func(err error) bool { return ofToken(err) && errors.Is(err, inbound.ErrPortNotAllowed) },
		"check the port in token_url; if it is right, add it to allowed_ports at the top of %s",
	},
	{
		func(err error) bool { return errors.Is(err, inbound.ErrPortNotAllowed) },
		"check port, which is 110, 143, 993 or 995 at most servers; if this one listens on a different one," +
			" add it to allowed_ports at the top of %s",
	},
	{
		func(err error) bool { return errors.Is(err, inbound.ErrPrivateAddress) },
		"check host; to collect from a server in your own network, set allow_private_networks: true" +
			" at the top of %s",
	},
	{
		func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) },
		"the server's certificate is not signed by an authority known here; if it is a private one," +
			" set ca_file at the top of %s to its PEM file",
	},
}

// ofToken reports a failure at the token endpoint, not at the mail server.
func ofToken(err error) bool {
	e, ok := err.(*inbound.Error)
	return ok && e.Op == inbound.OpToken
}

// keyedHints is a Fetcher whose errors have hints that name keys. Everything that shows
// hints has them then: screens, log and the health of accounts.
type keyedHints struct {
	inbound.Fetcher
	file string // the settings file
}

// Open implements inbound.Fetcher.
func (f keyedHints) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	session, err := f.Fetcher.Open(ctx, a, login)
	if e, ok := err.(*inbound.Error); ok {
		for _, one := range hintsWithKeys {
			if one.applies(err) {
				keyed := *e
				keyed.Hint = fmt.Sprintf(one.hint, f.file)
				return nil, &keyed
			}
		}
	}
	return session, err
}
