package integration

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/mailgen"
)

// messagesOf returns how many messages the tests of the collector generate. With the
// environment variable POSTROOM_MESSAGES, they have the sizes of a real mailbox.
func messagesOf(t *testing.T, usual int) (messages int, scale float64) {
	if v := os.Getenv("POSTROOM_MESSAGES"); v != "" {
		n, err := strconv.Atoi(v)
		require.NoError(t, err, "POSTROOM_MESSAGES is a number of messages")
		return n, 1
	}
	return usual, 0.1
}

// TestCollector_EveryMessageHasAnOutcome runs the collector on a whole mailbox,
// compares the uploaded bytes with those on the server, and runs it again.
func TestCollector_EveryMessageHasAnOutcome(t *testing.T) {
	t.Parallel()
	messages, scale := messagesOf(t, 300)
	s := newScene(t, nil)
	truths := s.deliver(mailgen.Options{Seed: 11, Messages: messages, Scale: scale})
	want := expected(truths)
	server := s.onServer()
	for protocol, port := range map[string]int{"imap": s.server.Ports().IMAPS, "pop3": s.server.Ports().POP3S} {
		t.Run(protocol, func(t *testing.T) {
			p := newProgram(t, s.server.CAFile(), settings([]string{"accounts:"},
				accountLines("shop", protocol, s.server.Host(), port, "create_customer: true",
					"notify_manager: true", "manager_group: support", "initial_notifications: each", "initial_age: 0"),
				managerLines("free", "free", "lunch", "busy", "offline"))...)
			p.must("run", "-once")

			report := p.report()
			assert.Equal(t, messages, report.total(), "every message has an outcome")
			assert.Equal(t, want.customers, report.CustomersCreated)
			assert.Len(t, report.Assignments, 2, "only the free managers")
			assert.LessOrEqual(t, abs(report.Assignments["m1"]-report.Assignments["m2"]), 1)
			emails, notifications := p.lines("emails"), p.lines("notifications")
			assert.Len(t, emails, report.Emails)
			assert.Equal(t, messages-want.outcomes["unmatched"], report.Emails)
			assert.Len(t, notifications, want.customers+report.Emails)
			checkOrder(t, notifications)

			sums := slices.Collect(maps.Values(server))
			for _, e := range emails {
				sum := sha256.Sum256([]byte(p.must("raw", e.ID)))
				got := hex.EncodeToString(sum[:])
				if protocol == "imap" {
					uid, _ := e.UID.(float64)
					require.Equal(t, server[uint32(uid)], got, e.ID)
				} else {
					require.Contains(t, sums, got, e.ID)
				}
			}

			all := func() []string {
				return []string{p.must("emails"), p.must("ledger", "-account", "shop"), p.must("notifications")}
			}
			before := all()
			p.must("run", "-once")
			assert.Equal(t, before, all(), "a second run changes nothing")
			t.Logf("%d messages: %d emails, outcomes %v, assignments %v, notifications %v", messages, report.Emails,
				report.Accounts[0].Outcomes, report.Assignments, report.Notifications)
		})
	}
	assert.Equal(t, server, s.onServer(), "the server has all its mail")
}

// checkOrder checks that the manager of each new customer is notified first of the
// customer and then of the email.
func checkOrder(t *testing.T, notifications []printed) {
	t.Helper()
	assigned := make(map[string]string)
	for _, n := range notifications {
		assert.Equal(t, "delivered", n.State)
		switch n.Kind {
		case "customer_assigned":
			assert.NotContains(t, assigned, n.Customer)
			assigned[n.Customer] = n.Manager
		case "incoming_email":
			assert.Equal(t, assigned[n.Customer], n.Manager, "the assignment is notified first")
		default:
			t.Errorf("unknown kind %q", n.Kind)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// TestCollector_DeletesOnlyUploaded runs the collector without the creation of
// customers.
func TestCollector_DeletesOnlyUploaded(t *testing.T) {
	messages, scale := messagesOf(t, 300)
	o := mailgen.Options{Seed: 12, Messages: messages, Senders: messages/3 + 2, Scale: scale}
	customers, known := []string{"customers:"}, make(map[string]bool)
	for i, address := range mailgen.New(o).Senders() {
		if i%2 == 0 && len(known) < 300 {
			known[address] = true
			customers = append(customers, fmt.Sprintf("  - {email: %q, shop: main}", address))
		}
	}
	for _, protocol := range []string{"imap", "pop3"} {
		t.Run(protocol, func(t *testing.T) {
			s := newScene(t, nil)
			port := map[string]int{"imap": s.server.Ports().IMAPS, "pop3": s.server.Ports().POP3S}[protocol]
			truths := s.deliver(o)
			left := s.onServer()
			for i, truth := range truths {
				if known[truth.From] {
					delete(left, uint32(i+1))
				}
			}
			p := newProgram(t, s.server.CAFile(), settings([]string{"accounts:"},
				accountLines("shop", protocol, s.server.Host(), port, "create_customer: false",
					"delete_uploaded: true"), customers)...)
			p.must("run", "-once")
			assert.Equal(t, left, s.onServer(), "only uploaded messages are deleted")
			report := p.report()
			assert.Equal(t, messages, report.total())
			assert.Equal(t, map[string]int{"uploaded": messages - len(left), "unmatched": len(left)},
				nonZero(report.Accounts[0].Outcomes))
			for _, e := range p.lines("emails") {
				require.True(t, known[e.From], e.From)
			}
			p.must("run", "-once")
			assert.Equal(t, report, p.report(), "a second run changes nothing")
			t.Logf("%d messages, %d known customers: %v", messages, len(known), nonZero(report.Accounts[0].Outcomes))
		})
	}
}

func nonZero(counts map[string]int) map[string]int {
	counts = maps.Clone(counts)
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
	return counts
}

// TestCollector_ReportsBrokenAccounts breaks accounts in several ways. Each of them is
// reported on a line, and the correct account is collected.
func TestCollector_ReportsBrokenAccounts(t *testing.T) {
	s := newScene(t, nil)
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "hello")))
	ports, host := s.server.Ports(), s.server.Host()
	p := newProgram(t, s.server.CAFile(), settings([]string{"accounts:"},
		accountLines("password", "imap", host, ports.IMAPS), accountLines("password-pop3", "pop3", host, ports.POP3S),
		accountLines("host", "imap", "no-such-host.invalid", 993), accountLines("port", "imap", host, freePort(t)),
		accountLines("folder", "imap", host, ports.IMAPS, "folders: [Reklamationen]"),
		accountLines("good", "imap", host, ports.IMAPS, "create_customer: true"))...)
	text, err := os.ReadFile(p.config())
	require.NoError(t, err)
	broken := strings.Replace(string(text), password, "hunter2", 2) // of the first two
	require.NoError(t, os.WriteFile(p.config(), []byte(broken), 0o600))

	code, _, complaint := p.run("run", "-once")
	assert.Equal(t, 1, code)
	t.Log(complaint)
	for id, says := range map[string]string{
		"password": "password", "password-pop3": "password",
		"host": "no-such-host.invalid", "port": "port", "folder": "Reklamationen",
	} {
		line := lineWith(complaint, "account "+id+":")
		assert.Contains(t, line, says, id)
		assert.Contains(t, line, "; ", "%s: the line has a hint", id)
	}
	assert.NotContains(t, complaint, "hunter2")
	assert.Equal(t, 1, p.report().Emails, "the correct account is collected")

	var eleven []string
	for i := range 11 {
		eleven = append(eleven, accountLines(fmt.Sprint("shop", i), "imap", host, ports.IMAPS)...)
	}
	for name, c := range map[string]struct {
		lines []string
		says  []string
	}{
		"an eleventh account": {settings([]string{"accounts:"}, eleven), []string{"10"}},
		"unknown keys": {settings([]string{"accounts:"},
			accountLines("shop", "imap", host, ports.IMAPS, "color: red"), []string{"weather: fine"}),
			[]string{"color", "weather", "11", "12"}},
		"plaintext on a public server": {settings([]string{"allow_private_networks: false", "accounts:"},
			accountLines("shop", "imap", "imap.example.com", 143, "security: none")), []string{"security"}},
		"a variable that is not set": {settings([]string{"accounts:"},
			accountLines("shop", "imap", host, 993, "name: ${POSTROOM_NO_SUCH_VARIABLE}")),
			[]string{"POSTROOM_NO_SUCH_VARIABLE"}},
		"a protocol that does not exist": {settings([]string{"accounts:"}, accountLines("shop", "smtp", host, 993)),
			[]string{"protocol", "imap"}},
	} {
		t.Run(name, func(t *testing.T) {
			p.write(c.lines...)
			text, err := os.ReadFile(p.config())
			require.NoError(t, err)
			if strings.Count(string(text), "allow_private_networks") > 1 {
				once := strings.Replace(string(text), "allow_private_networks: true\n", "", 1)
				require.NoError(t, os.WriteFile(p.config(), []byte(once), 0o600))
			}
			code, out, complaint := p.run("run", "-once")
			t.Log(complaint)
			assert.Equal(t, 2, code)
			assert.Empty(t, out)
			for _, says := range c.says {
				assert.Contains(t, complaint, says)
			}
			assert.NotContains(t, complaint, password)
		})
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// TestCollector_RunUploadsUntilStopped also checks that the collector stops cleanly.
func TestCollector_RunUploadsUntilStopped(t *testing.T) {
	s := newScene(t, nil)
	p := newProgram(t, s.server.CAFile(), settings([]string{"accounts:"},
		accountLines("shop", "imap", s.server.Host(), s.server.Ports().IMAPS, "create_customer: true", "start: now",
			"interval: 1s"))...)
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "old")))
	cmd := p.command("run")
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		code, _, _ := p.run("report")
		return code == 0 && p.report().total() == 1
	}, eventually, tick)
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "new")))
	require.Eventually(t, func() bool { return p.report().Emails == 1 }, eventually, tick)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		assert.NoError(t, err, "a clean stop")
	case <-time.After(eventually):
		require.NoError(t, cmd.Process.Kill())
		t.Fatal("the collector does not stop")
	}
	assert.Equal(t, 1, p.report().Emails, "mail from before the start is not uploaded")
}
