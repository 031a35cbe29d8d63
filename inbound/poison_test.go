package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// poisonedRepo fails for one customer.
type poisonedRepo struct {
	*memstore.Customers
	address string
}

var errPoison = errors.New("the host cannot save this customer")

func (r *poisonedRepo) Create(ctx context.Context, c customer.New) (customer.Customer, bool, error) {
	if c.Email == r.address {
		return customer.Customer{}, false, errPoison
	}
	return r.Customers.Create(ctx, c)
}

func TestNoMessageStopsTheOthers(t *testing.T) {
	h := newHost(t)
	poison := &poisonedRepo{h.customers, "c7@example.com"}
	h.config.CustomerRepo = poison
	for i := range 20 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
	}
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 19, inbound.Failed: 1}, report.Outcomes)
	assert.Equal(t, inbound.Failed, h.outcomes()["8"])
	assert.Empty(t, h.pass().Outcomes, "not tried again before its pause is over")
}

// TestACustomerWithMuchMailHoldsUpNobody: not even where all of a batch is from
// the one whom the host cannot save.
func TestACustomerWithMuchMailHoldsUpNobody(t *testing.T) {
	h := newHost(t)
	h.config.CustomerRepo = &poisonedRepo{h.customers, "poison@example.com"}
	for i := range 300 {
		h.box.Deliver(mail("poison@example.com", fmt.Sprint("mail ", i)))
	}
	h.box.Deliver(mail("a@example.com", "behind"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Failed: 300}, h.pass().Outcomes)
}

// hangingRepo does not come back from saving one customer.
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

func TestACustomerForWhomTheBaseHangsHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = hangingRepo{h.customers, "c7@example.com"}
		for i := range 100 {
			h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
		}
		begun := time.Now()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 99, inbound.Failed: 1}, h.pass().Outcomes)
		assert.Less(t, time.Since(begun), 5*time.Minute)
	})
}

// blindRepo cannot look up one address.
type blindRepo struct {
	customer.Repo
	address string
}

func (r blindRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	if address == r.address {
		return nil, errPoison
	}
	return r.Repo.FindByEmail(ctx, shop, address)
}

// blindFinder cannot look up one address, nor others together with it.
type blindFinder struct{ blindRepo }

func (r blindFinder) FindByEmails(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
	if slices.Contains(addresses, r.address) {
		return nil, errPoison
	}
	return r.Repo.(customer.BatchFinder).FindByEmails(ctx, shop, addresses)
}

func TestAnAddressThatCannotBeLookedUpHoldsUpNobody(t *testing.T) {
	for _, create := range []bool{false, true} {
		h := newHost(t)
		h.account.CreateCustomer = create
		h.customers.Put(customer.Customer{Shop: "main", Email: "a@example.com"})
		blind := blindRepo{h.customers, "poison@example.com"}
		for _, repo := range []customer.Repo{blind, blindFinder{blind}} {
			h.config.CustomerRepo = repo
			name := fmt.Sprintf("%T, creation %v", repo, create)
			h.box.Deliver(mail("poison@example.com", name), mail("poison@example.com", name+" again"))
			h.pass()
			h.box.Deliver(mail("poison@example.com", name+" once more"), mail("a@example.com", name))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Failed: 1}, h.pass().Outcomes, name)
		}
		h.config.CustomerRepo = downRepo{h.customers}
		h.box.Deliver(mail("a@example.com", "while the base is down"))
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, errDown)
		h.config.CustomerRepo = h.customers
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes, "nothing was set aside meanwhile")
	}
}

// deadly is a server that hangs up on whoever reads one of its messages.
type deadly struct {
	inbound.Fetcher
	uid string // UID or UIDL
}

type deadlySession struct {
	inbound.Session
	uid string
}

func (f deadly) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	return deadlySession{s, f.uid}, err
}

func (s deadlySession) Fetch(ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error) error {
	at := slices.IndexFunc(refs, func(r inbound.Ref) bool { return r.SourceID.String() == s.uid })
	if at < 0 {
		return s.Session.Fetch(ctx, refs, part, each)
	}
	if err := s.Session.Fetch(ctx, refs[:at], part, each); err != nil {
		return err
	}
	return &inbound.Error{Op: "read", Class: inbound.ErrTemporary, Err: errors.New("connection closed by the server")}
}

func TestAMessageThatTheServerDiesOfHoldsUpNobody(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		for _, create := range []bool{false, true} { // without creation headers are read first
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.box.POP3, h.account.Protocol, h.account.CreateCustomer = protocol == inbound.POP3, protocol, create
				h.customers.Put(customer.Customer{Shop: "main", Email: "a@example.com"})
				for i := range 10 {
					h.box.Deliver(mail("a@example.com", fmt.Sprint("mail ", i)))
				}
				uid := map[inbound.Protocol]string{inbound.IMAP: "3", inbound.POP3: "uidl-1-3"}[protocol]
				h.fetcher = deadly{h.box, uid}
				for range 2 {
					_, err := h.syncer().Sync(t.Context(), "shop")
					require.ErrorIs(t, err, inbound.ErrTemporary)
				}
				h.pass()
				assert.Len(t, h.emails(), 9, "all but the one")
				assert.Equal(t, inbound.Failed, h.outcomes()[uid])
				h.fetcher = h.box
				time.Sleep(10 * time.Minute)
				h.pass()
				assert.Len(t, h.emails(), 10)
			})
		}
	}
}

// downDirectory knows nobody now.
type downDirectory struct{ assign.ManagerDirectory }

func (downDirectory) Group(context.Context, string) ([]assign.Manager, error) { return nil, errDown }

func TestMailDoesNotWaitForTheDirectory(t *testing.T) {
	h := newHost(t)
	h.manager("m1", assign.Free)
	h.config.ManagerDirectory = downDirectory{h.managers}
	h.box.Deliver(mail("a@example.com", "new"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
	_, err := h.syncer().AssignWaiting(t.Context())
	require.ErrorIs(t, err, errDown, "somebody waits, so the directory is asked again")
	h.config.ManagerDirectory = h.managers
	assert.Equal(t, map[string]int{"m1": 1}, h.pass().Assigned)
	assert.Equal(t, []string{"customer_assigned m1 a@example.com", "incoming_email m1 a@example.com"}, kinds(h.told.list))
}

// tornRepo has lost one card, and cannot save another one.
type tornRepo struct {
	customer.Repo
	lost, unsaved string // customers
}

func (r *tornRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	switch customerID {
	case r.lost:
		return "", customer.ErrNotFound
	case r.unsaved:
		return "", errPoison
	}
	return r.Repo.AttachManager(ctx, customerID, managerID)
}

func TestAssignWaiting_UnsavableCustomerDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		for _, name := range []string{"a", "b", "c", "d"} {
			h.box.Deliver(mail(name+"@example.com", name))
		}
		h.pass()
		cards := h.customers.All()
		require.Len(t, cards, 4)

		time.Sleep(2 * time.Hour) // a repository that shows new customers late shows them by now
		h.config.CustomerRepo = &tornRepo{h.customers, cards[0].ID, cards[1].ID}
		h.manager("m1", assign.Free)
		h.manager("m2", assign.Free)
		h.box.Deliver(mail("e@example.com", "new"))
		report := h.pass()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes, "mail is not delayed")
		assert.Equal(t, map[string]int{"m1": 1, "m2": 2}, report.Assigned, "c, d and e, in turns; the next one is b's")
		waiting, err := h.store.Queued(t.Context(), "support", 10)
		require.NoError(t, err)
		require.Len(t, waiting, 1, "the lost one waits no longer")
		assert.Equal(t, cards[1].ID, waiting[0].CustomerID)
		assert.Contains(t, waiting[0].LastError, errPoison.Error())

		time.Sleep(2 * time.Minute)
		h.config.CustomerRepo = h.customers
		assert.Equal(t, map[string]int{"m1": 1}, h.pass().Assigned)
		health, err := h.store.Health(t.Context(), "shop")
		require.NoError(t, err)
		assert.True(t, health.InitialComplete)
		assert.Equal(t, inbound.HealthOK, health.State)
	})
}
