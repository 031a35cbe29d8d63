package inbound

import (
	"context"
	"fmt"
	"time"
)

// retire ends records that wait for another attempt under an identity that is no longer
// listed: of an earlier generation, or of a folder that the account does not collect
// from. The message itself is read again under the one it has now.
func retire(ctx context.Context, known *records, folders []string) error {
	generations := make(map[string]string)
	for _, folder := range folders {
		state, err := known.folder(ctx, folder)
		if err != nil {
			return err
		}
		if !state.StartedAt.IsZero() {
			generations[folder] = state.Generation
		}
	}
	listed := func(row LedgerEntry) bool {
		generation, collected := generations[row.Folder]
		return collected && generation == row.Generation
	}
	for rows, err := range known.pages(ctx, Failed, SourceID{}) {
		if err != nil {
			return err
		}
		if err := retireRows(ctx, known, rows, listed); err != nil {
			return fmt.Errorf("inbound: record messages that are no longer listed: %w", err)
		}
	}
	return nil
}

func retireRows(ctx context.Context, known *records, rows []LedgerEntry, listed func(LedgerEntry) bool) error {
	var ended []LedgerEntry
	folders := make(map[string]bool)
	for _, row := range rows {
		if listed(row) {
			continue
		}
		row.Outcome, row.At, row.NextTry = Vanished, time.Now(), time.Time{}
		row.Reason = "no longer listed under this ID; before: " + row.Reason
		ended = append(ended, row)
		folders[row.Folder] = true
	}
	if len(ended) == 0 {
		return nil
	}
	return known.fenced(ctx, func(ctx context.Context) error {
		for folder := range folders {
			// A folder that is collected from again is listed from its beginning.
			if err := known.compareNext(ctx, folder); err != nil {
				return err
			}
		}
		return known.record(ctx, ended)
	})
}
