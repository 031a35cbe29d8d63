package inbound

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordsStore is a store for records: it has a row of each message, and counts the
// messages of each call.
type recordsStore struct {
	Store
	calls []int
	lost  bool // the lease
	tx    bool // a transaction is running
	state FolderState
	saved int // states
}

func (s *recordsStore) Lookup(_ context.Context, _ string, ids []SourceID) (map[SourceID]LedgerEntry, error) {
	s.calls = append(s.calls, len(ids))
	rows := make(map[SourceID]LedgerEntry)
	for _, id := range ids {
		rows[id] = LedgerEntry{SourceID: id}
	}
	return rows, nil
}

func (s *recordsStore) Record(_ context.Context, _ string, rows []LedgerEntry) error {
	if !s.tx {
		panic("not within a transaction")
	}
	s.calls = append(s.calls, len(rows))
	return nil
}

func (s *recordsStore) FolderState(context.Context, string, string) (FolderState, error) {
	return s.state, nil
}

func (s *recordsStore) SetFolderState(_ context.Context, _, _ string, state FolderState) error {
	s.state, s.saved = state, s.saved+1
	return nil
}

func (s *recordsStore) Confirm(context.Context, string, uint64) error {
	if s.lost {
		return ErrLeaseLost
	}
	return nil
}

func (s *recordsStore) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	s.tx = true
	defer func() { s.tx = false }()
	return fn(ctx)
}

func newRecords(s *recordsStore) *records {
	return &records{store: s, fence: fence{leases: s, lease: "account/shop"}, account: "shop"}
}

func TestRecords_LongListsInSeveralCalls(t *testing.T) {
	s := &recordsStore{}
	refs, rows := make([]Ref, 2500), make([]LedgerEntry, 2500)
	for i := range refs {
		refs[i].Key = fmt.Sprint(i)
		rows[i].SourceID = refs[i].SourceID
	}
	found, err := newRecords(s).lookup(t.Context(), refs)
	require.NoError(t, err)
	assert.Len(t, found, 2500)
	require.NoError(t, newRecords(s).write(t.Context(), rows...))
	assert.Equal(t, []int{1000, 1000, 500, 1000, 1000, 500}, s.calls)
}

func TestRecords_WriteNothingWithoutTheLease(t *testing.T) {
	s := &recordsStore{lost: true, state: FolderState{StartedAt: time.Unix(1, 0), ComparedAt: time.Unix(2, 0)}}
	before, r := s.state, newRecords(s)
	require.ErrorIs(t, r.write(t.Context(), LedgerEntry{}), ErrLeaseLost)
	require.ErrorIs(t, r.writeFolder(t.Context(), "INBOX", FolderState{}, LedgerEntry{}), ErrLeaseLost)
	require.ErrorIs(t, r.compareNext(t.Context(), "INBOX"), ErrLeaseLost)
	assert.Empty(t, s.calls)
	assert.Equal(t, before, s.state)
}

func TestRecords_CompareNext(t *testing.T) {
	s := &recordsStore{}
	require.NoError(t, newRecords(s).compareNext(t.Context(), "INBOX"))
	assert.Zero(t, s.saved, "a folder that was never listed")
	s.state = FolderState{StartedAt: time.Unix(1, 0), ComparedAt: time.Unix(2, 0), Position: 7}
	require.NoError(t, newRecords(s).compareNext(t.Context(), "INBOX"))
	assert.Equal(t, FolderState{StartedAt: time.Unix(1, 0), Position: 7}, s.state)
}
