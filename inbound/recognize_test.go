package inbound_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// rewritings are how servers write messages anew.
var rewritings = map[string]func(raw []byte) []byte{
	"header lines added": func(raw []byte) []byte {
		return append([]byte("X-MS-Exchange-Organization-SCL: 1\r\nDelivered-To: shop@shop.example\r\n"), raw...)
	},
	"status lines behind": func(raw []byte) []byte {
		return bytes.Replace(raw, []byte("\r\n\r\n"), []byte("\r\nStatus: RO\r\nX-UID: 7\r\n\r\n"), 1)
	},
	"folded otherwise": func(raw []byte) []byte {
		return bytes.Replace(raw, []byte("Subject: "), []byte("SUBJECT:\r\n\t"), 1)
	},
	"encoded otherwise": func(raw []byte) []byte {
		head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		encoded := strings.NewReplacer("e", "=65", "=", "=3D").Replace(string(body))
		return []byte(string(head) + "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + encoded)
	},
	"made a multipart": func(raw []byte) []byte {
		head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		return fmt.Appendf(nil, "%s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n%s\r\n--b--\r\n",
			head, body)
	},
}

// move makes a new mailbox, as at a different provider, with the messages of the old one
// as rewritten.
func (h *host) move(rewrite func([]byte) []byte) {
	old := h.box
	h.box = inboundtest.NewMailbox()
	h.box.POP3 = old.POP3
	h.box.Renumber()
	for _, uid := range old.UIDs() {
		h.box.Deliver(rewrite(old.Raw(uid)))
	}
}

// Promise 2: a mailbox that moves to a different provider, which writes its messages
// anew, is not uploaded again.
func TestNothingTwice_MovedAndRewritten(t *testing.T) {
	for name, rewrite := range rewritings {
		for _, protocols := range [][2]inbound.Protocol{
			{inbound.IMAP, inbound.IMAP}, {inbound.POP3, inbound.IMAP}, {inbound.IMAP, inbound.POP3},
		} {
			t.Run(fmt.Sprint(name, ", ", protocols[0], " to ", protocols[1]), func(t *testing.T) {
				h := newHost(t)
				h.manager("m1", assign.Free)
				h.use(protocols[0])
				h.deliverFrom("c", 5)
				h.pass()
				notified := len(h.notified.list)

				h.move(rewrite)
				h.use(protocols[1])
				h.account.Username, h.account.DeleteUploaded = "moved@shop.example", true
				h.box.Deliver(mail("late@example.com", "late"))
				report := h.pass()
				assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 5, inbound.Uploaded: 1}, report.Outcomes)
				require.Len(t, h.emails(), 6)
				assert.Equal(t, 2, h.emails()[0].Sources)
				assert.Equal(t, 1, h.emails()[5].Sources)
				assert.Len(t, h.notified.list, notified+2, "only of the late one")
				assert.Empty(t, h.box.UIDs(), "the first email of each is kept whole")
			})
		}
	}
}

// Some servers write a message anew at each reading, and list another size then.
func TestNothingTwice_RewrittenUnderTheSameID(t *testing.T) {
	for name, rewrite := range rewritings {
		t.Run(name, func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.deliverFrom("c", 3)
				h.pass()
				before := h.rows()
				size := len(rewrite(h.box.Raw(1))) - len(h.box.Raw(1))
				h.fetcher = &oddServer{Fetcher: h.box,
					listed: func(l *inbound.Listing) {
						for i := range l.Refs {
							l.Refs[i].Size += int64(size)
						}
					},
					delivers: func(_ inbound.Ref, raw []byte) []byte { return rewrite(raw) }}
				h.compareAll()
				h.pass()
				assert.Len(t, h.emails(), 3)
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3}, h.counts())
				assert.Equal(t, before["c0"].EmailID, h.rows()["c0"].EmailID)
				assert.Equal(t, 1, h.emails()[0].Sources)
			})
		})
	}
}

// compareAll has the next pass list the folder from its beginning.
func (h *host) compareAll() {
	h.t.Helper()
	folder := map[bool]string{false: "INBOX", true: ""}[h.box.POP3]
	state, err := h.store.FolderState(h.t.Context(), "shop", folder)
	require.NoError(h.t, err)
	state.ComparedAt = state.ComparedAt.AddDate(0, 0, -2)
	require.NoError(h.t, h.store.SetFolderState(h.t.Context(), "shop", folder, state))
}

// A header that somebody has copied, with other words below it, is a different
// message: also within one batch.
func TestRecognize_CopiedHeader(t *testing.T) {
	h := newHost(t)
	genuine := mail("anna@example.com", "genuine")
	forged := func(words string) []byte { return append(bytes.Clone(genuine), words...) }
	h.box.Deliver(genuine)
	h.pass()
	h.box.Deliver(forged("Click here.\r\n"), forged("Or here.\r\n"), forged("Click here.\r\n"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Duplicate: 1}, h.pass().Outcomes)
}

// More emails of one header than are compared make nothing worse: what is not recognized
// is uploaded.
func TestRecognize_ManyCopiedHeaders(t *testing.T) {
	h := newHost(t)
	genuine := mail("anna@example.com", "genuine")
	for i := range inbound.MaxAlike + 2 {
		h.box.Deliver(append(bytes.Clone(genuine), fmt.Sprint(i)...))
	}
	h.pass()
	require.Len(t, h.emails(), inbound.MaxAlike+2)
	h.move(rewritings["header lines added"])
	h.pass()
	assert.Len(t, h.emails(), inbound.MaxAlike+4)
}

// A contact form without Date and Message-ID sends the same words twice: these are two
// messages, and a rewriting of one is none.
func TestRecognize_WithoutDateAndMessageID(t *testing.T) {
	form := func(received string) []byte {
		return []byte(received + "From: form@shop2.example\r\nSubject: Contact\r\n\r\nPlease call me.\r\n")
	}
	h := newHost(t)
	h.box.Deliver(form("Received: from web; Mon, 2 Mar 2026 10:00:00 +0000\r\n"),
		form("Received: from web; Mon, 2 Mar 2026 10:05:00 +0000\r\n"), form(""))
	h.pass()
	require.Len(t, h.emails(), 3)
	h.move(rewritings["header lines added"])
	assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 2, inbound.Uploaded: 1}, h.pass().Outcomes,
		"nothing tells that the one without Received is not new")
}

// The beginning of a message over the limit is recognized, under the same limit and
// under a different one; it is never deleted.
func TestRecognize_LargeMessage(t *testing.T) {
	for _, limit := range []int64{1000, 1500, 5000} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			h := newHost(t)
			h.config.Limits.MessageBytes, h.account.DeleteUploaded = 1000, true
			large := func(last string) []byte {
				return []byte(string(mail("iris@example.com", "large")) + strings.Repeat("x", 3000) + last)
			}
			h.box.Deliver(large("a"))
			h.pass()
			h.config.Limits.MessageBytes = limit
			h.move(rewritings["header lines added"])
			assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 1}, h.pass().Outcomes)
			assert.Len(t, h.emails(), 1)
			assert.Len(t, h.box.UIDs(), 1, "only its beginning is kept")
		})
	}
}

// What was uploaded by an older postroom has no fingerprint, or one of an older
// version: it is computed from the kept bytes.
func TestRecognize_FingerprintOfAnOlderVersion(t *testing.T) {
	for _, old := range []string{"", "h0:" + strings.Repeat("a", 64)} {
		h := newHost(t)
		h.deliverFrom("c", 3)
		h.pass()
		stale := make(map[string]string)
		for _, e := range h.emails() {
			stale[e.ID] = old
		}
		require.NoError(t, h.store.SetFingerprints(t.Context(), stale))
		h.move(rewritings["header lines added"])
		assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 3}, h.pass().Outcomes)
	}
}

// Messages with a copied header, of which one begins as the other: whether that is the same
// message depends on which of them was not read whole, and why.
func TestRecognize_CopiedHeaderAndBeginning(t *testing.T) {
	header := string(mail("anna@example.com", "genuine"))
	of := func(size int) []byte { return []byte(header + strings.Repeat("x", size)) }
	for name, tt := range map[string]struct {
		first, second []byte
		emails        int
	}{
		"a short one, then one over the limit":  {of(10), of(3000), 2},
		"one over the limit, then a short one":  {of(3000), of(10), 2},
		"one over the limit, then a larger one": {of(3000), of(5000), 1}, // of which nobody has read more
		"the same text in another encoding": {of(10),
			bytes.Replace(of(10), []byte("Subject:"), []byte("Content-Transfer-Encoding: base64\r\nSubject:"), 1), 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.config.Limits.MessageBytes = 1000
			h.box.Deliver(tt.first)
			h.pass()
			h.box.Deliver(tt.second)
			h.pass()
			assert.Len(t, h.emails(), tt.emails)
		})
	}
}
