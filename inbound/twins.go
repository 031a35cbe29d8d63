package inbound

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// twins watches POP3 messages that share a unique-id: when one of them is gone,
// those behind it move up and take over its identity. Servers without UIDL name
// messages by their headers, so that two copies of one header are twins, too.
type twins struct {
	listed  map[SourceID]bool        // all but the first of each unique-id
	missing map[SourceID]LedgerEntry // rows of twins that may not be listed any more
}

// watchTwins looks for rows of twins behind those of a page. When the whole
// maildrop has been listed, the rows of each unique-id that has lost a message
// become void, so that its messages are read again and compared by content.
func (f *folderPlan) watchTwins(ctx context.Context, listing Listing) error {
	if f.only != nil || !f.whole || len(listing.Refs) > 0 && !f.listsAll(listing.Refs) {
		return nil
	}
	next := make([]SourceID, 0, len(listing.Refs))
	for _, ref := range listing.Refs {
		if ref.Occurrence > 0 {
			f.twins.listed[ref.SourceID] = true
		}
		behind := ref.SourceID
		behind.Occurrence++
		next = append(next, behind)
	}
	rows, err := f.store.Lookup(ctx, f.account.ID, next)
	if err != nil {
		return fmt.Errorf("inbound: read ledger: %w", err)
	}
	for id, row := range rows {
		if !row.Deleted && row.Outcome != Vanished {
			f.twins.missing[id] = row
		}
	}
	if listing.More || listing.Incomplete {
		return nil
	}
	var void []LedgerEntry
	doubtful := make(map[SourceID]bool)
	for id, row := range f.twins.missing {
		if f.twins.listed[id] {
			continue
		}
		// Void, so that what appears under the ID is read.
		row.Deleted, row.At = true, time.Time{}
		void = append(void, row)
		for id.Occurrence > 0 {
			id.Occurrence--
			doubtful[id] = true
		}
	}
	for ids := range slices.Chunk(slices.Collect(maps.Keys(doubtful)), pageLimit) {
		if rows, err = f.store.Lookup(ctx, f.account.ID, ids); err != nil {
			return fmt.Errorf("inbound: read ledger: %w", err)
		}
		for _, row := range rows {
			row.Deleted, row.At = true, time.Time{}
			void = append(void, row)
		}
	}
	if len(void) == 0 {
		return nil
	}
	return f.saveState(ctx, void...)
}
