package inbound_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// TestRandomHistories plays random histories of a whole company: several accounts,
// mailboxes and shops, settings that change, servers and hosts that fail, processes
// that are killed or run concurrently. A judge then checks which mail must be
// uploaded and of what managers must be notified. POSTROOM_HISTORIES is the number
// of histories (300), POSTROOM_SEED the first seed. To examine a failure:
// POSTROOM_KINDS, separated by commas, restricts the kinds of events,
// POSTROOM_EXCUSE is a regular expression of judgments to ignore, and
// POSTROOM_FAILURES is the number of failed histories after which to stop (1).
func TestRandomHistories(t *testing.T) {
	histories, failures := uintFromEnv(t, "POSTROOM_HISTORIES", 300), uintFromEnv(t, "POSTROOM_FAILURES", 1)
	seed := uintFromEnv(t, "POSTROOM_SEED", uint64(time.Now().UnixNano()))
	t.Logf("%d histories from POSTROOM_SEED=%d on", histories, seed)
	var next, failed atomic.Uint64
	for n := range runtime.GOMAXPROCS(0) {
		t.Run(fmt.Sprint("worker", n), func(t *testing.T) {
			t.Parallel()
			for i := next.Add(1) - 1; i < histories && failed.Load() < failures; i = next.Add(1) - 1 {
				if w := playHistory(t, seed+i); len(w.problems) > 0 {
					failed.Add(1)
					t.Errorf("play it again with POSTROOM_HISTORIES=1 POSTROOM_SEED=%d\n%s", seed+i, w.report())
				}
			}
		})
	}
}

// A history that failed can be played again by its seed: the same happens, in the same
// order. At what millisecond may differ, where a reader and the committer meet.
func TestRandomHistories_SameSeedSameTrace(t *testing.T) {
	seed := uintFromEnv(t, "POSTROOM_SEED", 1)
	for i := range uintFromEnv(t, "POSTROOM_TWICE", 40) {
		one, two := withoutTimes(playHistory(t, seed+i).trace), withoutTimes(playHistory(t, seed+i).trace)
		for n := range max(len(one), len(two)) {
			if n >= len(one) || n >= len(two) || one[n] != two[n] {
				t.Errorf("seed %d: the traces differ from line %d on:\n%v\n%v", seed+i, n,
					strings.Join(one[max(0, n-3):min(n+1, len(one))], "\n"),
					strings.Join(two[max(0, n-3):min(n+1, len(two))], "\n"))
				break
			}
		}
	}
}

// withoutTimes returns the lines of a trace without the times that they begin with.
func withoutTimes(trace []string) []string {
	events := make([]string, len(trace))
	for i, line := range trace {
		_, events[i], _ = strings.Cut(line, " ")
	}
	return events
}

func uintFromEnv(t *testing.T, name string, fallback uint64) uint64 {
	v := os.Getenv(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.ParseUint(v, 10, 64)
	require.NoError(t, err, name)
	return n
}

func playHistory(t *testing.T, seed uint64) (w *world) {
	synctest.Test(t, func(t *testing.T) {
		w = newWorld(t, seed)
		w.play()
	})
	return w
}

// world is one history: what exists, and what the judge must know of what has
// happened.
type world struct {
	*testing.T
	rand  *rand.Rand
	kinds map[string]bool // of the events of this history
	began time.Time

	store    *memstore.Store
	boxes    []*mailbox
	crm      *crm
	managers *memstore.Managers
	// The settings; they change between phases only.
	accounts []inbound.Account
	limits   inbound.Limits

	mu            sync.Mutex                                       // guards the boxes, the crm and what follows, while processes run
	replyChanged  bool                                             // an account's ReplyTo has changed
	existing      bool                                             // an account had AssignExisting at some time
	tells         map[string]map[inbound.InitialNotifications]bool // that an account had at some time
	unmarked      map[string]bool                                  // accounts that did not mark mail as read at some time
	directoryDown bool
	notifierDown  bool
	messages      []*message            // all that were delivered
	texts         map[string]string     // by checksum of a message or its beginning: the checksum of the message
	wholes        map[string]bool       // checksums of whole messages
	notified      []notified            // in order
	deletions     []deletion            // since the last judgment
	connected     map[string]*connected // by account
	shares        map[string]int        // customers given to each manager since a group last changed
	unclaimed     int                   // turns that were given back
	owed          int                   // those of them that were claimed before a group last changed
	groups        int                   // how often a group has changed
	claimedIn     map[string]int        // groups when a turn was claimed, by customer; "": of the last turns
	trace         []string
	problems      []string
	excused       *regexp.Regexp // judgments to ignore; nil: none

	emails []inbound.Email // that were uploaded so far
	came   map[string]settings
	lastID string

	observed   bool // in the current phase
	phaseBegan time.Time
}

// notified is a notification that a manager got.
type notified struct {
	notify.Notification
	again bool
}

// connected is when an account was connected for the first time: the first attempt,
// and the first pass that succeeded.
type connected struct{ from, by time.Time }

// deletion is a message that postroom has deleted from its server.
type deletion struct {
	message *message
	account inbound.Account
	at      time.Time
}

// settings are those under which an email was uploaded.
type settings struct {
	inbound.Account
	hadManager bool // the customer, at that time
	old        bool // by the reason in the ledger: nobody is assigned because of it
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{
		T: t, rand: rand.New(rand.NewPCG(seed, 11)), kinds: make(map[string]bool), began: time.Now(),
		store: memstore.New(), managers: memstore.NewManagers(),
		texts: make(map[string]string), wholes: make(map[string]bool),
		connected: make(map[string]*connected), shares: make(map[string]int),
		claimedIn: make(map[string]int),
		unmarked:  make(map[string]bool), came: make(map[string]settings),
		tells:  make(map[string]map[inbound.InitialNotifications]bool),
		limits: inbound.Limits{MessageBytes: 2000, Attempts: 3},
	}
	if text := os.Getenv("POSTROOM_EXCUSE"); text != "" {
		w.excused = regexp.MustCompile(text)
	}
	w.drawKinds()
	w.crm = newCRM(w)
	for i := range 3 {
		w.boxes = append(w.boxes, newMailbox(w, i))
	}
	if w.kinds["folders"] {
		w.boxes[0].add("Orders")
		w.boxes[1].add("Orders")
	}
	for i := range 2 + w.rand.IntN(2) {
		w.managers.Put(assign.Manager{ID: fmt.Sprint("m", i), Status: assign.Free}, "support")
	}
	w.managers.Put(assign.Manager{ID: "s0", Status: assign.Free}, "sales")
	w.managers.Put(assign.Manager{ID: "s1", Status: assign.Lunch}, "sales")
	shops := 1 + w.rand.IntN(2)
	for i := range 2 + w.rand.IntN(2) + w.rand.IntN(2) {
		a := inbound.Account{
			ID: fmt.Sprint("account", i), Shop: fmt.Sprint("shop", w.rand.IntN(shops)),
			Protocol: inbound.IMAP, Host: "mail.example", Username: w.boxes[i%2].user,
			NotifyManager: true, CreateCustomer: w.rand.IntN(4) > 0, ManagerGroup: "support",
			DeleteUploaded: w.rand.IntN(2) > 0,
			MarkSeen:       w.kinds["seen"] && w.rand.IntN(2) > 0,
			ReplyTo:        w.kinds["replyto"] && w.rand.IntN(2) > 0,
			Start:          inbound.Start{Now: w.kinds["start"] && w.rand.IntN(3) > 0},
			InitialOrder:   []inbound.Order{inbound.Oldest, inbound.Newest}[w.rand.IntN(2)],
		}
		if w.kinds["tells"] {
			a.InitialNotifications = pick(w.rand, initialNotifications)
		}
		if w.kinds["age"] {
			a.InitialAge = time.Minute
		}
		if w.rand.IntN(2) > 0 {
			a.Protocol = inbound.POP3
		} else if w.kinds["folders"] && w.rand.IntN(2) > 0 {
			a.Folders = []string{"INBOX", "Orders"}
		}
		w.accounts = append(w.accounts, a)
	}
	w.forbidSharedDeletion()
	for _, a := range w.accounts {
		w.noteAccount(a)
	}
	return w
}

// drawKinds chooses the kinds of events of this history: mostly few, so that each
// kind occurs alone and in many combinations.
func (w *world) drawKinds() {
	only := strings.FieldsFunc(os.Getenv("POSTROOM_KINDS"), func(r rune) bool { return r == ',' })
	odds := []int{12, 6, 3}[w.rand.IntN(3)]
	if len(only) > 0 {
		odds = 2
	}
	var on []string
	for _, kind := range allKinds() {
		drawn := w.rand.IntN(odds) == 0
		if drawn && (len(only) == 0 || slices.Contains(only, kind)) {
			w.kinds[kind] = true
			on = append(on, kind)
		}
	}
	w.note("kinds: %s", strings.Join(on, ","))
}

// forbidSharedDeletion lets no account delete from a mailbox that another account
// collects from, too.
func (w *world) forbidSharedDeletion() {
	for i := range w.accounts {
		for j := range w.accounts {
			if i != j && w.accounts[i].Username == w.accounts[j].Username {
				w.accounts[i].DeleteUploaded = false
			}
		}
	}
}

func (w *world) note(format string, args ...any) {
	at := time.Since(w.began).Round(time.Millisecond)
	w.trace = append(w.trace, at.String()+" "+fmt.Sprintf(format, args...))
}

// blame records a judgment: what is wrong.
func (w *world) blame(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if w.excused != nil && w.excused.MatchString(text) {
		return
	}
	if !slices.Contains(w.problems, text) && len(w.problems) < 20 {
		w.problems = append(w.problems, text)
		w.note("WRONG: %s", text)
	}
}

func (w *world) report() string {
	return strings.Join(w.problems, "\n") + "\n--- how it came to this:\n" + strings.Join(w.trace, "\n")
}

// account returns the current settings of an account.
func (w *world) account(id string) inbound.Account {
	for _, a := range w.accounts {
		if a.ID == id {
			return a
		}
	}
	return inbound.Account{}
}

// boxOf returns the mailbox that an account names.
func (w *world) boxOf(a inbound.Account) *mailbox {
	for _, b := range w.boxes {
		if b.user == a.Username {
			return b
		}
	}
	return nil
}
