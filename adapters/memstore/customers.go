package memstore

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/postroom/postroom/customer"
)

// Customers is a customer repository. It is safe for concurrent use.
type Customers struct {
	mu          sync.Mutex
	records     []customer.Customer // in the order of arrival
	fields      map[string]map[string]string
	definitions []customer.Field
}

var (
	_ customer.Repo        = (*Customers)(nil)
	_ customer.BatchFinder = (*Customers)(nil)
	_ customer.FieldLister = (*Customers)(nil)
)

// NewCustomers returns a repository with these customer records, as Put adds them.
func NewCustomers(records ...customer.Customer) *Customers {
	c := &Customers{fields: make(map[string]map[string]string)}
	for _, record := range records {
		c.Put(record)
	}
	return c
}

// Put adds a record, or replaces the one with its ID (sqlstore finds records by shop
// and address instead). A record without an ID gets one. Addresses are normalized; one
// that customer.Normalize refuses stays as it is.
func (c *Customers) Put(record customer.Customer) {
	if address, err := customer.Normalize(record.Email); err == nil {
		record.Email = address
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := c.index(record.ID); i >= 0 {
		c.records[i] = record
		return
	}
	c.add(record)
}

func (c *Customers) add(record customer.Customer) customer.Customer {
	for n := len(c.records) + 1; record.ID == ""; n++ {
		if id := fmt.Sprintf("c%d", n); c.index(id) < 0 {
			record.ID = id
		}
	}
	c.records = append(c.records, record)
	return record
}

// index returns the place of a record, or -1.
func (c *Customers) index(id string) int {
	for i, record := range c.records {
		if record.ID == id && id != "" {
			return i
		}
	}
	return -1
}

// All returns every record in the order in which they came.
func (c *Customers) All() []customer.Customer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]customer.Customer(nil), c.records...)
}

// FindByEmail implements customer.Repo.
func (c *Customers) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	found, err := c.FindByEmails(ctx, shop, []string{address})
	return found[address], err
}

// FindByEmails implements customer.BatchFinder.
func (c *Customers) FindByEmails(
	ctx context.Context, shop string, addresses []string,
) (map[string][]customer.Customer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	wanted := make(map[string]bool, len(addresses))
	for _, address := range addresses {
		wanted[address] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := make(map[string][]customer.Customer)
	for _, record := range c.records {
		if record.Shop == shop && wanted[record.Email] {
			found[record.Email] = append(found[record.Email], record)
		}
	}
	return found, nil
}

// Create implements customer.Repo.
func (c *Customers) Create(ctx context.Context, n customer.New) (record customer.Customer, created bool, err error) {
	if err := ctx.Err(); err != nil {
		return customer.Customer{}, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, record := range c.records {
		if record.Shop == n.Shop && record.Email == n.Email {
			return record, false, nil
		}
	}
	record = c.add(customer.Customer{Shop: n.Shop, Email: n.Email})
	c.fields[record.ID] = maps.Clone(n.Fields)
	return record, true, nil
}

// AttachManager implements customer.Repo.
func (c *Customers) AttachManager(ctx context.Context, customerID, managerID string) (attached string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.index(customerID)
	if i < 0 {
		return "", fmt.Errorf("%w: %q", customer.ErrNotFound, customerID)
	}
	if c.records[i].ManagerID == "" {
		c.records[i].ManagerID = managerID
	}
	return c.records[i].ManagerID, nil
}

// DefineFields replaces the definitions of the custom fields.
func (c *Customers) DefineFields(fields ...customer.Field) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.definitions = append([]customer.Field(nil), fields...)
}

// Fields implements customer.FieldLister.
func (c *Customers) Fields(context.Context) ([]customer.Field, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]customer.Field(nil), c.definitions...), nil
}

// FieldValues returns the custom fields of a record; nil when it has none.
func (c *Customers) FieldValues(customerID string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.fields[customerID])
}
