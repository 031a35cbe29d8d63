package inbound_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// Where no temporary file can be written, small mail is uploaded, large mail is set aside,
// and the account's health says which setting to change; later it is uploaded, too.
func TestSpoolDir_Unusable(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.DeleteUploaded = true
		h.config.SpoolDir = filepath.Join(t.TempDir(), "missing")
		for i := range 20 {
			raw := mail("a@example.com", fmt.Sprint("m", i))
			if i == 5 || i == 11 {
				raw = append(raw, strings.Repeat("0123456789abcde\n", 6<<16)...)
			}
			h.box.Deliver(raw)
		}
		report, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrTemporary)
		assert.Contains(t, inbound.HintOf(err), "SpoolDir")
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 18, inbound.Failed: 2}, report.Outcomes)
		assert.Equal(t, inbound.HealthDegraded, h.health().State)
		assert.Len(t, h.box.UIDs(), 2)
		rows, err := h.store.Entries(t.Context(), "shop", inbound.Failed, inbound.SourceID{}, 10)
		require.NoError(t, err)
		require.Len(t, rows, 2)
		assert.Contains(t, rows[0].Reason, "temporary file")

		h.config.SpoolDir = t.TempDir()
		time.Sleep(24 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 20)
		assert.Empty(t, h.box.UIDs())
		assert.Equal(t, inbound.HealthOK, h.health().State)
	})
}

// trickling is a server that sends the last bytes of a message at one a second.
type trickling struct{ inbound.Fetcher }

type tricklingSession struct{ inbound.Session }

func (f trickling) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	return tricklingSession{s}, err
}

func (s tricklingSession) Fetch(ctx context.Context, refs []inbound.Ref, o inbound.FetchOptions,
	fn func(inbound.Ref, io.Reader) error) error {
	return s.Session.Fetch(ctx, refs, o, func(ref inbound.Ref, r io.Reader) error {
		return fn(ref, io.MultiReader(io.LimitReader(r, ref.Size-10_000), &slowReader{ctx, r}))
	})
}

type slowReader struct {
	ctx context.Context
	r   io.Reader
}

func (s *slowReader) Read(p []byte) (int, error) {
	select {
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	case <-time.After(time.Second):
		return s.r.Read(p[:1])
	}
}

// Accounts whose servers trickle large messages delay others by seconds at most.
func TestSpool_TricklingAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, slow := newHost(t), newHost(t)
		for i := range 30 {
			h.box.Deliver(append(mail("a@example.com", fmt.Sprint("m", i)), strings.Repeat("0123456789abcde\n", 200<<6)...))
		}
		slow.use(inbound.POP3)
		slow.box.Deliver(append(mail("b@example.com", "slow"), strings.Repeat("0123456789abcde\n", 3900<<6)...))
		c := h.config
		c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: h.box, inbound.POP3: trickling{slow.box}}
		c.Accounts, c.SpoolDir = []inbound.Account{h.account}, t.TempDir()
		for i := range 9 {
			a := h.account
			a.ID, a.Protocol, a.Host = fmt.Sprint("slow", i), inbound.POP3, fmt.Sprintf("slow%d.example.com", i)
			c.Accounts = append(c.Accounts, a)
		}
		s, err := inbound.New(c)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for _, a := range c.Accounts[1:] {
			group.Go(func() {
				_, err := s.Sync(ctx, a.ID)
				assert.ErrorIs(t, err, context.Canceled, "it trickles until then")
			})
		}
		synctest.Wait()
		begun := time.Now()
		_, err = s.Sync(t.Context(), "shop")
		require.NoError(t, err)
		assert.Less(t, time.Since(begun), 5*time.Second)
		cancel()
		group.Wait()
		emails, err := h.store.ListEmails(t.Context(), inbound.EmailFilter{}, "", 100)
		require.NoError(t, err)
		assert.Len(t, emails, 30)
	})
}
