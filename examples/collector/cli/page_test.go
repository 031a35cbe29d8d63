package cli

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var pageURL = regexp.MustCompile(`msg="health page" url=(http://\S+)`)

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
	f := follow(t, s, "-http", "127.0.0.1:0")
	url := pageURL.FindStringSubmatch(f.log())[1]
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
	}, 20*time.Second, 20*time.Millisecond)
	assert.True(t, page.Running)
	assert.Nil(t, page.Accounts[0].NextAttempt, "it waits for a person")
	assert.Equal(t, "credentials", page.Accounts[0].Cause)
	if next := page.Accounts[1].NextAttempt; assert.NotNil(t, next) {
		assert.WithinDuration(t, time.Now().Add(6*time.Minute), *next, 2*time.Minute)
	}
	code, body := fetch(t, url+"healthz")
	assert.Equal(t, []any{http.StatusOK, "ok\n"}, []any{code, body}, "it is about the process")
	// The operator is notified once, by the log.
	f.waitFor("level=ERROR msg=notification id=account_broken/wrong/")
	f.waitFor("kind=incoming_email")
	assert.NotContains(t, f.end(), "asks for no password")
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
	f := follow(t, s)
	assert.Contains(t, f.end(), "asks for no password")
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
