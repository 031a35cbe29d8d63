package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sharedBuffer is a log that a test reads while it is written.
type sharedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *sharedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *sharedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

var pageURL = regexp.MustCompile(`msg="health page" url=(http://\S+)`)

// runWithPage runs the collector until stop is called, which returns its exit code.
func (s *site) runWithPage(args ...string) (url string, log *sharedBuffer, stop func() int) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	log = &sharedBuffer{}
	ended := make(chan int, 1)
	p := &app{stdout: bufio.NewWriter(io.Discard), stderr: log, env: s.env, errorColumns: func() int { return 0 }}
	go func() { ended <- p.main(ctx, append([]string{"run", "-config", s.config}, args...)) }()
	stop = sync.OnceValue(func() int { cancel(); return <-ended })
	s.t.Cleanup(func() { stop() })
	require.Eventually(s.t, func() bool { return pageURL.MatchString(log.String()) }, 20*time.Second,
		10*time.Millisecond, log)
	return pageURL.FindStringSubmatch(log.String())[1], log, stop
}

// fetch asks the page; code 0: it does not answer.
func fetch(t *testing.T, url string) (code int, body string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	response, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

const brokenAccount = "  - {id: wrong, protocol: imap, host: 127.0.0.1, port: PORT, security: none, " +
	"username: shop@shop.example, password: hunter2}\n"

func TestRun_ServesHealthPage(t *testing.T) {
	s := newSite(t, serve(t, known), strings.Replace(shop, "accounts:\n", "accounts:\n"+brokenAccount, 1))
	url, log, stop := s.runWithPage("-http", "127.0.0.1:0")
	var page struct {
		Running  bool
		Accounts []struct {
			ID, State, Hint string
			Cause           string
			NextAttempt     *time.Time `json:"next_attempt"`
		}
	}
	require.Eventually(t, func() bool {
		code, body := fetch(t, url)
		require.Equal(t, http.StatusOK, code, body)
		assert.NotContains(t, body, "hunter2")
		require.NoError(t, json.Unmarshal([]byte(body), &page))
		return page.Accounts[0].State == "needs_sign_in" && page.Accounts[1].State == "ok"
	}, 20*time.Second, 20*time.Millisecond, log)
	assert.True(t, page.Running)
	assert.Nil(t, page.Accounts[0].NextAttempt, "it waits for a person")
	assert.Equal(t, "credentials", page.Accounts[0].Cause)
	if next := page.Accounts[1].NextAttempt; assert.NotNil(t, next) {
		assert.WithinDuration(t, time.Now().Add(6*time.Minute), *next, 2*time.Minute)
	}
	code, body := fetch(t, url+"healthz")
	assert.Equal(t, []any{http.StatusOK, "ok\n"}, []any{code, body}, "it is about the process")
	assert.NotContains(t, log.String(), "asks for no password")

	// The operator is notified once, by the log.
	require.Eventually(t, func() bool {
		return strings.Contains(log.String(), "level=ERROR msg=notification id=account_broken/wrong/") &&
			strings.Contains(log.String(), "kind=incoming_email")
	}, 20*time.Second, 20*time.Millisecond, log)
	assert.Equal(t, exitOK, stop(), log)
	code, _ = fetch(t, url+"healthz")
	assert.Zero(t, code, "nobody listens any more")
	kinds := column(lines(t, s.ok("notifications")), "kind")
	assert.ElementsMatch(t, []any{"incoming_email", "account_broken"}, kinds)

	report := lines(t, s.ok("report"))[0]["accounts"].([]any)
	wrong, well := report[0].(map[string]any), report[1].(map[string]any)
	assert.Equal(t, []any{nil, nil}, pick(wrong, "next_attempt", "eta_seconds"))
	for _, at := range []any{wrong["since"], well["since"], well["next_attempt"]} {
		_, err := time.Parse(time.RFC3339, at.(string))
		assert.NoError(t, err)
	}
}

func TestRun_PageOfSettings(t *testing.T) {
	s := newSite(t, serve(t, known), "http: 0.0.0.0:0\n"+shop)
	_, log, stop := s.runWithPage()
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "asks for no password") },
		10*time.Second, 10*time.Millisecond)
	assert.Equal(t, exitOK, stop())
}

func TestRun_PageWhosePortIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	at := taken.Addr().String()
	s := newSite(t, serve(t, known), "http: "+at+"\n"+shop)
	for _, args := range [][]string{{"run"}, {"run", "-http", at}, {"run", "-once", "-http", at}} {
		r := s.do(append(args, "-config", s.config)...)
		assert.Equal(t, exitFailure, r.code)
		assert.Equal(t, "cannot serve the health page at "+at+": another program has that port; end it, or choose a"+
			" different port by -http or by http in the settings\n", r.stderr)
		assert.NoFileExists(t, s.database, "nothing has begun")
	}
	s.ok("run", "-once") // next to a collector that goes on and has the port
	_, err = os.Stat(s.database)
	assert.NoError(t, err)
}
