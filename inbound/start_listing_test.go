package inbound_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// Servers with many messages or several back ends may show old mail only after
// the account was connected.
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

// A POP3 server may count sizes differently since an update. What a baseline knows
// by its ID is read again then, and goes by its topmost Received.
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

// A back end that lags shows a UIDNEXT from before the account was connected. It
// looks like a server that was restored; old mail is told by its time of arrival.
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
					first, func(*inbound.Listing) {}, func(l *inbound.Listing) { l.NextPosition = 6 }, func(*inbound.Listing) {},
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
