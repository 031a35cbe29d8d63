package inbound

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// renewLimit is how many leases are renewed together.
const renewLimit = 1000

// leaseKeepers renew the leases of Syncers with one Budget: those on one database together.
type leaseKeepers struct {
	mu  sync.Mutex
	all map[any]*leaseKeeper // by database, or by Syncer
}

// leaseKeeper renews the leases of Syncers on one database, in one transaction.
type leaseKeeper struct {
	mu      sync.Mutex // held while they are renewed: one that was given up must not be
	members map[*keptLeases]bool
	end     context.CancelFunc
	ended   chan struct{}
}

// keptLeases are those of one Syncer.
type keptLeases struct {
	keeper *leaseKeeper
	store  Store
	held   map[*heldLease]bool
}

// join begins to renew the leases of a Syncer, until leave is called. Its store may be one of
// several in a database.
func (ks *leaseKeepers) join(store Store) (kept *keptLeases, leave func()) {
	kept = &keptLeases{store: store, held: make(map[*heldLease]bool)}
	var key any = kept
	if shared, ok := store.(SharedDatabase); ok {
		key = shared.Database()
	}
	ks.mu.Lock()
	defer ks.mu.Unlock()
	if ks.all == nil {
		ks.all = make(map[any]*leaseKeeper)
	}
	k := ks.all[key]
	if k == nil {
		ctx, end := context.WithCancel(context.Background())
		k = &leaseKeeper{members: make(map[*keptLeases]bool), end: end, ended: make(chan struct{})}
		ks.all[key] = k
		go k.run(ctx)
	}
	kept.keeper = k
	k.mu.Lock()
	defer k.mu.Unlock()
	k.members[kept] = true
	return kept, func() { ks.leave(key, kept) }
}

// leave ends the goroutine of the keeper with its last member.
func (ks *leaseKeepers) leave(key any, kept *keptLeases) {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	k := kept.keeper
	k.mu.Lock()
	delete(k.members, kept)
	last := len(k.members) == 0
	k.mu.Unlock()
	if last {
		delete(ks.all, key)
		k.end()
		<-k.ended
	}
}

// renew has the lease renewed until ctx ends.
func (kept *keptLeases) renew(ctx context.Context, h *heldLease) {
	k := kept.keeper
	k.mu.Lock()
	kept.held[h] = true
	k.mu.Unlock()
	<-ctx.Done()
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(kept.held, h)
}

// run renews the leases until ctx ends.
func (k *leaseKeeper) run(ctx context.Context) {
	defer close(k.ended)
	for sleep(ctx, leaseTTL/3) == nil {
		k.renewAll(ctx)
	}
}

func (k *leaseKeeper) renewAll(ctx context.Context) {
	// Who ends meanwhile waits for it.
	ctx, cancel := context.WithTimeout(ctx, leaseTTL/3)
	defer cancel()
	k.mu.Lock()
	defer k.mu.Unlock()
	var store Store // of any of them
	for kept := range k.members {
		if len(kept.held) > 0 {
			store = kept.store
		}
	}
	if store == nil {
		return
	}
	now := time.Now()
	tokens := make(map[*heldLease]uint64) // 0: it is lost
	err := store.Atomic(ctx, func(ctx context.Context) error {
		clear(tokens)
		for kept := range k.members {
			if err := kept.renewHeld(ctx, tokens); err != nil {
				return err
			}
		}
		return nil
	})
	for kept := range k.members {
		for h := range kept.held {
			if errors.Is(err, ErrBusy) { // that is one of them
				token, err := kept.store.Acquire(ctx, h.name, h.owner, leaseTTL)
				h.renewed(now, token, err)
				continue
			}
			h.renewed(now, tokens[h], err)
		}
	}
}

// renewHeld renews the leases of a Syncer and notes their tokens.
func (kept *keptLeases) renewHeld(ctx context.Context, tokens map[*heldLease]uint64) error {
	renewer, ok := kept.store.(LeaseRenewer)
	if !ok {
		for h := range kept.held {
			token, err := kept.store.Acquire(ctx, h.name, h.owner, leaseTTL)
			if err != nil {
				return err
			}
			tokens[h] = token
		}
		return nil
	}
	by := make(map[HeldLease]*heldLease, len(kept.held))
	all := make([]HeldLease, 0, len(kept.held))
	for h := range kept.held {
		one := HeldLease{h.name, h.owner}
		by[one], tokens[h] = h, h.token
		all = append(all, one)
	}
	for some := range slices.Chunk(all, renewLimit) {
		lost, err := renewer.RenewLeases(ctx, some, leaseTTL)
		if err != nil {
			return err
		}
		for _, one := range lost {
			tokens[by[one]] = 0
		}
	}
	return nil
}
