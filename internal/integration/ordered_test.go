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
