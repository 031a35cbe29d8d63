package inbound_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// scriptedRepo is a customer repository that calls its functions before, or with
// find after, its own work. Nil functions are not called.
type scriptedRepo struct {
	*memstore.Customers
	find   func(ctx context.Context, addresses []string) error
	found  func(found map[string][]customer.Customer) // may change the answer
	create func(ctx context.Context, address string) error
	attach func(ctx context.Context, customerID, managerID string) error
}

func (r *scriptedRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	found, err := r.FindByEmails(ctx, shop, []string{address})
	return found[address], err
}

func (r *scriptedRepo) FindByEmails(
	ctx context.Context, shop string, addresses []string,
) (map[string][]customer.Customer, error) {
	if r.find != nil {
		if err := r.find(ctx, addresses); err != nil {
			return nil, err
		}
	}
	found, err := r.Customers.FindByEmails(ctx, shop, addresses)
	if r.found != nil {
		r.found(found)
	}
	return found, err
}

func (r *scriptedRepo) Create(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
	if r.create != nil {
		if err := r.create(ctx, n.Email); err != nil {
			return customer.Customer{}, false, err
		}
	}
	return r.Customers.Create(ctx, n)
}

func (r *scriptedRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	if r.attach != nil {
		if err := r.attach(ctx, customerID, managerID); err != nil {
			return "", err
		}
	}
	return r.Customers.AttachManager(ctx, customerID, managerID)
}

// joinedRepo takes part in the store's transactions.
type joinedRepo struct{ customer.Repo }

func (joinedRepo) InTransaction(context.Context) bool { return true }

// bothRepos runs a test with a repository behind a network and with one that is
// part of the store's transactions.
func bothRepos(t *testing.T, test func(t *testing.T, wrap func(customer.Repo) customer.Repo)) {
	t.Run("behind a network", func(t *testing.T) {
		test(t, func(r customer.Repo) customer.Repo { return r })
	})
	t.Run("in the store's transactions", func(t *testing.T) {
		test(t, func(r customer.Repo) customer.Repo { return joinedRepo{r} })
	})
}

// unsavableRepo cannot create the customer of one address.
type unsavableRepo struct {
	*memstore.Customers
	address string
}

var errUnsavable = errors.New("the host cannot save this customer")

func (r *unsavableRepo) Create(ctx context.Context, c customer.New) (customer.Customer, bool, error) {
	if c.Email == r.address {
		return customer.Customer{}, false, errUnsavable
	}
	return r.Customers.Create(ctx, c)
}

// noLookupRepo cannot look up one address.
type noLookupRepo struct {
	customer.Repo
	address string
}

func (r noLookupRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	if address == r.address {
		return nil, errUnsavable
	}
	return r.Repo.FindByEmail(ctx, shop, address)
}

// noLookupBatchRepo cannot look up one address, nor others together with it.
type noLookupBatchRepo struct{ noLookupRepo }

func (r noLookupBatchRepo) FindByEmails(
	ctx context.Context, shop string, addresses []string,
) (map[string][]customer.Customer, error) {
	if slices.Contains(addresses, r.address) {
		return nil, errUnsavable
	}
	return r.Repo.(customer.BatchFinder).FindByEmails(ctx, shop, addresses)
}

var errDown = errors.New("the customer repository is down")

// downRepo is a customer repository that fails for every address.
type downRepo struct{ customer.Repo }

func (downRepo) FindByEmail(context.Context, string, string) ([]customer.Customer, error) {
	return nil, errDown
}

// downDirectory fails for every group.
type downDirectory struct{ assign.ManagerDirectory }

func (downDirectory) Group(context.Context, string) ([]assign.Manager, error) { return nil, errDown }

// refusingStore cannot save emails with some subjects.
type refusingStore struct {
	inbound.Store
	fails map[string]bool
}

var errRefused = errors.New("this email cannot be saved")

func (s refusingStore) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	for _, e := range emails {
		if s.fails[e.Subject] {
			return errRefused
		}
	}
	return s.Store.AddEmails(ctx, emails)
}

// unreadableRawStore cannot read the bytes of some emails to their end.
type unreadableRawStore struct {
	inbound.Store
	fails map[string]error // by email ID
}

func (s *unreadableRawStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	r, err := s.Store.OpenRaw(ctx, id)
	if err != nil || s.fails[id] == nil {
		return r, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(r, 50), iotest.ErrReader(s.fails[id])), r}, nil
}
