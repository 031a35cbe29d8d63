package memstore

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/postroom/postroom/customer"
)

// Customers is a customer base. It is safe for concurrent use.
type Customers struct {
	mu          sync.Mutex
	cards       []customer.Customer // in the order of arrival
	fields      map[string]map[string]string
	definitions []customer.Field
}

var (
	_ customer.Repo        = (*Customers)(nil)
	_ customer.BatchFinder = (*Customers)(nil)
	_ customer.FieldLister = (*Customers)(nil)
)

// NewCustomers returns a base with these cards, as Put enters them.
func NewCustomers(cards ...customer.Customer) *Customers {
	c := &Customers{fields: make(map[string]map[string]string)}
	for _, card := range cards {
		c.Put(card)
	}
	return c
}

// Put enters a card, or replaces the one with its ID. Its address is brought
// into the form of customer.Normalize where it has one. Without an ID it gets
// one.
func (c *Customers) Put(card customer.Customer) {
	if address, err := customer.Normalize(card.Email); err == nil {
		card.Email = address
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := c.index(card.ID); i >= 0 {
		c.cards[i] = card
		return
	}
	c.add(card)
}

func (c *Customers) add(card customer.Customer) customer.Customer {
	for n := len(c.cards) + 1; card.ID == ""; n++ {
		if id := fmt.Sprintf("c%d", n); c.index(id) < 0 {
			card.ID = id
		}
	}
	c.cards = append(c.cards, card)
	return card
}

// index returns the place of a card, or -1.
func (c *Customers) index(id string) int {
	for i, card := range c.cards {
		if card.ID == id && id != "" {
			return i
		}
	}
	return -1
}

// All returns every card in the order in which they came.
func (c *Customers) All() []customer.Customer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]customer.Customer(nil), c.cards...)
}

// FindByEmail implements customer.Repo.
func (c *Customers) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	found, err := c.FindByEmails(ctx, shop, []string{address})
	return found[address], err
}

// FindByEmails implements customer.BatchFinder.
func (c *Customers) FindByEmails(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
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
	for _, card := range c.cards {
		if card.Shop == shop && wanted[card.Email] {
			found[card.Email] = append(found[card.Email], card)
		}
	}
	return found, nil
}

// Create implements customer.Repo.
func (c *Customers) Create(ctx context.Context, n customer.New) (card customer.Customer, created bool, err error) {
	if err := ctx.Err(); err != nil {
		return customer.Customer{}, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, card := range c.cards {
		if card.Shop == n.Shop && card.Email == n.Email {
			return card, false, nil
		}
	}
	card = c.add(customer.Customer{Shop: n.Shop, Email: n.Email})
	c.fields[card.ID] = maps.Clone(n.Fields)
	return card, true, nil
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
	if c.cards[i].ManagerID == "" {
		c.cards[i].ManagerID = managerID
	}
	return c.cards[i].ManagerID, nil
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

// FieldValues returns the custom fields of a card; nil when it has none.
func (c *Customers) FieldValues(customerID string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.fields[customerID])
}
