package transcript_test

import (
	"cmp"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/selfsigned"
	"github.com/postroom/postroom/internal/transcript"
)

// maxPasses is how many passes a mailbox may take, with all that the provider refuses.
const maxPasses = 15

// TestSync_Transcripts collects each transcript to its end. A pass fails exactly where
// the transcript says so, and for that reason; all messages are uploaded with their bytes;
// and then nothing is uploaded any more.
func TestSync_Transcripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	providers := make(map[string]bool)
	for _, file := range files {
		tr := parse(t, file)
		providers[tr.Provider] = true
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, tr)
			passes := 0
			for done := false; !done; {
				passes++
				require.LessOrEqual(t, passes, maxPasses, "the mailbox is not collected to its end")
				done = h.pass() == nil && h.store.count(t) >= len(tr.Messages)
			}
			h.store.requireMessages(t, tr.Messages)
			report := h.passAgain()
			assert.Zero(t, report.Outcomes[inbound.Uploaded], "the second time, nothing is new")
			h.store.requireMessages(t, tr.Messages)
			assert.Empty(t, h.replayer.Unmet())
			if unknown := h.replayer.Unknown(); len(unknown) > 0 {
				t.Logf("the transcript does not know %q", unknown)
			}
			t.Logf("%s: %d passes", tr.Provider, passes)
		})
	}
	assert.GreaterOrEqual(t, len(providers), 18)
}

func parse(t *testing.T, file string) *transcript.Transcript {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	tr, err := transcript.Parse(f)
	require.NoError(t, err, file)
	return tr
}

// host is a CRM in memory with one account, whose server replays a transcript.
type host struct {
	t        *testing.T
	replayer *transcript.Replayer
	syncer   *inbound.Syncer
	store    store
}

const account = "shop"

func newHost(t *testing.T, tr *transcript.Transcript) *host {
	t.Helper()
	certificate, roots := selfsigned.Certificate(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	require.NoError(t, err)
	h := &host{t: t, replayer: transcript.Serve(l, tr), store: store{memstore.New()}}
	t.Cleanup(func() { assert.NoError(t, h.replayer.Close()) })
	secrets := inbound.Secrets{Password: "correct horse"}
	if tr.Token {
		secrets = inbound.Secrets{AccessToken: "ya29.token"}
	}
	network := inbound.NetworkPolicy{AllowPrivate: true, RootCAs: roots,
		DialTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}
	h.syncer, err = inbound.New(inbound.Config{
		Accounts: []inbound.Account{{ID: account, Protocol: inbound.Protocol(tr.Protocol), Host: "127.0.0.1",
			Port: l.Addr().(*net.TCPAddr).Port, Username: "shop@shop.example", CreateCustomer: true,
			Start: inbound.Start{Since: tr.Since}}},
		Credentials: inbound.StaticCredentials{account: secrets},
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: network}),
			inbound.POP3: pop3fetch.New(&pop3fetch.Options{Network: network}),
		},
		Store: h.store, CustomerRepo: memstore.NewCustomers(), ManagerDirectory: memstore.NewManagers(),
		Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(),
	})
	require.NoError(t, err)
	return h
}

// pass makes a pass, and checks that it fails if and only if the transcript says so. The
// pauses before messages that failed are over after it.
func (h *host) pass() error {
	h.t.Helper()
	_, err := h.syncer.Sync(h.t.Context(), account)
	means := h.replayer.Means()
	if len(means) == 0 {
		require.NoError(h.t, err)
	} else {
		cause, pause, _ := strings.Cut(means[len(means)-1], ",")
		require.Equal(h.t, cause, string(inbound.CauseOf(err)), "%v", err)
		wait, _ := time.ParseDuration(cmp.Or(pause, "0s"))
		assert.Equal(h.t, wait, inbound.RetryAfterOf(err), "%v", err)
		assert.NotContains(h.t, err.Error(), "correct horse")
	}
	h.store.retryNow(h.t)
	return err
}

// passAgain makes a pass after which nothing is to be done.
func (h *host) passAgain() inbound.Report {
	h.t.Helper()
	report, err := h.syncer.Sync(h.t.Context(), account)
	require.NoError(h.t, err)
	require.Empty(h.t, h.replayer.Means())
	return report
}

// store is the host's store.
type store struct{ *memstore.Store }

func (s store) emails(t *testing.T) []inbound.Email {
	t.Helper()
	emails, err := s.ListEmails(t.Context(), inbound.EmailFilter{}, "", 10_000)
	require.NoError(t, err)
	return emails
}

func (s store) count(t *testing.T) int { return len(s.emails(t)) }

// requireMessages checks that there is one email for each message, with the same bytes.
func (s store) requireMessages(t *testing.T, messages []transcript.Message) {
	t.Helper()
	missing := make(map[string]uint32)
	for _, m := range messages {
		missing[m.Raw] = m.UID
	}
	emails := s.emails(t)
	require.Len(t, emails, len(messages))
	for _, e := range emails {
		r, err := s.OpenRaw(t.Context(), e.ID)
		require.NoError(t, err)
		raw, err := io.ReadAll(r)
		require.NoError(t, errors.Join(err, r.Close()))
		require.Contains(t, missing, string(raw))
		delete(missing, string(raw))
	}
	require.Empty(t, missing)
}

// retryNow ends the pauses before the next attempts at messages, and that of an initial
// upload whose provider was asked for too much.
func (s store) retryNow(t *testing.T) {
	t.Helper()
	rows, err := s.Entries(t.Context(), account, inbound.Failed, inbound.SourceID{}, 1000)
	require.NoError(t, err)
	for i := range rows {
		rows[i].NextTry = rows[i].At
	}
	require.NoError(t, s.Record(t.Context(), account, rows))
	health, err := s.Health(t.Context(), account)
	require.NoError(t, err)
	health.HistoryAfter = time.Time{}
	require.NoError(t, s.SetHealth(t.Context(), account, health))
	require.NoError(t, s.SetUsage(t.Context(), account, inbound.Usage{}))
}
