package cli

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/require"
)

const password = "correct horse"

// mailbox is an IMAP server on loopback with an INBOX in memory.
type mailbox struct {
	*imapmemserver.User
	port int
}

func serve(t *testing.T, messages ...string) *mailbox {
	t.Helper()
	m := &mailbox{User: imapmemserver.NewUser("shop@shop.example", password)}
	require.NoError(t, m.Create("INBOX", nil))
	for _, text := range messages {
		m.deliver(t, text)
	}
	users := imapmemserver.New()
	users.AddUser(m.User)
	m.listen(t, func() imapserver.Session { return users.NewSession() })
	return m
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func (m *mailbox) deliver(t *testing.T, text string) {
	t.Helper()
	_, err := m.Append("INBOX", literal{strings.NewReader(text)},
		&imap.AppendOptions{Time: time.Now()})
	require.NoError(t, err)
}

// site is a folder with a settings file and a database, and an environment with a
// password.
type site struct {
	more     map[string]string // variables of the environment
	t        *testing.T
	config   string
	database string
	password string
	unset    bool   // the environment variable PASSWORD is not set
	columns  int    // of standard output as a terminal; 0: it is none
	onScreen bool   // standard error is a terminal
	noColor  string // the environment variable NO_COLOR
	terminal string // the environment variable TERM
}

// newSite writes settings in which PORT and DATABASE are replaced.
func newSite(t *testing.T, m *mailbox, settings string) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{t: t, config: filepath.Join(dir, "c.yaml"), database: filepath.Join(dir, "c.db"), password: password}
	s.write(m, settings)
	return s
}

func (s *site) write(m *mailbox, settings string) {
	s.t.Helper()
	settings = strings.NewReplacer("PORT", strconv.Itoa(m.port), "DATABASE", s.database).Replace(settings)
	require.NoError(s.t, os.WriteFile(s.config, []byte(settings), 0o600))
}

// result is what a command did.
type result struct {
	code           int
	stdout, stderr string
}

// do runs a command in this process.
func (s *site) do(args ...string) result { return s.doUntil(s.t.Context(), args...) }

func (s *site) doUntil(ctx context.Context, args ...string) result {
	var stdout, stderr bytes.Buffer
	columns := 0
	if s.onScreen {
		columns = 100
	}
	p := &app{stdout: bufio.NewWriter(&stdout), stderr: &stderr, env: s.env, columns: s.columns,
		errorColumns: func() int { return columns }}
	code := p.main(ctx, args)
	return result{code, stdout.String(), stderr.String()}
}

// env is the environment of commands.
func (s *site) env(name string) (string, bool) {
	value, ok := map[string]string{"PASSWORD": s.password, "NO_COLOR": s.noColor, "TERM": s.terminal}[name]
	if more, set := s.more[name]; set {
		return more, true
	}
	return value, ok && !(s.unset && name == "PASSWORD")
}

// ok runs a command with -config, which must succeed, and returns its output.
func (s *site) ok(args ...string) string {
	s.t.Helper()
	r := s.do(append(args, "-config", s.config)...)
	require.Equal(s.t, exitOK, r.code, r.stderr)
	return r.stdout
}
