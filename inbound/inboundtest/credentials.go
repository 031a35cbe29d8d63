package inboundtest

import (
	"context"

	"github.com/postroom/postroom/inbound"
)

// Password returns credentials with the same password for every account.
func Password(password inbound.Secret) inbound.Credentials {
	return inbound.CredentialsFunc(func(context.Context, string) (inbound.Secrets, error) {
		return inbound.Secrets{Password: password}, nil
	})
}
