package inbound_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// passIncomplete is a pass in which the server does not list everything.
func (h *host) passIncomplete() error {
	h.t.Helper()
	_, err := h.syncer().Sync(h.t.Context(), "shop")
	require.ErrorIs(h.t, err, inbound.ErrTemporary)
	assert.Equal(h.t, inbound.HealthDegraded, h.health().State)
	assert.Zero(h.t, h.box.Sessions())
	return err
}

// hides leaves messages out of each page, like a server that says that it has more than
// it lists.
func hides(keys ...string) func(l *inbound.Listing) {
	return func(l *inbound.Listing) {
		var shown []inbound.Ref
		for _, ref := range l.Refs {
			hidden := false
			for _, key := range keys {
				hidden = hidden || ref.Key == key
			}
			if !hidden {
				shown = append(shown, ref)
			}
		}
		l.Refs, l.Incomplete = shown, true
	}
}

// The server lists nothing, or not everything, of what it says it has. What it lists is
// uploaded, and a person is told.
func TestIncomplete_IsTold(t *testing.T) {
	for name, tc := range map[string]struct {
		hidden []string
		text   string
		done   int
	}{
		"nothing listed": {[]string{"1", "2", "3"}, "the server lists 0 of 3 messages", 0},
		"a part listed":  {[]string{"2"}, "the server lists 2 of 3 messages", 2},
		"odd entries":    {nil, "the server leaves out messages, or lists some in a way that names none", 3},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.deliverFrom("guest", 3)
			opened := h.refuseLogins(100, 0, nil)
			odd := &oddServer{Fetcher: h.box, listed: hides(tc.hidden...)}
			h.fetcher = odd
			for range 2 {
				err := h.passIncomplete()
				require.ErrorContains(t, err, tc.text)
				assert.Contains(t, inbound.HintOf(err), "provider")
				health := h.health()
				assert.Contains(t, health.LastError, tc.text)
				assert.NotEmpty(t, health.Hint)
				assert.False(t, health.InitialComplete)
				assert.Equal(t, []int{tc.done, 3}, []int{health.InitialDone, health.InitialTotal})
				assert.Len(t, h.emails(), 3-len(tc.hidden))
			}
			assert.Len(t, opened.all(), 3, "two in the first pass, and one when it is known")
			r, err := h.syncer().Reconcile(t.Context(), "shop")
			require.NoError(t, err)
			assert.False(t, r.Complete)
			require.NotEmpty(t, r.Gaps)
			gap := r.Gaps[len(r.Gaps)-1]
			assert.Equal(t, inbound.Gap{SourceID: inbound.SourceID{Folder: "INBOX", Generation: "1"},
				Kind: inbound.GapUnlisted, Reason: tc.text}, gap)

			odd.listed = nil // it is repaired
			h.pass()
			assert.Equal(t, inbound.HealthOK, h.health().State)
			assert.True(t, h.health().InitialComplete)
			assert.Len(t, h.emails(), 3)
		})
	}
}

// A message that is removed while the folder is listed is no alarm: the folder is looked
// at a second time in the same pass.
func TestIncomplete_ForAMoment(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.deliverFrom("guest", 20)
		opened, last := 0, inbound.ProgressInfo{}
		h.config.Observer = &inbound.Observer{Progress: func(p inbound.ProgressInfo) { last = p }}
		h.box.Intercept = func(step string) error {
			if step == "open" {
				opened++
			}
			return nil
		}
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
			if opened == 1 {
				l.Total, l.Incomplete = l.Total+1, true
			}
		}}
		h.pass()
		assert.Equal(t, 2, opened)
		assert.Equal(t, inbound.HealthOK, h.health().State)
		assert.True(t, h.health().InitialComplete)
		assert.Len(t, h.emails(), 20)
		assert.Equal(t, [2]int{20, 20}, [2]int{last.Settled, last.Total})
		assert.Equal(t, 20, h.health().InitialTotal)
		h.pass()
		assert.Equal(t, 3, opened, "once a pass")
	})
}

// A server that has listed everything before: what it leaves out is found by a listing of
// the whole folder, in the same pass.
func TestIncomplete_LaterOn(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("guest", 250)
	h.pass()
	var listed []uint64
	h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
		if len(l.Refs) > 0 {
			listed = append(listed, l.Refs[0].Position)
		}
		l.Refs, l.More, l.Incomplete = nil, false, true
	}}
	err := h.passIncomplete()
	require.ErrorContains(t, err, "the server lists 0 of 250 messages")
	assert.Equal(t, []uint64{51, 1}, listed)
	assert.True(t, h.health().InitialComplete)
}

// A folder that is incomplete delays no other, and is named.
func TestIncomplete_OneOfSeveralFolders(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"A", "B"}
	h.box.DeliverTo("A", mail("a@example.com", "A"))
	h.box.DeliverTo("B", mail("b@example.com", "B"))
	h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
		if l.Refs[0].Folder == "A" {
			l.Total, l.Incomplete = 40, true
		}
	}}
	err := h.passIncomplete()
	require.ErrorContains(t, err, "folder A): the server lists 1 of 40 messages")
	assert.Len(t, h.emails(), 2)
}

// The second look is not possible: what the first one saw is told.
func TestIncomplete_SecondLoginRefused(t *testing.T) {
	for _, class := range []error{inbound.ErrThrottled, inbound.ErrAuth} {
		h := newHost(t)
		h.deliverFrom("guest", 3)
		h.refuseLogins(1, 1, &inbound.Error{Op: inbound.OpLogin, Class: class, Err: fmt.Errorf("NO")})
		h.fetcher = &oddServer{Fetcher: h.box, listed: hides("2")}
		err := h.passIncomplete()
		require.ErrorContains(t, err, "the server lists 2 of 3 messages")
	}
}
