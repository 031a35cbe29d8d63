package integration

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// Who asks again and again for the emails after the last one that they know gets all of
// them, while accounts of several shops upload at the same time.
func TestDatabases_ReaderMissesNoEmail(t *testing.T) { onDatabases(t, testReaderMissesNoEmail) }

func testReaderMissesNoEmail(t *testing.T, d database) {
	const writers, rounds = 4, 25
	p := d.place(t)
	stores := make([]*sqlstore.Store, writers)
	for i := range stores {
		stores[i] = p.store()
	}
	reader := p.store()
	var all sync.WaitGroup
	for i, store := range stores {
		all.Go(func() {
			random := rand.New(rand.NewPCG(15, uint64(i)))
			for round := range rounds {
				assert.NoError(t, store.Atomic(t.Context(), func(ctx context.Context) error {
					e := inbound.Email{ID: fmt.Sprint(i, ".", round), AccountID: fmt.Sprint(i), Shop: fmt.Sprint(i)}
					err := store.AddEmails(ctx, []inbound.NewEmail{{Email: e, Raw: bytesRaw("x")}})
					time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond) // more work of the batch
					return err
				}))
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	after, seen := "", 0
	for over := false; !over; {
		select {
		case <-ended:
			over = true // and a last look
		default:
		}
		page, err := reader.ListEmails(t.Context(), inbound.EmailFilter{}, after, 1000)
		require.NoError(t, err)
		seen += len(page)
		if len(page) > 0 {
			after = page[len(page)-1].ID
		}
	}
	assert.Equal(t, writers*rounds, seen)
}

// Who asks for assignments in a transaction, to decide who is notified, sees what a different
// one that was first has decided.
func TestDatabases_AssignmentsAreDecidedInTurn(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		p := d.place(t)
		first, second := p.store(), p.store()
		asked, seen := make(chan struct{}), make(chan assign.Stage, 1)
		var both sync.WaitGroup
		require.NoError(t, first.Atomic(t.Context(), func(ctx context.Context) error {
			_, err := first.Assignments(ctx, []string{"c1"})
			require.NoError(t, err)
			both.Go(func() {
				assert.NoError(t, second.Atomic(t.Context(), func(ctx context.Context) error {
					close(asked)
					found, err := second.Assignments(ctx, []string{"c1"})
					seen <- found["c1"].Stage
					return err
				}))
			})
			if d.dialect != sqlstore.SQLite { // there it waits for the whole transaction
				<-asked
			}
			time.Sleep(50 * time.Millisecond) // it would have asked by now
			return first.SetAssignments(ctx, []assign.Assignment{{CustomerID: "c1", Stage: assign.StageAssigned}})
		}))
		both.Wait()
		assert.Equal(t, assign.StageAssigned, <-seen)
	})
}
