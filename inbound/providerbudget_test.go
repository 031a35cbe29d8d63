package inbound_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/discover/presets"
	"github.com/postroom/postroom/inbound"
)

const (
	budgetMessages = 150
	budgetSize     = 100_000 // of each: 15 MB
)

// meteredUpload is an initial upload of 15 MB from a provider that gives 2.5 MB a day: a
// thousandth of what Gmail gives.
type meteredUpload struct {
	*upload
	preset    presets.Preset
	log       bytes.Buffer
	delivered map[string]time.Time // new mail, by subject
	slowest   time.Duration        // from a delivery to its upload
	done      time.Duration        // until the initial upload was complete
	reads     []inbound.UsageSpan  // each message that was read
	most      int64                // bytes in any 24 hours
}

// wholeServer is a pacedServer whose sessions can do what those of the mailbox can.
type wholeServer struct{ *pacedServer }

// Open implements inbound.Fetcher.
func (s wholeServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	session, err := s.pacedServer.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	paced := session.(*pacedSession)
	informer, marker := paced.Session.(inbound.FolderInformer), paced.Session.(inbound.Marker)
	if watcher, ok := paced.Session.(inbound.Watcher); ok {
		return struct {
			*pacedSession
			inbound.FolderInformer
			inbound.Marker
			inbound.Watcher
		}{paced, informer, marker, watcher}, nil
	}
	return struct {
		*pacedSession
		inbound.FolderInformer
		inbound.Marker
	}{paced, informer, marker}, nil
}

func newMeteredUpload(t *testing.T, protocol inbound.Protocol) *meteredUpload {
	u := &meteredUpload{upload: newUpload(t, protocol, 0, time.Second/20), delivered: make(map[string]time.Time)}
	u.fetcher = wholeServer{u.server}
	u.preset = presets.For("imap.gmail.com")
	u.preset.IMAP.BytesPerDay /= 1000
	u.preset.POP3 = u.preset.IMAP
	u.preset.POP3.LoginPause = 10 * time.Second
	u.config.Logger = slog.New(slog.NewTextHandler(&u.log, nil))
	for i := range budgetMessages {
		raw := mail("guest@example.com", fmt.Sprint("old ", i))
		u.box.Deliver(append(raw, bytes.Repeat([]byte("x"), budgetSize-len(raw))...))
	}
	u.box.InterceptMessage = func(raw []byte) error {
		u.read(int64(len(raw)), bytes.Contains(raw, []byte("Subject: old ")))
		return nil
	}
	committed := u.config.Observer.Committed
	u.config.Observer.Committed = func(e inbound.CommittedInfo) {
		committed(e)
		for subject, at := range u.delivered {
			if u.at[subject] > 0 {
				u.slowest = max(u.slowest, u.started.Add(u.at[subject]).Sub(at))
				delete(u.delivered, subject)
			}
		}
	}
	u.config.Observer.PassEnded = func(e inbound.PassEndedInfo) {
		if e.Health.InitialComplete && u.done == 0 {
			u.done = time.Since(u.started)
		}
	}
	return u
}

// read takes note of a message that the server has sent.
func (u *meteredUpload) read(size int64, old bool) {
	now := time.Now()
	if old {
		assert.False(u.t, u.health().HistoryAfter.After(now), "old mail is read before its time")
	}
	u.reads = append(u.reads, inbound.UsageSpan{To: now, Bytes: size})
	sum := int64(0)
	for i, read := range u.reads {
		if now.Sub(read.To) >= 24*time.Hour {
			continue
		}
		for _, r := range u.reads[i:] {
			sum += r.Bytes
		}
		u.reads = u.reads[i:]
		break
	}
	u.most = max(u.most, sum)
}

// runUntilDone runs Syncers, one after the other, while new mail arrives.
func (u *meteredUpload) runUntilDone() {
	for n := 0; u.done == 0; n++ {
		require.Less(u.t, n, 100, "it gets on")
		s := u.syncer()
		s.SetPreset(u.preset)
		ctx, cancel := context.WithTimeout(u.t.Context(), 7*time.Hour+time.Duration(n)*time.Minute)
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		time.Sleep(2*time.Hour + 13*time.Second)
		subject := fmt.Sprint("new ", n)
		u.delivered[subject] = time.Now()
		uid := u.box.Deliver(mail("late@example.com", subject))
		require.NoError(u.t, <-ended)
		cancel()
		require.Empty(u.t, u.delivered)
		if u.account.MarkSeen {
			assert.Contains(u.t, u.box.Seen(), uid, "what is done with new mail does not wait either")
		}
	}
}

// While old mail waits for the limits of the provider, new mail is uploaded within a
// minute, and no time is lost by restarts.
func TestRun_InitialUploadKeepsToBudget(t *testing.T) {
	for name, tc := range map[string]struct {
		protocol inbound.Protocol
		push     bool
		interval time.Duration
		order    inbound.Order
	}{
		"IMAP, push":         {inbound.IMAP, true, 0, inbound.Oldest},
		"IMAP, newest first": {inbound.IMAP, true, 0, inbound.Newest},
		"IMAP, polling":      {inbound.IMAP, false, 50 * time.Second, inbound.Oldest},
		"POP3":               {inbound.POP3, false, 50 * time.Second, inbound.Oldest},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := newMeteredUpload(t, tc.protocol)
				u.box.Push, u.account.Interval, u.account.InitialOrder = tc.push, tc.interval, tc.order
				u.account.MarkSeen = tc.protocol == inbound.IMAP
				u.server.asked = func(_ string, from inbound.Cursor) {
					if tc.protocol == inbound.IMAP && u.health().HistoryAfter.After(time.Now()) {
						waits := !from.Newest && from.After+1 >= u.state().History.Before
						assert.True(t, waits, "%+v: history is listed before its time", from)
					}
				}
				u.runUntilDone()
				assert.LessOrEqual(t, u.slowest, time.Minute)
				limit := u.preset.IMAP.BytesPerDay
				assert.LessOrEqual(t, u.most, limit)
				allowed := float64(budgetMessages*budgetSize) / float64(limit) * 24 // hours
				assert.LessOrEqual(t, u.done.Hours()/allowed, 1.1)
				assert.Equal(t, 1, strings.Count(u.log.String(), `estimate="15 MB at 2250 kB a day: 7 days"`))
				assert.Zero(t, u.health().InitialNotBefore)
				t.Logf("%.2f of what the limit allows; new mail within %v; at most %d bytes in a day",
					u.done.Hours()/allowed, u.slowest, u.most)
			})
		})
	}
}

// The estimate of the time that is left knows the limits of the provider from the
// beginning on.
func TestRun_InitialUploadETAKnowsTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newMeteredUpload(t, inbound.IMAP)
		u.box.Push = true
		var latest atomic.Pointer[inbound.ProgressInfo]
		u.config.Observer.Progress = func(e inbound.ProgressInfo) { latest.Store(&e) }
		s := u.syncer()
		s.SetPreset(u.preset)
		stop := u.run(s)
		time.Sleep(5 * time.Second)
		for _, hours := range []int{0, 20, 30, 50, 80, 110, 140} {
			time.Sleep(time.Duration(hours)*time.Hour - time.Since(u.started) + 5*time.Second)
			h := u.health()
			eta, ok := h.InitialETA(time.Now())
			last := latest.Load()
			assert.True(t, ok)
			assert.InDelta(t, 144-hours, eta.Hours(), 1, "after %d hours", hours)
			assert.InDelta(t, eta.Hours(), last.ETA.Hours(), 1)
			if hours > 0 {
				assert.Equal(t, inbound.HealthInitialUpload, h.State)
				assert.Positive(t, time.Until(h.HistoryAfter))
				assert.Equal(t, h.HistoryAfter, last.HistoryAfter)
			}
		}
		stop()
	})
}
