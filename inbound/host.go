package inbound

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/assign"
)

// hostLimit is how long one call of the host may take. While it runs nothing else
// is committed, and in a database of one writer nothing is written at all.
const hostLimit = 15 * time.Second

// askHost calls the host with a time limit.
func askHost(ctx context.Context, call func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, hostLimit)
	defer cancel()
	err := call(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("no answer within %s: %w", hostLimit, err)
	}
	return err
}

// promptDirectory is the host's directory with that limit.
type promptDirectory struct{ assign.ManagerDirectory }

func (d promptDirectory) Group(ctx context.Context, group string) (members []assign.Manager, err error) {
	err = askHost(ctx, func(ctx context.Context) error {
		members, err = d.ManagerDirectory.Group(ctx, group)
		return err
	})
	if err != nil {
		return nil, &directoryError{err}
	}
	return members, nil
}

// directoryError is the host's directory's: mail does not wait for it.
type directoryError struct{ err error }

func (e *directoryError) Error() string { return e.err.Error() }
func (e *directoryError) Unwrap() error { return e.err }
