package inbound_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

func TestFetch_LargeMessageStaysOnServer(t *testing.T) {
	h := newHost(t)
	h.account.DeleteUploaded, h.config.Limits.MessageBytes = true, 1000
	h.box.Deliver(append(mail("a@example.com", "large"), strings.Repeat("x", 5000)...), mail("a@example.com", "small"))
	h.pass()
	list := h.emails()
	require.Len(t, list, 2)
	for _, e := range list {
		assert.Equal(t, e.Subject == "large", e.Truncated())
		assert.LessOrEqual(t, e.Size, int64(1000))
	}
	assert.Equal(t, []uint32{1}, h.box.UIDs(), "the cut message stays on the server")
}

// A server lists a message smaller than it is and leaves it out of the first answer.
// The second request must still detect that the message is longer than the limit.
func TestFetch_CutSeenInSecondAttempt(t *testing.T) {
	const limit = 2000
	for _, size := range []int{limit - 1, limit, limit + 1, 3 * limit} {
		t.Run(fmt.Sprint(size, " bytes"), func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.account.DeleteUploaded, h.config.Limits.MessageBytes = true, limit
				raw := mail("iris@example.com", "long")
				raw = append(raw, strings.Repeat("x", size-len(raw))...)
				h.box.Deliver(raw)
				asked := 0
				h.fetcher = &oddServer{Fetcher: h.box,
					listed: func(l *inbound.Listing) {
						for i := range l.Refs {
							l.Refs[i].Size = 500
						}
					},
					omits: func(inbound.Ref) bool { asked++; return asked == 1 }}
				h.pass()
				require.Equal(t, 2, asked)
				e := h.emails()[0]
				assert.Equal(t, int64(min(size, limit)), e.Size)
				assert.Equal(t, size > limit, e.Truncated())
				assert.Equal(t, size > limit, len(h.box.UIDs()) == 1, "the cut message stays on the server")
				extent := map[bool]inbound.Extent{false: inbound.ExtentWhole, true: inbound.ExtentCut}[size > limit]
				assert.Equal(t, extent, h.rows()["long"].Extent)
			})
		})
	}
}

// A message that the server refuses, with an error of any class, is set aside: the same
// pass reads the others. If the server seems to want a pause, the next passes do, and read
// the message last.
func TestFetch_RefusedMessageDelaysNoOther(t *testing.T) {
	classes := []error{inbound.ErrPermanent, inbound.ErrThrottled, inbound.ErrTemporary, errors.New("no class")}
	for _, class := range classes {
		t.Run(class.Error(), func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					h.use(protocol)
					h.box.InterceptMessage = func(raw []byte) error {
						if strings.Contains(string(raw), "guest2@") {
							return &inbound.Error{Op: "read", Class: class, Err: errors.New("[CANNOT] not this one")}
						}
						return nil
					}
					h.deliverFrom("guest", 9)
					for range map[bool]int{false: 1, true: 3}[class == inbound.ErrThrottled] {
						_, err := h.syncer().Sync(t.Context(), "shop")
						if class == inbound.ErrThrottled {
							require.ErrorIs(t, err, class)
						} else {
							require.NoError(t, err)
						}
						time.Sleep(time.Hour)
					}
					assert.Len(t, h.emails(), 8)
					h.box.InterceptMessage = nil
					time.Sleep(25 * time.Hour)
					h.pass()
					assert.Len(t, h.emails(), 9)
				})
			})
		})
	}
}

// disconnectingFetcher is a server that closes the connection when one of its
// messages is read.
type disconnectingFetcher struct {
	inbound.Fetcher
	uid string // UID or UIDL
}

type disconnectingSession struct {
	inbound.Session
	uid string
}

func (f disconnectingFetcher) Open(
	ctx context.Context, a inbound.Account, login inbound.Login,
) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	return disconnectingSession{s, f.uid}, err
}

func (s disconnectingSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	at := slices.IndexFunc(refs, func(r inbound.Ref) bool { return r.SourceID.String() == s.uid })
	if at < 0 {
		return s.Session.Fetch(ctx, refs, part, each)
	}
	if err := s.Session.Fetch(ctx, refs[:at], part, each); err != nil {
		return err
	}
	return &inbound.Error{Op: "read", Class: inbound.ErrTemporary, Err: errors.New("connection closed by the server")}
}

func TestFetch_MessageThatEndsTheConnection(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		for _, create := range []bool{false, true} { // without creation headers are read first
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.use(protocol)
				h.account.CreateCustomer = create
				h.customers.Put(customer.Customer{Shop: "main", Email: "a@example.com"})
				for i := range 10 {
					h.box.Deliver(mail("a@example.com", fmt.Sprint("mail ", i)))
				}
				uid := map[inbound.Protocol]string{inbound.IMAP: "3", inbound.POP3: "uidl-1-3"}[protocol]
				h.fetcher = disconnectingFetcher{h.box, uid}
				h.pass()
				assert.Len(t, h.emails(), 9, "all but one, in one pass")
				assert.Equal(t, inbound.Failed, h.outcomes()[uid])
				h.fetcher = h.box
				time.Sleep(10 * time.Minute)
				h.pass()
				assert.Len(t, h.emails(), 10)
			})
		}
	}
}

// Ten messages at which the server hangs up are set aside in one pass, and the others
// are read.
func TestFetch_TenMessagesThatEndTheConnection(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.box.InterceptMessage = func(raw []byte) error {
			if strings.Contains(string(raw), "poison") {
				return &inbound.Error{Op: "read", Class: inbound.ErrTemporary,
					Err: errors.New("connection closed by the server")}
			}
			return nil
		}
		for i := range 30 {
			h.box.Deliver(mail("a@example.com", fmt.Sprint([]string{"poison ", "mail ", "mail "}[i%3], i)))
		}
		h.pass()
		assert.Len(t, h.emails(), 20)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 20, inbound.Failed: 10}, h.counts())
		assert.True(t, h.health().InitialComplete)
	})
}

// A server that falls silent at each of many messages costs some time limits in a pass,
// not one for each.
func TestFetch_ManyMessagesAtWhichTheServerIsSilent(t *testing.T) {
	h := newHost(t)
	opened := 0
	h.box.Intercept = func(step string) error {
		if step == "open" {
			opened++
		}
		return nil
	}
	h.box.InterceptMessage = func([]byte) error {
		return &inbound.Error{Op: "read", Class: inbound.ErrTemporary, Err: os.ErrDeadlineExceeded}
	}
	h.deliverFrom("guest", 30)
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.LessOrEqual(t, opened, 5)
}

// A server that refuses the login after it has hung up at a message wants a pause: it is not
// asked again in this pass.
func TestFetch_LoginRefusedAfterAnInterruption(t *testing.T) {
	for _, class := range []error{inbound.ErrThrottled, inbound.ErrAuth, inbound.ErrTemporary} {
		h := newHost(t)
		opened := 0
		h.box.Intercept = func(step string) error {
			if step != "open" {
				return nil
			}
			if opened++; opened == 1 {
				return nil
			}
			return &inbound.Error{Op: inbound.OpLogin, Class: class, Err: errors.New("too many logins")}
		}
		h.box.InterceptMessage = func([]byte) error { return temporaryError(inbound.OpRead) }
		h.deliverFrom("guest", 3)
		_, err := h.syncer().Sync(t.Context(), "shop")
		assert.Equal(t, 2, opened, class)
		assert.Equal(t, errors.Is(class, inbound.ErrTemporary), exceptOfMessages(err) != nil, "%v: %v", class, err)
	}
}

// A POP3 server that does not double the dots at the beginning of lines ends a message
// within it, and goes on with the rest as if that were its next answers: that is the fault
// of this message, not of the next one.
func TestFetch_RestOfAMessageBreaksTheConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.DeleteUploaded = true
		for i := range 9 {
			h.box.Deliver(append(mail("a@example.com", fmt.Sprint("mail ", i)), strings.Repeat("x", 100)...))
		}
		broken := false
		h.fetcher = &oddServer{Fetcher: h.box,
			before: func(step, _ string) error {
				if broken && step == "fetch" {
					broken = false
					return &inbound.Error{Op: "read", Class: errors.Join(inbound.ErrTemporary, inbound.ErrDirty),
						Err: errors.New("unexpected answer")}
				}
				return nil
			},
			delivers: func(_ inbound.Ref, raw []byte) []byte {
				if bytes.Contains(raw, []byte("mail 3")) {
					broken = true
					return raw[:len(raw)-50]
				}
				return raw
			}}
		h.fetcher = oneByOne{h.fetcher}
		report := h.pass()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 9}, report.Outcomes, "the next one is not blamed")
		assert.Equal(t, []uint32{4}, h.box.UIDs())
	})
}

// oneByOne asks for one message at a time.
type oneByOne struct{ inbound.Fetcher }

type oneByOneSession struct{ inbound.Session }

func (f oneByOne) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return oneByOneSession{s}, nil
}

func (s oneByOneSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	for i := range refs {
		if err := s.Session.Fetch(ctx, refs[i:i+1], part, each); err != nil {
			return err
		}
	}
	return nil
}
