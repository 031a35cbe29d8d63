package inbound_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// dated returns a message that the server received at this time.
func dated(from, subject string, at time.Time) []byte {
	return mail(from, subject, "Received: from a.example by imap.example.com; "+at.Format(time.RFC1123Z))
}

// deliverEarlier delivers a message that the mailbox got some time ago.
func (h *host) deliverEarlier(from, subject string, ago time.Duration) {
	at := time.Now().Add(-ago)
	h.box.DeliverAt("INBOX", at, dated(from, subject, at))
}

// kinds counts notifications by kind and manager: "incoming_email kim".
func kinds(list []notify.Notification) map[string]int {
	n := make(map[string]int)
	for _, one := range list {
		n[string(one.Kind)+" "+one.ManagerID]++
	}
	return n
}

// Managers of 5,000 messages that were there before get a digest each, and are then notified
// of each email that comes.
func TestPromise_InitialUploadFloodsNobody(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			for i := range 200 {
				h.customers.Put(customer.Customer{Shop: "main", Email: fmt.Sprintf("c%d@example.com", i),
					ManagerID: fmt.Sprint("m", i%5)})
			}
			for i := range 5000 {
				h.deliverEarlier(fmt.Sprintf("c%d@example.com", i%200), fmt.Sprint("mail ", i), 6*time.Hour)
			}
			assert.Equal(t, 5000, h.pass().Outcomes[inbound.Uploaded])
			require.Len(t, h.notified.list, 5)
			for i, n := range h.notified.list {
				assert.Equal(t, notify.Notification{ID: fmt.Sprintf("initial_digest/shop/m%d/0", i),
					Kind: notify.InitialDigest, AccountID: "shop", Shop: "main", ManagerID: fmt.Sprint("m", i),
					At: n.At, Initial: true, Emails: 1000, Customers: 40}, n)
			}
			h.pass()
			require.Len(t, h.notified.list, 5, "nothing twice")

			time.Sleep(time.Hour)
			h.box.Deliver(received("c1@example.com", "new"), received("c2@example.com", "new 2"))
			h.pass()
			assert.Equal(t, []string{"incoming_email m1 c1@example.com", "incoming_email m2 c2@example.com"},
				summaries(h.notified.list[5:]))
			counts, err := h.store.NotificationCounts(t.Context())
			require.NoError(t, err)
			assert.Equal(t, map[notify.State]int{notify.Delivered: 7, notify.Digested: 5000}, counts)
		})
	})
}

func TestInitialNotifications_Settings(t *testing.T) {
	for name, tc := range map[string]struct {
		setting   inbound.InitialNotifications
		customers int
		want      map[string]int
	}{
		"few":          {"", 10, map[string]int{"customer_assigned kim": 10, "incoming_email kim": 10}},
		"one too many": {inbound.NotifyDigest, 11, map[string]int{"initial_digest kim": 1}},
		"each": {inbound.NotifyEach, 30,
			map[string]int{"customer_assigned kim": 30, "incoming_email kim": 30}},
		"none":            {inbound.NotifyNone, 30, map[string]int{}},
		"none, but a few": {inbound.NotifyNone, 3, map[string]int{}},
	} {
		for _, when := range []string{"assigned in the pass", "assigned later"} {
			t.Run(name+", "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					h.account.InitialNotifications = tc.setting
					for i := range tc.customers {
						h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), time.Hour)
					}
					if when == "assigned later" {
						h.pass()
						assert.Empty(t, h.notified.list)
						time.Sleep(72 * time.Hour)
					}
					h.manager("kim", assign.Free)
					assert.Equal(t, map[string]int{"kim": tc.customers}, h.pass().Assigned)
					assert.Equal(t, tc.want, kinds(h.notified.list))
					h.box.Deliver(received("c1@example.com", "later"), received("new@example.com", "first"))
					before := len(h.notified.list)
					h.pass()
					assert.Equal(t, []string{"incoming_email kim c1@example.com",
						"customer_assigned kim new@example.com", "incoming_email kim new@example.com"},
						summaries(h.notified.list[before:]))
				})
			})
		}
	}
}

// Singles count: with those that a manager has had, the rest makes a digest, whenever the
// customers are assigned.
func TestInitialNotifications_AssignedInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		for i := range 30 {
			h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), time.Hour)
		}
		h.pass()
		for i, c := range h.customers.All() {
			if i < 11 {
				c.ManagerID = "boss"
				h.customers.Put(c)
			}
		}
		assert.Empty(t, h.notified.list)
		time.Sleep(2 * time.Hour)
		h.pass()
		assert.Equal(t, map[string]int{"incoming_email boss": 11}, kinds(h.notified.list), "11 are few")
		for _, c := range h.customers.All() {
			if c.ManagerID == "" {
				c.ManagerID = "boss"
				h.customers.Put(c)
			}
		}
		time.Sleep(2 * time.Hour)
		h.pass()
		require.Len(t, h.notified.list, 12)
		assert.Equal(t, 19, h.notified.list[11].Emails, "with the 11, more than 20")
	})
}

// An old email of the initial upload is bound to a customer whom nobody gets, until the
// customer writes again.
func TestInitialAge_OldMailAssignsNobody(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.account.InitialAge = 0
			h.account.AssignExisting = true
			h.manager("kim", assign.Free)
			h.customers.Put(customer.Customer{Shop: "main", Email: "mine@example.com", ManagerID: "lee"})
			h.customers.Put(customer.Customer{Shop: "main", Email: "nobodys@example.com"})
			const day = 24 * time.Hour
			h.deliverEarlier("old@example.com", "old", 91*day)
			h.deliverEarlier("both@example.com", "both old", 120*day)
			h.deliverEarlier("both@example.com", "both recent", 30*day)
			h.deliverEarlier("mine@example.com", "mine", 91*day)
			h.deliverEarlier("nobodys@example.com", "nobodys", 91*day)
			h.deliverEarlier("recent@example.com", "recent", 89*day)
			report := h.pass()
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 6}, report.Outcomes)
			assert.Equal(t, 3, report.CustomersCreated)
			assert.Equal(t, map[string]int{"kim": 2}, report.Assigned)
			assert.Equal(t, []string{"customer_assigned kim both@example.com", "incoming_email kim both@example.com",
				"customer_assigned kim recent@example.com", "incoming_email kim recent@example.com"},
				summaries(h.notified.list))
			for _, n := range h.notified.list[:2] {
				assert.Equal(t, "both recent", n.Subject)
			}
			assert.Equal(t, assign.StageUnassigned, h.assignment("old@example.com").Stage)
			assert.Contains(t, h.rows()["old"].Reason,
				"older than initial_age: bound, but nobody is assigned or notified; a customer is created")
			assert.NotContains(t, h.rows()["recent"].Reason, "initial_age")

			time.Sleep(time.Hour)
			h.box.Deliver(received("old@example.com", "again"), received("nobodys@example.com", "again, too"))
			assert.Equal(t, map[string]int{"kim": 2}, h.pass().Assigned)
			assert.Equal(t, []string{"customer_assigned kim old@example.com", "incoming_email kim old@example.com",
				"customer_assigned kim nobodys@example.com", "incoming_email kim nobodys@example.com"},
				summaries(h.notified.list[4:]))
			for i, subject := range []string{"again", "again", "again, too", "again, too"} {
				assert.Equal(t, subject, h.notified.list[4+i].Subject)
			}
		})
	})
}

// What is not of the initial upload may be as old as it likes: a person has moved it in.
func TestInitialAge_OldMailThatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.InitialAge = 0
		h.manager("kim", assign.Free)
		h.pass()
		h.deliverEarlier("old@example.com", "old", 400*24*time.Hour)
		assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
		assert.Len(t, h.notified.list, 2)
	})
}

// Mail that was there before the start is of the initial upload when the start moves back.
func TestInitialNotifications_StartMovesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		h.account.Start = inbound.Start{Since: time.Now().Add(-time.Hour)}
		for i := range 30 {
			h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), 24*time.Hour)
		}
		h.pass()
		assert.Empty(t, h.emails())
		h.account.Start = inbound.Start{}
		time.Sleep(time.Hour)
		h.box.Deliver(received("new@example.com", "new"))
		h.pass()
		assert.Len(t, h.emails(), 31)
		assert.Equal(t, map[string]int{"customer_assigned kim": 1, "incoming_email kim": 1, "initial_digest kim": 1},
			kinds(h.notified.list))
	})
}

// A mailbox that the settings name later has an initial upload of its own.
func TestInitialNotifications_MailboxChanged(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.manager("kim", assign.Free)
			h.pass()
			time.Sleep(48 * time.Hour)
			h.account.Username, h.box = "other@shop.example", inboundtest.NewMailbox()
			h.use(protocol)
			for i := range 30 {
				h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), 24*time.Hour)
			}
			h.pass()
			assert.Equal(t, map[string]int{"initial_digest kim": 1}, kinds(h.notified.list))
			time.Sleep(time.Hour)
			h.box.Deliver(received("new@example.com", "new"))
			h.pass()
			assert.Equal(t, map[string]int{"initial_digest kim": 1, "customer_assigned kim": 1, "incoming_email kim": 1},
				kinds(h.notified.list))
		})
	})
}

// While the initial upload goes on, what arrives is told immediately, and what is held back
// is told after a day.
func TestInitialNotifications_UploadOfManyDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		for i := range 30 {
			h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), time.Hour)
		}
		h.account.Folders = []string{"INBOX", "Broken"}
		h.box.DeliverTo("Broken", mail("late@example.com", "late"))
		h.box.InterceptFolder = func(step, folder string) error {
			if folder == "Broken" {
				return failAt("list", step)
			}
			return nil
		}
		s := h.syncer()
		sync := func() {
			_, err := s.Sync(t.Context(), "shop")
			require.ErrorIs(t, err, inbound.ErrTemporary)
			_, err = s.Dispatch(t.Context())
			require.NoError(t, err)
		}
		sync()
		assert.Empty(t, h.notified.list, "the upload is not complete")
		time.Sleep(time.Hour)
		h.box.Deliver(received("new@example.com", "new"))
		sync()
		assert.Equal(t, map[string]int{"customer_assigned kim": 1, "incoming_email kim": 1}, kinds(h.notified.list))
		time.Sleep(23 * time.Hour)
		sync()
		assert.Equal(t, map[string]int{"customer_assigned kim": 1, "incoming_email kim": 1, "initial_digest kim": 1},
			kinds(h.notified.list))
	})
}

// Run settles what is held back as soon as the initial upload is complete.
func TestRun_SettlesAtTheEndOfTheInitialUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		for i := range 30 {
			h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), time.Hour)
		}
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		require.NoError(t, h.syncer().Run(ctx))
		assert.Equal(t, map[string]int{"initial_digest kim": 1}, kinds(h.notified.list))
	})
}

// Wherever a process is killed while it settles, the next one tells everything once.
func TestPromise_DigestOnce_KilledAtEachStep(t *testing.T) {
	for at := 1; ; at++ {
		done := false
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.manager("kim", assign.Free)
			h.customers.Put(customer.Customer{Shop: "main", Email: "mine@example.com", ManagerID: "lee"})
			for i := range 12 {
				h.deliverEarlier(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i), time.Hour)
				h.deliverEarlier("mine@example.com", fmt.Sprint("mine ", i), time.Hour)
			}
			points := &inboundtest.Failpoints{At: at}
			store := h.config.Store
			h.config.Store = points.Store(h.store)
			_, err := h.syncer().Sync(t.Context(), "shop")
			_, reached := points.Reached()
			done = !reached
			h.config.Store = store
			if reached {
				time.Sleep(time.Minute) // until the leases have expired
			} else {
				require.NoError(t, err)
			}
			h.pass()
			time.Sleep(2 * time.Hour)
			h.pass()
			got := kinds(h.notified.list)
			want := map[string]int{"initial_digest kim": 1, "incoming_email lee": 12}
			assert.Equal(t, want, got, "killed at step %d", at)
			isDigest := func(n notify.Notification) bool { return n.Kind == notify.InitialDigest }
			i := slices.IndexFunc(h.notified.list, isDigest)
			if i >= 0 {
				assert.Equal(t, 12, h.notified.list[i].Emails, "killed at step %d", at)
			}
		})
		if done || t.Failed() {
			t.Logf("killed at %d steps", at-1)
			return
		}
	}
}
