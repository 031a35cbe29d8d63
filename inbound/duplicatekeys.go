package inbound

import (
	"context"
	"maps"
	"slices"
	"time"
)

// duplicateKeys watches POP3 messages that share a unique-id: when one of them is gone,
// those behind it move up and take over its identity. Servers without UIDL name
// messages by their headers, so that two copies of one header share a key, too.
type duplicateKeys struct {
	listed  map[SourceID]bool        // all but the first of each unique-id
	missing map[SourceID]LedgerEntry // records of duplicates that may no longer be listed
}

func newDuplicateKeys() duplicateKeys {
	return duplicateKeys{listed: make(map[SourceID]bool), missing: make(map[SourceID]LedgerEntry)}
}

// watch looks for records of later duplicates than those of a page. When the whole maildrop has
// been listed, it returns the records of each unique-id that has lost a message: void,
// so that its messages are read again and compared by content.
func (d *duplicateKeys) watch(ctx context.Context, known *records, listing Listing) (void []LedgerEntry, err error) {
	next := make([]SourceID, 0, len(listing.Refs))
	for _, ref := range listing.Refs {
		if ref.Occurrence > 0 {
			d.listed[ref.SourceID] = true
		}
		behind := ref.SourceID
		behind.Occurrence++
		next = append(next, behind)
	}
	rows, err := known.lookupIDs(ctx, next)
	if err != nil {
		return nil, err
	}
	for id, row := range rows {
		if !row.Deleted && row.Outcome != Vanished {
			d.missing[id] = row
		}
	}
	if listing.More || listing.Incomplete {
		return nil, nil
	}
	doubtful := make(map[SourceID]bool)
	for id, row := range d.missing {
		if d.listed[id] {
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
	if rows, err = known.lookupIDs(ctx, slices.Collect(maps.Keys(doubtful))); err != nil {
		return nil, err
	}
	for _, row := range rows {
		row.Deleted, row.At = true, time.Time{}
		void = append(void, row)
	}
	return void, nil
}
