package integration

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// slowRepo is as slow as a CRM behind a distant API. It takes no part in the
// transactions of the store.
type slowRepo struct {
	customer.Repo
	pause time.Duration
}

func (r slowRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	found, err := r.Repo.FindByEmail(ctx, shop, address)
	time.Sleep(r.pause) // the result is outdated when it is returned
	return found, err
}

func (r slowRepo) Create(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
	time.Sleep(r.pause)
	return r.Repo.Create(ctx, n)
}

func (r slowRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	time.Sleep(r.pause)
	return r.Repo.AttachManager(ctx, customerID, managerID)
}

// slowTransactional is a slowRepo that takes part in them.
type slowTransactional struct{ slowRepo }

func (r slowTransactional) InTransaction(ctx context.Context) bool {
	return r.Repo.(customer.Transactional).InTransaction(ctx)
}

// Three accounts of a shop get messages from the same new customers, while managers
// are added. The lookups of each account are older than the commits of the others.
func TestDatabases_EachMessageIsToldOnce(t *testing.T) {
	t.Parallel()
	onDatabases(t, testEachMessageIsToldOnce)
}

func testEachMessageIsToldOnce(t *testing.T, d database) {
	const customers, rounds = 8, 4
	for name, wrap := range map[string]func(customer.Repo) customer.Repo{
		"behind an API": func(r customer.Repo) customer.Repo { return slowRepo{r, 2 * time.Millisecond} },
		"in the database": func(r customer.Repo) customer.Repo {
			return slowTransactional{slowRepo{r, 2 * time.Millisecond}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHostOn(t, d, "one", "two", "three")
			h.config.CustomerRepo = wrap(h.store.Customers())
			s := h.syncer()
			messages := 0
			for round := range rounds {
				for i := range customers {
					for _, a := range h.accounts {
						messages++
						from := fmt.Sprintf("guest%d.%d@post.example", round, i)
						h.boxes[a.Username].Deliver(message(from, fmt.Sprint("number ", messages)))
					}
				}
				var all sync.WaitGroup
				for _, a := range h.accounts {
					all.Go(func() {
						_, err := s.Sync(t.Context(), a.ID)
						assert.NoError(t, err)
					})
				}
				if round == 1 {
					h.manager("kim")
					h.manager("lee")
				}
				all.Wait()
			}
			_, err := s.AssignWaiting(t.Context())
			require.NoError(t, err)
			_, err = s.Dispatch(t.Context())
			require.NoError(t, err)
			notified := make(map[notify.Kind]map[string]int)
			managers := make(map[string]map[string]bool) // by customer
			for _, n := range h.notifier.all() {
				if notified[n.Kind] == nil {
					notified[n.Kind] = make(map[string]int)
				}
				if managers[n.CustomerID] == nil {
					managers[n.CustomerID] = make(map[string]bool)
				}
				managers[n.CustomerID][n.ManagerID] = true
				notified[n.Kind][n.ID]++
			}
			assert.Len(t, notified[notify.CustomerAssigned], customers*rounds)
			assert.Len(t, notified[notify.IncomingEmail], messages)
			assert.Len(t, h.notifier.all(), customers*rounds+messages, "each notification once")
			for id, of := range managers {
				assert.Len(t, of, 1, "customer %s", id)
			}
			assert.Equal(t, customers*rounds, h.count("SELECT COUNT(*) FROM postroom_customers"))
			for _, a := range h.accounts {
				counts, err := h.store.Outcomes(t.Context(), a.ID)
				require.NoError(t, err)
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: customers * rounds}, counts)
			}
		})
	}
}
