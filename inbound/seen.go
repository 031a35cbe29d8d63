package inbound

import (
	"context"
	"fmt"
)

// markSeen sets \Seen on what has been uploaded, also by earlier passes that did
// not come to it.
func (r *removal) markSeen(ctx context.Context) error {
	marker, ok := r.session.(Marker)
	if !ok || !r.account.MarkSeen {
		return nil
	}
	for more := true; more; {
		rows, err := r.known.store.Unmarked(ctx, r.account.ID, r.folder, r.generation, pageLimit)
		if err != nil {
			return fmt.Errorf("inbound: read what is to be marked: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		refs := make([]Ref, len(rows))
		for i := range rows {
			refs[i] = rows[i].ref()
			rows[i].Unmarked = false
		}
		if err := marker.MarkSeen(ctx, refs); err != nil {
			return err
		}
		if err := r.known.write(ctx, rows...); err != nil {
			return fmt.Errorf("inbound: record what is marked: %w", err)
		}
		more = len(rows) == pageLimit
	}
	return nil
}
