package inbound_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// verdict is a set of outcomes that a message may have.
type verdict uint8

const (
	mayUpload verdict = 1 << iota
	mayUnmatch
	mayIgnoreOwn
	mayIgnoreEarly
	mayQuarantine
	mayWithhold
)

// senderOf returns the address that an account binds a message by.
func senderOf(a inbound.Account, m *message) string {
	if a.ReplyTo && m.replyTo != "" && m.replyTo != ownAddress {
		return m.replyTo
	}
	return m.from
}

// early reports whether a message was there before the account's start: yes, no, or
// both when the times are too close. A start from now means the first connection. A
// message that the server has hidden counts as later unless it is a day older: a
// superfluous message is better than a lost one; without UIDNEXT, whatever its age,
// since mail that is moved in keeps its date, too. After a restore only the time
// decides, with a margin of an hour.
func (w *world) early(a inbound.Account, m *message) (yes, no bool) {
	const margin = 2 * time.Second // dates in headers have no fractions
	c := w.connected[a.ID]
	switch {
	case a.Start.Now && c == nil:
		return true, false
	case a.Start.Now:
		before, after := c.from.Add(-margin), c.by.Add(margin)
		if m.wasHidden {
			before = before.Add(-24 * time.Hour)
		}
		if m.box.wasRestored {
			after = after.Add(time.Hour)
		}
		superfluous := m.wasHidden && m.box.noUIDNext && !c.from.IsZero()
		return c.by.IsZero() || m.received.Before(after), superfluous || !m.received.Before(before)
	case a.Start.Since.IsZero(), m.received.After(a.Start.Since.Add(margin)):
		return false, true
	}
	return true, !m.received.Before(a.Start.Since.Add(-margin))
}

// verdictOn returns the outcomes that the current settings and customer records
// allow for a message: one, unless times are too close.
func (w *world) verdictOn(a inbound.Account, m *message) (v verdict) {
	early, counts := w.early(a, m)
	if early {
		v |= mayIgnoreEarly
	}
	if !counts {
		return v
	}
	if m.mark != inbound.MarkNone && a.Protocol != inbound.POP3 {
		// What is quarantined may be uploaded from the kept bytes, whatever the mark.
		if v |= mayWithhold; m.possible[a.ID]&mayQuarantine == 0 {
			return v
		}
	}
	sender := senderOf(a, m)
	switch sender {
	case "":
		return v | mayQuarantine
	case ownAddress:
		return v | mayIgnoreOwn
	}
	r := w.crm.of(a.Shop, sender)
	if r != nil || createsFor(a, m) || w.crm.was(a.Shop, sender, w.phaseBegan) {
		v |= mayUpload
	}
	if (r == nil || r.visible.After(time.Now()) || !r.since.Before(w.phaseBegan)) && !createsFor(a, m) {
		v |= mayUnmatch
	}
	return v
}

// createsFor reports whether the account creates a customer for a message of an
// unknown sender.
func createsFor(a inbound.Account, m *message) bool {
	if !a.CreateCustomer {
		return false
	}
	if a.CreateFor == nil {
		return m.class == email.ClassPersonal && !email.IsNoReply(senderOf(a, m))
	}
	return slices.Contains(a.CreateFor, m.class)
}

// mayCreate reports whether the process has reason to create a customer.
func (w *world) mayCreate(p *process, address string) bool {
	if p.name == "replay" && (p.address == address || w.replyChanged) {
		return true
	}
	for _, m := range w.messages {
		_, counts := w.early(p.account, m)
		// Replay of all senders goes by the settings, as Redecide does. Such mail was compared
		// with the start before.
		all := p.name == "replay" && p.address == ""
		again := (all || p.name == "redecide") && m.possible[p.account.ID] != 0
		if senderOf(p.account, m) == address && createsFor(p.account, m) && (all || p.name != "replay") &&
			(again || counts && m.box == w.boxOf(p.account)) {
			return true
		}
	}
	return false
}

// mayAssign reports whether postroom may give a customer to a manager who was entered
// by hand.
func (w *world) mayAssign(r *record) bool {
	if w.disturbed() {
		return true // a creation that was cut off looks the same
	}
	return w.existing || slices.ContainsFunc(w.accounts, func(a inbound.Account) bool {
		return a.Shop == r.Shop && a.AssignExisting
	})
}

// disturbed reports whether creations and assignments may have been cut off.
func (w *world) disturbed() bool {
	return slices.ContainsFunc([]string{"uncreated", "unsaved", "crowd", "fail", "hang", "down", "kill", "fault",
		"lease", "slow"},
		func(kind string) bool { return w.kinds[kind] })
}

// observe adds to each message the outcomes that are possible now. It returns which
// customers have managers.
func (w *world) observe() map[string]bool {
	for i := range w.accounts {
		a := w.accounts[i]
		w.unmarked[a.ID] = w.unmarked[a.ID] || !a.MarkSeen
		w.existing = w.existing || a.AssignExisting
		if w.tells[a.ID] == nil {
			w.tells[a.ID] = make(map[inbound.InitialNotifications]bool)
		}
		w.tells[a.ID][cmp.Or(a.InitialNotifications, inbound.NotifyDigest)] = true
		for _, m := range w.messages {
			w.allowBy(a, m)
		}
	}
	if !w.observed { // the first time in a phase
		w.phaseBegan = time.Now()
	}
	w.observed = !w.observed
	had := make(map[string]bool)
	for _, r := range w.crm.records {
		had[r.ID] = r.ManagerID != ""
	}
	return had
}

// allow adds to a message the outcomes that are possible now.
func (w *world) allow(m *message) {
	for _, a := range w.accounts {
		w.allowBy(a, m)
	}
}

func (w *world) allowBy(a inbound.Account, m *message) {
	if m.box == w.boxOf(a) || m.possible[a.ID] != 0 {
		m.possible[a.ID] |= w.verdictOn(a, m)
	}
}

// register takes in the emails that were uploaded in this phase; had says which
// customers had managers before it.
func (w *world) register(had map[string]bool) {
	list, err := w.store.ListEmails(context.Background(), inbound.EmailFilter{}, w.lastID, 10_000)
	if err != nil {
		w.blame("list emails: %v", err)
	}
	for _, e := range list {
		w.lastID = e.ID
		came := settings{Account: w.account(e.AccountID), hadManager: had[e.CustomerID]}
		rows, err := w.store.Lookup(context.Background(), e.AccountID, []inbound.SourceID{e.SourceID})
		if err != nil {
			w.blame("look up: %v", err)
		}
		if row := rows[e.SourceID]; row.EmailID == e.ID {
			came.old = strings.Contains(row.Reason, "older than initial_age")
		}
		w.came[e.ID] = came
		w.judgeEmail(e)
		w.judgeAge(e)
		w.emails = append(w.emails, e)
	}
}

// uploaded returns the email of a message in the shop of an account: preferably the
// account's own, and preferably one that is whole.
func (w *world) uploaded(account string, m *message) (found inbound.Email, yes bool) {
	worth := func(e inbound.Email) (n int) {
		if e.AccountID == account {
			n++
		}
		if w.wholes[e.SHA256] {
			n += 2
		}
		return n
	}
	for _, e := range w.emails {
		if w.texts[e.SHA256] == m.sum && e.Shop == w.account(account).Shop && (!yes || worth(e) > worth(found)) {
			found, yes = e, true
		}
	}
	return found, yes
}

// visible returns the messages that an account must process.
func (w *world) visible(a inbound.Account) (list []*message) {
	box := w.boxOf(a)
	for _, f := range box.folders {
		if a.Protocol == inbound.POP3 && f != box.folders[0] ||
			a.Protocol == inbound.IMAP && !slices.Contains(a.Folders, f.name) &&
				(len(a.Folders) > 0 || f != box.folders[0]) {
			continue
		}
		list = append(list, f.messages...)
	}
	return list
}

// row returns the ledger's row of a message.
func (w *world) row(a inbound.Account, m *message) inbound.LedgerEntry {
	id := m.id(a.Protocol)
	rows, err := w.store.Lookup(context.Background(), a.ID, []inbound.SourceID{id})
	if err != nil {
		w.blame("look up: %v", err)
	}
	return rows[id]
}

// allowReplay allows what is unmatched to be uploaded by a replay, also if it is
// before a start that the account has got since.
func (w *world) allowReplay(a inbound.Account, address string) {
	for _, m := range w.messages {
		if senderOf(a, m) == address && m.possible[a.ID]&mayUnmatch != 0 {
			m.possible[a.ID] |= mayUpload
		}
	}
}

// replayWanted replays mail that earlier settings left unmatched, of senders whom
// the current settings want. A replay may create a record that makes further mail
// wanted, so it is called more than once.
func (w *world) replayWanted() {
	for _, a := range w.accounts {
		var addresses []string
		for _, m := range w.visible(a) {
			if !a.Inactive && w.verdictOn(a, m) == mayUpload && w.row(a, m).Outcome == inbound.Unmatched {
				addresses = append(addresses, senderOf(a, m))
			}
		}
		slices.Sort(addresses)
		for _, address := range slices.Compact(addresses) {
			p := w.newProcess("replay", a, nil)
			p.address = address
			if err := w.runAlone(p); err != nil {
				w.blame("replay of %s fails without a fault: %v", address, err)
			}
		}
	}
}
