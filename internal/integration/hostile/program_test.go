package hostile

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dialLine is the line of internal/mailconn/dial.go that connects.
const (
	dialLine = `dialer.DialContext(ctx, "tcp", address)`
	pipeLine = `ctx.Value(struct{ HostileServers int }{}).(func(string) (net.Conn, error))(address)`
)

// pipes is the key under which the context has the function that pipeLine calls.
type pipes = struct{ HostileServers int }

// buildProgram builds these tests with a client that connects to pipes, and returns the
// path of the program.
func buildProgram(t *testing.T) string {
	t.Helper()
	dial, err := filepath.Abs("../../mailconn/dial.go")
	require.NoError(t, err)
	source, err := os.ReadFile(dial)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(source), dialLine),
		"%s does not connect by %q any more: change dialLine to what it does", dial, dialLine)
	changed := strings.Replace(string(source), dialLine, pipeLine+"\n\t_ = dialer", 1)

	dir := t.TempDir()
	path := filepath.Join(dir, "dial.go")
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {dial: path}})
	require.NoError(t, err)
	list := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))
	program := filepath.Join(dir, "hostile.exe") // a name that every system can run
	out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", list, "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return program
}

// which names the case to run, in the process that runs it.
const which = "POSTROOM_TEST_HOSTILE"

// runApart runs one case in a process of its own, and returns what it has measured.
func runApart(t *testing.T, program, name string) string {
	t.Helper()
	args := []string{"-test.run=^TestHostileServers$", "-test.v", "-test.timeout=2m"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	run := exec.CommandContext(t.Context(), program, args...)
	run.Env = append(os.Environ(), which+"="+name, "GOMEMLIMIT=50MiB") // as in the collector
	out, err := run.CombinedOutput()
	text := string(out)
	if err != nil {
		t.Errorf("%v\n%s", err, shortened(text, 3000))
	}
	_, measured, _ := strings.Cut(text, measuredPrefix)
	measured, _, _ = strings.Cut(measured, "\n")
	return measured
}

// measuredPrefix begins the line with what a case has measured.
const measuredPrefix = "MEASURED "

func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s\n... %d bytes ...\n%s", text[:most/2], len(text)-most, text[len(text)-most/2:])
}
