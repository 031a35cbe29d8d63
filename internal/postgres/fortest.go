package postgres

import (
	"errors"
	"os"
	"testing"
)

// Strict is the name of an environment variable. If it is "1", tests fail instead of
// being skipped if a server that they need is missing. CI sets it.
const Strict = "POSTROOM_STRICT"

// ForTest starts a server that ends with the test. If PostgreSQL is not installed, the
// test is skipped, unless the environment variable [Strict] is "1". If the test fails,
// the end of the server's log is added to its output.
func ForTest(t testing.TB, o *Options) *Server {
	t.Helper()
	s, err := Start(o)
	if errors.Is(err, ErrMissing) && os.Getenv(Strict) != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log := s.Log()
			t.Logf("end of the server's log:\n%s", log[max(0, len(log)-4000):])
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
