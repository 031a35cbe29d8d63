package inbound_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// TestRandomHistories plays random mailbox histories with random faults,
// restarts and two processes at a time, and checks the promises at the end of
// each. POSTROOM_HISTORIES says how many (300), POSTROOM_SEED from which seed on.
func TestRandomHistories(t *testing.T) {
	histories, seed := numberFrom(t, "POSTROOM_HISTORIES", 300), numberFrom(t, "POSTROOM_SEED", uint64(time.Now().UnixNano()))
	t.Logf("%d histories from POSTROOM_SEED=%d on", histories, seed)
	for i := range histories {
		ok := t.Run(fmt.Sprint(seed+i), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newSaga(t, seed+i).play() })
		})
		if !ok {
			t.Fatalf("play it again with POSTROOM_HISTORIES=1 POSTROOM_SEED=%d", seed+i)
		}
	}
}

func numberFrom(t *testing.T, name string, fallback uint64) uint64 {
	v := os.Getenv(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.ParseUint(v, 10, 64)
	require.NoError(t, err, name)
	return n
}

// saga is one history, with what has to come of it.
type saga struct {
	*testing.T
	rand      *rand.Rand
	box       *inboundtest.Mailbox
	store     *memstore.Store
	customers *memstore.Customers
	managers  *memstore.Managers
	account   inbound.Account
	log       []string

	mu   sync.Mutex
	told map[string]int

	delivered map[string]letterFacts // by checksum
	removed   map[string]bool        // by others
	hidden    []uint32
	n         int
	// reordered: the server left out, or others removed, what came first. Where
	// the customer base is apart from the store, as here, customers that were
	// created before a crash keep their managers, and the others are shared out
	// in another order than before it: shares may differ by two.
	reordered bool
}

type letterFacts struct {
	from     string
	personal bool
}

func newSaga(t *testing.T, seed uint64) *saga {
	s := &saga{T: t, rand: rand.New(rand.NewPCG(seed, 7)), box: inboundtest.NewMailbox(), store: memstore.New(), customers: memstore.NewCustomers(),
		managers: memstore.NewManagers(), told: make(map[string]int), delivered: make(map[string]letterFacts), removed: make(map[string]bool)}
	s.account = inbound.Account{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "mail.example.com", Username: "shop", Password: "test",
		NotifyManager: true, CreateCustomer: s.rand.IntN(4) > 0, ManagerGroup: "support", DeleteUploaded: s.rand.IntN(2) > 0}
	if s.rand.IntN(2) > 0 {
		s.box.POP3, s.account.Protocol = true, inbound.POP3
	}
	for i := range 1 + s.rand.IntN(3) {
		s.managers.Put(assign.Manager{ID: fmt.Sprint("m", i), Status: assign.Free}, "support")
	}
	for i := range 3 {
		s.customers.Put(customer.Customer{ID: fmt.Sprint("known", i), Shop: "main", Email: fmt.Sprintf("known%d@example.com", i), ManagerID: "m0"})
	}
	return s
}

// Notify implements notify.Notifier.
func (s *saga) Notify(_ context.Context, n notify.Notification) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told[n.ID]++
	return nil
}

func (s *saga) play() {
	defer func() {
		if s.Failed() {
			s.Log(strings.Join(s.log, "\n"))
		}
	}()
	for range 3 + s.rand.IntN(8) {
		s.event()
		if s.rand.IntN(3) > 0 {
			s.disturbed()
		}
	}
	// The end: everything shows, all pauses are over, nothing disturbs.
	s.box.Hide(false, s.hidden...)
	for range 3 {
		time.Sleep(26 * time.Hour)
		s.undisturbed()
	}
	s.check()
}

func (s *saga) note(format string, args ...any) { s.log = append(s.log, fmt.Sprintf(format, args...)) }

// event changes the mailbox as servers and other programs do.
func (s *saga) event() {
	uids := s.box.UIDs()
	switch s.rand.IntN(10) {
	default:
		for range 1 + s.rand.IntN(10) {
			s.deliver()
		}
	case 0:
		if len(uids) > 0 {
			uid := uids[s.rand.IntN(len(uids))]
			s.note("another program removes %d", uid)
			s.forget(uid)
			s.box.Remove(uid)
		}
	case 1:
		s.note("the server renumbers")
		s.box.Hide(false, s.hidden...)
		s.hidden = nil
		s.box.Renumber()
	case 2:
		if len(uids) > 2 {
			next := uids[len(uids)-1-s.rand.IntN(2)]
			s.note("the server is set back to %d", next)
			for _, uid := range uids {
				if uid >= next {
					s.forget(uid)
				}
			}
			s.box.SetBack(next)
		}
	case 3:
		if len(uids) > 0 {
			uid := uids[s.rand.IntN(len(uids))]
			s.note("%d is hidden for a while", uid)
			s.hidden = append(s.hidden, uid)
			s.box.Hide(true, uid)
		}
	case 4:
		s.note("all is shown")
		s.box.Hide(false, s.hidden...)
		s.hidden = nil
	case 5:
		pause := time.Duration(s.rand.IntN(30*60)) * time.Minute
		s.note("%v pass", pause)
		time.Sleep(pause)
	}
}

// forget notes that a message is gone without our doing.
func (s *saga) forget(uid uint32) {
	sum := sha256.Sum256(s.box.Raw(uid))
	s.removed[hex.EncodeToString(sum[:])] = true
	s.reordered = true
}

// deliver adds a message. No two have the same size: under the ID of another one
// and of its size, a message could not be told from it at once.
func (s *saga) deliver() {
	s.n++
	facts := letterFacts{from: fmt.Sprintf("c%d@example.com", s.rand.IntN(12)), personal: true}
	var headers []string
	switch s.rand.IntN(6) {
	case 0:
		facts = letterFacts{from: fmt.Sprintf("known%d@example.com", s.rand.IntN(3)), personal: true}
	case 1:
		facts = letterFacts{from: fmt.Sprintf("list%d@example.com", s.rand.IntN(3))}
		headers = []string{"List-Id: <list.example.com>"}
	case 2:
		facts = letterFacts{from: "nobody"}
	}
	raw := mail(facts.from, "mail "+strings.Repeat("x", 8*s.n), headers...)
	for range 1 + s.rand.IntN(8)/7 { // now and then twice
		sum := sha256.Sum256(raw)
		s.delivered[hex.EncodeToString(sum[:])] = facts
		s.note("%d is delivered: from %s, personal %v", s.box.Deliver(raw), facts.from, facts.personal)
	}
}

// omitting is a server that leaves messages out of its answers now and then.
type omitting struct {
	inbound.Fetcher
	rand *rand.Rand
}

func (o omitting) Open(ctx context.Context, a inbound.Account) (inbound.Session, error) {
	s, err := o.Fetcher.Open(ctx, a)
	return omittingSession{s, o.rand}, err
}

type omittingSession struct {
	inbound.Session
	rand *rand.Rand
}

func (s omittingSession) Fetch(ctx context.Context, refs []inbound.Ref, part inbound.Part, each func(inbound.Ref, io.Reader) error) error {
	var given []inbound.Ref
	for _, ref := range refs {
		if s.rand.IntN(3) > 0 {
			given = append(given, ref)
		}
	}
	return s.Session.Fetch(ctx, given, part, each)
}

func (s *saga) syncer(points *inboundtest.Failpoints) *inbound.Syncer {
	return s.syncerOn(points, s.box)
}

func (s *saga) syncerOn(points *inboundtest.Failpoints, box inbound.Fetcher) *inbound.Syncer {
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{s.account}, Fetchers: map[inbound.Protocol]inbound.Fetcher{s.account.Protocol: points.Fetcher(box)},
		Store: points.Store(s.store), CustomerRepo: points.Repo(s.customers), ManagerDirectory: points.Directory(s.managers),
		Notifier: points.Notifier(s), Logger: slog.New(slog.DiscardHandler), SpoolDir: s.TempDir(),
	})
	require.NoError(s, err)
	return syncer
}

// disturbed makes passes that are killed, that fail at single steps, that lose
// their lease, one or two at a time.
func (s *saga) disturbed() {
	var processes sync.WaitGroup
	for range 1 + s.rand.IntN(2) {
		points := &inboundtest.Failpoints{}
		box := inbound.Fetcher(s.box)
		switch s.rand.IntN(5) {
		case 0:
			points.At = 1 + s.rand.IntN(400)
		case 1:
			at := 1 + s.rand.IntN(300)
			points.Fail = func(step int, _ string) error {
				if step == at {
					return errors.New("a fault")
				}
				return nil
			}
		case 2:
			from := 1 + s.rand.IntN(200)
			points.Fail = func(step int, name string) error { // cut off from the lease, and slow
				switch {
				case step > from && strings.HasSuffix(name, " Acquire"):
					return errors.New("the lease cannot be renewed")
				case step == from+1:
					time.Sleep(time.Minute)
				}
				return nil
			}
		case 3:
			s.reordered = true
			box = omitting{s.box, rand.New(rand.NewPCG(s.rand.Uint64(), 1))}
		}
		s.note("a process: killed at %d, faults %v", points.At, points.Fail != nil)
		syncer := s.syncerOn(points, box)
		processes.Go(func() {
			_, _ = syncer.Sync(s.Context(), "shop")
			_, _ = syncer.Dispatch(s.Context())
		})
	}
	processes.Wait()
}

func (s *saga) undisturbed() {
	syncer := s.syncer(&inboundtest.Failpoints{})
	_, err := syncer.Sync(s.Context(), "shop")
	require.NoError(s, err)
	for {
		if _, err = syncer.Dispatch(s.Context()); !errors.Is(err, inbound.ErrBusy) {
			require.NoError(s, err)
			return
		}
		time.Sleep(time.Second)
	}
}
