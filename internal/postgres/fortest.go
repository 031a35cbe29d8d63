package postgres

import (
	"errors"
	"testing"

	"github.com/postroom/postroom/internal/daemon"
)

// ForTest starts a server that ends with the test. If PostgreSQL is not installed, the test is
// skipped, unless [daemon.Strict] is set.
func ForTest(t testing.TB, o *Options) *Server {
	t.Helper()
	return daemon.ForTest(t, func() (*Server, error) { return Start(o) },
		func(err error) bool { return errors.Is(err, ErrMissing) })
}
