package inbound_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestVisit_MissingFolderDelaysNoOther(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"Gone", "INBOX"}
	h.box.Deliver(mail("a@example.com", "one"))
	report, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.ErrorContains(t, err, "Gone")
	assert.Equal(t, 1, report.Outcomes[inbound.Uploaded])
}

// A folder that cannot be read now ends neither the visit nor the pass.
func TestVisit_FolderFailsAlone(t *testing.T) {
	temporary := func(cause error) error {
		return &inbound.Error{Op: "list", Class: inbound.ErrTemporary, Err: cause}
	}
	for name, failure := range map[string]error{
		"broken index":        temporary(errors.New("[SERVERBUG] internal error")),
		"connection unusable": temporary(inbound.ErrDirty),
		"session ended":       temporary(inbound.ErrEnded),
		"not there": &inbound.Error{Op: "list", Class: inbound.ErrPermanent,
			Err: errors.New("no such folder")},
		"error of no class": errors.New("something new"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Folders = []string{"A", "Broken", "Z"}
				for _, folder := range h.account.Folders {
					h.box.DeliverTo(folder, mail("iris@example.com", folder))
				}
				odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
					if folder == "Broken" && step == "list" {
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

// If no folder can be read, the pass has failed.
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

// A connection that is lost while messages are deleted or marked is replaced before
// the next folder.
func TestVisit_ConnectionLostAfterUpload(t *testing.T) {
	for _, lost := range []string{"delete", "seen"} {
		t.Run(lost, func(t *testing.T) {
			h := newHost(t)
			h.account.DeleteUploaded, h.account.MarkSeen = lost == "delete", lost == "seen"
			h.account.Folders = []string{"A", "B", "C"}
			for _, folder := range h.account.Folders {
				h.box.DeliverTo(folder, mail("iris@example.com", folder))
			}
			cut := false
			h.box.Intercept = func(step string) error {
				cut = cut && step != "open"
				return nil
			}
			h.fetcher = &oddServer{Fetcher: h.box, before: func(step, _ string) error {
				if cut = cut || step == lost; cut {
					return &inbound.Error{Op: inbound.Op(step), Class: inbound.ErrTemporary, Err: inbound.ErrDirty}
				}
				return nil
			}}
			_, err := h.syncer().Sync(t.Context(), "shop")
			require.ErrorIs(t, err, inbound.ErrDirty)
			assert.Equal(t, []string{"A", "B", "C"}, h.subjects())
			assert.Equal(t, inbound.HealthDegraded, h.health().State)
		})
	}
}

// A pass ends although the server lists different sizes in each session.
func TestVisit_POP3SizesChangeInEachSession(t *testing.T) {
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

// A POP3 server that gives its messages new unique-ids in each session always lists
// unknown messages. The pass still ends.
func TestVisit_NewUniqueIDsInEachSession(t *testing.T) {
	for name, tc := range map[string]struct {
		creates, sizes bool
	}{
		"uploaded":               {creates: true},
		"uploaded, of new sizes": {creates: true, sizes: true},
		"left on the server":     {},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.use(inbound.POP3)
			h.account.CreateCustomer = tc.creates
			h.deliverFrom("guest", 5)
			opened := 0
			h.box.Intercept = func(step string) error {
				if step != "open" {
					return nil
				}
				if opened++; opened > 20 {
					return temporaryError("connect")
				}
				h.box.Renumber()
				return nil
			}
			h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
				for i := range l.Refs {
					if tc.sizes {
						l.Refs[i].Size += int64(opened)
					}
				}
			}}
			h.pass()
			assert.LessOrEqual(t, opened, 3)
			assert.LessOrEqual(t, len(h.outcomes()), 15)
		})
	}
}
