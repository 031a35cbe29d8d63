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

// allowed lists which packages of this repository each package of the core may import.
var allowed = map[string][]string{
	"customer":      {"internal/confusable"},
	"notify":        {"internal/backoff", "internal/confusable"},
	"inbound/email": {"internal/confusable"},
	"assign":        {"customer", "notify", "inbound/email", "internal/backoff", "internal/confusable"},
	"inbound": {"customer", "notify", "inbound/email", "assign",
		"discover/presets", "internal/backoff", "internal/confusable", "internal/dialguard", "internal/escape", "internal/fair",
		"internal/oauth2token", "internal/redact", "internal/traffic"},

	"discover/presets":     nil,
	"internal/backoff":     nil,
	"internal/confusable":  nil,
	"internal/dialguard":   nil,
	"internal/escape":      nil,
	"internal/fair":        nil,
	"internal/oauth2token": {"internal/dialguard", "internal/escape", "internal/redact"},
	"internal/redact":      nil,
	"internal/traffic":     nil,

	"inbound/email/internal/calendar": {"inbound/email/internal/charset", "inbound/email/internal/htmltext",
		"inbound/email/internal/transfer"},
	"inbound/email/internal/charset":     nil,
	"inbound/email/internal/fingerprint": {"inbound/email/internal/transfer"},
	"inbound/email/internal/htmltext":    nil,
	"inbound/email/internal/phrases":     nil,
	"inbound/email/internal/replytext":   {"inbound/email/internal/phrases"},
	"inbound/email/internal/tnef":        {"inbound/email/internal/charset"},
	"inbound/email/internal/transfer":    nil,
}

// The core may import no modules except those in foreignToCore. The adapters of the
// root module may also import those in foreignToAdapters, and tests those in
// foreignToTests.
var (
	foreignToCore = []string{
		"golang.org/x/net", "golang.org/x/text", "golang.org/x/sync", "golang.org/x/oauth2",
		"github.com/emersion/go-message", "github.com/emersion/go-msgauth", "code.dny.dev/ssrf",
	}
	foreignToAdapters = []string{
		"github.com/emersion/go-imap/v2", "github.com/emersion/go-sasl", "github.com/emersion/go-smtp",
		"github.com/knadh/go-pop3", "github.com/klauspost/compress",
	}
	foreignToTests = []string{"github.com/stretchr/testify", "go.yaml.in/yaml/v3"}
)

func TestDependencies_CoreKnowsNoAdapterDriverOrLogger(t *testing.T) {
	for pkg, imports := range allowed {
		for _, p := range dependencies(t, pkg) {
			own, ours := strings.CutPrefix(p, module)
			if ours {
				ok := own == pkg || slices.Contains(imports, own) || isWithin(own, pkg) ||
					slices.ContainsFunc(imports, func(k string) bool { return isWithin(own, k) })
				assert.Truef(t, ok, "%s must not depend on %s", pkg, own)
			} else {
				assert.Truef(t, isOf(p, foreignToCore), "%s must not depend on %s", pkg, p)
			}
		}
	}
}

func TestDependencies_AdaptersDoNotKnowEachOther(t *testing.T) {
	for _, adapter := range packages(t, "./adapters/...") {
		for _, p := range dependencies(t, adapter) {
			own, ours := strings.CutPrefix(p, module)
			other := ours && strings.HasPrefix(own, "adapters/") &&
				own != adapter && !strings.HasPrefix(own, adapter+"/")
			assert.Falsef(t, other, "%s must not depend on %s", adapter, own)
			assert.Falsef(t, ours && strings.HasPrefix(own, "examples"), "%s must not depend on %s", adapter, own)
			if !ours {
				ok := isOf(p, foreignToCore) || isOf(p, foreignToAdapters)
				assert.Truef(t, ok, "%s must not depend on %s", adapter, p)
			}
		}
	}
}

// Hosts run the exported suites in their own tests, so a suite must not import test
// libraries.
func TestDependencies_SuitesBringNothingAlong(t *testing.T) {
	for _, suite := range packages(t, "./...") {
		if !strings.HasSuffix(suite, "test") || strings.HasPrefix(suite, "internal/") {
			continue
		}
		for _, p := range dependencies(t, suite) {
			ok := strings.HasPrefix(p, module) || isOf(p, foreignToCore)
			assert.Truef(t, ok, "%s must not depend on %s", suite, p)
		}
	}
}

func TestDependencies_RootModuleAsksForLittle(t *testing.T) {
	out, err := command("go", "mod", "edit", "-json", "../../go.mod")
	require.NoError(t, err)
	var file struct {
		Require []struct{ Path string }
		Replace []struct{}
	}
	require.NoError(t, json.Unmarshal(out, &file))
	modules := slices.Concat(foreignToCore, foreignToAdapters, foreignToTests)
	for _, r := range file.Require {
		assert.Containsf(t, modules, r.Path, "go.mod must not require %s", r.Path)
	}
	assert.Empty(t, file.Replace, "go get ignores the replace directives of a dependency")
}

// dependencies lists all packages outside of the standard library that a package of
// the root module is built from, including the package itself.
func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := command("go", "list", "-deps", "-json=ImportPath,Standard", module+pkg)
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

// packages lists packages of the root module, without the module path.
func packages(t *testing.T, pattern string) []string {
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

// command runs a program and returns its output. The error contains its standard error.
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

// isWithin reports whether a package is internal to pkg.
func isWithin(path, pkg string) bool { return strings.HasPrefix(path, pkg+"/internal/") }
