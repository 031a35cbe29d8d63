package daemon

import (
	"os"
	"testing"
)

// Strict is the name of an environment variable. If it is "1", tests fail instead of
// being skipped if a server that they need is missing. CI sets it.
const Strict = "POSTROOM_STRICT"

// Server is a server that a test starts.
type Server interface {
	Log() string
	Close() error
}

// ForTest starts a server that ends with the test. If start fails since something is missing,
// the test is skipped, unless the environment variable [Strict] is "1". If the test fails,
// the end of the server's log is added to its output.
func ForTest[S Server](t testing.TB, start func() (S, error), isMissing func(error) bool) S {
	t.Helper()
	s, err := start()
	if isMissing(err) && os.Getenv(Strict) != "1" {
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
