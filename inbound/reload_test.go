package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// accountList is an AccountSource of accounts in memory, which tells of changes.
type accountList struct {
	mu       sync.Mutex
	accounts []inbound.Account
	changed  chan struct{}
	broken   error
}

func (l *accountList) Accounts(context.Context) ([]inbound.Account, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.accounts), l.broken
}

func (l *accountList) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

// change calls fn and tells of the change.
func (l *accountList) change(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn()
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// manyBoxes is a server with a mailbox for each user name. It counts the logins.
type manyBoxes struct {
	mu     sync.Mutex
	boxes  map[string]*inboundtest.Mailbox
	logins map[string]int
}

func newManyBoxes() *manyBoxes {
	return &manyBoxes{boxes: make(map[string]*inboundtest.Mailbox), logins: make(map[string]int)}
}

func (m *manyBoxes) box(user string) *inboundtest.Mailbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.boxes[user] == nil {
		m.boxes[user] = inboundtest.NewMailbox()
		m.boxes[user].Push = true
	}
	return m.boxes[user]
}

func (m *manyBoxes) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	box := m.box(a.Username)
	m.mu.Lock()
	m.logins[a.ID]++
	m.mu.Unlock()
	return box.Open(ctx, a, login)
}

// counts returns the logins so far.
func (m *manyBoxes) counts() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.logins)
}

// sourced returns a host whose accounts come from a list.
func sourced(t *testing.T) (*host, *accountList, *manyBoxes) {
	h, list, boxes := newHost(t), &accountList{}, newManyBoxes()
	h.fetcher, h.config.AccountSource = boxes, list
	return h, list, boxes
}

// allSubjects returns the subjects of the emails of all accounts.
func (h *host) allSubjects() (subjects []string) {
	h.t.Helper()
	list, err := h.store.ListEmails(h.t.Context(), inbound.EmailFilter{}, "", 1000)
	require.NoError(h.t, err)
	for _, e := range list {
		subjects = append(subjects, e.Subject)
	}
	return subjects
}

// While accounts are added, changed, paused and removed in any order, nothing is lost or
// done twice, and the connections of the others stay.
func TestRun_AccountsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, list, boxes := sourced(t)
		h.config.Limits.MaxAccounts = 100
		random := rand.New(rand.NewPCG(1, 2))
		next := 0
		add := func() string {
			next++
			a := h.sibling(fmt.Sprint("account", next))
			list.accounts = append(list.accounts, a)
			return a.ID
		}
		list.change(func() {
			for range 10 {
				add()
			}
		})
		stop := h.run(h.syncerOf())
		elapse(5 * time.Second)
		sent := 0
		deliver := func() {
			for i := range next {
				sent++
				boxes.box(fmt.Sprintf("account%d@shop.example", i+1)).Deliver(
					mail(fmt.Sprintf("c%d@buyer.example", sent), fmt.Sprint("mail ", sent)))
			}
		}
		steps := slices.Concat(slices.Repeat([]string{"add"}, 10), slices.Repeat([]string{"change"}, 5),
			slices.Repeat([]string{"remove"}, 5), slices.Repeat([]string{"pause"}, 3))
		random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		var removed []inbound.Account
		for _, step := range steps {
			elapse(time.Duration(random.IntN(3000)) * time.Millisecond)
			deliver()
			before, touched := boxes.counts(), ""
			list.change(func() {
				at := random.IntN(len(list.accounts))
				switch touched = list.accounts[at].ID; step {
				case "add":
					touched = add()
				case "change":
					list.accounts[at].Name = fmt.Sprint("renamed ", next)
				case "pause":
					list.accounts[at].Paused = true
				case "remove":
					removed = append(removed, list.accounts[at])
					list.accounts = slices.Delete(list.accounts, at, at+1)
				}
			})
			elapse(3 * time.Second)
			for id, n := range boxes.counts() {
				if id != touched {
					assert.Equal(t, before[id], n, "%s of %s reopened %s", step, touched, id)
				}
			}
		}
		list.change(func() { // all that were removed or paused come back
			list.accounts = append(list.accounts, removed...)
			for i := range list.accounts {
				list.accounts[i].Paused = false
			}
		})
		elapse(time.Minute)
		stop()
		subjects := h.allSubjects()
		assert.Len(t, subjects, sent)
		slices.Sort(subjects)
		assert.Len(t, slices.Compact(subjects), sent)
		for user := range boxes.boxes {
			assert.Zero(t, boxes.box(user).Sessions())
		}
	})
}

// An account that cannot run is said to be misconfigured, and the others go on; so they do
// while the source fails.
func TestRun_BadAccountOfASource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, list, boxes := sourced(t)
		var log logLines
		h.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
		h.config.Operators = []string{"ops"}
		good, bad := h.sibling("good"), h.sibling("bad")
		bad.Port = 70_000
		list.accounts = []inbound.Account{bad, good}
		s := h.syncerOf()
		stop := h.run(s)
		elapse(time.Minute)
		boxes.box(good.Username).Deliver(mail("iris@example.com", "one"))
		elapse(time.Second)
		assert.Len(t, h.allSubjects(), 1)
		assert.Contains(t, log.String(), "port 70000 is not between 1 and 65535")
		health, err := h.store.Health(t.Context(), "bad")
		require.NoError(t, err)
		assert.Equal(t, inbound.HealthMisconfigured, health.State)
		assert.Contains(t, health.LastError, "port 70000")
		assert.Equal(t, notify.AccountBroken, h.notified.list[0].Kind)
		_, err = s.Sync(t.Context(), "bad")
		assert.Equal(t, inbound.CauseSettings, inbound.CauseOf(err))
		assert.Len(t, inbound.FieldErrors(err), 1)

		list.change(func() { list.broken = errors.New("the database is down") })
		elapse(time.Minute)
		require.ErrorContains(t, s.Reload(t.Context()), "the database is down")
		boxes.box(good.Username).Deliver(mail("iris@example.com", "two"))
		elapse(time.Second)
		assert.Len(t, h.allSubjects(), 2)

		boxes.box(bad.Username).Deliver(mail("iris@example.com", "three"))
		list.change(func() { list.broken, list.accounts[0].Port = nil, 0 })
		elapse(time.Second)
		assert.Len(t, h.allSubjects(), 3)
		assert.Equal(t, map[string]int{"good": 1, "bad": 1}, boxes.counts())
		assert.Equal(t, notify.AccountRecovered, h.notified.list[len(h.notified.list)-1].Kind)
		stop()
	})
}

// slowList is an AccountSource that takes a second to answer.
type slowList struct {
	accountList
	asked atomic.Int32
}

func (l *slowList) Accounts(ctx context.Context) ([]inbound.Account, error) {
	l.asked.Add(1)
	if err := waitFor(ctx, time.Second); err != nil {
		return nil, err
	}
	return l.accountList.Accounts(ctx)
}

// However many ask for the accounts to be read again, as when a process takes over those of
// another, each gets a reading that has begun after it asked, and there are no more than that
// takes.
func TestReload_OneReadingForManyWhoAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		list := &slowList{}
		h.config.AccountSource = list
		s := h.syncerOf()
		var all sync.WaitGroup
		reload := func() { assert.NoError(t, s.Reload(t.Context())) }
		all.Go(reload)
		elapse(time.Second / 2)
		list.change(func() { list.accounts = []inbound.Account{h.sibling("late")} })
		for range 100 {
			all.Go(reload)
		}
		gone, cancel := context.WithCancel(t.Context())
		all.Go(func() { assert.ErrorIs(t, s.Reload(gone), context.Canceled) })
		synctest.Wait()
		cancel()
		all.Wait()
		assert.EqualValues(t, 2, list.asked.Load())
		_, err := s.Sync(t.Context(), "late")
		require.NoError(t, err)
		require.NoError(t, s.Reload(t.Context()))
		assert.EqualValues(t, 3, list.asked.Load())
	})
}

// Two accounts of one ID that cannot run are logged once, and the health of the first one is
// recorded.
func TestRun_RefusedAccountsOfOneID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, list, _ := sourced(t)
		var log logLines
		h.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
		good, bad := h.sibling("good"), h.sibling("bad")
		bad.Port = 70_000
		list.accounts = []inbound.Account{bad, bad, good}
		s := h.syncerOf()
		stop := h.run(s)
		elapse(5 * time.Minute)
		assert.Equal(t, 2, strings.Count(log.String(), "account misconfigured"))
		all, err := s.Health(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.Equal(t, []string{"bad", "good"}, []string{all[0].ID, all[1].ID}, "in the order of the source")
		assert.NotContains(t, all[0].LastError, "used twice")
		assert.WithinDuration(t, midnight(t), all[0].LastErrorAt, time.Second, "it is recorded once")
		stop()
	})
}

// Without Run, the source is read when it is first needed.
func TestSync_OfASource(t *testing.T) {
	h, list, boxes := sourced(t)
	list.accounts = []inbound.Account{h.sibling("one")}
	boxes.box("one@shop.example").Deliver(mail("iris@example.com", "one"))
	s := h.syncerOf()
	_, err := s.Sync(t.Context(), "one")
	require.NoError(t, err)
	assert.Len(t, h.allSubjects(), 1)
	list.change(func() { list.accounts = append(list.accounts, h.sibling("two")) })
	_, err = s.Sync(t.Context(), "two")
	require.ErrorIs(t, err, inbound.ErrNotFound, "Reload reads it again")
	require.NoError(t, s.Reload(t.Context()))
	_, err = s.Sync(t.Context(), "two")
	require.NoError(t, err)
}

// Of two processes, the one that waits to take over does not upload again what the other
// one forgets, although it has not noticed the removal yet.
func TestRun_ForgottenAccountStaysForgotten(t *testing.T) {
	for offset := range 15 { // within the time between two looks at the accounts
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			process := func() (*inbound.SavedAccounts, func()) {
				accounts := inbound.NewSavedAccounts(h.store, nil)
				h.config.AccountSource = accounts
				return accounts, h.run(h.syncerOf())
			}
			accounts, stop := process()
			h.deliverFrom("iris", 3)
			require.NoError(t, accounts.Add(t.Context(), h.account))
			elapse(time.Second)
			_, stopOther := process()
			elapse(time.Minute + time.Duration(offset)*time.Second)
			require.Len(t, h.emails(), 3)

			require.NoError(t, accounts.Remove(t.Context(), "shop"))
			require.NoError(t, accounts.Forget(t.Context(), "shop"))
			assert.Empty(t, h.emails())
			elapse(10 * time.Minute)
			assert.Empty(t, h.emails(), "removed %d s after the other process had begun", 60+offset)
			assert.Zero(t, h.box.Sessions())
			stop()
			stopOther()
		})
	}
}
