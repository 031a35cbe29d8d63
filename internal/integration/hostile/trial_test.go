package hostile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

const (
	passLimit = 10 * time.Minute // of a pass, in the time of the bubble
	realLimit = 30 * time.Second // of a case
	oneHeap   = 64 << 20         // objects and stacks, with one server
	tenHeap   = 96 << 20         // with ten
	largest   = 8 << 20          // bytes of a message: the store of the test is in memory
	stopHeap  = 400 << 20        // the case ends, before it takes the whole machine's memory
	maxText   = 800              // bytes of an error, and of what is recorded
)

// trial is one pass over hostile servers, each with an account of its own.
type trial struct {
	servers []*hostile
	heap    uint64 // most

	sent        atomic.Int64 // bytes, of all servers
	mu          sync.Mutex
	open        map[net.Conn]bool
	connections int
	bad         []string // what the servers have noticed
}

// failed is called by a server that has done more than a client may bear.
func (tr *trial) failed(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.bad = append(tr.bad, fmt.Sprintf(format, args...))
}

func (tr *trial) opened(c net.Conn) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.open[c] = true
	tr.connections++
}

func (tr *trial) closed(c net.Conn) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	delete(tr.open, c)
	_ = c.Close() // the client may have closed it
}

// run makes the pass, in a process of its own.
func (tr *trial) run(t *testing.T) {
	debug.SetMaxStack(64 << 20)
	peak, stop := watch()
	began := time.Now()
	var report string
	defer func() { // synctest.Test does not return if the pass has failed
		took := time.Since(began)
		stop()
		runtime.GC()
		assert.LessOrEqual(t, peak.Load(), tr.heap, "bytes of heap and stacks, at most")
		const mebi = 1 << 20
		fmt.Printf("%s%s, %.1f s real, %.1f MiB sent, heap at most %.1f MiB, %.1f after\n", measuredPrefix, report,
			took.Seconds(), float64(tr.sent.Load())/mebi, float64(peak.Load())/mebi, float64(inUse())/mebi)
	}()
	synctest.Test(t, func(t *testing.T) { report = tr.pass(t) })
}

// watch measures the heap from outside of the bubble until stop is called. It ends
// the process if that takes too much memory or time.
func watch() (peak *atomic.Uint64, stop func()) {
	peak = new(atomic.Uint64)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		every := time.NewTicker(2 * time.Millisecond)
		defer every.Stop()
		for limit := time.After(realLimit); ; {
			now := inUse()
			peak.Store(max(peak.Load(), now))
			if now > stopHeap {
				fmt.Printf("the heap has %d MiB\n", now>>20)
				os.Exit(3)
			}
			select {
			case <-limit:
				fmt.Printf("no end after %v of real time\n%s", realLimit, busy())
				os.Exit(4)
			case <-end:
				return
			case <-every.C:
			}
		}
	}()
	return peak, func() { close(end); <-ended }
}

// busy returns the stacks of the goroutines of the bubble that are not waiting.
func busy() (found string) {
	stacks := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if first, _, _ := strings.Cut(stack, "\n"); strings.Contains(first, "synctest bubble") &&
			!strings.Contains(first, "durable") {
			found += stack + "\n\n"
		}
	}
	return found
}

// inUse returns the bytes of the heap's objects, garbage included, and of stacks.
func inUse() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"},
	}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// pass makes the pass and judges it. A goroutine that is left fails the bubble.
func (tr *trial) pass(t *testing.T) (report string) {
	tr.open = make(map[net.Conn]bool)
	store, managers := memstore.New(), memstore.NewManagers()
	managers.Put(assign.Manager{ID: "m1", Status: assign.Free}, "support")
	secrets := inbound.StaticCredentials{}
	var accounts []inbound.Account
	var limit time.Duration
	for i, h := range tr.servers {
		h.trial = tr
		limit = max(limit, h.limit)
		a := h.account(fmt.Sprint("shop", i))
		accounts = append(accounts, a)
		secrets[a.ID] = h.secrets()
	}
	network := inbound.NetworkPolicy{AllowPlaintext: true}
	syncer, err := inbound.New(inbound.Config{
		Accounts: accounts, Credentials: secrets,
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: network}),
			inbound.POP3: pop3fetch.New(&pop3fetch.Options{Network: network}),
		},
		Store: store, CustomerRepo: memstore.NewCustomers(), ManagerDirectory: managers,
		Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(), Limits: inbound.Limits{MessageBytes: largest},
	})
	require.NoError(t, err)

	ctx := context.WithValue(t.Context(), pipes{}, func(address string) (net.Conn, error) {
		for _, h := range tr.servers {
			if strings.HasPrefix(address, h.host+":") {
				return h.dial(), nil
			}
		}
		return nil, errors.New("no such server: " + address)
	})
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := time.Now()
	ended := make([]error, len(accounts))
	var all sync.WaitGroup
	for i, a := range accounts {
		all.Go(func() {
			if tr.servers[i].checked {
				result, err := syncer.Check(ctx, a.ID)
				_, ended[i] = result, err
				return
			}
			_, ended[i] = syncer.Sync(ctx, a.ID)
		})
	}
	all.Wait()
	took := time.Since(began)
	synctest.Wait()
	tr.mu.Lock()
	assert.Empty(t, tr.open, "connections that are left open")
	for c := range tr.open {
		_ = c.Close() // so that the bubble can end
	}
	tr.mu.Unlock()
	synctest.Wait()

	assert.Less(t, took, limit, "the time of the pass")
	for i, h := range tr.servers {
		h.judge(t, ended[i])
		rows, err := store.Entries(t.Context(), accounts[i].ID, "", inbound.SourceID{}, 100_000)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(rows), h.rows, "records in the ledger")
		for _, row := range rows[:min(len(rows), 10)] {
			expectText(t, row.Key+row.Reason)
		}
	}
	for _, what := range tr.bad {
		t.Error(what)
	}
	return fmt.Sprintf("%v, %d connections, error %.300q", took, tr.connections, fmt.Sprint(ended[0]))
}

// judge checks how a pass over one server has ended.
func (h *hostile) judge(t *testing.T, err error) {
	t.Helper()
	assert.True(t, h.attacked.Load(), "%s: the step of the attack was never reached", h.name)
	if err == nil {
		assert.True(t, h.bearable, "%s: the pass has succeeded", h.name)
		return
	}
	var e *inbound.Error
	if assert.ErrorAs(t, err, &e) {
		classes := []error{inbound.ErrAuth, inbound.ErrThrottled, inbound.ErrTemporary, inbound.ErrPermanent}
		hasClass := func(class error) bool { return errors.Is(err, class) }
		assert.True(t, slices.ContainsFunc(classes, hasClass), "no class: %v", err)
	}
	expectText(t, err.Error())
}

// expectText checks a text in which a server may have had a part.
func expectText(t *testing.T, text string) {
	t.Helper()
	assert.LessOrEqual(t, len(text), maxText, "bytes of %q", text)
	i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	assert.Negative(t, i, "where %q has a character that controls a terminal", text)
}
