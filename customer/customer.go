package customer

import "context"

// Customer is a card in the host's customer base, as far as postroom needs it.
type Customer struct {
	ID        string `json:"id"`      // the host's identifier; never empty, and never given again, not even when the card is gone
	Shop      string `json:"shop"`    // the online store the card belongs to
	Email     string `json:"email"`   // the address that matched, in the form Normalize gives
	Name      string `json:"name"`    // "" when only the email is filled in
	ManagerID string `json:"manager"` // the manager attached to the card; "" when there is none
}

// New describes a card to create: only the email is filled in, and the custom
// fields that the account sets on everything it creates.
type New struct {
	Shop   string
	Email  string            // as Normalize gives it
	Fields map[string]string // custom fields by name; nil when the account sets none
}

// Repo is the host's customer base. Implementations are safe for concurrent
// use. Create is called before an email is committed, and AttachManager after it;
// each may be called again. A Repo on the store's database that implements
// [Transactional] is called within the transaction of [inbound.Store.Atomic], which
// the context carries, so that its rows commit or roll back with the email.
//
// [inbound.Store.Atomic]: https://pkg.go.dev/github.com/postroom/postroom/inbound#Store
type Repo interface {
	// FindByEmail returns the customers of shop who have address, best match
	// first. None is an empty result, not an error. The address is in the form
	// Normalize gives; a base that stores addresses as they were typed keeps
	// that form beside them and compares by it, since NOCASE and LOWER() fold
	// no more than ASCII in many a database. The caller owns the slice. An error
	// that wraps inbound.ErrTemporary says that the whole base is in trouble:
	// all mail waits. Any other one sets aside this customer's.
	FindByEmail(ctx context.Context, shop, address string) ([]Customer, error)

	// Create adds a card for (c.Shop, c.Email) and returns it with created
	// true. If a card with that address exists in the shop, it is returned with
	// created false and left unchanged, so calling again is harmless and the
	// loser of a race gets the winner's card. A field that the base does not
	// have is ErrField.
	Create(ctx context.Context, c New) (customer Customer, created bool, err error)

	// AttachManager attaches managerID to the customer if none is attached and
	// reports who is attached now: managerID, or whoever was there first.
	// An unknown customer is ErrNotFound.
	AttachManager(ctx context.Context, customerID, managerID string) (attached string, err error)
}

// BatchFinder is an optional interface of a [Repo]: one query for the senders
// of a whole batch. Without it, FindByEmail is called once for each address.
type BatchFinder interface {
	// FindByEmails is FindByEmail for several addresses (at most 500, each
	// once). Addresses nobody has are absent from the map.
	FindByEmails(ctx context.Context, shop string, addresses []string) (map[string][]Customer, error)
}

// Field defines a custom field of the host's customer cards.
type Field struct {
	Name string
	Type FieldType
}

// FieldLister is an optional interface of a [Repo]: with it, the custom fields
// of an account are checked before its first pass. Without it, they are passed
// to Create unchecked.
type FieldLister interface {
	// Fields returns the definitions of the custom fields that cards have.
	Fields(ctx context.Context) ([]Field, error)
}

// Transactional is an optional interface of a [Repo] whose tables are in the
// store's database. Without it, Create and AttachManager are called outside of
// any transaction, since they may reach a network.
type Transactional interface {
	// InTransaction reports whether Create and AttachManager, called with ctx,
	// take part in the transaction that ctx carries. It is false when ctx
	// carries none, or one of a different database.
	InTransaction(ctx context.Context) bool
}
