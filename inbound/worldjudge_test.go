package inbound_test

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// judgeEmail checks that an uploaded email was wanted, is uploaded once, and belongs
// to its sender.
func (w *world) judgeEmail(e inbound.Email) {
	a, r := w.came[e.ID].Account, w.crm.byID(e.CustomerID)
	var wanted, bound, cut bool
	for _, m := range w.messages {
		if m.sum != w.texts[e.SHA256] {
			continue
		}
		wanted = wanted || m.possible[a.ID]&mayUpload != 0
		sent := r != nil && (r.Email == senderOf(a, m) || w.replyChanged && (r.Email == m.from || r.Email == m.replyTo))
		bound = bound || sent && r.Shop == a.Shop
		cut = !w.wholes[e.SHA256]
		// The whole of a message is uploaded although less of it was, since the server had lost
		// the rest.
		if other, twice := w.uploaded(a.ID, m); twice && (cut || other.Extent != inbound.ExtentShort) {
			w.blame("%s of %s is uploaded by %s, and by %s before", e.Subject, a.Shop, a.ID, other.AccountID)
			return
		}
	}
	if !wanted {
		w.blame("%s from %s is uploaded by %s, whose settings never wanted it", e.Subject, e.From, a.ID)
	}
	if !bound {
		w.blame("%s from %s is bound to the wrong customer %s", e.Subject, e.From, e.CustomerID)
	}
	// Where a key that was listed as too large is another, smaller message's when it is
	// read, that one is not known to be whole.
	if cut != (e.Extent != inbound.ExtentWhole) && (cut || !w.reusesKeys()) {
		w.blame("%s: cut %v, extent %v", e.Subject, cut, e.Extent)
	}
}

// judgeStep checks what holds at any time: a deleted message is kept whole and was
// to be deleted, only uploaded messages are marked as read, and no session is open.
func (w *world) judgeStep() {
	for _, d := range w.deletions {
		i := slices.IndexFunc(w.emails, func(e inbound.Email) bool {
			return e.Shop == d.account.Shop && w.texts[e.SHA256] == d.message.sum && w.wholes[e.SHA256]
		})
		switch {
		case !d.account.DeleteUploaded:
			w.blame("%s deletes message %s, but is not to delete", d.account.ID, d.message.sum[:6])
		case i < 0:
			w.blame("%s deletes message %s from %s, which it has not uploaded whole", d.account.ID, d.message.sum[:6],
				d.message.from)
		case d.at.Before(w.emails[i].UploadedAt.Add(d.account.DeleteAfter)):
			w.blame("%s deletes %s before its grace period is over", d.account.ID, w.emails[i].Subject)
		}
	}
	w.deletions = nil
	for _, m := range w.messages {
		if m.gone && !m.removed && !slices.ContainsFunc(w.emails, func(e inbound.Email) bool { return w.keeps(e, m) }) {
			w.blame("message %s from %s is gone from the server and not kept whole", m.sum[:6], m.from)
		}
		for _, a := range m.seenBy {
			if _, uploaded := w.uploaded(a.ID, m); !uploaded && !w.reusesKeys() || !a.MarkSeen {
				w.blame("%s marks message %s as read: uploaded %v, wanted %v", a.ID, m.sum[:6], uploaded, a.MarkSeen)
			}
		}
	}
	for _, b := range w.boxes {
		if b.sessions != 0 {
			w.blame("%d sessions of %s are open", b.sessions, b.user)
		}
	}
}

// reusesKeys reports whether a server may be restored within a pass, and give keys that it
// has listed to other messages, which are then read or marked in place of those listed.
func (w *world) reusesKeys() bool { return w.kinds["midpass"] && w.kinds["restore"] }

// keeps reports whether the store has the message's bytes under an email.
func (w *world) keeps(e inbound.Email, m *message) bool {
	if w.texts[e.SHA256] != m.sum || !w.wholes[e.SHA256] {
		return false
	}
	raw, err := w.store.OpenRaw(context.Background(), e.ID)
	if err != nil {
		return false
	}
	defer raw.Close()
	kept, err := io.ReadAll(raw)
	return err == nil && sumOf(kept) == e.SHA256
}

// judgeOthers checks that faults of single customers and folders delay nothing else.
func (w *world) judgeOthers() {
	for _, a := range w.accounts {
		for _, m := range w.visible(a) {
			sender := senderOf(a, m)
			if m.folder.broken == nil && !w.crm.failsFor(sender) && w.row(a, m).Outcome != inbound.Unmatched {
				w.judgeMessage(a, m, "while single things are broken: ")
			}
		}
	}
	w.judgeAssignments("while single things are broken: ")
}

// judgeMessage checks that a wanted message on the server is uploaded, and that any
// other has a right outcome.
func (w *world) judgeMessage(a inbound.Account, m *message, when string) {
	if a.Inactive {
		return
	}
	row := w.row(a, m)
	e, uploaded := w.uploaded(a.ID, m)
	right := m.possible[a.ID]
	switch row.Outcome {
	case inbound.Unmatched:
		right &= mayUnmatch
	case inbound.Ignored:
		right &= mayIgnoreOwn | mayIgnoreEarly | mayWithhold
		if m.mark == inbound.MarkNone {
			right &^= mayWithhold
		}
	case inbound.Quarantined:
		right &= mayQuarantine
	default:
		right = 0
	}
	switch wanted := w.verdictOn(a, m); {
	case uploaded && row.Outcome == inbound.Unmatched:
		w.blame("%smessage %s of %s is unmatched, though %s has uploaded it", when, m.sum[:6], a.ID, e.AccountID)
	case uploaded && (row.Outcome == inbound.Uploaded || row.Outcome == inbound.Duplicate):
		// The email of the record may be a different one: see judgeEmail.
		i := slices.IndexFunc(w.emails, func(e inbound.Email) bool { return e.ID == row.EmailID })
		if strings.Contains(row.Reason, " is customer ") && i >= 0 &&
			!strings.Contains(row.Reason, " is customer "+w.emails[i].CustomerID) {
			w.blame("%smessage %s of %s: the reason does not name the customer: %s", when, m.sum[:6], a.ID, row.Reason)
		}
	case wanted == mayUpload && right&mayIgnoreOwn == 0 && (!uploaded || right == 0):
		w.blame("%smessage %s from %s is to be uploaded by %s, and is %q: %s (uploaded %v)", when, m.sum[:6], m.from,
			a.ID, row.Outcome, row.Reason, uploaded)
	case right == 0:
		w.blame("%smessage %s from %s of %s is %q: %s", when, m.sum[:6], m.from, a.ID, row.Outcome, row.Reason)
	}
}

// judgeAssignments checks that no customer waits for a group that has managers.
func (w *world) judgeAssignments(when string) {
	first := make(map[string]bool)
	for _, e := range w.emails {
		r, came, now := w.crm.byID(e.CustomerID), w.came[e.ID], w.account(e.AccountID)
		if first[r.ID] || r.by == "" && !came.AssignExisting || came.ManagerGroup == "" || came.old {
			continue
		}
		first[r.ID] = true // they wait in the group of the account that they wrote to
		if r.erased || r.ManagerID != "" || w.crm.failsFor(r.Email) {
			continue
		}
		if (came.ManagerGroup == misspelled || len(w.members(came.ManagerGroup)) > 0) &&
			len(w.members(now.ManagerGroup)) > 0 {
			w.blame("%scustomer %s (%s) has no manager; %s wrote to %s, group %q, now %q", when, r.ID, r.Email,
				e.Subject, e.AccountID, came.ManagerGroup, now.ManagerGroup)
		}
	}
}

// judgeEnd checks what holds when all faults are repaired and all work is done.
func (w *world) judgeEnd() {
	for _, a := range w.accounts {
		for _, m := range w.visible(a) {
			w.judgeMessage(a, m, "")
			w.judgeTraces(a, m)
		}
		w.judgeLedger(a)
	}
	w.judgeAssignments("")
	w.judgeNotifications()
	for _, group := range []string{"support", "sales"} {
		waiting, _ := w.store.Queued(context.Background(), group, 1000) // in memory
		waiting = slices.DeleteFunc(waiting, func(p assign.Assignment) bool {
			return w.account(p.AccountID).ManagerGroup != group
		})
		if members := w.members(group); len(members) > 0 && len(waiting) > 0 {
			w.blame("%d customers wait for group %s, where %d are", len(waiting), group, len(members))
		}
		w.judgeShares(w.members(group))
	}
}

// judgeTraces checks that uploaded messages are deleted and marked as the account
// says.
func (w *world) judgeTraces(a inbound.Account, m *message) {
	e, uploaded := w.uploaded(a.ID, m)
	came := w.came[e.ID]
	row := w.row(a, m)
	if a.Inactive || !uploaded || row.Outcome != inbound.Uploaded && row.Outcome != inbound.Duplicate {
		return
	}
	part := row.Extent != inbound.ExtentWhole && (w.kinds["short"] || w.kinds["limits"])
	marked := m.mark != inbound.MarkNone && row.Deleted // it has reappeared, and was marked since
	if a.DeleteUploaded && e.Extent == inbound.ExtentWhole && !part && !marked {
		w.blame("message %s (%s) is uploaded and not deleted by %s", m.sum[:6], e.Subject, a.ID)
	}
	source := e.SourceID == m.id(inbound.IMAP) && came.Username == m.box.user
	marks := a.MarkSeen && a.Protocol == inbound.IMAP && came.MarkSeen && !w.unmarked[a.ID]
	if marks && e.AccountID == a.ID && source && len(m.seenBy) == 0 {
		w.blame("message %s (%s) is uploaded and not marked as read by %s", m.sum[:6], e.Subject, a.ID)
	}
}

// judgeLedger checks that no message is left to be tried again, and that there are
// no gaps.
func (w *world) judgeLedger(a inbound.Account) {
	if a.Inactive {
		return
	}
	rows, err := w.store.Entries(context.Background(), a.ID, inbound.Failed, inbound.SourceID{}, 100)
	if err != nil || len(rows) > 0 {
		w.blame("%s has %d failed messages that are not on its server: %v %v", a.ID, len(rows), rows, err)
	}
	// What was deleted, is there again and is marked since then is left alone.
	gaps := slices.DeleteFunc(w.gaps(a), func(g inbound.Gap) bool {
		return g.Kind == inbound.GapStillPresent && slices.ContainsFunc(w.visible(a), func(m *message) bool {
			return m.mark != inbound.MarkNone && m.id(a.Protocol) == g.SourceID
		})
	})
	if len(gaps) > 0 {
		w.blame("%s has gaps: %+v", a.ID, gaps)
	}
}

// judgeShares checks that the numbers of new customers of two managers differ by at
// most one, while the group is unchanged, no assignment is undone, and the host
// deletes no waiting customer. Turns that were given back before the last change of the
// group may be handed out after it.
func (w *world) judgeShares(members []assign.Manager) {
	for _, kind := range []string{"kill", "fault", "lease", "omit", "hang", "fail", "unsaved", "down",
		"directory", "crowd", "slow", "erase"} {
		if w.kinds[kind] {
			return
		}
	}
	free := slices.ContainsFunc(members, func(m assign.Manager) bool { return m.Status == assign.Free })
	least, most := 1<<30, 0
	for _, m := range members {
		if !free || m.Status == assign.Free {
			least, most = min(least, w.shares[m.ID]), max(most, w.shares[m.ID])
		}
	}
	if most > least+1+w.owed {
		w.blame("not shared evenly: %v", w.shares)
	}
}
