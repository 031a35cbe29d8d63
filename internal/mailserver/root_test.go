//go:build linux

package mailserver

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/internal/daemon"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func testRoot(t *testing.T) *root {
	r, err := newRoot("", "")
	if errors.Is(err, ErrMissing) && os.Getenv(daemon.Strict) != "1" {
		t.Skip(err)
	}
	require.NoError(t, err)
	return r
}

func TestRoot_LeavesTheMachineUnchanged(t *testing.T) {
	before, err := os.ReadFile("/etc/passwd")
	require.NoError(t, err)
	r := testRoot(t)
	require.NoError(t, r.write("/etc/passwd", "nobody here\n"))
	require.NoError(t, r.run("", "/bin/sh", "-c", "cat /etc/passwd; echo new > /etc/postroom-test; logger -t test logged"))
	assert.Contains(t, r.text(), "nobody here")
	assert.Eventually(t, func() bool { return strings.Contains(r.text(), "test: logged") },
		10*time.Second, 10*time.Millisecond, "the root has a syslog")
	require.NoError(t, r.close())

	after, err := os.ReadFile("/etc/passwd")
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.NoFileExists(t, "/etc/postroom-test")
	assert.NoDirExists(t, r.dir)
}

// A program that has left its parent ends with the root, too.
func TestRoot_EndsAllItsPrograms(t *testing.T) {
	r := testRoot(t)
	require.NoError(t, r.run("", "/bin/sh", "-c", "setsid sleep 1000 &"))
	p, err := r.start("/bin/sleep", "1000")
	require.NoError(t, err)
	own := namespace(t, r.init.PID())
	require.Eventually(t, func() bool { return members(t, own) == 3 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, r.close())
	<-p.Done()
	assert.Zero(t, members(t, own))
}

// members counts the processes in a PID namespace.
func members(t *testing.T, namespace string) int {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/ns/pid")
	require.NoError(t, err)
	n := 0
	for _, link := range links {
		if is, err := os.Readlink(link); err == nil && is == namespace {
			n++
		}
	}
	return n
}

func namespace(t *testing.T, pid int) string {
	t.Helper()
	is, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "ns/pid"))
	require.NoError(t, err)
	return is
}

func TestStart_MissingPackagesAreNamed(t *testing.T) {
	s := &Software{Name: "none", packages: []string{"no-such-package"}}
	_, err := s.Start()
	require.ErrorIs(t, err, ErrMissing)
	assert.ErrorContains(t, err, "go run ./internal/mailserver/install")
}
