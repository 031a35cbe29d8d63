package cli

import (
	"crypto/tls"
	"database/sql"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// mailServer serves three messages.
func mailServer(t *testing.T, protocol inbound.Protocol, o *inboundtest.ServerOptions) inbound.Account {
	t.Helper()
	box := inboundtest.NewMailbox()
	for i := range 3 {
		box.Deliver(fmt.Appendf(nil, "Subject: %d\r\n\r\nHello\r\n", i))
	}
	box.DeliverTo("Sent\x1b[31m")
	server := box.ServeIMAP
	if protocol == inbound.POP3 {
		server = box.ServePOP3
	}
	return server(t, o).Account("shop")
}

// settingsOf are the settings of accounts, with more keys for each.
func settingsOf(more string, accounts ...inbound.Account) string {
	text := "database: sqlite:DATABASE\nallow_private_networks: true\naccounts:\n"
	for _, a := range accounts {
		text += fmt.Sprintf("  - {id: %s, shop: main, protocol: %s, host: %s, port: %d, security: %s, username: %s,"+
			" password: \"${PASSWORD}\", create_customer: true%s}\n",
			a.ID, a.Protocol, a.Host, a.Port, a.Security, a.Username, more)
	}
	return text
}

// checked runs check on the terminal, where all is in order and the database is not
// there yet. It returns what follows the lines of the settings file, whose paths are of
// any length.
func (s *site) checked() string {
	s.t.Helper()
	before, after, _ := strings.Cut(s.ok("check"), "\n\n")
	assert.Equal(s.t, s.config+" ✓ database "+s.database+" is not there yet; run creates it",
		strings.Join(strings.Fields(before), " "))
	return after
}

// terminalSite is a site whose standard output and error are a terminal without colors.
func terminalSite(t *testing.T, settings string) *site {
	s := newSite(t, &mailbox{}, settings)
	s.columns, s.terminal, s.onScreen = 100, "dumb", true
	return s
}

// team are the settings of managers.
const team = "managers: [{id: m1, groups: [support]}]\n"

var plainServer = &inboundtest.ServerOptions{Security: inbound.Plain}

func TestCheckScreen_AllInOrder(t *testing.T) {
	a := mailServer(t, inbound.IMAP, plainServer)
	s := terminalSite(t, settingsOf(`, name: "Main\e[31m shop", manager_group: support`, a)+team)
	want := fmt.Sprintf(`Main\x1b[31m shop (shop): imap at 127.0.0.1
  ✓ connection   127.0.0.1, port %d
  ! encryption   none (security: none); others on the network can read the password
  ✓ login        as shop@example.com, by password
  ✓ folders      INBOX; not collected from: Sent\x1b[31m
  ✓ messages     3 on the server
    start        each is looked at once, those of customers and of new people who write are uploaded
                 (start: all)
`, a.Port)
	assert.Equal(t, want, s.checked())
	assert.NoFileExists(t, s.database)

	a = mailServer(t, inbound.POP3, plainServer)
	s = terminalSite(t, settingsOf(", start: now, active: false, manager_group: support", a)+team)
	want = fmt.Sprintf(`shop: pop3 at 127.0.0.1
  ! inactive     run does not collect from this account (active: false)
  ✓ connection   127.0.0.1, port %d
  ! encryption   none (security: none); others on the network can read the password
  ✓ login        as shop@example.com, by password
  ✓ messages     3 on the server, 63 bytes
    start        they are left where they are; only what arrives from the first run on is looked at
                 (start: now)
`, a.Port)
	assert.Equal(t, want, s.checked())
}

func TestCheckScreen_SettingsToKnow(t *testing.T) {
	a := mailServer(t, inbound.IMAP, plainServer)
	b := a
	b.ID = "b"
	s := terminalSite(t, settingsOf(`, manager_group: "suport\e[31m", mark_seen: true`, a, b)+
		"managers:\n- {id: m1, groups: [support]}\n- {id: m2, groups: [sales]}\n")
	out := s.checked()
	assert.Equal(t, 2, strings.Count(out, `
  ! managers     nobody is in group "suport\x1b[31m"; new customers wait; the groups are sales,
                 support
`), out)
	for _, id := range []string{"b", "shop"} {
		assert.Contains(t, out, "\n  ! mailbox      collects the same mailbox as account "+id+
			"; each of them uploads its messages\n")
	}
	assert.Contains(t, out, "\n    marking      uploaded mail is marked as read on the server (mark_seen: true)\n")
	assert.NotContains(t, out, "deletion")
	assert.NotContains(t, out, "! customers")

	s.write(&mailbox{}, strings.ReplaceAll(settingsOf(", delete_uploaded: true, delete_after: 30d", a),
		"create_customer: true", "create_customer: false"))
	out = s.checked()
	assert.Contains(t, out, "\n  ! customers    mail of unknown senders is not uploaded (create_customer: false)\n")
	assert.Contains(t, out, "\n  ! deletion     uploaded mail is deleted from the server after 30 days"+
		" (delete_uploaded: true)\n")
}

func TestCheckScreen_StartInTheFuture(t *testing.T) {
	s := terminalSite(t, settingsOf(", start: 2999-01-31", mailServer(t, inbound.IMAP, plainServer)))
	out := s.checked()
	assert.Contains(t, out, "\n  ! start        2999-01-31 is in the future; what arrives before is left where it is\n")
	assert.Equal(t, 1, strings.Count(out, " start "), out)
}

// What the first run does to managers is said before it, and not again after it.
func TestCheckScreen_NotificationsOfFirstRun(t *testing.T) {
	box := serve(t, known, stranger)
	s := newSite(t, box, shop)
	s.columns, s.terminal = 100, "dumb"
	const want = "\n" +
		"  ! managers     the first run notifies them of each message that it uploads, of the 2 (start: now,\n" +
		"                 or a date, keeps old mail out)\n"
	assert.Contains(t, s.ok("check"), want)
	s.write(box, strings.Replace(shop, "notify_manager: true", "start: now\n    notify_manager: true", 1))
	assert.NotContains(t, s.ok("check"), "managers")
	s.write(box, shop)
	s.ok("run", "-once")
	before, err := os.ReadFile(s.database)
	require.NoError(t, err)
	assert.NotContains(t, s.ok("check"), "managers", "the database knows the account")
	after, err := os.ReadFile(s.database)
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing in it is changed")
	s.write(box, strings.Replace(shop, "id: shop", "id: other", 1))
	assert.Contains(t, s.ok("check"), want, "it does not know this one")
	after, err = os.ReadFile(s.database)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestCheckScreen_DatabaseIsNotMigrated(t *testing.T) {
	box := serve(t, known)
	s := newSite(t, box, shop)
	s.columns, s.terminal = 100, "dumb"
	db, err := sql.Open("sqlite", s.database)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "CREATE TABLE other (name TEXT)")
	require.NoError(t, err)
	assert.NotContains(t, s.ok("check"), "managers", "nobody knows")
	var tables int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_master").Scan(&tables))
	assert.Equal(t, 1, tables)
}

func TestCheckScreen_Colors(t *testing.T) {
	s := terminalSite(t, settingsOf("", mailServer(t, inbound.IMAP, plainServer)))
	assert.NotContains(t, s.ok("check"), "\x1b", "a terminal without any")
	s.terminal = ""
	colored := s.ok("check")
	assert.Contains(t, colored, "\x1b[32m✓\x1b[0m")
	assert.Contains(t, colored, "connecting ...\r\x1b[K  ")
	s.noColor = "1"
	assert.NotContains(t, s.ok("check"), "m✓")
}

// Where standard error is no terminal, as in "check 2>check.log", it has its lines.
func TestCheckScreen_FailuresOnRedirectedStandardError(t *testing.T) {
	good := mailServer(t, inbound.IMAP, plainServer)
	bad, worse := good, good
	good.ID, bad.ID, bad.Port, worse.ID, worse.Port = "good", "bad", 1, "worse", 1
	s := terminalSite(t, settingsOf("", bad, good, worse))
	s.onScreen = false
	r := s.run(t)
	assert.Equal(t, exitFailure, r.code)
	assert.Regexp(t, `^account bad: connect: .+; .+\naccount worse: connect: .+; .+\n$`, r.stderr)
	assert.True(t, strings.HasSuffix(r.stdout, "\n\n3 accounts: 1 in order, 2 failed (bad, worse)\n"), r.stdout)
}

func TestCheckScreen_SeveralAccounts(t *testing.T) {
	good := mailServer(t, inbound.IMAP, plainServer)
	bad := good
	good.ID, bad.ID, bad.Port = "good", "bad", 1
	r := terminalSite(t, settingsOf("", bad, good)).run(t)
	assert.Equal(t, exitFailure, r.code)
	assert.Empty(t, r.stderr)
	assert.Contains(t, r.stdout, "\n\ngood: imap at")
	assert.True(t, strings.HasSuffix(r.stdout, "\n\n2 accounts: 1 in order, 1 failed (bad)\n"), r.stdout)
	out := terminalSite(t, settingsOf("", good)).ok("check")
	assert.NotContains(t, out, "accounts:")
	other := good
	other.ID = "other"
	assert.Contains(t, terminalSite(t, settingsOf("", good, other)).ok("check"), "\n2 accounts: all in order\n")
}

// run runs check.
func (s *site) run(t *testing.T) result {
	t.Helper()
	return s.do("check", "-config", s.config)
}

// tlsListener accepts TLS with a certificate for these names that signs itself.
func tlsListener(t *testing.T, names ...string) inbound.Account {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{selfSigned(t, names...)}})
	require.NoError(t, err)
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // the client refuses the certificate
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, l.Close())
		<-served
	})
	return inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "127.0.0.1", Username: "shop@example.com",
		Port: l.Addr().(*net.TCPAddr).Port, Security: inbound.TLS}
}

func TestCheck_Failures(t *testing.T) {
	faults := func(verb, answer string) *inboundtest.ServerOptions {
		return &inboundtest.ServerOptions{Security: inbound.Plain,
			Faults: inboundtest.Faults{Instead: map[string]string{verb: answer}}}
	}
	plain := mailServer(t, inbound.IMAP, plainServer)
	change := func(f func(*inbound.Account)) inbound.Account {
		a := plain
		f(&a)
		return a
	}
	pop3 := mailServer(t, inbound.POP3, plainServer)
	pop3.Protocol = inbound.IMAP
	const reached, loggedIn = 1, 2
	for name, c := range map[string]struct {
		account  inbound.Account
		more     string
		password string
		far      int
		cause    string
		line     string // of the screen
		hint     string
	}{
		"unknown host": {account: change(func(a *inbound.Account) { a.Host = strings.Repeat("x", 64) + ".example" }),
			cause: "settings", line: "✗ name         xxxxxxxx", hint: "there is no host of that name"},
		"closed port": {account: change(func(a *inbound.Account) { a.Port = 1 }),
			cause: "unavailable", line: "✗ connection   dial tcp 127.0.0.1:1: ", hint: "nothing listens on that port"},
		"TLS to a plain port": {account: change(func(a *inbound.Account) { a.Security = inbound.TLS }),
			far: reached, cause: "settings", line: "✗ encryption   tls: first record does not look like a TLS handshake",
			hint: "check port and security"},
		"certificate that signs itself": {account: tlsListener(t, "127.0.0.1"),
			far: reached, cause: "settings", line: "✗ certificate  x509: certificate signed by unknown authority\n" +
				"                 the certificate is for 127.0.0.1; issued by itself; valid until ",
			hint: "if it is a private one, set ca_file at the top of "},
		"certificate of a different name": {account: tlsListener(t, "mail.example.com", "\x1b[31m"),
			far: reached, cause: "settings", line: `the certificate is for mail.example.com, \x1b[31m; issued by itself;`,
			hint: "set the host to a name that the certificate has"},
		"wrong password": {account: plain, password: "hunter2", far: reached,
			cause: "credentials", line: `✗ login        the server answers NO `, hint: "check the username and the password"},
		"missing folder": {account: plain, more: ", folders: [INBOX, Orders]", far: reached | loggedIn,
			cause: "folder", line: "✗ folders      Orders: the server answers NO ", hint: "check the folder's name"},
		"different protocol": {account: pop3, far: reached, cause: "settings",
			line: "✗ greeting     the server does not speak IMAP: \"+OK ", hint: "check host, port and security"},
		"locked maildrop": {account: mailServer(t, inbound.POP3, faults("PASS", "-ERR [IN-USE] locked")), far: reached,
			cause: "unavailable", line: `✗ login        the server refused: "[IN-USE] locked"`,
			hint: "another program has the mailbox open"},
		"maildrop that cannot be counted": {account: mailServer(t, inbound.POP3, faults("STAT", "-ERR broken")),
			far: reached | loggedIn, cause: "unavailable", line: `✗ messages     the server refused: "broken"`,
			hint: "the server has trouble"},
	} {
		t.Run(name, func(t *testing.T) {
			s := terminalSite(t, settingsOf(c.more, c.account))
			if c.password != "" {
				s.password = c.password
			}
			r := s.run(t)
			assert.Equal(t, exitFailure, r.code)
			assert.Empty(t, r.stderr, "nothing is said twice")
			assert.Contains(t, r.stdout, c.line)
			assert.Equal(t, 1, strings.Count(r.stdout, "✗"))
			assert.Equal(t, 1, strings.Count(r.stdout, "→"))
			assert.Contains(t, strings.Join(strings.Fields(r.stdout), " "), c.hint)
			assert.Equal(t, c.far&reached != 0, strings.Contains(r.stdout, "✓ connection"))
			assert.Equal(t, c.far&loggedIn != 0, strings.Contains(r.stdout, "✓ login"))
			assert.NotContains(t, r.stdout, "\x1b")
			assert.NotContains(t, r.stdout, "hunter2")

			s.columns, s.onScreen = 0, false
			r = s.run(t)
			assert.Equal(t, exitFailure, r.code)
			line := lines(t, r.stdout)[0]
			assert.Equal(t, []any{false, c.far&reached != 0, false, c.far&loggedIn != 0, c.cause},
				pick(line, "ok", "reachable", "encrypted", "logged_in", "cause"))
			assert.Contains(t, line["hint"], c.hint)
			assert.Equal(t, 1, strings.Count(r.stderr, "\n"), r.stderr)
		})
	}
}
