package dovecot

import (
	"errors"
	"os"
	"testing"
)

// Strict is the environment variable that makes tests fail, instead of being
// skipped, where a server they need is missing. CI sets it to "1".
const Strict = "POSTROOM_STRICT"

// ForTest starts a server that ends with the test. The test is skipped where
// Dovecot is not installed, unless the environment variable [Strict] is "1". A
// failed test gets the end of the server's log.
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
