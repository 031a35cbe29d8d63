package customer

import "context"

// Customer is a record in the host's customer repository, reduced to what
// postroom needs.
type Customer struct {
	// ID is the host's identifier of the record. It is never empty and never
	// reused, not even after the record is deleted.
	ID string `json:"id"`
	// Shop is the online store that the record belongs to.
	Shop string `json:"shop"`
	// Email is the address that matched, in the form that Normalize returns.
	Email string `json:"email"`
	// Name is the customer's name, or "" if it is not filled in.
	Name string `json:"name"`
	// ManagerID is the manager attached to the record, or "" if there is none.
	ManagerID string `json:"manager"`
}

// New describes a customer record to create. A new record has the email and the
// custom fields of the account that creates it, and nothing else.
type New struct {
	Shop   string
	Email  string            // in the form that Normalize returns
	Fields map[string]string // custom fields by name; nil if the account sets none
}

// Repo is the host's customer repository. Implementations must be safe for concurrent
// use. The context of each call ends after 15 seconds at the latest; the call then
// counts as failed. A customer without an ID is an error, and so is an AttachManager
// that returns no manager.
//
// An error of FindByEmail or Create that wraps inbound.ErrTemporary means that the whole
// repository is unavailable, and all mail waits. After any other error,
// nobody@postroom.invalid is looked up. If that fails too, the repository counts as
// unavailable. Otherwise, only the mail of this customer is recorded as failed, and tried
// again.
//
// Create is called before an email is committed, AttachManager afterwards. Both
// may be called again for the same customer. A Repo that uses the store's
// database and implements [Transactional] is called within the transaction of
// [inbound.Store.Atomic], which the context carries: its rows commit or roll
// back together with the email.
//
// [inbound.Store.Atomic]: https://pkg.go.dev/github.com/postroom/postroom/inbound#Store
type Repo interface {
	// FindByEmail returns the customers of shop who have address. If several records
	// have the address, the one that mail shall be bound to comes first. If there is
	// none, the result is empty and the error is nil. The address is in the form that
	// Normalize returns. A repository that stores addresses as they were typed must
	// store the normalized form too and compare by it: in many databases, NOCASE and
	// LOWER() fold only ASCII letters. The caller owns the returned slice.
	FindByEmail(ctx context.Context, shop, address string) ([]Customer, error)

	// Create adds a record for (c.Shop, c.Email) and returns it with created true. If
	// the shop already has a record with that address, Create returns that record
	// unchanged, with created false. So a repeated call is harmless, and the loser of a
	// race gets the winner's record. The account's fields are checked against
	// FieldLister before a pass; Create may also refuse an undefined field with an
	// error that wraps ErrField.
	Create(ctx context.Context, c New) (customer Customer, created bool, err error)

	// AttachManager attaches managerID to the customer if no manager is
	// attached, and returns the manager who is attached now: managerID, or the
	// one who was attached before. An unknown customer is ErrNotFound.
	AttachManager(ctx context.Context, customerID, managerID string) (attached string, err error)
}

// BatchFinder is an optional interface of a [Repo]. It finds the senders of a
// whole batch in one query. Without it, FindByEmail is called once for each
// address.
type BatchFinder interface {
	// FindByEmails is FindByEmail for several addresses: at most 500, each of
	// them once. An address without a customer is absent from the map.
	FindByEmails(ctx context.Context, shop string, addresses []string) (map[string][]Customer, error)
}

// Field defines a custom field of the host's customer records.
type Field struct {
	Name string
	Type FieldType
}

// FieldLister is an optional interface of a [Repo]. With it, the custom fields
// of an account are checked before its first pass. Without it, they are passed
// to Create unchecked.
type FieldLister interface {
	// Fields returns the definitions of the custom fields of customer records.
	Fields(ctx context.Context) ([]Field, error)
}

// Transactional is an optional interface of a [Repo] whose tables are in the
// store's database. Without it, Create and AttachManager are called outside of
// any transaction, since they may need a network.
type Transactional interface {
	// InTransaction reports whether Create and AttachManager, called with ctx,
	// take part in the transaction that ctx carries. It returns false if ctx
	// carries no transaction, or one of a different database.
	InTransaction(ctx context.Context) bool
}
