package inbound_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// TestServerThatWasSetBackLosesNothing: a restored server gives UIDs again, and
// what comes under them is new mail.
func TestServerThatWasSetBackLosesNothing(t *testing.T) {
	for _, deletes := range []bool{false, true} {
		h := newHost(t)
		h.account.DeleteUploaded = deletes
		var renumbered []inbound.RenumberingInfo
		h.config.Observer = &inbound.Observer{Renumbered: func(r inbound.RenumberingInfo) { renumbered = append(renumbered, r) }}
		h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"), mail("a@example.com", "ten"))
		h.pass()
		require.Len(t, h.emails(), 3)

		h.box.Restore(2)
		h.box.Deliver(mail("a@example.com", "six"))
		h.pass()
		assert.Equal(t, []inbound.RenumberingInfo{{Account: "shop", Folder: "INBOX", Was: "1", Is: "1"}}, renumbered)
		assert.Len(t, h.emails(), 4, "six is new under the UID of two")
		h.box.Deliver(mail("a@example.com", "ten"), mail("a@example.com", "new"))
		h.pass()
		assert.Len(t, h.emails(), 5, "ten is known by its bytes")
		if deletes {
			assert.Empty(t, h.box.UIDs())
		}
		told := len(h.told.list)
		h.pass()
		assert.Len(t, h.emails(), 5)
		assert.Len(t, h.told.list, told)
	}
}

// TestServerThatWasSetBackAndHasGrownAgain is not to be told by its UIDNEXT, but
// by the sizes.
func TestServerThatWasSetBackAndHasGrownAgain(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	h.box.Restore(2)
	h.box.Deliver(mail("a@example.com", "three"), mail("a@example.com", "four"))
	h.pass()
	assert.Len(t, h.emails(), 4)
	assert.Empty(t, h.pass().Outcomes)
}

// TestUniqueIDGivenAgainIsNewMail: POP3 servers may give the unique-id of a
// message that is gone to another one.
func TestUniqueIDGivenAgainIsNewMail(t *testing.T) {
	h := newHost(t)
	h.box.POP3, h.account.Protocol, h.account.DeleteUploaded = true, inbound.POP3, true
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	require.Len(t, h.emails(), 2)
	require.Empty(t, h.box.UIDs())

	h.box.Restore(1)
	h.box.Deliver(mail("b@example.com", "another size"))
	h.pass()
	assert.Len(t, h.emails(), 3)
	assert.Empty(t, h.box.UIDs(), "and deleted in its turn")
}

// TestUniqueIDGivenAgainForMailOfTheSameSize is found when the comparison is due.
func TestUniqueIDGivenAgainForMailOfTheSameSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.POP3, h.account.Protocol, h.account.DeleteUploaded = true, inbound.POP3, true
		h.box.Deliver(mail("a@example.com", "one"))
		h.pass()
		h.box.Restore(1)
		h.box.Deliver(mail("a@example.com", "two"))
		h.pass()
		assert.Len(t, h.emails(), 1, "some servers list for weeks what was deleted: not read in every pass")
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 2)
		assert.Empty(t, h.box.UIDs())
	})
}

// TestNothingIsDeletedUnderAnIDThatWasGivenAgain: a server that was set back, and
// has had more mail since than before, shows it by nothing but the sizes.
func TestNothingIsDeletedUnderAnIDThatWasGivenAgain(t *testing.T) {
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
		assert.Empty(t, h.box.UIDs(), "all is deleted in its turn")
	})
}

// TestAnotherMailboxStartsAnew although its folder has the same UIDVALIDITY as the
// one that the account named before, and its messages the same UIDs and sizes.
func TestAnotherMailboxStartsAnew(t *testing.T) {
	for name, start := range map[string]inbound.Start{"all": {}, "from now": {Now: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Start = start
				h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
				time.Sleep(time.Minute)
				h.pass()
				h.box.Deliver(mail("a@example.com", "six"))
				h.pass()
				known := len(h.emails())

				h.account.Host = "mail.example.com" // the same mailbox by another name
				h.pass()
				assert.Len(t, h.emails(), known)
				assert.Len(t, h.told.list, 0)

				time.Sleep(time.Minute)
				h.account.Username, h.box = "other@shop.example", inboundtest.NewMailbox()
				h.box.Deliver(mail("b@example.com", "one"), mail("b@example.com", "two"), mail("b@example.com", "six"), mail("b@example.com", "ten"))
				h.pass()
				assert.Len(t, h.emails(), known+4, "UIDs 1, 2 and 3 were settled in the other mailbox")
				assert.Empty(t, h.pass().Outcomes)
			})
		})
	}
}

// TestLateLowerUIDIsFound whether it appears just below the watermark or far.
func TestLateLowerUIDIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		for range 250 {
			h.box.Deliver(mail("a@example.com", "filler"))
		}
		h.box.Deliver(mail("a@example.com", "far below"))
		for range 250 {
			h.box.Deliver(mail("a@example.com", "filler"))
		}
		h.box.Deliver(mail("a@example.com", "just below"), mail("a@example.com", "last"))
		h.box.Hide(true, 251, 502)
		h.pass()
		require.Len(t, h.emails(), 2, "the filler and the last")
		h.box.Hide(false, 251, 502)
		h.pass()
		assert.Len(t, h.emails(), 3, "the one within the overlap")
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 4, "the daily comparison")
	})
}

// TestVanishedMessageThatComesBackIsUploaded: a listing may leave out for once
// what it shows again later.
func TestVanishedMessageThatComesBackIsUploaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &poisonedRepo{h.customers, "poison@example.com"}
		h.box.Deliver(mail("poison@example.com", "one"), mail("a@example.com", "two"))
		h.pass()
		require.Equal(t, inbound.Failed, h.outcomes()["1"])
		h.box.Hide(true, 1)
		time.Sleep(2 * time.Minute)
		h.pass()
		require.Equal(t, inbound.Vanished, h.outcomes()["1"])
		h.box.Hide(false, 1)
		h.config.CustomerRepo = h.customers
		h.pass()
		assert.Equal(t, inbound.Uploaded, h.outcomes()["1"])
	})
}

// TestNothingIsDeletedThatIsNotKeptWhole: the store's bytes are compared before
// the server's go.
func TestNothingIsDeletedThatIsNotKeptWhole(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	damaged := h.emails()[0].ID
	h.account.DeleteUploaded = true
	h.config.Store = &damagedStore{Store: h.store, id: damaged}
	report := h.pass()
	assert.Equal(t, 1, report.Deleted)
	assert.Equal(t, []uint32{1}, h.box.UIDs())
	rows, err := h.store.Entries(t.Context(), "shop", inbound.Uploaded, inbound.SourceID{}, 10)
	require.NoError(t, err)
	assert.Contains(t, rows[0].Reason, "not in the store as they came")
	h.pass()
	assert.Equal(t, []uint32{1}, h.box.UIDs(), "nor later")
}

// damagedStore gives back one email with a byte missing.
type damagedStore struct {
	inbound.Store
	id string
}

func (s *damagedStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	r, err := s.Store.OpenRaw(ctx, id)
	if err != nil || id != s.id {
		return r, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, 20), r}, nil
}

// TestUploadedMailStaysForTheGracePeriod and goes after it.
func TestUploadedMailStaysForTheGracePeriod(t *testing.T) {
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

// TestHostThatIsDownHoldsUpEverythingAndLosesNothing: no message is at fault.
func TestHostThatIsDownHoldsUpEverythingAndLosesNothing(t *testing.T) {
	h := newHost(t)
	h.config.CustomerRepo = downRepo{h.customers}
	h.box.Deliver(mail("a@example.com", "one"), mail("b@example.com", "two"), mail("c@example.com", "three"))
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, errDown)
	assert.Empty(t, h.outcomes(), "nothing is counted against a message")
	h.config.CustomerRepo = h.customers
	h.pass()
	assert.Len(t, h.emails(), 3)
}

// TestPassThatLostItsLeaseCommitsNothing: while it hung, another process took the
// account over.
func TestPassThatLostItsLeaseCommitsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("a@example.com", "one"))
		var hung atomic.Bool
		points := &inboundtest.Failpoints{Fail: func(_ int, name string) error {
			switch {
			case name == "before HaveEmails":
				hung.Store(true)
				time.Sleep(2 * time.Minute)
				_, err := h.store.Acquire(t.Context(), "account/shop", "another process", time.Minute)
				return err
			case name == "before Acquire" && hung.Load():
				return errors.New("the database does not answer")
			}
			return nil
		}}
		store := h.config.Store
		h.config.Store = points.Store(store)
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrLeaseLost)
		assert.Empty(t, h.emails())
		assert.Empty(t, h.outcomes())
		intended, err := store.IntendedCustomers(t.Context(), "shop", "main", []string{"a@example.com"})
		require.NoError(t, err)
		assert.Empty(t, intended)
		time.Sleep(2 * time.Minute)
		h.config.Store = store
		h.pass()
		assert.Len(t, h.emails(), 1)
	})
}

// downRepo is a customer base that does not answer.
type downRepo struct{ customer.Repo }

var errDown = errors.New("the customer base is down")

func (downRepo) FindByEmail(context.Context, string, string) ([]customer.Customer, error) {
	return nil, errDown
}
