package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
)

// cutLedger fails after some pages of Entries.
type cutLedger struct {
	inbound.Ledger
	pages int
}

var errCut = errors.New("the connection is lost")

func (l *cutLedger) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	if l.pages--; l.pages < 0 {
		return nil, errCut
	}
	return l.Ledger.Entries(ctx, account, outcome, after, limit)
}

// ledgerOf returns a ledger with n rows: 1, 2, ...
func ledgerOf(t *testing.T, n int) inbound.Ledger {
	t.Helper()
	store := memstore.New()
	rows := make([]inbound.LedgerEntry, n)
	for i := range rows {
		rows[i] = inbound.LedgerEntry{SourceID: inbound.SourceID{Key: fmt.Sprint(i + 1)}, Outcome: inbound.Ignored}
	}
	require.NoError(t, store.Record(t.Context(), "shop", rows))
	return store
}

func TestAllEntries_ReadsEveryPage(t *testing.T) {
	for _, n := range []int{0, 1, 999, 1000, 1001, 2000, 2500} {
		ledger, next := ledgerOf(t, n), 1
		for row, err := range inbound.AllEntries(t.Context(), ledger, "shop", inbound.Ignored) {
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(next), row.Key, "%d rows", n)
			next++
		}
		assert.Equal(t, n, next-1)
	}
}

func TestAllEntries_YieldsAnErrorOnce(t *testing.T) {
	ledger := &cutLedger{ledgerOf(t, 2500), 1}
	rows, failures := 0, 0
	for _, err := range inbound.AllEntries(t.Context(), ledger, "shop", "") {
		if err == nil {
			rows++
			continue
		}
		require.ErrorIs(t, err, errCut)
		failures++
	}
	assert.Equal(t, 1000, rows)
	assert.Equal(t, 1, failures)
}

func TestAllEntries_BreakReadsNoFurtherPage(t *testing.T) {
	ledger := &cutLedger{ledgerOf(t, 2500), 1}
	for row, err := range inbound.AllEntries(t.Context(), ledger, "shop", "") {
		require.NoError(t, err)
		if row.Key == "1000" {
			break
		}
	}
	assert.Zero(t, ledger.pages)
}

func TestAllEmails_InOrderOfUpload(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("guest", 30)
	h.pass()
	var subjects []string
	for e, err := range inbound.AllEmails(t.Context(), h.store, inbound.EmailFilter{AccountID: "shop"}) {
		require.NoError(t, err)
		subjects = append(subjects, e.Subject)
	}
	assert.Equal(t, h.subjects(), subjects)
	assert.Len(t, subjects, 30)
}
