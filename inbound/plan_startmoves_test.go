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

// A start that moves back uploads the mail that it had left out, and nothing else.
func TestStart_MovesBack(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			day := func(n int) time.Time { return time.Date(2000, 1, 1+n, 0, 0, 0, 0, time.UTC) }
			for i := range 10 { // the bubble's clock begins on 2000-01-01
				h.box.Deliver(received("iris@example.com", fmt.Sprint("day ", i)),
					mail("shop@shop.example", fmt.Sprint("own ", i)))
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
			assert.Empty(t, h.pass().Outcomes, "each message only once")
			counts, err := h.store.Outcomes(t.Context(), "shop")
			require.NoError(t, err)
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 10, inbound.Ignored: 10}, counts)
		})
	})
}

// The first pass, from a start, is cut off; then the start moves back.
func TestStart_MovesBackDuringInitialUpload(t *testing.T) {
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

// A start moves back before the folder was listed to its end: what had been left out
// by then is decided on again.
func TestStart_MovesBackDuringListing(t *testing.T) {
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

// After a start has moved back, what it still leaves out is read once, although an
// incomplete listing never counts as listed to its end.
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
		_ = h.passIncomplete()
		assert.LessOrEqual(t, steps["open"], 3)
		assert.Equal(t, 1, steps["fetch"], "all headers together, once")
		_ = h.passIncomplete()
		assert.Equal(t, 1, steps["fetch"], "and in no later pass")
		assert.Empty(t, h.emails())
	})
}

// The start moves back, the next pass fails, and the start is from now again.
func TestStartNow_AgainAfterMovingBack(t *testing.T) {
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

			time.Sleep(time.Hour)
			h.account.Start, h.box.Intercept = fromNow, nil
			h.box.Deliver(received("iris@example.com", "new"))
			h.pass()
			assert.Equal(t, []string{"new"}, h.subjects())
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 2, inbound.Uploaded: 1}, h.counts())
		})
	})
}
