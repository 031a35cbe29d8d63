package inbound_test

import (
	"context"
	"errors"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// A POP3 server that gives its messages new unique-ids in each session always has
// something unknown. A pass ends all the same.
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

// A connection that is cut while messages are deleted or marked is replaced for
// the folders behind.
func TestVisit_ConnectionLostBehindTheUpload(t *testing.T) {
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

// Many POP3 servers refuse a second login right after the first, with the answer
// that they give to a wrong password. The account goes on.
func TestRun_SecondLoginRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		var last time.Time
		h.box.Intercept = func(step string) error {
			if step != "open" {
				return nil
			}
			if time.Since(last) < time.Minute {
				return &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("-ERR Logon failure")}
			}
			last = time.Now()
			return nil
		}
		h.box.Deliver(mail("iris@example.com", "one"))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		s := h.syncer()
		go func() { ended <- s.Run(ctx) }()
		time.Sleep(time.Hour)
		h.box.Deliver(mail("iris@example.com", "two"))
		time.Sleep(time.Hour)
		cancel()
		require.NoError(t, <-ended)
		assert.Equal(t, []string{"one", "two"}, h.subjects())
		assert.Equal(t, inbound.HealthOK, h.health().State)
	})
}

// Where a connection was lost with a folder, a refusal of the next login is no
// wrong password either.
func TestVisit_LoginRefusedAfterALostConnection(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"A", "B"}
	h.box.DeliverTo("A", mail("iris@example.com", "A"))
	h.box.DeliverTo("B", mail("iris@example.com", "B"))
	opened := 0
	h.box.Intercept = func(step string) error {
		if step != "open" {
			return nil
		}
		if opened++; opened == 2 {
			return &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("NO too many connections")}
		}
		return nil
	}
	odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
		if step == "list" && folder == "A" {
			return &inbound.Error{Op: inbound.Op(step), Class: inbound.ErrTemporary, Err: inbound.ErrEnded}
		}
		return nil
	}}
	h.fetcher = odd
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrTemporary)
	require.NotErrorIs(t, err, inbound.ErrAuth)
	assert.Equal(t, inbound.HealthBackingOff, h.health().State)
	odd.before = nil
	h.pass()
	assert.Len(t, h.emails(), 2)
}

func TestSync_ObserverSeesAssignments(t *testing.T) {
	h := newHost(t)
	h.manager("kim", assign.Free)
	var seen map[string]int
	h.config.Observer = &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) { seen = maps.Clone(e.Report.Assigned) }}
	h.box.Deliver(mail("iris@example.com", "hello"))
	h.pass()
	assert.Equal(t, map[string]int{"kim": 1}, seen)
}
