package integration

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// A thousand namespaces of a database are opened with one statement each, and have their
// statements prepared once.
func TestOpen_ThousandNamespaces(t *testing.T) {
	seen := new(sqlrecord.Recorder)
	db := openRecording(t, seen)
	db.SetMaxOpenConns(1)
	open := func(i int) *sqlstore.Store {
		store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, &sqlstore.Options{Namespace: fmt.Sprint("n", i)})
		require.NoError(t, err)
		return store
	}
	stores := []*sqlstore.Store{open(0)}
	seen.Forget()
	for i := range 999 {
		stores = append(stores, open(i+1))
	}
	require.Len(t, seen.Sent(), 999, "each is looked at once, as a copy that may be unfinished")
	for i, store := range stores[:50] {
		if i == 5 {
			seen.Forget()
		}
		commitBatch(t, store, 0, 3)
	}
	requirePrepared(t, seen, 1)
}

// Transactions of two namespaces of a database are one, where one contains the other.
func TestAtomic_AcrossNamespaces(t *testing.T) {
	open := openNamespaces(t)
	acme, other := open("acme"), open("other")
	broken := errors.New("broken")
	for _, want := range []error{broken, nil} {
		err := acme.Atomic(t.Context(), func(ctx context.Context) error {
			if err := acme.SetAccountState(ctx, "shop", inbound.AccountState{}); err != nil {
				return err
			}
			if err := fillAccount(ctx, other, "shop", 0, 1); err != nil {
				return err
			}
			return want
		})
		require.ErrorIs(t, err, want)
		n, err := other.CountEmails(t.Context(), inbound.EmailFilter{})
		require.NoError(t, err)
		assert.Equal(t, want == nil, n == 1)
	}
	n, err := acme.CountEmails(t.Context(), inbound.EmailFilter{})
	require.NoError(t, err)
	assert.Zero(t, n)
}
