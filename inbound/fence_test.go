package inbound_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// stolenLeaseStore lets another process take over a lease, which the holder does not
// notice before it renews the lease.
type stolenLeaseStore struct {
	inbound.Store
	t      *testing.T
	owners map[string]string
	opened func() // called by OpenRaw
}

// stealLeases makes the host use a stolenLeaseStore.
func stealLeases(t *testing.T, h *host) *stolenLeaseStore {
	s := &stolenLeaseStore{Store: h.store, t: t, owners: make(map[string]string)}
	h.config.Store = s
	return s
}

func (s *stolenLeaseStore) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	token, err := s.Store.Acquire(ctx, name, owner, ttl)
	if err == nil {
		s.owners[name] = owner
	}
	return token, err
}

func (s *stolenLeaseStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	if s.opened != nil {
		s.opened()
	}
	return s.Store.OpenRaw(ctx, id)
}

// take gives the lease to another process.
func (s *stolenLeaseStore) take(name string) {
	require.NoError(s.t, s.Release(s.t.Context(), name, s.owners[name]))
	_, err := s.Store.Acquire(s.t.Context(), name, "another process", time.Minute)
	require.NoError(s.t, err)
}

// After its lease is lost, a pass must not overwrite what the new holder has
// recorded.
func TestFence_LostLeaseWritesNothing(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		for name, set := range map[string]func(h *host, s *stolenLeaseStore, odd *oddServer){
			"at the login": func(h *host, s *stolenLeaseStore, _ *oddServer) {
				h.box.Intercept = func(step string) error {
					if step == "open" {
						s.take("account/shop")
					}
					return nil
				}
			},
			"at the login, which fails": func(h *host, s *stolenLeaseStore, _ *oddServer) {
				h.box.Intercept = func(step string) error {
					s.take("account/shop")
					return &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("wrong password")}
				}
			},
			"before the deletion is recorded": func(_ *host, s *stolenLeaseStore, odd *oddServer) {
				odd.before = func(step, _ string) error {
					if step == "delete" && s.owners["account/shop"] != "" {
						s.take("account/shop")
						s.owners["account/shop"] = ""
					}
					return nil
				}
			},
			"before a damaged email is recorded": func(h *host, s *stolenLeaseStore, _ *oddServer) {
				damaged := false
				s.opened = func() {
					if !damaged {
						damaged = true
						s.take("account/shop")
					}
				}
				h.config.Store = &unreadableRawStore{s, map[string]error{h.emails()[0].ID: io.ErrUnexpectedEOF}}
			},
		} {
			t.Run(name, func(t *testing.T) {
				h := newHost(t)
				h.use(protocol)
				h.deliverFrom("guest", 3)
				h.pass()
				health := inbound.Health{State: inbound.HealthOK, Hint: "of the other process", InitialComplete: true}
				require.NoError(t, h.store.SetHealth(t.Context(), "shop", health))
				before, err := h.store.Entries(t.Context(), "shop", "", inbound.SourceID{}, 10)
				require.NoError(t, err)

				h.account.DeleteUploaded = true
				odd := &oddServer{Fetcher: h.box}
				h.fetcher = odd
				set(h, stealLeases(t, h), odd)
				_, err = h.syncer().Sync(t.Context(), "shop")
				require.Error(t, err)
				assert.Equal(t, health, h.health())
				after, err := h.store.Entries(t.Context(), "shop", "", inbound.SourceID{}, 10)
				require.NoError(t, err)
				assert.Equal(t, before, after)
			})
		}
	})
}

// After its lease is lost, AssignWaiting assigns nobody and records no failure.
func TestFence_LostLeaseAssignsNobody(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("guest", 3)
	h.pass()
	before := h.pending("support")
	h.manager("kim", assign.Free)
	s := stealLeases(t, h)
	for name, repo := range map[string]*scriptedRepo{
		"at the lookup": {Customers: h.customers,
			find: func(context.Context, []string) error { s.take("assign"); return nil }},
		"at a failed attachment": {Customers: h.customers,
			attach: func(context.Context, string, string) error { s.take("assign"); return errUnsavable }},
	} {
		t.Run(name, func(t *testing.T) {
			h.config.CustomerRepo = repo
			_, err := h.syncer().AssignWaiting(t.Context())
			require.ErrorIs(t, err, inbound.ErrLeaseLost)
			for i, row := range h.pending("support") {
				assert.Equal(t, before[i].CustomerID, row.CustomerID)
				assert.Zero(t, row.Attempts)
				assert.Empty(t, row.LastError)
			}
			require.NoError(t, h.store.Release(t.Context(), "assign", "another process"))
		})
	}
	h.config.Store, h.config.CustomerRepo = h.store, h.customers
	assert.Equal(t, map[string]int{"kim": 3}, h.pass().Assigned)
	notified := strings.Join(summaries(h.notified.list), "\n")
	assert.Equal(t, 3, strings.Count(notified, "customer_assigned"))
}
