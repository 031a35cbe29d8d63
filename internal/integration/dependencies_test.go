package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/postroom/postroom/"

// arrows says which of our packages each room of the core may know.
var arrows = map[string][]string{
	"customer":      nil,
	"notify":        {"internal/backoff"},
	"inbound/email": nil,
	"assign":        {"customer", "notify", "inbound/email", "internal/backoff"},
	"inbound": {"customer", "notify", "inbound/email", "assign",
		"internal/backoff", "internal/oauth2token"},

	"internal/backoff":     nil,
	"internal/oauth2token": nil,

	"inbound/email/internal/charset":   nil,
	"inbound/email/internal/htmltext":  nil,
	"inbound/email/internal/replytext": nil,
	"inbound/email/internal/transfer":  nil,
}

// foreign are the only other modules that the core may use, and what the
// adapters of the root module may use besides.
var (
	foreignToCore     = []string{"golang.org/x/net", "golang.org/x/text", "golang.org/x/sync", "golang.org/x/oauth2", "github.com/emersion/go-message", "github.com/emersion/go-msgauth"}
	foreignToAdapters = []string{"github.com/emersion/go-imap/v2", "github.com/emersion/go-sasl", "github.com/emersion/go-smtp", "github.com/knadh/go-pop3"}
	foreignToTests    = []string{"github.com/stretchr/testify", "go.yaml.in/yaml/v3"}
)

func TestCoreKnowsNoAdapterDriverOrLogger(t *testing.T) {
	for room, known := range arrows {
		for _, p := range dependencies(t, room) {
			own, ours := strings.CutPrefix(p, module)
			if ours {
				allowed := own == room || slices.Contains(known, own) || isWithin(own, room) ||
					slices.ContainsFunc(known, func(k string) bool { return isWithin(own, k) })
				assert.Truef(t, allowed, "%s must not depend on %s", room, own)
			} else {
				assert.Truef(t, isOf(p, foreignToCore), "%s must not depend on %s", room, p)
			}
		}
	}
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
	for _, adapter := range rooms(t, "./adapters/...") {
		for _, p := range dependencies(t, adapter) {
			own, ours := strings.CutPrefix(p, module)
			other := ours && strings.HasPrefix(own, "adapters/") && own != adapter && !strings.HasPrefix(own, adapter+"/")
			assert.Falsef(t, other, "%s must not depend on %s", adapter, own)
			assert.Falsef(t, ours && strings.HasPrefix(own, "examples"), "%s must not depend on %s", adapter, own)
			if !ours {
				assert.Truef(t, isOf(p, foreignToCore) || isOf(p, foreignToAdapters), "%s must not depend on %s", adapter, p)
			}
		}
	}
}

// Hosts run the exported suites in their own tests: a suite must not bring test
// libraries along.
func TestConformanceSuitesBringNothingAlong(t *testing.T) {
	for _, room := range rooms(t, "./...") {
		if !strings.HasSuffix(room, "test") || strings.HasPrefix(room, "internal/") {
			continue
		}
		for _, p := range dependencies(t, room) {
			assert.Truef(t, strings.HasPrefix(p, module) || isOf(p, foreignToCore), "%s must not depend on %s", room, p)
		}
	}
}

func TestRootModuleAsksForLittle(t *testing.T) {
	out, err := command("go", "mod", "edit", "-json", "../../go.mod")
	require.NoError(t, err)
	var file struct {
		Require []struct{ Path string }
		Replace []struct{}
	}
	require.NoError(t, json.Unmarshal(out, &file))
	allowed := slices.Concat(foreignToCore, foreignToAdapters, foreignToTests)
	for _, r := range file.Require {
		assert.Containsf(t, allowed, r.Path, "go.mod must not require %s", r.Path)
	}
	assert.Empty(t, file.Replace, "a replaced module does not reach those who go get ours")
}

// dependencies lists everything outside the standard library that a package of
// the root module is built from, itself included.
func dependencies(t *testing.T, room string) []string {
	t.Helper()
	out, err := command("go", "list", "-deps", "-json=ImportPath,Standard", module+room)
	require.NoError(t, err)
	var paths []string
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Standard   bool
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return paths
		}
		require.NoError(t, err)
		if !p.Standard {
			paths = append(paths, p.ImportPath)
		}
	}
}

// rooms lists packages of the root module without its path.
func rooms(t *testing.T, pattern string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", pattern)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	var list []string
	for p := range strings.FieldsSeq(string(out)) {
		list = append(list, strings.TrimPrefix(p, module))
	}
	return list
}

// command runs a program and returns its output; its error has what it complained of.
func command(name string, args ...string) ([]byte, error) {
	out, err := exec.Command(name, args...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = errors.New(string(failed.Stderr))
	}
	return out, err
}

func isOf(path string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
}

// isWithin reports whether a package is internal to a room.
func isWithin(path, room string) bool { return strings.HasPrefix(path, room+"/internal/") }
