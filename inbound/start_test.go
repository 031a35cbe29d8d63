package inbound_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// received is a message that came to the server now, and says so in its topmost
// Received header.
func received(from, subject string) []byte {
	return mail(from, subject, "Received: from a.example by imap.example.com; "+time.Now().Format(time.RFC1123Z))
}

var fromNow = inbound.Start{Now: true}

// Of UIDNEXT nothing more is believed than that it is not too low.
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
				h.deliverFrom("renumbered", 1)
				h.pass()
				assert.Len(t, h.emails(), 7)
			})
		}
	}
}

// What is not there at the start comes later, whatever the server's clock says:
// it may be slow, and mail that is moved into the folder keeps its date.
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

// What an incomplete listing shows is no baseline; the time of arrival decides.
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
			h.pass()
			assert.Empty(t, h.emails(), "there before the account was connected")
			time.Sleep(time.Hour)
			h.box.Deliver(received("iris@example.com", "new"))
			h.pass()
			require.Len(t, h.emails(), 1)
			assert.Equal(t, "new", h.emails()[0].Subject)
		})
	})
}

// The start is the account's: what came since is not old for a folder that is
// added or renamed, nor for a different protocol.
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

func TestStartNow_IMAPInPlaceOfPOP3(t *testing.T) {
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

// A start that moves back takes up what it had left out, and nothing else.
func TestStart_MovesBack(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			day := func(n int) time.Time { return time.Date(2000, 1, 1+n, 0, 0, 0, 0, time.UTC) }
			for i := range 10 { // the bubble's clock begins on 2000-01-01
				h.box.Deliver(received("iris@example.com", fmt.Sprint("day ", i)), mail("shop@shop.example", fmt.Sprint("own ", i)))
				time.Sleep(24 * time.Hour)
			}
			uploaded := func(start inbound.Start) int {
				h.account.Start = start
				h.pass()
				return len(h.emails())
			}
			assert.Equal(t, 0, uploaded(fromNow))
			assert.Equal(t, 2, uploaded(inbound.Start{Since: day(8)}))
			assert.Equal(t, 2, uploaded(inbound.Start{Since: day(9)}), "what is uploaded stays")
			assert.Equal(t, 5, uploaded(inbound.Start{Since: day(5)}))
			assert.Equal(t, 5, uploaded(fromNow))
			assert.Equal(t, 10, uploaded(inbound.Start{}))
			assert.Empty(t, h.pass().Outcomes, "and once only")
			counts, err := h.store.Outcomes(t.Context(), "shop")
			require.NoError(t, err)
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 10, inbound.Ignored: 10}, counts)
		})
	})
}

// POP3 servers may give all messages new unique-ids. What was there at the start
// is then told by its topmost Received, or by its size where it has none.
func TestStartNow_NewUniqueIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Start = fromNow
		for i := range 12 {
			h.box.Deliver(received("iris@example.com", fmt.Sprint("old ", i)), mail("noor@example.com", fmt.Sprint("undated ", i)))
		}
		time.Sleep(time.Hour)
		h.pass()
		h.box.Deliver(received("iris@example.com", "since"))
		h.pass()
		require.Equal(t, []string{"since"}, h.subjects())
		time.Sleep(time.Hour)
		h.box.Renumber()
		h.box.Deliver(received("iris@example.com", "after it"), mail("noor@example.com", "undated, but of a size that was not there"))
		h.pass()
		assert.Equal(t, []string{"since", "after it", "undated, but of a size that was not there"}, h.subjects())
		assert.Len(t, h.customers.All(), 2)
		h.deliverFrom("later", 3)
		h.pass()
		assert.Len(t, h.emails(), 6)
	})
}

// A clock that was set back must not put the daily comparison off.
func TestPlan_ComparisonFromTheFuture(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("guest", 250)
	h.box.Hide(true, 3)
	h.pass()
	h.box.Hide(false, 3)
	h.pass()
	require.Len(t, h.emails(), 249, "far below the watermark")
	state, err := h.store.FolderState(t.Context(), "shop", "INBOX")
	require.NoError(t, err)
	state.ComparedAt = time.Now().AddDate(1, 0, 0)
	require.NoError(t, h.store.SetFolderState(t.Context(), "shop", "INBOX", state))
	h.pass()
	assert.Len(t, h.emails(), 250)
}

// The first pass, from a start, is cut off; then the start moves back.
func TestStart_MovesBackBeforeAPassHasEnded(t *testing.T) {
	for name, start := range map[string]inbound.Start{"now": fromNow, "since": {Since: time.Now().AddDate(1, 0, 0)}} {
		t.Run(name, func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.account.Start = start
				for range 20 {
					h.box.Deliver(received("iris@example.com", "old"+time.Now().String()))
				}
				lists := 0
				h.box.Intercept = func(step string) error {
					if step == "list" {
						lists++
					}
					if lists == 5 && name == "now" || lists == 3 && name == "since" {
						return &inbound.Error{Op: "list", Class: inbound.ErrTemporary, Err: errors.New("cut")}
					}
					return nil
				}
				_, err := h.syncer().Sync(t.Context(), "shop")
				t.Log(lists, err, h.outcomes())
				h.box.Intercept = nil
				h.account.Start = inbound.Start{}
				h.pass()
				assert.Equal(t, 20, len(h.emails()))
			})
		})
	}
}

// The moment of the first connection is remembered by itself: the folder may be
// listed for the first time much later.
func TestStartNow_CountsFromTheFirstConnection(t *testing.T) {
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

// A start that is corrected before the folder has been listed to its end: what was
// left out by then is looked at again.
func TestStart_MovesBackBeforeTheListingEnded(t *testing.T) {
	for name, known := range map[string]bool{"first listing": false, "later listing": true} {
		t.Run(name, func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					h.use(protocol)
					if known {
						h.pass()
					}
					for i := range 20 { // three pages
						h.box.Deliver(received("iris@example.com", fmt.Sprint("mail ", i)))
					}
					time.Sleep(24 * time.Hour)
					h.account.Start.Since = time.Now()
					listed := 0
					h.box.Intercept = func(step string) error {
						if step == "list" {
							listed++
						}
						if listed == 3 {
							return failAt("list", step)
						}
						return nil
					}
					_, err := h.syncer().Sync(t.Context(), "shop")
					require.ErrorIs(t, err, inbound.ErrTemporary)
					h.box.Intercept, h.account.Start = nil, inbound.Start{}
					h.pass()
					assert.Len(t, h.emails(), 20)
				})
			})
		})
	}
}

// What a start that has moved back still leaves out is looked at once, although an
// incomplete listing is never listed to its end.
func TestStart_MovesBackWithIncompleteListings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		for i := range 5 {
			h.box.Deliver(received("iris@example.com", fmt.Sprint("old ", i)))
		}
		time.Sleep(10 * time.Hour)
		h.account.Start.Since = time.Now().Add(-time.Hour)
		h.pass()
		h.account.Start.Since = time.Now().Add(-2 * time.Hour)
		steps := make(map[string]int)
		h.box.Intercept = func(step string) error {
			time.Sleep(time.Millisecond) // each step takes a while
			if steps[step]++; steps["open"] > 20 {
				return failAt("open", step)
			}
			return nil
		}
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) { l.Incomplete = true }}
		h.pass()
		assert.LessOrEqual(t, steps["open"], 3)
		assert.Equal(t, 1, steps["fetch"], "all headers together, once")
		h.pass()
		assert.Equal(t, 1, steps["fetch"], "and in no later pass")
		assert.Empty(t, h.emails())
	})
}

// The start moves back, the pass after that fails, and the start is from now again.
func TestStartNow_AgainAfterItHadMovedBack(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.Start = fromNow
			h.box.Deliver(received("iris@example.com", "one"), received("noor@example.com", "two"))
			time.Sleep(time.Minute)
			h.pass()

			time.Sleep(time.Minute)
			h.account.Start = inbound.Start{Since: time.Now().Add(-time.Hour)}
			h.box.Intercept = func(step string) error {
				if step == "fetch" {
					return &inbound.Error{Op: "fetch", Class: inbound.ErrTemporary, Err: errors.New("cut")}
				}
				return nil
			}
			_, err := h.syncer().Sync(t.Context(), "shop")
			require.Error(t, err)

			h.account.Start, h.box.Intercept = fromNow, nil
			h.box.Deliver(received("iris@example.com", "new"))
			h.pass()
			assert.Equal(t, []string{"new"}, h.subjects())
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 2, inbound.Uploaded: 1}, countOf(inbound.Report{}, h))
		})
	})
}
