package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/postroom/postroom/inbound"
)

// wrap adds the name of an operation to an error, and a hint for the operator where
// the database itself fails. That is temporary: the next pass goes on.
func (s *Store) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return s.explain(fmt.Errorf("sqlstore: %s: %w", op, err))
}

// explain returns an error of the database itself as a temporary one with a hint, and any
// other as it is.
func (s *Store) explain(err error) error {
	var explained *inbound.Error
	var unreadable *rawError
	if err == nil || errors.As(err, &explained) || errors.As(err, &unreadable) || errors.Is(err, context.Canceled) {
		return err
	}
	if hint := s.dialect.hint(err); hint != "" {
		return &inbound.Error{Op: "use the database", Class: inbound.ErrTemporary, Hint: hint, Err: err}
	}
	return err
}
