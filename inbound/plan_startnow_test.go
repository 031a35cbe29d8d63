package inbound_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestStartNow_TakesOnlyLaterMail(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.Start = fromNow
			for i := range 20 {
				h.box.Deliver(mail("old@example.com", fmt.Sprint("old ", i)))
			}
			h.pass()
			old := map[inbound.Protocol]int{inbound.POP3: 20}[protocol] // in IMAP the UID tells
			assert.Equal(t, old, h.counts()[inbound.Ignored])
			h.box.Deliver(mail("new@example.com", "later"))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
			assert.Len(t, h.outcomes(), old+1)
		})
	}
}

// UIDNEXT may be too high or missing: it is only trusted not to be too low.
func TestStartNow_OddUIDNext(t *testing.T) {
	for name, odd := range map[string]func(l *inbound.Listing){
		"far ahead": func(l *inbound.Listing) { l.NextPosition += 300_000 },
		"missing":   func(l *inbound.Listing) { l.NextPosition = 0 },
	} {
		for _, before := range []int{0, 1, 20} {
			t.Run(fmt.Sprintf("%s, %d messages before", name, before), func(t *testing.T) {
				h := newHost(t)
				h.account.Start = fromNow
				h.fetcher = &oddServer{Fetcher: h.box, listed: odd}
				h.deliverFrom("old", before)
				h.pass()
				require.Empty(t, h.emails())
				for i := range 3 {
					h.deliverFrom(fmt.Sprint("new", i, "."), 2)
					assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.pass().Outcomes)
				}
				h.box.Renumber()
				h.box.Deliver(received("renumbered@example.com", "renumbered"))
				h.pass()
				assert.Len(t, h.emails(), 7)
			})
		}
	}
}

// What is not on the server at the start counts as later, whatever the server's
// clock says: the clock may be slow, and mail that is moved into the folder keeps
// its date.
func TestStartNow_ServerClockBehind(t *testing.T) {
	for name, next := range map[string]func(l *inbound.Listing){
		"with UIDNEXT":    func(*inbound.Listing) {},
		"without UIDNEXT": func(l *inbound.Listing) { l.NextPosition = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.account.Start = fromNow
			h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
				next(l)
				for i := range l.Refs {
					l.Refs[i].Received = time.Now().AddDate(0, 0, -3)
				}
			}}
			h.deliverFrom("old", 9)
			h.pass()
			h.deliverFrom("new", 2)
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.pass().Outcomes)
		})
	}
}

// An incomplete listing is no baseline; the time of arrival decides.
func TestStartNow_IncompleteListingsGoByTime(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.Start = fromNow
			h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) { l.Incomplete = true }}
			for i := range 20 {
				h.box.Deliver(received("iris@example.com", fmt.Sprint("old ", i)))
			}
			time.Sleep(time.Hour)
			_ = h.passIncomplete()
			assert.Empty(t, h.emails(), "there before the account was connected")
			time.Sleep(time.Hour)
			h.box.Deliver(received("iris@example.com", "new"))
			_ = h.passIncomplete()
			require.Len(t, h.emails(), 1)
			assert.Equal(t, "new", h.emails()[0].Subject)
		})
	})
}

// Servers with many messages or several back ends may show old mail only after the
// account was connected.
func TestStartNow_OldMailShowsLater(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.Start = fromNow
			for i := range 10 {
				h.box.Deliver(received("iris@example.com", fmt.Sprint("old ", i)))
			}
			time.Sleep(1000 * time.Hour)
			h.box.Hide(true, 6, 7, 8, 9, 10)
			h.pass()
			h.box.Hide(false, 6, 7, 8, 9, 10)
			time.Sleep(25 * time.Hour)
			h.pass()
			require.Empty(t, h.emails())
			h.box.Deliver(received("iris@example.com", "since"))
			h.pass()
			assert.Equal(t, []string{"since"}, h.subjects())
		})
	})
}

// A POP3 server may count sizes differently after an update. Messages of the
// baseline are then read again, and are left out by their topmost Received.
func TestStartNow_SizesChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Start = fromNow
		for i := range 5 {
			h.box.Deliver(received("iris@example.com", fmt.Sprint("old ", i)))
		}
		time.Sleep(1000 * time.Hour)
		more := int64(0)
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
			for i := range l.Refs {
				l.Refs[i].Size += more
			}
		}}
		h.pass()
		more = 12
		time.Sleep(time.Hour)
		h.pass()
		assert.Empty(t, h.emails())
	})
}

// A back end that lags shows a UIDNEXT from before the account was connected, as a
// restored server does. Old mail is left out by its time of arrival.
func TestStartNow_LaggingUIDNext(t *testing.T) {
	for name, first := range map[string]func(l *inbound.Listing){
		"after the true one": func(*inbound.Listing) {},
		"after none":         func(l *inbound.Listing) { l.NextPosition = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Start = fromNow
				h.deliverFrom("old", 10)
				time.Sleep(1000 * time.Hour)
				for _, odd := range []func(l *inbound.Listing){
					first, func(*inbound.Listing) {},
					func(l *inbound.Listing) { l.NextPosition = 6 }, func(*inbound.Listing) {},
				} {
					h.fetcher = &oddServer{Fetcher: h.box, listed: odd}
					h.pass()
				}
				require.Empty(t, h.emails())
				h.deliverFrom("new", 1)
				h.pass()
				assert.Len(t, h.emails(), 1)
			})
		})
	}
}

// A server is restored to a state before the start and has received more mail since,
// so that its UIDNEXT does not show it.
func TestStartNow_RestoredServerReusesUIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.Start = inbound.Start{Now: true}
		h.box.Deliver(mail("iris@example.com", "old"), mail("iris@example.com", "aged"))
		time.Sleep(time.Hour)
		h.pass()
		require.Empty(t, h.emails())
		h.box.Restore(2)
		time.Sleep(2 * time.Hour)
		h.box.Deliver(mail("noor@example.com", "news"), mail("noor@example.com", "more"))
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 2)
		assert.Equal(t, inbound.Ignored, h.outcomes()["1"])
	})
}

// The start belongs to the account: mail that has arrived since is not old for a
// folder that is added or renamed, nor for a different protocol.
func TestStartNow_SettingsChangeLater(t *testing.T) {
	for name, change := range map[string]func(h *host){
		"POP3 in place of IMAP": func(h *host) { h.use(inbound.POP3) },
		"folder added":          func(h *host) { h.account.Folders = []string{"INBOX", "Orders"} },
		"folder replaced":       func(h *host) { h.account.Folders = []string{"Orders"} },
		"a different mailbox": func(h *host) {
			h.account.Host = "imap.new.example"
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Start = fromNow
				h.box.Deliver(received("iris@example.com", "old"))
				h.box.DeliverTo("Orders", received("iris@example.com", "old order"))
				time.Sleep(time.Hour)
				h.pass()
				require.Empty(t, h.emails())
				time.Sleep(time.Hour)
				h.box.Deliver(received("iris@example.com", "since"))
				h.box.DeliverTo("Orders", received("iris@example.com", "order since"))
				time.Sleep(time.Hour)

				change(h)
				h.pass()
				want := map[string]bool{"since": h.account.Protocol == inbound.POP3 || len(h.account.Folders) != 1,
					"order since": len(h.account.Folders) > 0}
				for _, subject := range h.subjects() {
					assert.True(t, want[subject], subject)
					delete(want, subject)
				}
				for subject, missing := range want {
					assert.False(t, missing, subject)
				}
				assert.Empty(t, h.pass().Outcomes)
			})
		})
	}
}

func TestStartNow_IMAPReplacesPOP3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Start = fromNow
		h.box.Deliver(received("iris@example.com", "old"))
		time.Sleep(time.Hour)
		h.pass()
		h.box.Deliver(received("iris@example.com", "read by POP3"))
		h.pass()
		time.Sleep(time.Hour)
		h.box.Deliver(received("iris@example.com", "since"))
		h.use(inbound.IMAP)
		h.pass()
		assert.Equal(t, []string{"read by POP3", "since"}, h.subjects())
	})
}

// POP3 servers may give all messages new unique-ids. What was there at the start is
// then recognized by its topmost Received, or by its size where it has none.
func TestStartNow_NewUniqueIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Start = fromNow
		for i := range 12 {
			h.box.Deliver(received("iris@example.com", fmt.Sprint("old ", i)),
				mail("noor@example.com", fmt.Sprint("undated ", i)))
		}
		time.Sleep(time.Hour)
		h.pass()
		h.box.Deliver(received("iris@example.com", "since"))
		h.pass()
		require.Equal(t, []string{"since"}, h.subjects())
		time.Sleep(time.Hour)
		h.box.Renumber()
		h.box.Deliver(received("iris@example.com", "after it"),
			mail("noor@example.com", "undated, but of a size that was not there"))
		h.pass()
		assert.Equal(t, []string{"since", "after it", "undated, but of a size that was not there"}, h.subjects())
		assert.Len(t, h.customers.All(), 2)
		h.deliverFrom("later", 3)
		h.pass()
		assert.Len(t, h.emails(), 6)
	})
}

// The time of the first connection is recorded separately, since a folder may be
// listed for the first time much later.
func TestStartNow_CountsFromFirstConnection(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.Start = fromNow
			h.box.Deliver(received("iris@example.com", "old"))
			time.Sleep(time.Hour)
			h.box.Intercept = func(step string) error { return failAt("list", step) }
			_, err := h.syncer().Sync(t.Context(), "shop")
			require.ErrorIs(t, err, inbound.ErrTemporary)
			time.Sleep(24 * time.Hour)
			h.box.Deliver(received("iris@example.com", "since"))
			time.Sleep(time.Hour)
			h.box.Intercept = nil
			h.pass()
			assert.Equal(t, []string{"since"}, h.subjects())
		})
	})
}

// Some POP3 servers write notes into the messages that were there, so that they have a
// different size under the same unique-id: they are still not new. A new message that was
// given the unique-id of one that was there is.
func TestStartNow_SizesChangeUnderTheSameIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Start = fromNow
		h.box.Deliver(received("iris@example.com", "old"),
			bytes.Replace(mail("noor@example.com", "undated"), []byte("02 Mar 2026"), []byte("31 Dec 1999"), 1))
		time.Sleep(time.Minute)
		h.pass()
		time.Sleep(time.Minute)
		for _, note := range []string{"Status: O\r\n", "Status: RO\r\n", "X-UID: 1\r\nStatus: RO\r\n"} {
			raw := func(_ inbound.Ref, raw []byte) []byte { return append([]byte(note), raw...) }
			h.fetcher = &oddServer{Fetcher: h.box, delivers: raw, listed: func(l *inbound.Listing) {
				for i := range l.Refs {
					l.Refs[i].Size += int64(len(note))
				}
			}}
			h.pass()
			assert.Empty(t, h.emails())
		}
		fresh := received("iris@example.com", "new")
		h.fetcher = &oddServer{Fetcher: h.box, delivers: func(inbound.Ref, []byte) []byte { return fresh },
			listed: func(l *inbound.Listing) { l.Refs[0].Size = int64(len(fresh)) }}
		h.pass()
		assert.Equal(t, []string{"new"}, h.subjects())
	})
}

// sizeCounter counts how often its sessions are asked how much is in a folder.
type sizeCounter struct {
	inbound.Fetcher
	asked int
}

func (i *sizeCounter) Open(ctx context.Context, a inbound.Account, l inbound.Login) (inbound.Session, error) {
	s, err := i.Fetcher.Open(ctx, a, l)
	return &sizeCountingSession{s, i}, err
}

type sizeCountingSession struct {
	inbound.Session
	counter *sizeCounter
}

func (s *sizeCountingSession) FolderInfo(context.Context, string) (inbound.FolderInfo, error) {
	s.counter.asked++
	return inbound.FolderInfo{Bytes: 1000}, nil
}

// The size of what is there is of no interest if nothing of it is uploaded.
func TestStartNow_AsksForNoSize(t *testing.T) {
	for start, want := range map[inbound.Start]int{fromNow: 0, {}: 1} {
		h := newHost(t)
		h.account.Start = start
		i := &sizeCounter{Fetcher: h.box}
		h.fetcher = i
		h.deliverFrom("old", 20)
		h.pass()
		assert.Equal(t, want, i.asked)
		assert.True(t, h.health().InitialComplete)
	}
}
