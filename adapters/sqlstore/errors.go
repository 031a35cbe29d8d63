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
	err = fmt.Errorf("sqlstore: %s: %w", op, err)
	var explained *inbound.Error
	if errors.As(err, &explained) || errors.Is(err, context.Canceled) {
		return err
	}
	if hint := s.dialect.hint(err); hint != "" {
		return &inbound.Error{Op: "use the database", Class: inbound.ErrTemporary, Hint: hint, Err: err}
	}
	return err
}
