package inbound_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

const (
	ownAddress  = "own@shop.example"
	formAddress = "form@shop.example"
)

// mailKinds vary the mail that is delivered.
var mailKinds = []string{"twice", "copy", "large", "list", "form", "own", "nosender", "noreply", "crowd", "nouidnext", "nonewest"}

// worldEvents are what servers, customers and managers do, also during a pass.
var worldEvents = []event{
	{"removed", (*world).removeMessage},
	{"marked", (*world).markMessage},
	{"hidden", (*world).hideMessage}, {"hidden", (*world).showAll},
	{"renumber", (*world).renumber},
	{"restore", (*world).restore},
	{"rewrite", func(w *world, r *rand.Rand) {
		b := pick(r, w.boxes)
		w.note("%s writes its messages anew", b.user)
		b.rewrite(len(w.trace))
	}},
	{"managers", (*world).changeManager}, {"managers", (*world).addManager},
	{"empty", (*world).emptyGroup},
	{"takes", (*world).takeCustomer},
	{"byhand", (*world).enterRecord},
	{"rehand", (*world).changeRecord},
	{"erase", (*world).eraseRecord},
}

// event is something that happens in histories that have its kind.
type event struct {
	kind string
	do   func(w *world, r *rand.Rand)
}

// allKinds returns every kind, always in the same order.
func allKinds() []string {
	kinds := slices.Concat(mailKinds, callKinds, faultKinds)
	for _, e := range slices.Concat(worldEvents, settingEvents, troubleEvents) {
		kinds = append(kinds, e.kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// event lets something happen: mail is delivered, or an event of one of the kinds of
// this history happens.
func (w *world) event(r *rand.Rand) {
	w.eventOf(slices.Concat(worldEvents, settingEvents, troubleEvents), r)
}

// worldEvent draws an event that may happen during a pass.
func (w *world) worldEvent(r *rand.Rand) { w.eventOf(worldEvents, r) }

func (w *world) eventOf(all []event, r *rand.Rand) {
	on := slices.DeleteFunc(slices.Clone(all), func(e event) bool { return !w.kinds[e.kind] })
	if len(on) == 0 || r.IntN(2) == 0 {
		w.deliver(r)
		return
	}
	on[r.IntN(len(on))].do(w, r)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// deliver delivers mail to one mailbox, and sometimes copies to a different one.
func (w *world) deliver(r *rand.Rand) {
	box := w.boxes[r.IntN(2+r.IntN(2))]
	n := 1 + r.IntN(5)
	crowd := w.kinds["crowd"] && r.IntN(6) == 0
	if crowd {
		n = 24
	}
	for i := range n {
		size := 800 + 8*box.delivered // unique in a mailbox, but not among mailboxes
		if w.kinds["large"] && r.IntN(4) == 0 {
			size += 1700
		}
		copied := w.kinds["copy"] && r.IntN(3) == 0
		if copied {
			size = 804 + 8*len(w.messages)
		}
		m := w.newText(r, size)
		if crowd {
			m = w.text(r, size, fmt.Sprintf("crowd%d@example.com", i), "")
		}
		f := box.folders[0]
		if r.IntN(2) == 0 {
			f = pick(r, box.folders)
		}
		box.put(f, m)
		if w.kinds["twice"] && r.IntN(5) == 0 {
			box.put(f, m)
		}
		if copied {
			other := pick(r, w.boxes)
			other.put(other.folders[0], m)
		}
	}
}

// someAddress draws a sender.
func (w *world) someAddress(r *rand.Rand) string {
	switch {
	case w.kinds["list"] && r.IntN(4) == 0:
		return fmt.Sprintf("list%d@example.com", r.IntN(2))
	case w.kinds["noreply"] && r.IntN(6) == 0:
		return "no-reply@example.com"
	case w.kinds["form"] && r.IntN(3) == 0:
		return formAddress
	case w.kinds["own"] && r.IntN(6) == 0:
		return ownAddress
	case w.kinds["nosender"] && r.IntN(6) == 0:
		return ""
	case r.IntN(3) == 0:
		return fmt.Sprintf("known%d@example.com", r.IntN(4)) // known3 has no record
	}
	return fmt.Sprintf("new%d@example.com", r.IntN(8))
}

// newText returns a message from a random sender.
func (w *world) newText(r *rand.Rand, size int) message {
	from, replyTo := w.someAddress(r), ""
	switch {
	case from == formAddress || from == ownAddress && r.IntN(2) == 0:
		replyTo = fmt.Sprintf("new%d@example.com", r.IntN(8))
	case w.kinds["own"] && r.IntN(4) == 0:
		replyTo = ownAddress
	}
	return w.text(r, size, from, replyTo)
}

func (w *world) text(r *rand.Rand, size int, from, replyTo string) message {
	now := time.Now().UTC()
	display := from
	switch {
	case from == "":
		display = "nobody"
	case r.IntN(4) == 0:
		display = "Somebody <" + strings.ToUpper(from[:1]) + from[1:] + ">"
	}
	n := len(w.messages)
	var b bytes.Buffer
	fmt.Fprintf(&b, "Received: from mx.example by mail.example; %s\r\n", now.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "From: %s\r\nTo: shop@shop.example\r\nSubject: message %d\r\n", display, n)
	fmt.Fprintf(&b, "Date: %s\r\nMessage-ID: <%d.%d@example.com>\r\n", now.Format(time.RFC1123Z), n, size)
	if replyTo != "" {
		fmt.Fprintf(&b, "Reply-To: %s\r\n", replyTo)
	}
	if strings.HasPrefix(from, "list") {
		b.WriteString("List-Id: <list.example.com>\r\nPrecedence: list\r\n")
		b.WriteString("List-Unsubscribe: <mailto:leave@list.example.com>\r\n")
	}
	b.WriteString("\r\nHello.\r\n")
	b.WriteString(strings.Repeat("x", max(0, size-b.Len()-2)) + "\r\n")
	m := message{raw: b.Bytes(), from: from, replyTo: replyTo}
	// The classification is tested elsewhere.
	if parsed, err := email.Parse(bytes.NewReader(m.raw), email.Limits{}); err == nil {
		m.class = parsed.Class
	}
	return m
}

// someMessage returns a message that is on a server, or nil.
func (w *world) someMessage(r *rand.Rand) *message {
	if list := pick(r, w.boxes).all(); len(list) > 0 {
		return pick(r, list)
	}
	return nil
}

func (w *world) removeMessage(r *rand.Rand) {
	if m := w.someMessage(r); m != nil {
		w.note("a different program removes %s/%s %d", m.box.user, m.folder.name, m.uid)
		m.folder.take(m)
		m.removed = true
	}
}

// markMessage marks a message as deleted or as a draft, or takes the mark off.
func (w *world) markMessage(r *rand.Rand) {
	m := w.someMessage(r)
	if m == nil {
		return
	}
	w.allow(m) // it may have been listed already
	if m.mark != inbound.MarkNone {
		m.mark = inbound.MarkNone
	} else {
		m.mark = pick(r, []inbound.Mark{inbound.MarkDeleted, inbound.MarkDraft})
	}
	w.note("a different program marks %s/%s %d: %q", m.box.user, m.folder.name, m.uid, m.mark)
	w.allow(m)
}

func (w *world) hideMessage(r *rand.Rand) {
	if m := w.someMessage(r); m != nil {
		w.note("%s/%s %d is hidden for a while", m.box.user, m.folder.name, m.uid)
		m.hidden, m.wasHidden = true, true
	}
}

func (w *world) showAll(*rand.Rand) {
	for _, m := range w.messages {
		m.hidden = false
	}
}

// renumber gives a folder a new UIDVALIDITY and its messages new UIDs.
func (w *world) renumber(r *rand.Rand) {
	b := pick(r, w.boxes)
	f := pick(r, b.folders)
	b.generation++
	f.generation, f.next = b.generation, 1
	for _, m := range f.messages {
		m.uid, m.generation, m.hidden = f.next, f.generation, false
		f.next++
	}
	w.note("%s/%s is renumbered: %d", b.user, f.name, f.generation)
}

// restore returns a folder to an earlier state: later messages are gone, and
// messages that postroom has deleted may reappear.
func (w *world) restore(r *rand.Rand) {
	b := pick(r, w.boxes)
	f := pick(r, b.folders)
	if f.next < 3 {
		return
	}
	next := f.next - uint32(1+r.IntN(min(3, int(f.next)-2)))
	w.note("%s/%s is restored to UIDNEXT %d", b.user, f.name, next)
	back := r.IntN(2) == 0
	b.wasRestored = true
	generation := f.generation
	for _, m := range w.messages {
		switch {
		case m.folder != f || m.removed:
		case m.uid >= next && !m.gone:
			f.take(m)
			m.removed = true
		case back && m.gone && m.uid < next && m.generation == generation && !w.reused(m):
			m.gone = false
			f.messages = append(slices.Clone(f.messages), m)
			w.note("%s/%s %d reappears", b.user, f.name, m.uid)
		}
	}
	f.next = next
	slices.SortFunc(f.messages, func(a, b *message) int { return int(a.uid) - int(b.uid) })
}

// reused reports whether the message's UID was later given to a different message.
func (w *world) reused(m *message) bool {
	return slices.ContainsFunc(w.messages, func(o *message) bool {
		return o != m && o.folder == m.folder && o.generation == m.generation && o.uid == m.uid &&
			!o.received.Before(m.received)
	})
}

// groupChanged notes that the managers among whom customers are shared have changed.
func (w *world) groupChanged(format string, args ...any) {
	w.note(format, args...)
	clear(w.shares)
	w.groups++
	w.owed = w.unclaimed
}

func (w *world) changeManager(r *rand.Rand) {
	id := pick(r, []string{"m0", "m1", "s0", "s1"})
	switch r.IntN(3) {
	case 0:
		active := r.IntN(2) == 0
		_ = w.managers.SetActive(id, active) // the manager exists
		w.groupChanged("%s active: %v", id, active)
	default:
		status := pick(r, []assign.Status{assign.Free, assign.Lunch, assign.Busy, assign.Offline})
		_ = w.managers.SetStatus(id, status) // the manager exists
		w.groupChanged("%s is %v", id, status)
	}
}

func (w *world) addManager(r *rand.Rand) {
	group := pick(r, []string{"support", "sales"})
	id := fmt.Sprint(group, len(w.trace))
	w.managers.Put(assign.Manager{ID: id, Status: assign.Free}, group)
	w.groupChanged("%s joins %s", id, group)
}

// emptyGroup removes all managers from a group, or puts them back.
func (w *world) emptyGroup(r *rand.Rand) {
	w.setGroup(pick(r, []string{"support", "support", "sales"}), r.IntN(3) == 0)
}

func (w *world) setGroup(group string, active bool) {
	for _, id := range map[string][]string{"support": {"m0", "m1", "m2"}, "sales": {"s0", "s1"}}[group] {
		_ = w.managers.SetActive(id, active) // m2 is not always there
	}
	w.groupChanged("everybody of %s active: %v", group, active)
}

// members returns the managers in a group.
func (w *world) members(group string) []assign.Manager {
	list, _ := w.managers.Group(context.Background(), group) // in memory
	return list
}

// takeCustomer gives waiting customers to managers, as the host may do.
func (w *world) takeCustomer(r *rand.Rand) {
	for _, c := range w.crm.records {
		if c.ManagerID == "" && !c.erased && c.draft == nil && r.IntN(2) == 0 {
			c.give(pick(r, []string{"m0", "m1", "boss"}))
			w.groupChanged("%s takes %s (%s)", c.ManagerID, c.ID, c.Email)
		}
	}
}

// enterRecord enters a record by hand, mostly of a customer whom postroom could not
// create.
func (w *world) enterRecord(r *rand.Rand) {
	address := w.someAddress(r)
	for _, failing := range slices.Sorted(maps.Keys(w.crm.refusesRecord)) {
		if r.IntN(2) == 0 {
			address = failing
		}
	}
	shop := pick(r, w.accounts).Shop
	if address == "" || address == ownAddress || w.crm.of(shop, address) != nil {
		return
	}
	c := w.crm.enter(shop, address, pick(r, []string{"", "m0", "boss"}))
	w.note("%s (%s) of %s is entered by hand, with %q", c.ID, c.Email, shop, c.ManagerID)
}

func (w *world) changeRecord(r *rand.Rand) {
	if c := pick(r, w.crm.records); c.ManagerID != "" && !c.erased && c.draft == nil {
		c.give(pick(r, []string{"m0", "m1", "boss"}))
		w.groupChanged("%s (%s) goes over to %s", c.ID, c.Email, c.ManagerID)
	}
}

func (w *world) eraseRecord(r *rand.Rand) {
	if c := pick(r, w.crm.records); !c.erased && c.draft == nil {
		c.erased, c.erasedAt = true, time.Now()
		w.groupChanged("%s (%s) is erased", c.ID, c.Email)
	}
}
