package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// A server lists a message smaller than it is and leaves it out of the first
// answer; what is asked for the second time must still show that it goes on.
func TestTake_CutIsSeenInTheSecondAttempt(t *testing.T) {
	const limit = 2000
	for _, size := range []int{limit - 1, limit, limit + 1, 3 * limit} {
		t.Run(fmt.Sprint(size, " bytes"), func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.account.DeleteUploaded, h.config.Limits.MessageBytes = true, limit
				raw := mail("iris@example.com", "long")
				raw = append(raw, strings.Repeat("x", size-len(raw))...)
				h.box.Deliver(raw)
				asked := 0
				h.fetcher = &oddServer{Fetcher: h.box,
					listed: func(l *inbound.Listing) {
						for i := range l.Refs {
							l.Refs[i].Size = 500
						}
					},
					omits: func(inbound.Ref) bool { asked++; return asked == 1 }}
				h.pass()
				require.Equal(t, 2, asked)
				e := h.emails()[0]
				assert.Equal(t, int64(min(size, limit)), e.Size)
				assert.Equal(t, size > limit, e.Truncated)
				assert.Equal(t, size > limit, len(h.box.UIDs()) == 1, "what was cut stays on the server")
				extent := map[bool]inbound.Extent{false: inbound.ExtentWhole, true: inbound.ExtentCut}[size > limit]
				assert.Equal(t, extent, h.rows()["long"].Extent)
			})
		})
	}
}

// A folder that cannot be read now ends neither the visit nor the pass.
func TestVisit_FolderFailsAlone(t *testing.T) {
	temporary := func(cause error) error {
		return &inbound.Error{Op: "list", Class: inbound.ErrTemporary, Err: cause}
	}
	for name, failure := range map[string]error{
		"broken index":         temporary(errors.New("[SERVERBUG] internal error")),
		"connection unusable":  temporary(inbound.ErrDirty),
		"session ended":        temporary(inbound.ErrEnded),
		"not there":            &inbound.Error{Op: "list", Class: inbound.ErrPermanent, Err: errors.New("no such folder")},
		"error of no class":    errors.New("something new"),
		"read in the midst of": temporary(errors.New("[SERVERBUG] cannot read")),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Folders = []string{"A", "Broken", "Z"}
				for _, folder := range h.account.Folders {
					h.box.DeliverTo(folder, mail("iris@example.com", folder))
				}
				fails := map[bool]string{false: "list", true: "fetch"}[strings.HasPrefix(name, "read")]
				odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
					if folder == "Broken" && step == fails {
						return failure
					}
					return nil
				}}
				h.fetcher = odd
				for range 2 {
					_, err := h.syncer().Sync(t.Context(), "shop")
					var e *inbound.Error
					if !errors.As(failure, &e) {
						require.ErrorIs(t, err, failure)
					} else {
						require.ErrorIs(t, err, e.Err)
						require.Empty(t, e.Account+e.Folder, "an error of a fetcher is not changed")
						require.ErrorAs(t, err, &e)
						assert.Equal(t, "shop Broken", e.Account+" "+e.Folder)
					}
					assert.Zero(t, h.box.Sessions())
					assert.Equal(t, []string{"A", "Z"}, h.subjects())
					health := h.health()
					assert.Equal(t, inbound.HealthDegraded, health.State)
					assert.False(t, health.InitialComplete)
					assert.Zero(t, health.Failures)
					assert.NotZero(t, health.LastSuccess)
					assert.NotEmpty(t, health.LastError)
				}
				odd.before = nil
				time.Sleep(10 * time.Minute)
				h.pass()
				assert.Equal(t, []string{"A", "Z", "Broken"}, h.subjects())
				assert.True(t, h.health().InitialComplete)
				assert.Equal(t, inbound.HealthOK, h.health().State)
			})
		})
	}
}

// With no folder that can be read, the pass has failed.
func TestVisit_EveryFolderFails(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"A", "B"}
	h.fetcher = &oddServer{Fetcher: h.box, before: func(string, string) error {
		return &inbound.Error{Op: "list", Class: inbound.ErrTemporary, Err: errors.New("index broken")}
	}}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrTemporary)
	assert.Equal(t, inbound.HealthBackingOff, h.health().State)
	assert.Equal(t, 1, h.health().Failures)
}

// What failed to be committed is not marked as read, and is when it is uploaded.
func TestMarkSeen_NotWhatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.MarkSeen = true
		h.config.Store = refusingStore{h.store, map[string]bool{"refused": true}}
		h.box.Deliver(mail("iris@example.com", "fine"), mail("iris@example.com", "refused"), mail("noor@example.com", "fine too"))
		h.pass()
		assert.Equal(t, []uint32{1, 3}, h.box.Seen())
		h.config.Store = h.store
		time.Sleep(2 * time.Minute)
		h.pass()
		assert.Equal(t, []uint32{1, 2, 3}, h.box.Seen())
	})
}

// What could not be marked is marked by a later pass, and is nobody's failure
// but the folder's.
func TestMarkSeen_TriedAgain(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen, h.account.Folders = true, []string{"A", "INBOX"}
	h.box.DeliverTo("A", mail("iris@example.com", "in A"))
	h.box.Deliver(mail("iris@example.com", "one"), mail("iris@example.com", "two"))
	refused := errors.New("[READ-ONLY]")
	odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
		if step == "seen" && folder == "INBOX" {
			return &inbound.Error{Op: "mark", Class: inbound.ErrPermanent, Err: refused}
		}
		return nil
	}}
	h.fetcher = odd
	for range 2 {
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, refused)
		assert.ErrorContains(t, err, "folder INBOX")
		assert.Empty(t, h.box.Seen())
		assert.Equal(t, inbound.HealthDegraded, h.health().State)
	}
	odd.before = nil
	h.pass()
	assert.Equal(t, []uint32{1, 2}, h.box.Seen())
	marks := 0
	odd.before = func(step, _ string) error {
		if step == "seen" {
			marks++
		}
		return nil
	}
	h.pass()
	assert.Zero(t, marks, "once only")
}

// A pass ends although the server lists a different size in each session.
func TestVisit_POP3SizesThatChangeEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		listings := int64(0)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
			if listings++; listings > 100 {
				cancel()
			}
			for i := range l.Refs {
				l.Refs[i].Size -= listings % 50
			}
		}}
		h.deliverFrom("guest", 3)
		_, err := h.syncer().Sync(ctx, "shop")
		require.NoError(t, err)
		assert.Less(t, listings, int64(10))
	})
}

// A message that the server refuses, in whatever words, is read last from the
// second attempt on, so that it delays no other one.
func TestTake_RefusedMessage(t *testing.T) {
	classes := []error{inbound.ErrPermanent, inbound.ErrThrottled, inbound.ErrTemporary, errors.New("no class")}
	for _, class := range classes {
		t.Run(class.Error(), func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					h.use(protocol)
					h.box.InterceptMessage = func(raw []byte) error {
						if strings.Contains(string(raw), "guest2@") {
							return &inbound.Error{Op: "read", Class: class, Err: errors.New("[CANNOT] not this one")}
						}
						return nil
					}
					h.deliverFrom("guest", 9)
					for range 3 {
						_, err := h.syncer().Sync(t.Context(), "shop")
						require.ErrorIs(t, err, class)
						time.Sleep(time.Hour)
					}
					assert.Len(t, h.emails(), 8)
					h.box.InterceptMessage = nil
					time.Sleep(25 * time.Hour)
					h.pass()
					assert.Len(t, h.emails(), 9)
				})
			})
		})
	}
}
