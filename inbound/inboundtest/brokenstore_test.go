package inboundtest_test

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestStoreSuiteCatchesBrokenStores(t *testing.T) { mutant.Run(t, brokenStores) }

var brokenStores = map[string]mutant.Mutant{
	"KeepsWhatFailed":      store(keepsWhatFailed{memstore.New()}, "Atomic/ErrorUndoesEverything", "after Atomic failed there is still something in"),
	"KeepsHalfOfTheBytes":  store(keepsHalf{memstore.New()}, "Emails/RawComesBackAsItWas", "byte for byte"),
	"ForgetsOccurrences":   store(forgetsOccurrences{memstore.New()}, "Ledger/IdentitiesAreTold", "another message was taken for it"),
	"GivesALeaseToAnybody": store(givesLease{memstore.New()}, "Leases/OneOwnerAtATime", "want inbound.ErrBusy"),
}

// store is the suite on one store; a test of it has it for itself.
func store(s inbound.Store, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestStore(t, func(*testing.T) inbound.Store { return s })
	}}
}

type keepsWhatFailed struct{ inbound.Store }

func (keepsWhatFailed) Atomic(ctx context.Context, fn func(context.Context) error) error {
	return fn(ctx)
}

type keepsHalf struct{ inbound.Store }

func (s keepsHalf) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	e, err := s.Email(ctx, id)
	if err != nil {
		return nil, err
	}
	r, err := s.Store.OpenRaw(ctx, id)
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, e.Size/2), r}, err
}

type forgetsOccurrences struct{ inbound.Store }

func (s forgetsOccurrences) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Occurrence = 0
	}
	return s.Store.Record(ctx, account, rows)
}

type givesLease struct{ inbound.Store }

func (s givesLease) Acquire(ctx context.Context, name, _ string, ttl time.Duration) (uint64, error) {
	return s.Store.Acquire(ctx, name, "anybody", ttl)
}
