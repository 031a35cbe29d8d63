package inbound_test

import (
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// naive is a collector that follows the one rule of an existing system.
type naive struct {
	*scenario
	got      map[string]int  // uploaded, by checksum
	done     map[string]bool // what the rule keeps
	highest  uint32
	last     time.Time
	crashing bool // in the middle of this pass
}

// found is a message in a listing.
type found struct {
	uid      uint32
	seen     bool
	received time.Time
	raw      []byte
	header   netmail.Header
}

func (n *naive) list() []found {
	session, err := n.box.Open(n.Context(), inbound.Account{}, nil)
	require.NoError(n, err)
	defer session.Close()
	seen := n.box.Seen()
	var all []found
	for from, more := (inbound.Cursor{Received: true}), true; more; {
		listing, err := session.List(n.Context(), "INBOX", from)
		require.NoError(n, err)
		for i, ref := range listing.Refs {
			uid := uint32(ref.Position)
			if n.box.POP3 {
				uid = n.box.UIDs()[i]
			}
			f := found{uid: uid, seen: slices.Contains(seen, uid), received: ref.Received, raw: n.box.Raw(uid)}
			if m, err := netmail.ReadMessage(strings.NewReader(string(f.raw))); err == nil {
				f.header = m.Header
			}
			all = append(all, f)
		}
		from, more = listing.Next, listing.More
		from.Received = true
	}
	return all
}

// upload fails for the subjects for which the host fails.
func (n *naive) upload(f found) bool {
	if n.fails[f.header.Get("Subject")] {
		return false
	}
	n.got[sumOf(f.raw)]++
	return true
}

func sinceYesterday(n *naive) {
	for _, f := range n.list() {
		if id := sumOf(f.raw); time.Since(f.received) < 24*time.Hour && !n.done[id] {
			n.done[id] = n.upload(f)
		}
	}
}

func unseenOnly(n *naive) {
	for _, f := range n.list() {
		if !f.seen && n.upload(f) {
			n.box.MarkRead(f.uid)
		}
	}
}

func byMessageID(n *naive) {
	for _, f := range n.list() {
		if id := f.header.Get("Message-ID"); id != "" && !n.done[id] {
			n.done[id] = n.upload(f)
		}
	}
}

func seenOnFailure(n *naive) {
	for _, f := range n.list() {
		if !f.seen {
			n.upload(f)
			n.box.MarkRead(f.uid)
		}
	}
}

func deleteOnFailure(n *naive) {
	for _, f := range n.list() {
		n.upload(f)
		n.box.Remove(f.uid)
	}
}

func highestUID(n *naive) {
	for _, f := range n.list() {
		if f.uid > n.highest {
			n.upload(f)
			n.highest = f.uid
		}
	}
}

func newestThirty(n *naive) {
	all := n.list()
	for _, f := range all[max(0, len(all)-30):] {
		if id := sumOf(f.raw); !n.done[id] {
			n.done[id] = n.upload(f)
		}
	}
}

func allOrNothing(n *naive) {
	for _, f := range n.list() {
		id := sumOf(f.raw)
		if !n.done[id] && !n.upload(f) {
			return
		}
		n.done[id] = true
	}
}

func processThenDelete(n *naive) {
	for _, f := range n.list() {
		if n.upload(f) && !n.crashing {
			n.box.Remove(f.uid)
		}
	}
}

func plainExpunge(n *naive) {
	for _, f := range n.list() {
		if f.header.Get("List-Id") == "" && n.upload(f) {
			n.box.Remove(f.uid)
		}
	}
	n.box.Remove(n.flagged) // as EXPUNGE does
}

func popThenProcess(n *naive) {
	for _, f := range n.list() {
		id := sumOf(f.raw)
		if n.done[id] {
			continue
		}
		n.done[id] = true
		if n.crashing {
			return
		}
		n.upload(f)
	}
}

func bySequence(n *naive) {
	for i := 0; i < len(n.list()); i++ {
		if f := n.list()[i]; n.upload(f) {
			n.box.Remove(f.uid) // the later messages move up
		}
	}
}

func misaligned(n *naive) {
	var fresh, read []found
	for _, f := range n.list() {
		if !n.done[fmt.Sprint(f.uid)] {
			fresh = append(fresh, f)
		}
	}
	for _, f := range fresh {
		if n.upload(f) {
			read = append(read, f)
		}
	}
	for i := range read {
		n.done[fmt.Sprint(fresh[i].uid)] = true
	}
}

func timeFirst(n *naive) {
	since := n.last
	n.last = time.Now()
	for _, f := range n.list() {
		if f.received.After(since) && !n.crashing {
			n.upload(f)
		}
	}
}

func seenBeforeCommit(n *naive) {
	for _, f := range n.list() {
		if f.seen {
			continue
		}
		n.box.MarkRead(f.uid)
		if !n.crashing {
			n.upload(f)
		}
	}
}

func lastDate(n *naive) {
	for _, f := range n.list() {
		if sent, err := f.header.Date(); err == nil && sent.After(n.last) && n.upload(f) {
			n.last = sent
		}
	}
}

func wantsTo(n *naive) {
	for _, f := range n.list() {
		if id := sumOf(f.raw); f.header.Get("To") != "" && !n.done[id] {
			n.done[id] = n.upload(f)
		}
	}
}
