package inbound_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

func TestMatch_SameBytesAreOneEmail(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "same"), mail("a@example.com", "same"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1}, h.pass().Outcomes)
}

// deafRepo cannot look an address up.
type deafRepo struct {
	*memstore.Customers
	address string
}

func (r deafRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	if address == r.address {
		return nil, errors.New("this address is refused")
	}
	return r.Customers.FindByEmail(ctx, shop, address)
}

func (r deafRepo) FindByEmails(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
	for _, address := range addresses {
		if address == r.address {
			return nil, errors.New("an address is refused")
		}
	}
	return r.Customers.FindByEmails(ctx, shop, addresses)
}

// What is before the start needs no look-up of its sender.
func TestMatch_MailBeforeStartNeedsNoLookup(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.config.Limits.Attempts = 1
			h.config.CustomerRepo = deafRepo{h.customers, "iris@example.com"}
			h.box.Deliver(received("iris@example.com", "old"))
			time.Sleep(time.Hour)
			h.account.Start.Since = time.Now()
			h.pass()
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 1}, countOf(inbound.Report{}, h))
		})
	})
}
