package customer

import "errors"

var (
	// ErrNotFound reports a customer ID that is not in the repository.
	ErrNotFound = errors.New("customer: not found")
	// ErrAddress reports text that is not an email address.
	ErrAddress = errors.New("customer: not an email address")
	// ErrField reports a custom field that is not defined, or a value that the
	// type of its field does not allow.
	ErrField = errors.New("customer: bad custom field")
)
