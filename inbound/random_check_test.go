package inbound_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// wanted reports whether a message has to be uploaded.
func (s *saga) wanted(f letterFacts) bool {
	return strings.HasPrefix(f.from, "known") || f.personal && s.account.CreateCustomer
}

// check holds the promises against how things stand.
func (s *saga) check() {
	emails, err := s.store.ListEmails(s.Context(), inbound.EmailFilter{}, "", 10_000)
	require.NoError(s, err)
	uploaded := s.checkEmails(emails)
	s.checkServer(uploaded)
	s.checkPeople(emails)
}

// checkEmails: nothing is lost, nothing twice, and every byte is kept.
func (s *saga) checkEmails(emails []inbound.Email) map[string]bool {
	uploaded := make(map[string]bool)
	for _, e := range emails {
		facts, ours := s.delivered[e.SHA256]
		if !ours || uploaded[e.SHA256] || !s.wanted(facts) {
			s.Errorf("email from %s: delivered %v, there before %v, wanted %v", e.From, ours, uploaded[e.SHA256], s.wanted(facts))
		}
		uploaded[e.SHA256] = true
		r, err := s.store.OpenRaw(s.Context(), e.ID)
		require.NoError(s, err)
		hash := sha256.New()
		_, err = io.Copy(hash, r)
		require.NoError(s, err)
		if hex.EncodeToString(hash.Sum(nil)) != e.SHA256 {
			s.Errorf("the bytes of the email from %s are not those that came", e.From)
		}
	}
	for sum, facts := range s.delivered {
		if s.wanted(facts) && !uploaded[sum] && !s.removed[sum] {
			s.Errorf("lost: mail from %s (%s)", facts.from, sum[:8])
		}
	}
	return uploaded
}

// checkServer: gone is what is uploaded and kept, and nothing else; nothing is
// marked as read; every message there has its outcome.
func (s *saga) checkServer(uploaded map[string]bool) {
	there := make(map[string]bool)
	for _, uid := range s.box.UIDs() {
		sum := sha256.Sum256(s.box.Raw(uid))
		there[hex.EncodeToString(sum[:])] = true
	}
	for sum, facts := range s.delivered {
		switch {
		case !there[sum] && !uploaded[sum] && !s.removed[sum]:
			s.Errorf("deleted, and not uploaded: mail from %s (%s)", facts.from, sum[:8])
		case !there[sum] && !s.account.DeleteUploaded && !s.removed[sum]:
			s.Errorf("deleted without being asked to: mail from %s (%s)", facts.from, sum[:8])
		case there[sum] && uploaded[sum] && s.account.DeleteUploaded:
			s.Errorf("not deleted: mail from %s (%s)", facts.from, sum[:8])
		}
	}
	if seen := s.box.Seen(); len(seen) > 0 {
		s.Errorf("marked as read: %v", seen)
	}
	if n := s.box.Sessions(); n != 0 {
		s.Errorf("%d sessions are open", n)
	}
	r, err := s.syncer(&inboundtest.Failpoints{}).Reconcile(s.Context(), "shop")
	require.NoError(s, err)
	for _, gap := range r.Gaps {
		s.Errorf("gap: %+v", gap)
	}
}

// checkPeople: one card for each address, shared out evenly; each manager is told
// of everything, and of nothing else.
func (s *saga) checkPeople(emails []inbound.Email) {
	expected := make(map[string]bool)
	shares := make(map[string]int)
	cards := make(map[string]bool)
	writers := make(map[string]bool)
	for _, e := range emails {
		writers[e.From] = true
	}
	for _, c := range s.customers.All() {
		if cards[c.Email] {
			s.Errorf("two cards for %s", c.Email)
		}
		cards[c.Email] = true
		if !writers[c.Email] && !strings.HasPrefix(c.ID, "known") {
			continue // the mail was removed between a crash and the next pass: the card waits for the next mail
		}
		if c.ManagerID == "" {
			s.Errorf("nobody has %s", c.Email)
		}
		if !strings.HasPrefix(c.ID, "known") {
			shares[c.ManagerID]++
			expected[notify.Notification{CustomerID: c.ID}.As(notify.CustomerAssigned).ID] = true
		}
	}
	for _, e := range emails {
		expected[notify.Notification{EmailID: e.ID}.As(notify.IncomingEmail).ID] = true
	}
	entries, err := s.store.Notifications(s.Context(), "", 10_000)
	require.NoError(s, err)
	for _, e := range entries {
		if !expected[e.ID] || e.State != notify.Delivered || s.told[e.ID] == 0 {
			s.Errorf("notification %s: expected %v, %s, told %d times", e.ID, expected[e.ID], e.State, s.told[e.ID])
		}
		delete(expected, e.ID)
	}
	for id := range expected {
		s.Errorf("no notification %s", id)
	}
	members, err := s.managers.Group(s.Context(), "support")
	require.NoError(s, err)
	least, most := 1<<30, 0
	for _, m := range members {
		least, most = min(least, shares[m.ID]), max(most, shares[m.ID])
	}
	if most > least+1 && !s.reordered {
		s.Errorf("not shared out evenly: %v", shares)
	}
}
