// Package mutant runs conformance suites on implementations that are broken on
// purpose, and checks that the suites fail.
package mutant

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Mutant is an implementation with one fault, and the failure that the suite has to
// report.
type Mutant struct {
	Suite func(t *testing.T) // runs the suite on the implementation
	Where string             // the test of the suite that must fail, such as "Leases/OneOwnerAtATime"
	Says  string             // a text that its output must contain
}

// which names the mutant to run, in the process that runs it.
const which = "POSTROOM_TEST_MUTANT"

// Run checks that the suites catch every mutant. Each mutant runs in a process of its
// own, since a test that must fail cannot be part of a test that must pass. That
// process runs the calling test again, which therefore must be a top-level test and
// must do nothing else.
func Run(t *testing.T, mutants map[string]Mutant) {
	if name := os.Getenv(which); name != "" {
		mutants[name].Suite(t)
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of them wait
			path := t.Name()[:strings.IndexByte(t.Name(), '/')] + "/" + m.Where
			pattern := "^" + strings.ReplaceAll(path, "/", "$/^") + "$"
			run := exec.CommandContext(t.Context(), program, "-test.run="+pattern, "-test.v", "-test.timeout=1m")
			run.Env = append(os.Environ(), which+"="+name)
			out, err := run.CombinedOutput()
			var failed *exec.ExitError
			switch {
			case !errors.As(err, &failed):
				t.Errorf("the suite has passed (error %v):\n%s", err, out)
			case !strings.Contains(string(out), "--- FAIL: "+path+" "):
				t.Errorf("%s has not failed:\n%s", m.Where, out)
			case !strings.Contains(string(out), m.Says):
				t.Errorf("%s has failed without saying %q:\n%s", m.Where, m.Says, out)
			}
		})
	}
}
