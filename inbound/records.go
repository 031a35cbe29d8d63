package inbound

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// records is the ledger and the progress of one account, as the steps that read from
// its server use them. What is written is fenced by the account's lease.
type records struct {
	store interface {
		Ledger
		Progress
	}
	fence
	account string
}

// lookup returns the records of these messages.
func (r *records) lookup(ctx context.Context, refs []Ref) (map[SourceID]LedgerEntry, error) {
	ids := make([]SourceID, len(refs))
	for i, ref := range refs {
		ids[i] = ref.SourceID
	}
	return r.lookupIDs(ctx, ids)
}

func (r *records) lookupIDs(ctx context.Context, ids []SourceID) (map[SourceID]LedgerEntry, error) {
	found := make(map[SourceID]LedgerEntry, len(ids))
	for chunk := range slices.Chunk(ids, pageLimit) {
		some, err := r.store.Lookup(ctx, r.account, chunk)
		if err != nil {
			return nil, fmt.Errorf("inbound: read ledger: %w", err)
		}
		maps.Copy(found, some)
	}
	return found, nil
}

// all returns the account's records of an outcome.
func (r *records) all(ctx context.Context, outcome Outcome) iter.Seq2[LedgerEntry, error] {
	return flat(r.pages(ctx, outcome, SourceID{}))
}

// pages returns the account's records of an outcome behind an ID, page by page.
func (r *records) pages(ctx context.Context, outcome Outcome, after SourceID) iter.Seq2[[]LedgerEntry, error] {
	return pages(after, func(after SourceID) ([]LedgerEntry, error) {
		rows, err := r.store.Entries(ctx, r.account, outcome, after, pageLimit)
		if err != nil {
			return nil, fmt.Errorf("inbound: read ledger: %w", err)
		}
		return rows, nil
	}, sourceIDOf)
}

// due returns the messages of a folder whose time of another look has come, up to limit.
func (r *records) due(ctx context.Context, folder, generation string, at time.Time, limit int) ([]LedgerEntry, error) {
	rows, err := r.store.DueForRetry(ctx, r.account, folder, generation, at, limit)
	if err != nil {
		return nil, fmt.Errorf("inbound: read messages to try again: %w", err)
	}
	return rows, nil
}

// withheld returns the marked messages of a folder that are to be looked at again at a
// time, up to limit.
func (r *records) withheld(
	ctx context.Context, folder, generation string, at time.Time, limit int,
) ([]LedgerEntry, error) {
	rows, err := r.store.Withheld(ctx, r.account, folder, generation, at, limit)
	if err != nil {
		return nil, fmt.Errorf("inbound: read messages that are marked on the server: %w", err)
	}
	return rows, nil
}

// folder returns what is remembered of a folder.
func (r *records) folder(ctx context.Context, folder string) (FolderState, error) {
	state, err := r.store.FolderState(ctx, r.account, folder)
	if err != nil {
		return state, fmt.Errorf("inbound: read state of folder %q: %w", folder, err)
	}
	return state, nil
}

// write records records in a transaction of their own.
func (r *records) write(ctx context.Context, rows ...LedgerEntry) error {
	return r.fenced(ctx, func(ctx context.Context) error { return r.record(ctx, rows) })
}

// record records records as part of a transaction.
func (r *records) record(ctx context.Context, rows []LedgerEntry) error {
	for chunk := range slices.Chunk(rows, pageLimit) {
		if err := r.store.Record(ctx, r.account, chunk); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder records the state of a folder, together with records.
func (r *records) writeFolder(ctx context.Context, folder string, state FolderState, rows ...LedgerEntry) error {
	err := r.fenced(ctx, func(ctx context.Context) error {
		if err := r.record(ctx, rows); err != nil {
			return err
		}
		return r.store.SetFolderState(ctx, r.account, folder, state)
	})
	if err != nil {
		return fmt.Errorf("inbound: record state of folder %q: %w", folder, err)
	}
	return nil
}

// compareNext has the next pass list a folder from its beginning.
func (r *records) compareNext(ctx context.Context, folder string) error {
	err := r.fenced(ctx, func(ctx context.Context) error {
		state, err := r.store.FolderState(ctx, r.account, folder)
		if err != nil || state.StartedAt.IsZero() {
			return err
		}
		state.ComparedAt = time.Time{}
		return r.store.SetFolderState(ctx, r.account, folder, state)
	})
	if err != nil {
		return fmt.Errorf("inbound: record state of folder %q: %w", folder, err)
	}
	return nil
}
