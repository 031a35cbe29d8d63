package inboundtest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// broken is an implementation with one fault, and the place where a suite has to
// find it.
type broken struct {
	suite func(t *testing.T)
	where string // the test of the suite
	says  string // in its output
}

// whichBroken names the implementation to run, in the process that runs it.
const whichBroken = "POSTROOM_TEST_BROKEN"

// TestSuitesCatchBrokenImplementations runs the suites on implementations that
// are broken on purpose, each in a process of its own, since a test that is to
// fail cannot be part of one that is to pass.
func TestSuitesCatchBrokenImplementations(t *testing.T) {
	all := make(map[string]broken)
	for _, some := range []map[string]broken{brokenFetchers, brokenStores} {
		for name, b := range some {
			all[name] = b
		}
	}
	if name := os.Getenv(whichBroken); name != "" {
		all[name].suite(t)
		return
	}
	program, err := os.Executable()
	require.NoError(t, err)
	for name, b := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait most of the time
			path := "^TestSuitesCatchBrokenImplementations$/^" + strings.ReplaceAll(b.where, "/", "$/^") + "$"
			run := exec.CommandContext(t.Context(), program, "-test.run="+path, "-test.v", "-test.timeout=1m")
			run.Env = append(os.Environ(), whichBroken+"="+name)
			out, err := run.CombinedOutput()
			var failed *exec.ExitError
			require.ErrorAs(t, err, &failed, "the suite has passed:\n%s", out)
			assert.Contains(t, string(out), "--- FAIL: TestSuitesCatchBrokenImplementations/"+b.where)
			assert.Contains(t, string(out), b.says)
		})
	}
}
