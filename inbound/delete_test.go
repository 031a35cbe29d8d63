package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// An uploaded message stays on the server for the grace period, and is deleted after
// it.
func TestDeleteAfter_GracePeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.DeleteUploaded, h.account.DeleteAfter = true, 48*time.Hour
		h.box.Deliver(mail("a@example.com", "one"))
		assert.Zero(t, h.pass().Deleted)
		time.Sleep(47 * time.Hour)
		h.box.Deliver(mail("a@example.com", "two"))
		assert.Zero(t, h.pass().Deleted)
		time.Sleep(2 * time.Hour)
		assert.Equal(t, 1, h.pass().Deleted)
		assert.Equal(t, []uint32{2}, h.box.UIDs())
	})
}

// Some servers list different sizes from day to day. The grace period still counts
// from the upload.
func TestDeleteAfter_ListedSizesChange(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.DeleteUploaded, h.account.DeleteAfter = true, 48*time.Hour
			off := int64(0)
			h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
				for i := range l.Refs {
					l.Refs[i].Size -= off
				}
			}}
			h.deliverFrom("guest", 3)
			for range 47 {
				assert.Zero(t, h.pass().Deleted)
				off++
				time.Sleep(time.Hour)
			}
			time.Sleep(2 * time.Hour)
			assert.Equal(t, 3, h.pass().Deleted)
			assert.Len(t, h.emails(), 3)
		})
	})
}

// A server was restored from a backup and has received more mail since than it had
// before: only the sizes show that UIDs were reused.
func TestPromise_NothingDeletedUnderReusedUID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.DeleteUploaded, h.account.DeleteAfter = true, 2*time.Hour
		for range 300 {
			h.box.Deliver(mail("a@example.com", "filler"))
		}
		h.pass()
		h.box.Restore(11)
		h.box.Deliver(mail("b@example.com", "only here, and far below the watermark"))
		for range 300 {
			h.box.Deliver(mail("b@example.com", "what came after the restore"))
		}
		h.pass()
		time.Sleep(3 * time.Hour)
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrKeyReused)
		h.pass()
		assert.Len(t, h.emails(), 3, "one of each: the others have the same bytes")
		assert.Equal(t, inbound.Uploaded, h.outcomes()["11"])
		time.Sleep(3 * time.Hour)
		h.pass()
		assert.Empty(t, h.box.UIDs(), "everything is deleted later")
	})
}

// The bytes in the store are compared before the message is deleted from the server.
func TestPromise_NothingDeletedUnlessKeptWhole(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	damaged := h.emails()[0].ID
	h.account.DeleteUploaded = true
	h.config.Store = &truncatedRawStore{Store: h.store, id: damaged}
	report := h.pass()
	assert.Equal(t, 1, report.Deleted)
	assert.Equal(t, []uint32{1}, h.box.UIDs())
	rows, err := h.store.Entries(t.Context(), "shop", inbound.Uploaded, inbound.SourceID{}, 10)
	require.NoError(t, err)
	assert.Contains(t, rows[0].Reason, "not in the store as they came")
	h.pass()
	assert.Equal(t, []uint32{1}, h.box.UIDs(), "nor later")
}

// truncatedRawStore returns only the first bytes of one email.
type truncatedRawStore struct {
	inbound.Store
	id string
}

func (s *truncatedRawStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	r, err := s.Store.OpenRaw(ctx, id)
	if err != nil || id != s.id {
		return r, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, 20), r}, nil
}

// An email that is damaged in the store keeps its own message on the server, and no
// other.
func TestDeleteUploaded_DamagedEmail(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.deliverFrom("guest", 5)
		h.pass()
		h.account.DeleteUploaded = true
		damaged := fmt.Errorf("part 1 is missing: %w", io.ErrUnexpectedEOF)
		h.config.Store = &unreadableRawStore{h.store, map[string]error{h.emails()[2].ID: damaged}}
		assert.Equal(t, 4, h.pass().Deleted)
		assert.Equal(t, []uint32{3}, h.box.UIDs())
		row := h.rows()["guest2"]
		assert.True(t, row.Keep)
		assert.Contains(t, row.Reason, "not deleted from the server")
		assert.Zero(t, h.pass().Deleted)
		assert.Equal(t, inbound.HealthOK, h.health().State)
	})
}

// An email that cannot be read now is left for the next pass; the messages of other
// emails are deleted.
func TestDeleteUploaded_UnreadableEmail(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.deliverFrom("guest", 30)
		h.pass()
		h.account.DeleteUploaded = true
		slow := errors.New("the disk does not answer")
		raws := &unreadableRawStore{h.store, make(map[string]error)}
		for _, e := range h.emails()[:10] {
			raws.fails[e.ID] = slow
		}
		h.config.Store = raws
		report, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, slow)
		assert.Equal(t, 20, report.Deleted)
		assert.Equal(t, inbound.HealthDegraded, h.health().State)
		assert.Len(t, h.box.UIDs(), 10)
		clear(raws.fails)
		assert.Equal(t, 10, h.pass().Deleted)
	})
}

// When more emails than that cannot be read, the store as a whole counts as failing.
func TestDeleteUploaded_UnreadableStore(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("guest", 30)
	h.pass()
	h.account.DeleteUploaded = true
	slow := errors.New("the disk does not answer")
	raws := &unreadableRawStore{h.store, make(map[string]error)}
	for _, e := range h.emails()[:11] {
		raws.fails[e.ID] = slow
	}
	h.config.Store = raws
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, slow)
	assert.Len(t, h.box.UIDs(), 30)
	h.deliverFrom("late", 2)
	_, err = h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, slow)
	assert.Len(t, h.emails(), 32, "mail is still collected")
}

// A refused deletion concerns its folder only; the next pass deletes.
func TestDeleteUploaded_RefusedByServer(t *testing.T) {
	h := newHost(t)
	h.account.DeleteUploaded, h.account.Folders = true, []string{"A", "INBOX"}
	refused := errors.New("no UIDPLUS")
	odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
		if step == "delete" && folder == "A" {
			return &inbound.Error{Op: "delete", Class: inbound.ErrPermanent, Err: refused}
		}
		return nil
	}}
	h.fetcher = odd
	h.box.DeliverTo("A", mail("iris@example.com", "in A"))
	h.deliverFrom("guest", 3)
	report, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, refused)
	assert.Equal(t, 3, report.Deleted)
	assert.True(t, strings.Contains(h.health().LastError, "folder A"), h.health().LastError)
	assert.True(t, h.health().InitialComplete)
	odd.before = nil
	assert.Equal(t, 1, h.pass().Deleted)
}

// A server that was restored within a pass has given the key of a large message to a copy
// of a small one. Once the listing agrees with what came, the copy is deleted.
func TestDeleteUploaded_CopyListedTooLarge(t *testing.T) {
	h := newHost(t)
	h.account.DeleteUploaded = true
	h.config.Limits.MessageBytes = 10_000
	odd := &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
		for i := range l.Refs {
			if l.Refs[i].Position == 2 {
				l.Refs[i].Size = 20_000
			}
		}
	}}
	h.fetcher = odd
	h.box.Deliver(mail("mona@example.com", "small"), mail("mona@example.com", "small"))
	h.pass()
	assert.Equal(t, []uint32{2}, h.box.UIDs(), "it is not known to be whole")
	odd.listed = nil
	h.pass()
	assert.Empty(t, h.box.UIDs())
	assert.Len(t, h.emails(), 1)
}

// A message that is shorter than its listed size may be incomplete, so it stays on
// the server until the listed size agrees.
func TestDeleteUploaded_ShortMessageStays(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.DeleteUploaded = true
			odd := &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
				for i := range l.Refs {
					l.Refs[i].Size += 500
				}
			}}
			h.fetcher = odd
			h.box.Deliver(mail("mona@example.com", "long, says the server"))
			for range 3 {
				h.pass()
				time.Sleep(25 * time.Hour)
			}
			require.Len(t, h.emails(), 1)
			assert.Equal(t, []uint32{1}, h.box.UIDs())
			odd.listed = nil
			h.pass()
			assert.Empty(t, h.box.UIDs(), "the listing agrees with what is kept")
			assert.Len(t, h.emails(), 1)
		})
	})
}
