package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// pacedServer is a server that takes some time for each message, and tells what it is
// asked for.
type pacedServer struct {
	inbound.Fetcher
	perMessage time.Duration
	asked      func(folder string, from inbound.Cursor)
	ignorant   bool // of Cursor.Newest
}

type pacedSession struct {
	inbound.Session
	server *pacedServer
}

func (s *pacedServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	session, err := s.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return &pacedSession{session, s}, nil
}

func (s *pacedSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	if s.server.asked != nil {
		s.server.asked(folder, from)
	}
	asked := from
	if s.server.ignorant {
		from.Newest, from.Before = false, 0
	}
	l, err := s.Session.List(ctx, folder, from)
	if s.server.ignorant {
		l.Next.Newest, l.Next.Before = asked.Newest, asked.Before // as a copy of the cursor has it
	}
	return l, err
}

func (s *pacedSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	return s.Session.Fetch(ctx, refs, part, func(ref inbound.Ref, r io.Reader) error {
		time.Sleep(s.server.perMessage)
		return each(ref, r)
	})
}

// upload is an initial upload that takes its time.
type upload struct {
	*host
	server  *pacedServer
	started time.Time
	at      map[string]time.Duration // by subject: when it was uploaded
	order   []string                 // subjects, in the order in which they were committed
	last    string                   // ID of the last email that was seen
}

// newUpload returns an upload of n messages, "old 0" and so on, of which each takes a while.
func newUpload(t *testing.T, protocol inbound.Protocol, n int, perMessage time.Duration) *upload {
	u := &upload{host: newHost(t), at: make(map[string]time.Duration)}
	u.use(protocol)
	for i := range n {
		u.box.Deliver(mail("guest@example.com", fmt.Sprint("old ", i)))
	}
	u.server = &pacedServer{Fetcher: u.box, perMessage: perMessage}
	u.fetcher, u.started = u.server, time.Now()
	u.config.Observer = &inbound.Observer{Committed: func(inbound.CommittedInfo) {
		list, err := u.store.ListEmails(t.Context(), inbound.EmailFilter{}, u.last, 10_000)
		assert.NoError(t, err)
		for _, e := range list {
			u.order, u.at[e.Subject], u.last = append(u.order, e.Subject), time.Since(u.started), e.ID
		}
	}}
	return u
}

// deliverLater delivers a message at a time after the start.
func (u *upload) deliverLater(after time.Duration, folder, subject string) {
	go func() {
		time.Sleep(after)
		u.box.DeliverTo(folder, mail("late@example.com", subject))
	}()
}

var orders = []inbound.Order{inbound.Oldest, inbound.Newest}

func eachOrder(t *testing.T, test func(t *testing.T, order inbound.Order)) {
	for _, order := range orders {
		t.Run(string(order), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, order) })
		})
	}
}

func TestHistory_NewMailFirst(t *testing.T) {
	eachOrder(t, func(t *testing.T, order inbound.Order) {
		const messages = 5000
		u := newUpload(t, inbound.IMAP, messages, 20*time.Millisecond)
		u.account.InitialOrder = order
		for _, after := range []time.Duration{5 * time.Second, 40 * time.Second, 70 * time.Second} {
			u.deliverLater(after, "INBOX", fmt.Sprint("new after ", after))
		}
		u.pass()
		assert.Equal(t, messages+3, len(u.order))
		assert.Greater(t, time.Since(u.started), 100*time.Second)
		for _, after := range []time.Duration{5 * time.Second, 40 * time.Second, 70 * time.Second} {
			assert.InDelta(t, after, u.at[fmt.Sprint("new after ", after)], float64(5*time.Second))
		}
		u.expectOrder(order, messages)
		assert.True(t, u.health().InitialComplete)
		assert.Empty(t, u.pass().Outcomes)
	})
}

// expectOrder checks that most of the history came in an order: a page is one of the
// server, whose messages ascend.
func (u *upload) expectOrder(order inbound.Order, messages int) {
	u.t.Helper()
	first := slices.Index(u.order, "old 0")
	last := slices.Index(u.order, fmt.Sprint("old ", messages-1))
	assert.Equal(u.t, order == inbound.Oldest, first < last)
}

func TestHistory_NewMailOfAllFoldersFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpload(t, inbound.IMAP, 100, 200*time.Millisecond)
		u.account.Folders = []string{"INBOX", "Orders"}
		for i := range 100 {
			u.box.DeliverTo("Orders", mail("guest@example.com", fmt.Sprint("order ", i)))
		}
		u.deliverLater(10*time.Second, "Orders", "new order")
		u.deliverLater(30*time.Second, "INBOX", "new")
		u.pass()
		assert.Equal(t, 202, len(u.order))
		assert.InDelta(t, 10*time.Second, u.at["new order"], float64(5*time.Second))
		assert.InDelta(t, 30*time.Second, u.at["new"], float64(5*time.Second))
	})
}

// A Fetcher of a host that does not know Cursor.Newest lists in ascending order.
func TestHistory_FetcherIgnoresNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpload(t, inbound.IMAP, 600, 20*time.Millisecond)
		u.account.InitialOrder, u.server.ignorant = inbound.Newest, true
		u.deliverLater(5*time.Second, "INBOX", "new")
		u.pass()
		assert.Equal(t, 601, len(u.order))
		assert.InDelta(t, 5*time.Second, u.at["new"], float64(5*time.Second))
	})
}

// A restart goes on where the upload was, whatever the order is then.
func TestHistory_RestartListsNothingAgain(t *testing.T) {
	eachOrder(t, func(t *testing.T, order inbound.Order) {
		u := newUpload(t, inbound.IMAP, 600, 20*time.Millisecond)
		u.account.InitialOrder = order
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		_, err := u.syncer().Sync(ctx, "shop")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		done := len(u.emails())
		require.Greater(t, done, 200)
		state := u.state()
		require.NotZero(t, state.History)

		u.account.InitialOrder = inbound.Newest
		lowest, highest := state.History.After, state.History.Before
		u.server.asked = func(_ string, from inbound.Cursor) {
			assert.GreaterOrEqual(t, from.After, lowest)
			assert.True(t, !from.Newest || from.Before <= highest, "%+v", from)
		}
		u.pass()
		assert.Equal(t, 600, len(u.emails()))
		assert.Zero(t, u.state().History)
		assert.True(t, u.health().InitialComplete)
	})
}

func (u *upload) state() inbound.FolderState {
	u.t.Helper()
	state, err := u.store.FolderState(u.t.Context(), "shop", u.folder())
	require.NoError(u.t, err)
	return state
}

func (u *upload) folder() string {
	if u.account.Protocol == inbound.POP3 {
		return ""
	}
	return "INBOX"
}

// A message of the history that fails is tried again by its time, while the history goes
// on, and makes no listing longer.
func TestHistory_FailedMessageIsTriedAgain(t *testing.T) {
	eachOrder(t, func(t *testing.T, order inbound.Order) {
		u := newUpload(t, inbound.IMAP, 400, 500*time.Millisecond)
		u.account.InitialOrder = order
		create := func(_ context.Context, address string) error {
			if address == "fails@example.com" && time.Since(u.started) < 30*time.Second {
				return errors.New("422: phone is required")
			}
			return nil
		}
		u.config.CustomerRepo = &scriptedRepo{Customers: u.customers, create: create}
		u.box.Deliver(mail("fails@example.com", "fails"))
		u.pass()
		assert.Equal(t, 401, len(u.order))
		if order == inbound.Newest {
			assert.InDelta(t, time.Minute, u.at["fails"], float64(10*time.Second))
		}
	})
}

// POP3 shows new mail in the next session.
func TestHistory_POP3ReconnectsForNewMail(t *testing.T) {
	eachOrder(t, func(t *testing.T, order inbound.Order) {
		u := newUpload(t, inbound.POP3, 600, time.Second)
		u.account.InitialOrder = order
		opened := 0
		u.box.Intercept = func(step string) error {
			if step == "open" {
				opened++
			}
			return nil
		}
		for _, after := range []time.Duration{10 * time.Second, 150 * time.Second, 400 * time.Second} {
			u.deliverLater(after, "INBOX", fmt.Sprint("new after ", after))
		}
		events := u.lastProgress()
		u.pass()
		assert.Equal(t, 603, len(u.order))
		for _, after := range []time.Duration{10 * time.Second, 150 * time.Second, 400 * time.Second} {
			assert.InDelta(t, after+time.Minute, u.at[fmt.Sprint("new after ", after)], float64(65*time.Second))
		}
		u.expectOrder(order, 600)
		assert.InDelta(t, 600/120+2, opened, 2)
		assert.Empty(t, u.state().History.Last)
		assert.True(t, u.health().InitialComplete)
		last := events()
		assert.Equal(t, []int{603, 603}, []int{last.Settled, last.Total})
	})
}

// lastProgress returns what the last event of progress was.
func (u *upload) lastProgress() func() inbound.ProgressInfo {
	var last inbound.ProgressInfo
	u.config.Observer.Progress = func(e inbound.ProgressInfo) { last = e }
	return func() inbound.ProgressInfo { return last }
}

// Uploaded messages are deleted while the upload goes on, in each order.
func TestHistory_DeletesMeanwhile(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			eachOrder(t, func(t *testing.T, order inbound.Order) {
				u := newUpload(t, protocol, 400, time.Second)
				u.account.InitialOrder, u.account.DeleteUploaded = order, true
				u.deliverLater(100*time.Second, "INBOX", "new")
				left := 0
				go func() {
					time.Sleep(250 * time.Second)
					left = len(u.box.UIDs())
				}()
				u.pass()
				assert.Equal(t, 401, len(u.order))
				assert.Empty(t, u.box.UIDs())
				assert.InDelta(t, 160, left, 70)
				assert.InDelta(t, 160*time.Second, u.at["new"], float64(65*time.Second))
			})
		})
	}
}

// How large the initial upload is, is known before it begins, and what is left of it after a
// restart.
func TestHistory_CountsBytes(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.use(protocol)
				h.deliverFrom("guest", 200)
				total := int64(0)
				for _, uid := range h.box.UIDs() {
					total += int64(len(h.box.Raw(uid)))
				}
				h.box.InterceptMessage = func([]byte) error {
					time.Sleep(100 * time.Millisecond)
					return nil
				}
				var events []inbound.ProgressInfo
				h.config.Observer = &inbound.Observer{Progress: func(e inbound.ProgressInfo) {
					if e.Phase == inbound.PhaseInitialUpload && e.Total > 0 {
						events = append(events, e)
					}
				}}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				_, err := h.syncer().Sync(ctx, "shop")
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, total, events[0].InitialTotalBytes)
				assert.Zero(t, events[0].InitialBytes)
				done := h.health().InitialBytes
				assert.InDelta(t, total/2, done, float64(total/10))

				events = nil
				h.pass()
				assert.InDelta(t, total/2, events[0].InitialBytes, float64(total/10))
				assert.Equal(t, []int64{total, total}, []int64{h.health().InitialBytes, h.health().InitialTotalBytes})
			})
		})
	}
}

func TestStartNow_ListsNothingOld(t *testing.T) {
	h := newHost(t)
	h.account.Start = fromNow
	h.deliverFrom("old", 500)
	lists := 0
	h.fetcher = &pacedServer{Fetcher: h.box, asked: func(string, inbound.Cursor) { lists++ }}
	h.pass()
	assert.Equal(t, 1, lists)
	assert.Empty(t, h.counts())
	r, err := h.syncer().Reconcile(t.Context(), "shop")
	require.NoError(t, err)
	assert.Empty(t, r.Gaps)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 500}, r.Server)
	h.deliverFrom("new", 3)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3}, h.pass().Outcomes)
}

// However often the session ends, what is left of a maildrop counts once.
func TestHistory_CountsOnceAcrossSessions(t *testing.T) {
	eachOrder(t, func(t *testing.T, order inbound.Order) {
		u := newUpload(t, inbound.POP3, 300, time.Second)
		u.account.InitialOrder = order
		read, most := 0, 0
		u.box.InterceptMessage = func([]byte) error {
			if read++; read == 20 || read == 170 {
				return fmt.Errorf("%w: %w: connection reset", inbound.ErrTemporary, inbound.ErrDirty)
			}
			return nil
		}
		u.config.Observer.Progress = func(e inbound.ProgressInfo) { most = max(most, e.Total) }
		u.pass()
		assert.Len(t, u.order, 300)
		assert.LessOrEqual(t, most, 302, "two were read twice")
		h := u.health()
		assert.Equal(t, h.InitialTotal, h.InitialDone)
	})
}
