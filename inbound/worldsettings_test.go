package inbound_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

const misspelled = "suport"

// messageLimits are the values of Limits.MessageBytes that occur.
var messageLimits = []int64{1500, 2000, 3200}

// settingEvents change settings.
var settingEvents = []event{
	{"delete", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) { a.DeleteUploaded = !a.DeleteUploaded })},
	{"grace", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		a.DeleteAfter = time.Duration(r.IntN(2)*30) * time.Hour
	})},
	{"order", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		a.InitialOrder = pick(r, []inbound.Order{inbound.Oldest, inbound.Newest})
	})},
	{"seen", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) { a.MarkSeen = !a.MarkSeen })},
	{"notify", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) { a.NotifyManager = !a.NotifyManager })},
	{"create", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) { a.CreateCustomer = !a.CreateCustomer })},
	{"createfor", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		a.CreateFor = pick(r, [][]inbound.Class{nil, {}, {email.ClassPersonal, email.ClassList, email.ClassBulk}})
	})},
	{"group", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		a.ManagerGroup = pick(r, []string{"support", "sales", "", misspelled, misspelled})
	})},
	{"start", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		since := time.Now().Add(-time.Duration(r.IntN(48*60)) * time.Minute)
		a.Start = pick(r, []inbound.Start{{}, {Now: true}, {Since: since}})
	})},
	{"replyto", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) { a.ReplyTo = !a.ReplyTo })},
	{"protocol", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) {
		if a.Folders = nil; a.Protocol == inbound.IMAP {
			a.Protocol = inbound.POP3
		} else {
			a.Protocol = inbound.IMAP
		}
	})},
	{"mailbox", onAccount(func(w *world, a *inbound.Account, r *rand.Rand) { a.Username = pick(r, w.boxes).user })},
	{"inactive", onAccount(func(w *world, a *inbound.Account, _ *rand.Rand) {
		others := slices.ContainsFunc(w.accounts, func(b inbound.Account) bool { return b.ID != a.ID && !b.Inactive })
		a.Inactive = !a.Inactive && others
	})},
	{"tells", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		a.InitialNotifications = pick(r, initialNotifications)
	})},
	{"age", onAccount(func(_ *world, a *inbound.Account, r *rand.Rand) {
		a.InitialAge = pick(r, []time.Duration{0, inbound.AnyAge, time.Minute, time.Hour, 30 * time.Hour})
	})},
	{"existing", onAccount(func(_ *world, a *inbound.Account, _ *rand.Rand) { a.AssignExisting = !a.AssignExisting })},
	{"folders", (*world).changeFolders}, {"folders", (*world).changeFolders},
	{"folders", onAccount((*world).chooseFolders)},
	{"limits", func(w *world, r *rand.Rand) {
		w.limits = inbound.Limits{MessageBytes: pick(r, messageLimits), Attempts: 2 + r.IntN(3)}
		w.note("limits: %d bytes, %d attempts", w.limits.MessageBytes, w.limits.Attempts)
	}},
	{"time", func(w *world, r *rand.Rand) { w.advance(time.Duration(r.IntN(50*60)) * time.Minute) }},
	{"minutes", func(w *world, r *rand.Rand) { w.advance(time.Duration(r.IntN(600)) * time.Second) }},
}

// initialNotifications are those that an account may have; the first is its default.
var initialNotifications = []inbound.InitialNotifications{"", inbound.NotifyDigest, inbound.NotifyEach,
	inbound.NotifyNone}

// troubleEvents are faults that last until they are repaired.
var troubleEvents = []event{
	{"hang", func(w *world, r *rand.Rand) { w.toggle("hangs", w.crm.hangs, r) }},
	{"fail", func(w *world, r *rand.Rand) { w.toggle("fails", w.crm.fails, r) }},
	{"uncreated", func(w *world, r *rand.Rand) { w.toggle("gets no record", w.crm.refusesRecord, r) }},
	{"unsaved", func(w *world, r *rand.Rand) {
		for range 1 + r.IntN(2) {
			w.toggle("gets no manager", w.crm.refusesManager, r)
		}
	}},
	{"crowd", func(w *world, r *rand.Rand) { // many customers who cannot be saved
		for _, c := range w.crm.records {
			w.crm.refusesManager[c.Email] = c.by != "" && c.ManagerID == "" && r.IntN(8) > 0
		}
		w.note("customers who wait get no manager")
	}},
	{"down", func(w *world, r *rand.Rand) {
		w.crm.down = pick(r, []error{nil, errWorld, context.DeadlineExceeded,
			&inbound.Error{Op: "ask", Class: inbound.ErrTemporary, Err: errWorld}})
		w.note("the customer records are down: %v", w.crm.down)
	}},
	{"lag", func(w *world, _ *rand.Rand) { w.crm.lag = 3 * time.Hour }},
	{"directory", func(w *world, _ *rand.Rand) { w.directoryDown = !w.directoryDown }},
	{"notifier", func(w *world, _ *rand.Rand) { w.notifierDown = !w.notifierDown }},
	{"login", func(w *world, r *rand.Rand) {
		b := pick(r, w.boxes)
		b.open = pick(r, []error{nil, inbound.ErrAuth, inbound.ErrThrottled, inbound.ErrTemporary})
		w.note("%s logins: %v", b.user, b.open)
	}},
	{"badfolder", func(w *world, r *rand.Rand) {
		b := pick(r, w.boxes[:2])
		f := pick(r, b.folders)
		f.broken = pick(r, []error{inbound.ErrTemporary, inbound.ErrPermanent})
		w.note("%s/%s is broken: %v", b.user, f.name, f.broken)
	}},
	{"cut", func(w *world, r *rand.Rand) {
		if m := w.someMessage(r); m != nil {
			m.box.cutAt, m.box.cuts = m, 1+r.IntN(4)
			w.note("the connection is cut %d times at %s/%s %d", m.box.cuts, m.box.user, m.folder.name, m.uid)
		}
	}},
	{"short", func(w *world, r *rand.Rand) {
		if m := w.someMessage(r); m != nil {
			m.short, m.little = 1+r.IntN(6), r.IntN(3) == 0
			w.note("%s/%s %d will be delivered short %d times, little %v", m.box.user, m.folder.name, m.uid, m.short, m.little)
		}
	}},
	{"nodelete", func(w *world, r *rand.Rand) { b := pick(r, w.boxes); b.refusesDelete = !b.refusesDelete }},
	{"nomark", func(w *world, r *rand.Rand) { b := pick(r, w.boxes); b.refusesMark = !b.refusesMark }},
}

// onAccount returns an event that changes the settings of a random account.
func onAccount(change func(w *world, a *inbound.Account, r *rand.Rand)) func(*world, *rand.Rand) {
	return func(w *world, r *rand.Rand) {
		a := &w.accounts[r.IntN(len(w.accounts))]
		was := *a
		change(w, a, r)
		w.replyChanged = w.replyChanged || a.ReplyTo != was.ReplyTo
		w.noteAccount(*a)
	}
}

func (w *world) noteAccount(a inbound.Account) {
	start := "all"
	if a.Start != (inbound.Start{}) {
		start = fmt.Sprintf("now %v, since %v", a.Start.Now, a.Start.Since.Sub(w.began))
	}
	w.note("%s (%s): %s %s %v, start %s, delete %v after %v, create %v for %v, group %q, "+
		"seen %v, notify %v, reply to %v, inactive %v, existing %v, initial %q %v",
		a.ID, a.Shop, a.Protocol, a.Username, a.Folders, start, a.DeleteUploaded, a.DeleteAfter, a.CreateCustomer,
		a.CreateFor, a.ManagerGroup,
		a.MarkSeen, a.NotifyManager, a.ReplyTo, a.Inactive, a.AssignExisting,
		a.InitialNotifications, a.InitialAge)
}

// advance lets time pass, in an event: no process runs meanwhile.
func (w *world) advance(d time.Duration) {
	w.note("%v pass", d)
	time.Sleep(d)
}

func (w *world) toggle(what string, of map[string]bool, r *rand.Rand) {
	address := w.someAddress(r)
	of[address] = !of[address]
	w.note("the host %s for %s: %v", what, address, of[address])
}

// changeFolders adds a folder on a server, or renames or removes one.
func (w *world) changeFolders(r *rand.Rand) {
	b := pick(r, w.boxes)
	name := pick(r, []string{"Orders", "Returns", "Sales"})
	if len(b.folders) == 1 || r.IntN(3) == 0 {
		if b.folder(name) == nil {
			b.add(name)
			w.note("%s gets folder %s", b.user, name)
		}
		return
	}
	f := b.folders[1+r.IntN(len(b.folders)-1)]
	if r.IntN(2) == 0 && b.folder(name) == nil {
		w.note("%s/%s is renamed to %s", b.user, f.name, name)
		f.name = name
		return
	}
	w.note("%s/%s is removed", b.user, f.name)
	for _, m := range f.messages {
		m.gone, m.removed = true, true
	}
	f.messages = nil
	b.folders = slices.DeleteFunc(slices.Clone(b.folders), func(o *folder) bool { return o == f })
}

// chooseFolders lets an account collect from other folders.
func (w *world) chooseFolders(a *inbound.Account, r *rand.Rand) {
	if a.Folders = nil; a.Protocol != inbound.IMAP {
		return
	}
	for _, f := range w.boxOf(*a).folders {
		if r.IntN(4) > 0 {
			a.Folders = append(a.Folders, f.name)
		}
	}
}

// repair repairs all faults; with keepSingle, faults of single customers and folders
// stay.
func (w *world) repair(r *rand.Rand, keepSingle bool) {
	w.showAll(nil)
	w.crm.down, w.crm.lag, w.directoryDown, w.notifierDown = nil, 0, false, false
	if keepSingle {
		for _, group := range []string{"support", "sales"} {
			if len(w.members(group)) == 0 && r.IntN(3) > 0 {
				w.setGroup(group, true)
			}
		}
	} else {
		clear(w.crm.hangs)
		clear(w.crm.fails)
		clear(w.crm.refusesManager)
		clear(w.crm.refusesRecord)
	}
	for _, m := range w.messages {
		m.short = 0
	}
	for _, b := range w.boxes {
		b.open, b.cuts = nil, 0
		if !keepSingle {
			b.refusesDelete, b.refusesMark = false, false
			for _, f := range b.folders {
				f.broken = nil
			}
		}
	}
	for i := range w.accounts {
		a := &w.accounts[i]
		if a.ManagerGroup == misspelled && keepSingle && r.IntN(4) > 0 {
			a.ManagerGroup = "support"
		}
		a.Folders = slices.DeleteFunc(slices.Clone(a.Folders), func(name string) bool {
			return w.boxOf(*a).folder(name) == nil
		})
	}
	w.note("calm; single faults stay: %v", keepSingle)
}

// singleFaults reports whether there are faults of single customers or folders.
func (w *world) singleFaults() bool {
	wrong := false
	for _, of := range []map[string]bool{w.crm.hangs, w.crm.fails, w.crm.refusesManager, w.crm.refusesRecord} {
		for _, on := range of {
			wrong = wrong || on
		}
	}
	for _, b := range w.boxes {
		wrong = wrong || b.refusesDelete || b.refusesMark
		for _, f := range b.folders {
			wrong = wrong || f.broken != nil
		}
	}
	return wrong
}
