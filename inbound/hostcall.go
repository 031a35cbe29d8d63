package inbound

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
)

// hostLimit is how long one call of the host may take.
const hostLimit = 15 * time.Second

// callHost calls the host with a time limit.
func callHost(ctx context.Context, call func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, hostLimit)
	defer cancel()
	err := call(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("no answer within %s: %w", hostLimit, err)
	}
	return err
}

// timeoutDirectory is the host's directory with that limit.
type timeoutDirectory struct{ assign.ManagerDirectory }

func (d timeoutDirectory) Group(ctx context.Context, group string) (members []assign.Manager, err error) {
	err = callHost(ctx, func(ctx context.Context) error {
		members, err = d.ManagerDirectory.Group(ctx, group)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.ID == "" {
			return nil, fmt.Errorf("%w: ManagerDirectory.Group(%q) returned a manager without an ID",
				errContract, group)
		}
	}
	return members, nil
}

// errContract reports a host's answer that breaks the contract of its port.
var errContract = errors.New("inbound: the host broke a contract")

// customerRepo is the host's customer repository with that limit, and with a
// check of its answers.
type customerRepo struct{ CustomerRepo }

// findLimit is how many addresses a BatchFinder is asked for at a time.
const findLimit = 500

// find looks customers up by address, in one query where the host can.
func (r customerRepo) find(ctx context.Context, shop string,
	addresses []string) (map[string][]customer.Customer, error) {
	found := make(map[string][]customer.Customer, len(addresses))
	batch, ok := r.CustomerRepo.(customer.BatchFinder)
	if !ok {
		for _, address := range addresses {
			err := callHost(ctx, func(ctx context.Context) (err error) {
				found[address], err = r.FindByEmail(ctx, shop, address)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("inbound: find customer: %w", err)
			}
		}
		return found, checkFound(found)
	}
	for chunk := range slices.Chunk(addresses, findLimit) {
		err := callHost(ctx, func(ctx context.Context) error {
			some, err := batch.FindByEmails(ctx, shop, chunk)
			maps.Copy(found, some)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("inbound: find customers: %w", err)
		}
	}
	return found, checkFound(found)
}

func checkFound(found map[string][]customer.Customer) error {
	for address, customers := range found {
		for _, c := range customers {
			if c.ID == "" {
				return fmt.Errorf("%w: the CustomerRepo found a customer without an ID for %s", errContract, address)
			}
		}
	}
	return nil
}

// nobody is an address that no customer has (RFC 2606, section 2): a repository
// that cannot say so is down.
const nobody = "nobody@postroom.invalid"

// isDown returns why the customer repository does not work at all.
func (r customerRepo) isDown(ctx context.Context, shop string) error {
	_, err := r.find(ctx, shop, []string{nobody})
	return err
}

// findSome is find for a repository that fails for some addresses: those are
// absent, others without a customer have an empty list.
func (r customerRepo) findSome(ctx context.Context, shop string,
	addresses []string) (map[string][]customer.Customer, error) {
	found, err := r.find(ctx, shop, addresses)
	if err != nil && (ctx.Err() != nil || r.isDown(ctx, shop) != nil) {
		return nil, err
	}
	if err != nil {
		found = make(map[string][]customer.Customer)
	}
	for _, address := range addresses {
		one := found
		if err != nil {
			var failure error
			if one, failure = r.find(ctx, shop, []string{address}); failure != nil {
				continue
			}
		}
		found[address] = one[address]
	}
	return found, ctx.Err()
}

// create makes a customer record with only the email and the account's fields.
func (r customerRepo) create(ctx context.Context, n customer.New) (c customer.Customer, created bool, err error) {
	err = callHost(ctx, func(ctx context.Context) (err error) {
		c, created, err = r.Create(ctx, n)
		return err
	})
	if err == nil && c.ID == "" {
		err = fmt.Errorf("%w: CustomerRepo.Create returned a customer without an ID", errContract)
	}
	if err != nil {
		return customer.Customer{}, false, fmt.Errorf("inbound: create customer: %w", err)
	}
	return c, created, nil
}

// attach gives a customer to a manager, unless there is one already; it returns
// who it is.
func (r customerRepo) attach(ctx context.Context, customerID, managerID string) (attached string, err error) {
	err = callHost(ctx, func(ctx context.Context) (err error) {
		attached, err = r.AttachManager(ctx, customerID, managerID)
		return err
	})
	if err == nil && attached == "" {
		err = fmt.Errorf("%w: CustomerRepo.AttachManager returned no manager", errContract)
	}
	if err != nil {
		return "", fmt.Errorf("inbound: attach manager %s to customer %s: %w", managerID, customerID, err)
	}
	return attached, nil
}

// fields returns the definitions of the custom fields; known is false where the
// host does not list them.
func (r customerRepo) fields(ctx context.Context) (definitions []customer.Field, known bool, err error) {
	lister, ok := r.CustomerRepo.(customer.FieldLister)
	if !ok {
		return nil, false, nil
	}
	err = callHost(ctx, func(ctx context.Context) error {
		definitions, err = lister.Fields(ctx)
		return err
	})
	return definitions, true, err
}

// checkFields compares the account's custom fields with the host's definitions,
// where the host tells them.
func (r customerRepo) checkFields(ctx context.Context, a Account) error {
	if len(a.Fields) == 0 {
		return nil
	}
	definitions, known, err := r.fields(ctx)
	if err != nil {
		return fmt.Errorf("inbound: account %s: read field definitions: %w", a.ID, err)
	}
	if !known {
		return nil
	}
	if err := customer.CheckFields(definitions, a.Fields); err != nil {
		return &Error{Account: a.ID, Op: OpSettings, Class: ErrPermanent, Err: err,
			Hint: "correct the account's custom fields or define the missing ones"}
	}
	return nil
}

// inTransaction reports whether creations and attachments called with ctx are
// part of its transaction.
func (r customerRepo) inTransaction(ctx context.Context) bool {
	t, ok := r.CustomerRepo.(customer.Transactional)
	return ok && t.InTransaction(ctx)
}

// transactions remembers whether the customer repository works in the transactions
// of the store.
type transactions struct {
	store     Store
	customers customerRepo

	mu           sync.Mutex
	known, joins bool
}

// joined reports whether the customer repository works in the transactions of the
// store. One that does is called within them, so that all is committed together;
// any other one before and after them, since it may reach a network.
func (t *transactions) joined(ctx context.Context) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.customers.CustomerRepo.(customer.Transactional); !ok || t.known {
		return t.joins, nil
	}
	err := t.store.Atomic(ctx, func(ctx context.Context) error { // it writes nothing: no fence
		t.joins = t.customers.inTransaction(ctx)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("inbound: try a transaction: %w", err)
	}
	t.known = true
	return t.joins, nil
}

// maxText is how much of a text of the host or a server is stored with a record.
const maxText = 1000

// boundedText cuts a text that somebody else has written.
func boundedText(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}
