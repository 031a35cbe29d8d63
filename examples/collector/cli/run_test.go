package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const shop = `database: sqlite:DATABASE
allow_private_networks: true
accounts:
  - id: shop
    shop: main
    protocol: imap
    host: 127.0.0.1
    port: PORT
    security: none
    username: shop@shop.example
    password: ${PASSWORD}
    notify_manager: true
    create_customer: true
    manager_group: support
    fields: {source: email}
customers:
  - {email: anna@example.com, name: Anna, shop: main, manager: m1}
managers:
  - {id: m1, name: Maria, groups: [support], status: lunch}
  - {id: m2, name: Miguel, groups: [support], status: free}
fields:
  - {name: source, type: string}
notify:
  log: true
`

const (
	known = "From: Anna <anna@example.com>\r\nTo: shop@shop.example\r\nMessage-ID: <1@example.com>\r\n" +
		"Date: Fri, 02 Jan 2026 03:04:05 +0100\r\nSubject: Gr\xc3\xbc\xc3\x9fe <order>\r\n\r\nHello\r\n"
	stranger = "From: bert@example.org\r\nTo: shop@shop.example\r\nMessage-ID: <2@example.org>\r\n" +
		"Date: Fri, 02 Jan 2026 03:05:05 +0000\r\nSubject: price list\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n" +
		"--b\r\nContent-Type: text/csv; name=p.csv\r\nContent-Disposition: attachment; filename=p.csv\r\n\r\n" +
		"a,b\r\n--b--\r\n"
	newsletter = "From: news@example.net\r\nTo: shop@shop.example\r\nMessage-ID: <3@example.net>\r\n" +
		"List-Unsubscribe: <mailto:off@example.net>\r\n" +
		"Precedence: bulk\r\nSubject: sale\r\n\r\nBuy!\r\n"
	own = "From: shop@shop.example\r\nTo: anna@example.com\r\nMessage-ID: <4@shop.example>\r\nSubject: sent\r\n\r\n" +
		"Ours\r\n"
)

// lines parses a text that has one JSON object in each line.
func lines(t *testing.T, text string) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for line := range strings.Lines(text) {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &object), line)
		objects = append(objects, object)
	}
	return objects
}

// column returns one value of each object.
func column(objects []map[string]any, key string) []any {
	var values []any
	for _, object := range objects {
		values = append(values, object[key])
	}
	return values
}

func TestRun_OnceCollectsAndCommandsReportIt(t *testing.T) {
	box := serve(t, known, stranger, newsletter, own)
	s := newSite(t, box, shop)
	assert.Empty(t, s.ok("run", "-once", "-progress"))

	report := lines(t, s.ok("report"))[0]
	account := report["accounts"].([]any)[0].(map[string]any)
	assert.Equal(t, "ok", account["state"])
	assert.Equal(t, map[string]any{
		"uploaded": 2.0, "duplicate": 0.0, "unmatched": 1.0, "ignored": 1.0,
		"quarantined": 0.0, "failed": 0.0, "vanished": 0.0,
	}, account["outcomes"])
	assert.Equal(t, map[string]any{"done": 4.0, "total": 4.0, "complete": true}, account["initial_upload"])
	assert.NotEmpty(t, account["last_success"])
	assert.Empty(t, account["last_error"])
	assert.Equal(t, []any{2.0, 2.0, 1.0}, []any{report["emails"], report["customers"], report["customers_created"]})
	assert.Equal(t, map[string]any{"m2": 1.0}, report["assignments"], "Miguel is free, Maria at lunch")
	assert.Equal(t, map[string]any{"delivered": 3.0, "pending": 0.0, "dead": 0.0}, report["notifications"])

	emails := lines(t, s.ok("emails"))
	require.Len(t, emails, 2)
	assert.Equal(t, []any{"Hello", []any{"shop@shop.example"}, []any{}}, pick(emails[0], "snippet", "to", "cc"))
	assert.Equal(t, []any{"shop", "main", "INBOX", 1.0, "<1@example.com>", "anna@example.com", "Grüße <order>",
		"m1", "personal", []any{}},
		pick(emails[0], "account", "shop", "folder", "uid", "message_id", "from", "subject", "manager", "class",
			"attachments"))
	assert.Equal(t, "2026-01-02T02:04:05Z", emails[0]["date"])
	file := emails[1]["attachments"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"p.csv", "text/csv"}, pick(file, "name", "type"))
	assert.Equal(t, float64(len(stranger)), emails[1]["size"])
	assert.Len(t, lines(t, s.ok("emails", "-limit", "1", "-account", "shop")), 1)

	notified := lines(t, s.ok("notifications"))
	assert.Equal(t, []any{"incoming_email", "customer_assigned", "incoming_email"}, column(notified, "kind"))
	assert.Equal(t, []any{"m1", "m2", "m2"}, column(notified, "manager"))
	assert.Equal(t, []any{emails[0]["id"], emails[1]["id"], emails[1]["id"]}, column(notified, "email"))
	assert.Equal(t, []any{"delivered", "delivered", "delivered"}, column(notified, "state"))
	assert.Equal(t, []any{1.0, 1.0, 1.0}, column(notified, "attempts"))

	ledger := lines(t, s.ok("ledger", "-account", "shop"))
	assert.Equal(t, []any{"uploaded", "uploaded", "unmatched", "ignored"}, column(ledger, "outcome"))
	assert.Equal(t, []any{1.0, 2.0, 3.0, 4.0}, column(ledger, "uid"))
	assert.Equal(t, []any{3.0}, column(lines(t, s.ok("ledger", "-outcome", "unmatched", "-account", "shop")), "uid"))

	for i, want := range []string{known, stranger} {
		assert.Equal(t, want, s.ok("raw", emails[i]["id"].(string)), "byte for byte")
	}
}

// pick returns some values of an object.
func pick(object map[string]any, keys ...string) []any {
	var values []any
	for _, key := range keys {
		values = append(values, object[key])
	}
	return values
}

func TestRun_SecondRunChangesNothing(t *testing.T) {
	box := serve(t, known, stranger, newsletter, own)
	s := newSite(t, box, shop)
	s.ok("run", "-once")
	before := []string{s.ok("emails"), s.ok("notifications"), s.ok("ledger", "-account", "shop")}
	s.ok("run", "-once")
	assert.Equal(t, before, []string{s.ok("emails"), s.ok("notifications"), s.ok("ledger", "-account", "shop")})
	box.deliver(t, strings.Replace(known, "<1@", "<9@", 1))
	s.ok("run", "-once")
	assert.Len(t, lines(t, s.ok("emails")), 3)
}

func TestRun_ChangedSettingsTakeEffect(t *testing.T) {
	box := serve(t)
	s := newSite(t, box, shop)
	s.ok("run", "-once")
	box.deliver(t, stranger)
	s.write(box, strings.Replace(shop, "  - {id: m2, name: Miguel, groups: [support], status: free}\n", "", 1))
	s.ok("run", "-once")
	assert.Equal(t, map[string]any{"m1": 1.0}, lines(t, s.ok("report"))[0]["assignments"], "Miguel is gone")
	box.deliver(t, strings.ReplaceAll(stranger, "bert@", "carl@"))
	s.write(box, strings.Replace(shop, "lunch", "free", 1))
	s.ok("run", "-once")
	assert.Equal(t, map[string]any{"m1": 1.0, "m2": 1.0}, lines(t, s.ok("report"))[0]["assignments"],
		"Miguel is back and has the next turn")
}

func TestRun_BrokenAccountDoesNotStopOthers(t *testing.T) {
	box := serve(t, known)
	broken := "  - {id: wrong, protocol: imap, host: 127.0.0.1, port: PORT, security: none, " +
		"username: shop@shop.example, password: hunter2}\n"
	s := newSite(t, box, strings.Replace(shop, "accounts:\n", "accounts:\n"+broken, 1))
	r := s.do("run", "-once", "-config", s.config)
	assert.Equal(t, exitFailure, r.code)
	assert.Regexp(t, `(?m)^account wrong: log in: .+; .+$`, r.stderr)
	assert.NotContains(t, r.stderr, "hunter2")
	assert.Len(t, lines(t, s.ok("emails")), 1)
	accounts := lines(t, s.ok("report"))[0]["accounts"].([]any)
	assert.Equal(t, "needs_sign_in", accounts[0].(map[string]any)["state"])
	assert.Equal(t, "ok", accounts[1].(map[string]any)["state"])
	assert.NotEmpty(t, accounts[0].(map[string]any)["hint"])
}

func TestRun_StopsCleanly(t *testing.T) {
	s := newSite(t, serve(t, known), shop)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan result)
	go func() { ended <- s.doUntil(ctx, "run", "-config", s.config) }()
	require.Eventually(t, func() bool {
		r := s.do("report", "-config", s.config)
		return r.code == exitOK && strings.Contains(r.stdout, `"delivered":1,`)
	}, 20e9, 50e6, "report works during a run")
	stop()
	r := <-ended
	assert.Equal(t, exitOK, r.code, r.stderr)
	assert.Contains(t, r.stderr, "msg=collecting accounts=1 database="+s.database)
	assert.Contains(t, r.stderr, "msg=stopped")
	assert.NotContains(t, r.stderr, "level=ERROR")
}

// onTerminal runs a command whose standard error is a terminal.
func (s *site) onTerminal(ctx context.Context, args ...string) result {
	var stdout, stderr bytes.Buffer
	p := &app{stdout: bufio.NewWriter(&stdout), stderr: &stderr, env: s.env,
		errorColumns: func() int { return 80 }}
	code := p.main(ctx, append(args, "-config", s.config))
	return result{code, stdout.String(), stderr.String()}
}

func TestRun_ProgressOnTerminal(t *testing.T) {
	box := serve(t, known, stranger, newsletter, own)
	broken := "  - {id: wrong, protocol: imap, host: 127.0.0.1, port: PORT, security: none, " +
		"username: shop@shop.example, password: hunter2}\n"
	s := newSite(t, box, strings.Replace(shop, "accounts:\n", "accounts:\n"+broken, 1))
	r := s.onTerminal(t.Context(), "run", "-once", "-progress")
	assert.Equal(t, exitFailure, r.code)
	assert.NotContains(t, r.stderr, "level=INFO", "no record of a notification or of a pass")
	assert.Regexp(t, `(?m)shop   2 uploaded, 1 unmatched, 1 ignored, 1 customer created,
       509 bytes uploaded$`, r.stderr)
	assert.Contains(t, r.stderr, "3 notifications delivered; time: ")
	assert.Contains(t, r.stderr, "4/4")
	assert.Contains(t, r.stderr, "\nwrong  stopped (login refused)\n")
	assert.True(t, strings.HasSuffix(r.stderr, `; 1 account stopped
account wrong: log in: the server answers NO [AUTHENTICATIONFAILED]
  Authentication failed
  → check the username and the password; many providers want an app password or
    OAuth2, and IMAP switched on in the mailbox's settings
`), r.stderr)

	r = s.do("run", "-once", "-progress", "-config", s.config)
	assert.NotContains(t, r.stderr, "\x1b")
	assert.Contains(t, r.stderr,
		"\nprogress: wrong: stopped (login refused); shop: up to date nothing new; 0 notifications delivered\n")
}

func TestRun_ProgressEndsWhenInterrupted(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	s := newSite(t, &mailbox{port: silent.Addr().(*net.TCPAddr).Port}, shop)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		conn, err := silent.Accept()
		stop()
		if assert.NoError(t, err) {
			<-t.Context().Done()
			_ = conn.Close()
		}
	}()
	r := s.onTerminal(ctx, "run", "-once", "-progress")
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, "\nshop  not finished\n0 notifications delivered; time: 1s\n")
	assert.True(t, strings.HasSuffix(r.stderr,
		"\ninterrupted; what is uploaded stays, and the next run goes on from there\n"), r.stderr)
	assert.Equal(t, 1, strings.Count(r.stderr, "interrupted"), "it is said once")
}

// tripwire calls trip when a text is written to it.
type tripwire struct {
	bytes.Buffer
	text string
	trip func()
}

func (w *tripwire) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(w.text)) {
		w.trip()
	}
	return w.Buffer.Write(p)
}

func TestRun_InterruptedDuringDelivery(t *testing.T) {
	s := newSite(t, serve(t, known, stranger), shop)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stderr := &tripwire{text: "msg=notification", trip: stop}
	p := &app{stdout: bufio.NewWriter(io.Discard), stderr: stderr, env: s.env, errorColumns: func() int { return 0 }}
	assert.Equal(t, exitFailure, p.main(ctx, []string{"run", "-once", "-config", s.config}))
	assert.Equal(t, 1, strings.Count(stderr.String(), "interrupted"), stderr)
	assert.NotContains(t, stderr.String(), "canceled")
	s.ok("run", "-once")
	assert.Equal(t, []any{"delivered", "delivered", "delivered"}, column(lines(t, s.ok("notifications")), "state"))
}
