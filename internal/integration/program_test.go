package integration

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// buildCollector builds examples/collector once for all tests.
var buildCollector = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "collector")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "collector")
	_, err = command("go", "build", "-o", path, "github.com/postroom/postroom/examples/collector")
	return path, err
})

func TestMain(m *testing.M) {
	if settings, ok := os.LookupEnv(syncerVariable); ok {
		if err := runSyncer(settings); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if err := closeServers(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if path, err := buildCollector(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// program is the collector with a settings file of its own.
type program struct {
	t        *testing.T
	path     string
	dir      string
	caFile   string
	database string
}

// newProgram writes the settings. more has the lines after the database.
func newProgram(t *testing.T, caFile string, more ...string) *program {
	t.Helper()
	path, err := buildCollector()
	require.NoError(t, err)
	p := &program{t: t, path: path, dir: t.TempDir(), caFile: caFile}
	p.database = "sqlite:" + filepath.Join(p.dir, "collector.db")
	p.write(more...)
	return p
}

// write replaces the settings.
func (p *program) write(more ...string) {
	p.t.Helper()
	lines := append([]string{"database: " + p.database, "allow_private_networks: true"}, more...)
	require.NoError(p.t, os.WriteFile(p.config(), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

func (p *program) config() string { return filepath.Join(p.dir, "collector.yaml") }

// command prepares a command with the settings file.
func (p *program) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), p.path, append([]string{name, "-config", p.config()}, args...)...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+p.caFile)
	return cmd
}

// run runs a command and returns its exit code and what it wrote.
func (p *program) run(name string, args ...string) (code int, out, complaint string) {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := p.command(name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		require.NoError(p.t, err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// must runs a command, which must succeed, and returns its output.
func (p *program) must(name string, args ...string) string {
	p.t.Helper()
	code, out, complaint := p.run(name, args...)
	require.Zerof(p.t, code, "%s: %s", name, complaint)
	return out
}

// sums is what the command report prints.
type sums struct {
	Accounts []struct {
		ID       string
		State    string
		Outcomes map[string]int
	}
	Emails, Customers int
	CustomersCreated  int `json:"customers_created"`
	Assignments       map[string]int
	Notifications     map[string]int
}

func (p *program) report() sums {
	p.t.Helper()
	var s sums
	require.NoError(p.t, json.Unmarshal([]byte(p.must("report")), &s))
	return s
}

// total returns how many messages have an outcome.
func (s sums) total() int {
	n := 0
	for _, a := range s.Accounts {
		for count := range maps.Values(a.Outcomes) {
			n += count
		}
	}
	return n
}

// printed is a line that the commands emails and notifications print.
type printed struct {
	ID, Kind, Manager, Customer, Email, State, From, Message string
	UID                                                      any
}

func (p *program) lines(name string, args ...string) []printed {
	p.t.Helper()
	var list []printed
	scanner := bufio.NewScanner(strings.NewReader(p.must(name, args...)))
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var line printed
		require.NoError(p.t, json.Unmarshal(scanner.Bytes(), &line))
		list = append(list, line)
	}
	return list
}

// accountLines returns the settings of an account on the mailbox of a server.
func accountLines(id, protocol, host string, port int, more ...string) []string {
	lines := []string{
		"  - id: " + id, "    shop: main", "    protocol: " + protocol, "    host: " + host,
		fmt.Sprintf("    port: %d", port),
		"    username: " + mailbox, "    password: " + password,
	}
	for _, line := range more {
		lines = append(lines, "    "+line)
	}
	return lines
}

// managerLines returns the settings of the managers m1, m2, ... of the group "support".
func managerLines(statuses ...string) []string {
	lines := []string{"managers:"}
	for i, status := range statuses {
		lines = append(lines, fmt.Sprintf("  - {id: m%d, name: Manager %d, groups: [support], status: %s}",
			i+1, i+1, status))
	}
	return lines
}

func settings(parts ...[]string) []string { return slices.Concat(parts...) }
