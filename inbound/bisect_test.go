package inbound_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

func TestCommit_UnsavableCustomerIsolated(t *testing.T) {
	h := newHost(t)
	h.config.CustomerRepo = &unsavableRepo{h.customers, "c7@example.com"}
	for i := range 20 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
	}
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 19, inbound.Failed: 1}, report.Outcomes)
	assert.Equal(t, inbound.Failed, h.outcomes()["8"])
	assert.Empty(t, h.pass().Outcomes, "not tried again before its pause is over")
}

// A customer who cannot be saved delays nobody, even when all messages of a batch
// are theirs.
func TestCommit_UnsavableCustomerWithManyMessages(t *testing.T) {
	h := newHost(t)
	h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
	for i := range 300 {
		h.box.Deliver(mail("stuck@example.com", fmt.Sprint("mail ", i)))
	}
	h.box.Deliver(mail("a@example.com", "behind"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Failed: 300}, h.pass().Outcomes)
}

// hangingRepo hangs when it creates one customer.
type hangingRepo struct {
	customer.Repo
	address string
}

func (r hangingRepo) Create(ctx context.Context, c customer.New) (customer.Customer, bool, error) {
	if c.Email == r.address {
		<-ctx.Done()
		return customer.Customer{}, false, ctx.Err()
	}
	return r.Repo.Create(ctx, c)
}

func TestCommit_HangingRepoIsolatesCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = hangingRepo{h.customers, "c7@example.com"}
		for i := range 100 {
			h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
		}
		began := time.Now()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 99, inbound.Failed: 1}, h.pass().Outcomes)
		assert.Less(t, time.Since(began), 5*time.Minute)
	})
}

func TestCommit_FailedLookupIsolatesAddress(t *testing.T) {
	for _, create := range []bool{false, true} {
		h := newHost(t)
		h.account.CreateCustomer = create
		h.customers.Put(customer.Customer{Shop: "main", Email: "a@example.com"})
		failing := noLookupRepo{h.customers, "stuck@example.com"}
		for _, repo := range []customer.Repo{failing, noLookupBatchRepo{failing}} {
			h.config.CustomerRepo = repo
			name := fmt.Sprintf("%T, creation %v", repo, create)
			h.box.Deliver(mail("stuck@example.com", name), mail("stuck@example.com", name+" again"))
			h.pass()
			h.box.Deliver(mail("stuck@example.com", name+" once more"), mail("a@example.com", name))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Failed: 1}, h.pass().Outcomes, name)
		}
		h.config.CustomerRepo = downRepo{h.customers}
		h.box.Deliver(mail("a@example.com", "while the repository is down"))
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, errDown)
		h.config.CustomerRepo = h.customers
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes,
			"nothing was quarantined meanwhile")
	}
}

// While the customer repository is down, no failure is recorded against any message.
func TestCommit_RepoDownBlamesNoMessage(t *testing.T) {
	h := newHost(t)
	h.config.CustomerRepo = downRepo{h.customers}
	h.box.Deliver(mail("a@example.com", "one"), mail("b@example.com", "two"), mail("c@example.com", "three"))
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, errDown)
	assert.Empty(t, h.outcomes(), "no failure of a message is recorded")
	h.config.CustomerRepo = h.customers
	h.pass()
	assert.Len(t, h.emails(), 3)
}

// watermarkStore checks, whenever a watermark is recorded, that each message below
// it has a row.
type watermarkStore struct {
	inbound.Store
	t *testing.T
}

func (s watermarkStore) SetFolderState(ctx context.Context, account, folder string, state inbound.FolderState) error {
	ids := make([]inbound.SourceID, state.Position)
	for i := range ids {
		ids[i] = inbound.SourceID{Folder: folder, Generation: state.Generation, Key: fmt.Sprint(i + 1)}
	}
	rows, err := s.Lookup(ctx, account, ids)
	assert.NoError(s.t, err)
	assert.Len(s.t, rows, len(ids), "rows below the watermark %d", state.Position)
	return s.Store.SetFolderState(ctx, account, folder, state)
}

func TestCommit_FailuresPrecedeWatermark(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.config.Store = watermarkStore{h.store, t}
		h.config.CustomerRepo = wrap(&scriptedRepo{Customers: h.customers,
			create: func(_ context.Context, address string) error {
				if strings.HasPrefix(address, "stuck") {
					return errUnsavable
				}
				return nil
			}})
		for i := range 6 {
			h.deliverFrom(fmt.Sprint("fine", i, "."), 17)
			h.deliverFrom(fmt.Sprint("stuck", i, "."), i%3)
		}
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 102, inbound.Failed: 6}, h.pass().Outcomes)
	})
}
