package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/customer"
)

// Customers is a customer repository in tables of its own, for hosts that have none
// and as a model for those that do. It is safe for concurrent use.
type Customers struct{ store *Store }

var (
	_ customer.Repo        = (*Customers)(nil)
	_ customer.BatchFinder = (*Customers)(nil)
	_ customer.FieldLister = (*Customers)(nil)

	_ customer.Transactional = (*Customers)(nil)
)

// Customers returns the customer repository that is in the store's database.
func (s *Store) Customers() *Customers { return &Customers{store: s} }

// InTransaction implements customer.Transactional.
func (c *Customers) InTransaction(ctx context.Context) bool { return c.store.transaction(ctx) != nil }

const (
	customerColumns = "id, shop, email, name, manager"
	customerByEmail = "SELECT " + customerColumns + " FROM postroom_customers" +
		" WHERE namespace = ? AND shop = ? AND email = ?"
)

func scanCustomer(row scanner) (c customer.Customer, err error) {
	err = row.Scan(&c.ID, &c.Shop, &c.Email, &c.Name, &c.ManagerID)
	return c, err
}

// FindByEmail implements customer.Repo.
func (c *Customers) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	s := c.store
	found, err := collect(ctx, s.conn(ctx), scanCustomer, customerByEmail, s.namespace, shop, address)
	return found, c.store.wrap("find a customer", err)
}

// FindByEmails implements customer.BatchFinder.
func (c *Customers) FindByEmails(
	ctx context.Context, shop string, addresses []string,
) (map[string][]customer.Customer, error) {
	s := c.store
	marks, args := list([]any{s.namespace, shop}, addresses)
	found, err := collect(ctx, s.conn(ctx), scanCustomer, "SELECT "+customerColumns+
		" FROM postroom_customers WHERE namespace = ? AND shop = ? AND email IN ("+marks+")", args...)
	if err != nil {
		return nil, c.store.wrap("find customers", err)
	}
	by := make(map[string][]customer.Customer, len(found))
	for _, one := range found {
		by[one.Email] = append(by[one.Email], one)
	}
	return by, nil
}

// Create implements customer.Repo.
func (c *Customers) Create(ctx context.Context, n customer.New) (made customer.Customer, created bool, err error) {
	err = c.store.write(ctx, "create a customer", func(ctx context.Context, q querier) error {
		var err error
		record := customer.Customer{ID: newCustomerID(time.Now()), Shop: n.Shop, Email: n.Email}
		// One that a different transaction has created meanwhile was waited for.
		made, err = c.add(ctx, q, record, n.Fields, true)
		created = made.ID == record.ID
		return err
	})
	if err != nil {
		return customer.Customer{}, false, err
	}
	return made, created, nil
}

// add inserts a customer record unless its shop has one with its address, and returns the
// one that its shop has then. An ID that a different address has is an error.
func (c *Customers) add(
	ctx context.Context, q querier, record customer.Customer, fields map[string]string, created bool,
) (has customer.Customer, err error) {
	_, err = q.exec(ctx, `INSERT INTO postroom_customers
		(namespace, id, shop, email, name, manager, fields, created, assigned, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?) `+c.store.dialect.onConflict("namespace, shop, email"),
		c.store.namespace, record.ID, record.Shop, record.Email, record.Name, record.ManagerID, asJSON(fields),
		boolInt(created), now())
	if err != nil {
		return customer.Customer{}, err
	}
	has, err = scanCustomer(q.queryRow(ctx, customerByEmail, c.store.namespace, record.Shop, record.Email))
	if errors.Is(err, sql.ErrNoRows) { // in MariaDB, where the insert leaves that, too
		err = fmt.Errorf("a customer with the ID %q has a different address", record.ID)
	}
	return has, err
}

// orderedDigits are those of base 32, in the order of their bytes.
const orderedDigits = "0123456789abcdefghijklmnopqrstuv"

// newCustomerID returns an ID that nobody else has made. It begins with the time in
// milliseconds, so that those of a batch are side by side in every index: a transaction
// changes few pages then, however many customers there are.
func newCustomerID(at time.Time) string {
	const prefix, digits = "c", 9 // enough for a thousand years
	id := []byte(prefix + strings.Repeat("0", digits))
	for i, rest := len(id)-1, at.UnixMilli(); i >= len(prefix); i, rest = i-1, rest>>5 {
		id[i] = orderedDigits[rest&31]
	}
	return string(id) + strings.ToLower(rand.Text()[:7])
}

// AttachManager implements customer.Repo.
func (c *Customers) AttachManager(ctx context.Context, customerID, managerID string) (attached string, err error) {
	s := c.store
	err = s.write(ctx, "attach a manager", func(ctx context.Context, q querier) error {
		if _, err := q.exec(ctx, "UPDATE postroom_customers SET manager = ?, assigned = 1"+
			" WHERE namespace = ? AND id = ? AND manager = ''", managerID, s.namespace, customerID); err != nil {
			return err
		}
		err := q.queryRow(ctx, "SELECT manager FROM postroom_customers WHERE namespace = ? AND id = ?",
			s.namespace, customerID).Scan(&attached)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: %q", customer.ErrNotFound, customerID)
		}
		return err
	})
	return attached, err
}

// Upsert adds or updates customer records outside of mail processing, for example from
// an import: all of them, or none after an error. It finds records by shop and address
// alone. If the shop already has a record with the address, that record keeps its ID
// and gets the given name and manager, unless those are empty. A new record without an
// ID gets one; one with an ID that is already used is an error. Addresses are
// normalized.
func (c *Customers) Upsert(ctx context.Context, records ...customer.Customer) error {
	return c.store.write(ctx, "enter customers", func(ctx context.Context, q querier) error {
		for _, record := range records {
			address, err := customer.Normalize(record.Email)
			if err != nil {
				return err
			}
			record.Email = address
			record.ID = cmp.Or(record.ID, newCustomerID(time.Now()))
			has, err := c.add(ctx, q, record, nil, false)
			if err != nil {
				return err
			}
			if has.ID == record.ID && has.Name == record.Name && has.ManagerID == record.ManagerID {
				continue
			}
			if _, err := q.exec(ctx, `UPDATE postroom_customers SET name = CASE WHEN ? = '' THEN name ELSE ? END,
				manager = CASE WHEN ? = '' THEN manager ELSE ? END WHERE namespace = ? AND shop = ? AND email = ?`,
				record.Name, record.Name, record.ManagerID, record.ManagerID,
				c.store.namespace, record.Shop, record.Email); err != nil {
				return err
			}
		}
		return nil
	})
}

// DefineFields replaces the definitions of the custom fields.
func (c *Customers) DefineFields(ctx context.Context, fields ...customer.Field) error {
	s := c.store
	return s.write(ctx, "define custom fields", func(ctx context.Context, q querier) error {
		// Two definitions would be mixed, or both add the same field.
		if err := s.lock(ctx, q, "fields"); err != nil {
			return err
		}
		if _, err := q.exec(ctx, "DELETE FROM postroom_fields WHERE namespace = ?", s.namespace); err != nil {
			return err
		}
		rows := make([][]any, len(fields))
		for i, f := range fields {
			rows[i] = []any{s.namespace, f.Name, string(f.Type)}
		}
		return s.insert(ctx, q, "INSERT INTO postroom_fields (namespace, name, type)", rows, "")
	})
}

// Fields implements customer.FieldLister.
func (c *Customers) Fields(ctx context.Context) ([]customer.Field, error) {
	fields, err := collect(ctx, c.store.conn(ctx), func(row scanner) (f customer.Field, err error) {
		err = row.Scan(&f.Name, &f.Type)
		return f, err
	}, "SELECT name, type FROM postroom_fields WHERE namespace = ? ORDER BY name", c.store.namespace)
	return fields, c.store.wrap("read custom fields", err)
}

// FieldValues returns the custom fields of a customer, or customer.ErrNotFound.
func (c *Customers) FieldValues(ctx context.Context, customerID string) (map[string]string, error) {
	var values map[string]string
	err := c.store.conn(ctx).queryRow(ctx, "SELECT fields FROM postroom_customers WHERE namespace = ? AND id = ?",
		c.store.namespace, customerID).Scan(intoJSON{v: &values})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: %q", customer.ErrNotFound, customerID)
	}
	return values, c.store.wrap("read custom fields of a customer", err)
}

// CustomerCounts says how many customers there are.
type CustomerCounts struct {
	All     int
	Created int // by Create, rather than by Upsert
}

// Counts counts the customers.
func (c *Customers) Counts(ctx context.Context) (n CustomerCounts, err error) {
	err = c.store.conn(ctx).queryRow(ctx,
		"SELECT COUNT(*), COALESCE(SUM(created), 0) FROM postroom_customers WHERE namespace = ?", c.store.namespace).
		Scan(&n.All, &n.Created)
	return n, c.store.wrap("count customers", err)
}

// CountByManager counts, by manager, the customers that AttachManager gave them.
func (c *Customers) CountByManager(ctx context.Context) (map[string]int, error) {
	counts, err := countBy[string](ctx, c.store.conn(ctx), "SELECT manager, COUNT(*) FROM postroom_customers"+
		" WHERE namespace = ? AND assigned = 1 GROUP BY manager", c.store.namespace)
	return counts, c.store.wrap("count assignments", err)
}
