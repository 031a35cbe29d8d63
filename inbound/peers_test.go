package inbound_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// pattern is a way in which an existing system loses mail, uploads it twice or
// deletes it too early. story is what happens. It is played with a naive collector
// that follows that system's rule, and with postroom.
type pattern struct {
	name  string
	rule  func(n *naive) // one pass of the naive collector
	story func(p *scenario)
	pop3  bool
}

// scenario is a story that is being played.
type scenario struct {
	*testing.T
	*host
	pass      func()
	crash     func(at string)
	fails     map[string]bool // subjects on which the host fails
	delivered map[string]bool // by checksum: whether it is to be uploaded
	flagged   uint32          // marked as deleted by a different program
}

// deliver adds messages, and returns the UID of the last one.
func (p *scenario) deliver(raws ...[]byte) uint32 {
	for _, raw := range raws {
		p.delivered[sumOf(raw)] = !bytes.Contains(raw, []byte("List-Id"))
	}
	return p.box.Deliver(raws...)
}

// damage lists what is lost, uploaded twice or deleted too early.
func (p *scenario) damage(got map[string]int) []string {
	there := make(map[string]bool)
	for _, uid := range p.box.UIDs() {
		there[sumOf(p.box.Raw(uid))] = true
	}
	var found []string
	for sum, wanted := range p.delivered {
		switch {
		case wanted && got[sum] == 0:
			found = append(found, "lost "+sum[:8])
		case got[sum] > 1:
			found = append(found, "twice "+sum[:8])
		case !wanted && !there[sum]:
			found = append(found, "deleted "+sum[:8])
		}
	}
	return found
}

func (p *scenario) mail(subject string, headers ...string) []byte {
	return mail("a@example.com", subject, headers...)
}

// The comments name systems that behave so.
var patterns = []pattern{
	// Chatwoot, UVdesk: SINCE yesterday
	{name: "WindowOfADay", rule: sinceYesterday, story: func(p *scenario) {
		p.deliver(p.mail("came during the outage"))
		time.Sleep(3 * 24 * time.Hour)
		p.pass()
	}},
	// FreeScout, Zammad, Odoo: UNSEEN
	{name: "ReadByAnotherProgramFirst", rule: unseenOnly, story: func(p *scenario) {
		p.box.MarkRead(p.deliver(p.mail("read on the phone")))
		p.pass()
	}},
	// Chatwoot: mail without Message-ID is skipped
	{name: "WithoutMessageID", rule: byMessageID, story: func(p *scenario) {
		p.deliver([]byte("From: a@example.com\r\nSubject: no id\r\n\r\nHello.\r\n"))
		p.pass()
	}},
	// Deduplication by Message-ID alone: the first message with an ID suppresses the others.
	{name: "ForeignMessageID", rule: byMessageID, story: func(p *scenario) {
		p.deliver(p.mail("same"), mail("b@example.com", "same"))
		p.pass()
	}},
	// FreeScout: a mail that fails is marked as read
	{name: "FailedOnceMarkedAsDone", rule: seenOnFailure, story: func(p *scenario) {
		p.deliver(p.mail("fails at first"))
		p.fails["fails at first"] = true
		p.pass()
		p.fails = map[string]bool{}
		time.Sleep(2 * time.Minute)
		p.pass()
	}},
	// Odoo, Frappe: DELE in the cleanup
	{name: "FailedAndDeleted", rule: deleteOnFailure, pop3: true, story: func(p *scenario) {
		p.deliver(p.mail("fails at first"))
		p.fails["fails at first"] = true
		p.pass()
		p.fails = map[string]bool{}
		time.Sleep(2 * time.Minute)
		p.pass()
	}},
	// EspoCRM, Twenty
	{name: "CursorPassesAFailure", rule: highestUID, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("fails at first"), p.mail("three"))
		p.fails["fails at first"] = true
		p.pass()
		p.fails = map[string]bool{}
		time.Sleep(2 * time.Minute)
		p.pass()
	}},
	// nextcloud/mail, Twenty: UIDs 54 and 56 read, 55 never
	{name: "LateLowerUID", rule: highestUID, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("late"), p.mail("three"))
		p.box.Hide(true, 2)
		p.pass()
		p.box.Hide(false, 2)
		p.pass()
	}},
	// Frappe, Twenty: the cursor of the old UIDVALIDITY
	{name: "MailboxRenumbered", rule: highestUID, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("two"), p.mail("three"))
		p.pass()
		p.box.Remove(1)
		p.box.Remove(2)
		p.box.Renumber()
		p.deliver(p.mail("came meanwhile"))
		p.pass()
	}},
	// EspoCRM: after the mailbox was emptied, new mail never came
	{name: "MailboxEmptied", rule: highestUID, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("two"))
		p.pass()
		p.box.Restore(1)
		p.pass()
		p.deliver(p.mail("after it was emptied"))
		p.pass()
	}},
	// osTicket: the newest 30, Frappe: the oldest 100
	{name: "BurstLargerThanThePage", rule: newestThirty, story: func(p *scenario) {
		for i := range 70 {
			p.deliver(p.mail(fmt.Sprint("burst ", i)))
		}
		p.pass()
		p.pass()
	}},
	// Chatwoot, django-helpdesk: a message that fails blocks the queue
	{name: "OneFailureAbortsThePass", rule: allOrNothing, story: func(p *scenario) {
		p.box.Deliver(p.mail("poison"))
		p.deliver(p.mail("good"))
		p.fails["poison"] = true
		p.pass()
		p.pass()
	}},
	// Zammad, django-helpdesk: only the deletion records what was processed
	{name: "CrashBeforeExpunge", rule: processThenDelete, story: func(p *scenario) {
		p.deliver(p.mail("one"))
		p.crash("before Delete")
		p.pass()
	}},
	// Zammad: EXPUNGE removes what other programs have marked
	{name: "PlainExpunge", rule: plainExpunge, story: func(p *scenario) {
		p.flagged = p.deliver(mail("list@example.com", "not for us", "List-Id: <l.example.com>"))
		p.box.MarkDeleted(p.flagged)
		p.deliver(p.mail("one"))
		p.pass()
	}},
	// Twenty: a killed worker loses the messages that it had taken from the queue
	{name: "PendingInMemory", rule: popThenProcess, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("two"))
		p.crash("before AddEmails")
		p.pass()
	}},
	// django-helpdesk, Zammad: by sequence number, expunged in between
	{name: "SequenceNumbersShift", rule: bySequence, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("two"), p.mail("three"), p.mail("four"))
		p.pass()
		p.box.Remove(2) // skipped messages stay on the server, where a user may remove them
		p.box.Remove(4)
	}},
	// Frappe: after a failed download, the wrong UIDs are remembered
	{name: "MisalignedBatch", rule: misaligned, story: func(p *scenario) {
		p.deliver(p.mail("one"), p.mail("fails at first"), p.mail("three"))
		p.fails["fails at first"] = true
		p.pass()
		p.fails = map[string]bool{}
		time.Sleep(2 * time.Minute)
		p.pass()
	}},
	// SuiteCRM: only_since is saved before the mail is
	{name: "TimeSavedBeforeTheImport", rule: timeFirst, story: func(p *scenario) {
		p.deliver(p.mail("one"))
		time.Sleep(time.Minute)
		p.crash("before AddEmails")
		time.Sleep(time.Minute)
		p.pass()
	}},
	// Odoo: marked as read before the transaction is committed
	{name: "DoneBeforeCommit", rule: seenBeforeCommit, story: func(p *scenario) {
		p.deliver(p.mail("one"))
		p.crash("before AddEmails")
		p.pass()
	}},
	// EspoCRM: the cursor is the sender's Date
	{name: "SendersClock", rule: lastDate, story: func(p *scenario) {
		p.deliver([]byte("From: a@example.com\r\nSubject: from the future\r\n" +
			"Date: Mon, 02 Mar 2099 10:00:00 +0000\r\n\r\nx\r\n"))
		p.pass()
		p.deliver(p.mail("of today"))
		p.pass()
	}},
	// UVdesk: mail without To is skipped
	{name: "ReplyWithoutRecipients", rule: wantsTo, story: func(p *scenario) {
		p.deliver([]byte("From: a@example.com\r\nSubject: failing copy\r\nMessage-ID: <b@example.com>\r\n\r\nx\r\n"))
		p.pass()
	}},
}

// Each story shows the damage with the naive rule, and none with postroom.
func TestPeers_KnownFaultsDoNotOccur(t *testing.T) {
	for _, c := range patterns {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newScenario(t, c)
				n := &naive{scenario: p, got: make(map[string]int), done: make(map[string]bool)}
				p.pass = func() { c.rule(n) }
				p.crash = func(string) {
					n.crashing = true
					c.rule(n)
					n.crashing = false
				}
				c.story(p)
				assert.NotEmpty(t, p.damage(n.got), "the story shows no damage with the naive rule")
			})
			synctest.Test(t, func(t *testing.T) {
				p := newScenario(t, c)
				p.pass, p.crash = func() { p.ours("") }, p.ours
				c.story(p)
				time.Sleep(26 * time.Hour)
				p.fails = map[string]bool{}
				p.pass()
				got := make(map[string]int)
				for _, e := range p.emails() {
					got[e.SHA256]++
				}
				assert.Empty(t, p.damage(got))
			})
		})
	}
}

func newScenario(t *testing.T, c pattern) *scenario {
	p := &scenario{T: t, host: newHost(t), fails: make(map[string]bool), delivered: make(map[string]bool)}
	p.account.DeleteUploaded = strings.Contains(c.name, "Expunge") || c.pop3
	if c.pop3 {
		p.use(inbound.POP3)
	}
	return p
}

// ours makes a pass of postroom, which is killed at a step ("": at none). The store
// cannot save some subjects.
func (p *scenario) ours(killedAt string) {
	var dead atomic.Bool
	points := &inboundtest.Failpoints{Fail: func(_ int, name string) error {
		if killedAt != "" && name == killedAt {
			dead.Store(true)
		}
		if dead.Load() {
			return inboundtest.ErrKilled
		}
		return nil
	}}
	config := p.config
	config.Store = points.Store(refusingStore{p.store, p.fails})
	config.Fetchers = map[inbound.Protocol]inbound.Fetcher{p.account.Protocol: points.Fetcher(p.box)}
	config.Accounts = []inbound.Account{p.account}
	s, err := inbound.New(config)
	require.NoError(p, err)
	if _, err = s.Sync(p.Context(), "shop"); !dead.Load() && !errors.Is(err, errRefused) {
		require.NoError(p, exceptOfMessages(err))
	}
}
