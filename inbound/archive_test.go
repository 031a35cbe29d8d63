package inbound_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
)

// watchedArchive fails as a test says, and takes note of when it is called.
type watchedArchive struct {
	*memstore.Archive
	fails  func(blobs []inbound.Blob) error // nil: never
	inside *atomic.Bool                     // a transaction of the store is running
	early  int                              // calls of Put within a transaction
}

func (a *watchedArchive) Put(ctx context.Context, blobs []inbound.Blob) error {
	if a.inside.Load() {
		a.early++
	}
	if a.fails != nil {
		if err := a.fails(blobs); err != nil {
			return err
		}
	}
	return a.Archive.Put(ctx, blobs)
}

// archivingStore takes note of its transactions.
type archivingStore struct {
	inbound.Store
	inside *atomic.Bool
}

func (s archivingStore) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.Store.Atomic(ctx, func(ctx context.Context) error {
		s.inside.Store(true)
		defer s.inside.Store(false)
		return fn(ctx)
	})
}

// withArchive gives a host an archive.
func (h *host) withArchive() *watchedArchive {
	a := &watchedArchive{Archive: memstore.NewArchive(), inside: &atomic.Bool{}}
	h.config.Archive, h.config.Store = a, archivingStore{h.config.Store, a.inside}
	return a
}

// blobs returns how many blobs are in an archive.
func (h *host) blobs(a inbound.Archive) int {
	h.t.Helper()
	page, next, err := a.ListBlobs(h.t.Context(), "", 1000)
	require.NoError(h.t, err)
	require.Empty(h.t, next)
	return len(page)
}

// raw returns the bytes of an email or a quarantined message.
func (h *host) raw(id string) ([]byte, error) {
	r, err := h.syncer().OpenRaw(h.t.Context(), id)
	if err != nil {
		return nil, err
	}
	defer func() { assert.NoError(h.t, r.Close()) }()
	return io.ReadAll(r)
}

// The archive has the bytes before anything refers to them, and is not called within a
// transaction. What is not uploaded is not archived.
func TestArchive_PutBeforeTheTransaction(t *testing.T) {
	h := newHost(t)
	a := h.withArchive()
	h.deliverFrom("guest", 300)
	h.box.Deliver(h.box.Raw(1), mail("news@example.com", "offer", "List-Id: <n.example.com>", "List-Unsubscribe: <x:y>",
		"Precedence: list"), mail("nobody", "no address"))
	h.config.Limits.Attempts = 1
	counts := h.pass().Outcomes
	require.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 300, inbound.Duplicate: 1, inbound.Unmatched: 1,
		inbound.Quarantined: 1}, counts)
	assert.Zero(t, a.early, "Put within a transaction")
	assert.Equal(t, 301, h.blobs(a), "of the emails, and of the quarantined one")
	for i, e := range h.emails() {
		got, err := h.raw(e.ID)
		require.NoError(t, err)
		require.Equal(t, h.box.Raw(uint32(i+1)), got)
		_, err = h.store.OpenRaw(t.Context(), e.ID)
		var archived *inbound.ArchivedError
		require.ErrorAs(t, err, &archived, "the store has no bytes")
		require.Equal(t, e.SHA256, archived.SHA256)
	}
	got, err := h.raw(h.rows()["no address"].EmailID)
	require.NoError(t, err)
	assert.Equal(t, h.box.Raw(303), got)
	_, err = h.raw("unknown")
	assert.ErrorIs(t, err, inbound.ErrNotFound)
}

// What was uploaded before there was an archive stays readable, as does what is in the
// archive when it is no longer used for new mail.
func TestArchive_BesideOldMail(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "old"), mail("nobody", "old, without a sender"))
	h.config.Limits.Attempts = 1
	h.pass()
	a := h.withArchive()
	h.box.Deliver(mail("a@example.com", "new"))
	h.pass()
	require.Equal(t, []string{"old", "new"}, h.subjects())
	for i, uid := range []uint32{1, 3} {
		got, err := h.raw(h.emails()[i].ID)
		require.NoError(t, err)
		assert.Equal(t, h.box.Raw(uid), got)
	}
	got, err := h.raw(h.rows()["old, without a sender"].EmailID)
	require.NoError(t, err)
	assert.Equal(t, h.box.Raw(2), got)

	h.account.DeleteUploaded = true
	assert.Equal(t, 2, h.pass().Deleted, "the bytes are compared, wherever they are")
	h.config.Archive = nil
	_, err = h.raw(h.emails()[1].ID)
	var archived *inbound.ArchivedError
	require.ErrorAs(t, err, &archived)
	assert.ErrorContains(t, err, "Config.Archive")
	assert.Equal(t, 1, h.blobs(a))
}

// A message that comes again under a different transfer encoding is compared with what is
// in the archive; and what is quarantined is decided on again from there.
func TestArchive_IsReadByDecisions(t *testing.T) {
	h := newHost(t)
	h.withArchive()
	h.box.Deliver(mail("a@example.com", "one"), mail("b@example.com", "two"))
	h.quarantine("two")
	require.Equal(t, inbound.Quarantined, h.outcomes()["2"])
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.redecide().Outcomes)
	h.box.Deliver(append([]byte("X-Moved: yes\r\n"), h.box.Raw(1)...))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 1}, h.pass().Outcomes)
	for i, e := range h.emails() {
		got, err := h.raw(e.ID)
		require.NoError(t, err)
		assert.Equal(t, h.box.Raw(uint32(i+1)), got)
	}
}

// While the archive does not work, no message is at fault, nobody is created, and nothing is
// uploaded.
func TestArchive_Down(t *testing.T) {
	h := newHost(t)
	a := h.withArchive()
	down := errors.New("no such bucket")
	a.fails = func([]inbound.Blob) error { return down }
	h.deliverFrom("guest", 20)
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, down)
	assert.Empty(t, h.emails())
	assert.Empty(t, h.counts())
	assert.Empty(t, h.customers.All())
	a.fails = nil
	h.pass()
	assert.Len(t, h.emails(), 20)
}

// A message that the archive does not take stops no other one.
func TestArchive_RefusesOne(t *testing.T) {
	h := newHost(t)
	a := h.withArchive()
	h.deliverFrom("guest", 20)
	bad := sumOf(h.box.Raw(8))
	a.fails = func(blobs []inbound.Blob) error {
		for _, b := range blobs {
			if b.SHA256 == bad {
				return errRefused
			}
		}
		return nil
	}
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 19, inbound.Failed: 1}, h.pass().Outcomes)
	assert.Equal(t, inbound.Failed, h.outcomes()["8"])
}

// damagingArchive has one byte wrong.
type damagingArchive struct {
	inbound.Archive
	sum string
}

func (a damagingArchive) Open(ctx context.Context, sum string) (io.ReadCloser, error) {
	r, err := a.Archive.Open(ctx, sum)
	if err != nil || sum != a.sum {
		return r, err
	}
	data, err := io.ReadAll(r)
	data[len(data)-3]++
	return inbound.VerifyBlob(io.NopCloser(bytes.NewReader(data)), sum), err
}

// Nothing is deleted from the server whose bytes are damaged in the archive, or missing there.
func TestPromise_NothingDeletedUnlessArchivedWhole(t *testing.T) {
	h := newHost(t)
	a := h.withArchive()
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"), mail("a@example.com", "three"))
	h.pass()
	h.config.Archive = damagingArchive{a, h.emails()[0].SHA256}
	require.NoError(t, a.DeleteBlobs(t.Context(), time.Now().Add(time.Second), []string{h.emails()[1].SHA256}))
	h.account.DeleteUploaded = true
	assert.Equal(t, 1, h.pass().Deleted)
	assert.Equal(t, []uint32{1, 2}, h.box.UIDs())
}

// CleanArchive removes what a pass has left that died, and nothing that is used, or that
// is not old enough.
func TestCleanArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		a := h.withArchive()
		h.deliverFrom("guest", 30)
		h.box.Deliver(mail("nobody", "kept"))
		h.config.Limits.Attempts = 1
		h.pass()
		var used []string
		for _, e := range h.emails() {
			used = append(used, e.SHA256)
		}
		h.account.ID = "other" // its emails have IDs of their own, of the same bytes
		_, err := h.syncer().Sync(t.Context(), "other")
		require.NoError(t, err)
		h.account.ID = "shop"

		h.config.Store = failingAddStore{h.config.Store}
		h.deliverFrom("orphan", 5)
		_, err = h.syncer().Sync(t.Context(), "shop")
		require.Error(t, err)
		h.config.Store = h.store
		require.Equal(t, 36, h.blobs(a))

		_, err = h.syncer().CleanArchive(t.Context(), time.Hour)
		require.ErrorContains(t, err, "2h")
		clean := func() inbound.CleanedArchive {
			found, err := h.syncer().CleanArchive(t.Context(), 0)
			require.NoError(t, err)
			return found
		}
		assert.Zero(t, clean().RemovedBlobs, "nothing is old enough")
		time.Sleep(23 * time.Hour)
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{{SHA256: sumOf(h.box.Raw(32)),
			Raw: bytes.NewReader(h.box.Raw(32))}}), "a pass that is about to commit it")
		time.Sleep(2 * time.Hour)
		found := clean()
		assert.Equal(t, int64(36), found.Blobs)
		assert.Equal(t, int64(4), found.RemovedBlobs)
		assert.Equal(t, int64(len(h.box.Raw(33))*4), found.RemovedBytes)
		assert.Equal(t, 32, h.blobs(a))
		for _, sum := range used {
			r, err := a.Open(t.Context(), sum)
			require.NoError(t, err)
			require.NoError(t, r.Close())
		}
		h.pass()
		assert.Len(t, h.emails(), 35)
		time.Sleep(48 * time.Hour)
		assert.Zero(t, clean().RemovedBlobs)

		_, err = h.store.ForgetAccount(t.Context(), "shop", 10_000)
		require.NoError(t, err)
		_, err = h.store.ForgetAccount(t.Context(), "other", 10_000)
		require.NoError(t, err)
		assert.Equal(t, int64(36), clean().RemovedBlobs, "of accounts that are forgotten")
		assert.Zero(t, h.blobs(a))
		h.config.Archive = nil
		_, err = h.syncer().CleanArchive(t.Context(), 0)
		assert.ErrorContains(t, err, "Config.Archive")
	})
}

// failingAddStore fails when emails are added, as if the process had died then.
type failingAddStore struct{ inbound.Store }

func (failingAddStore) AddEmails(context.Context, []inbound.NewEmail) error {
	return inbound.ErrTemporary
}

// Two that clean at the same time do not disturb each other.
func TestCleanArchive_OneAtATime(t *testing.T) {
	h := newHost(t)
	h.withArchive()
	_, err := h.store.Acquire(t.Context(), "archive", "other", time.Minute)
	require.NoError(t, err)
	_, err = h.syncer().CleanArchive(t.Context(), 0)
	assert.ErrorIs(t, err, inbound.ErrBusy)
}
