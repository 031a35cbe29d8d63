package customer

import "errors"

var (
	// ErrNotFound reports a customer ID that the base does not have.
	ErrNotFound = errors.New("customer: not found")
	// ErrAddress reports text that is not an email address.
	ErrAddress = errors.New("customer: not an email address")
	// ErrField reports a custom field that is not defined, or a value that its
	// type does not admit.
	ErrField = errors.New("customer: bad custom field")
)
