package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// deleteUploaded removes from the server, where the account wants it, what is
// uploaded and committed, also by earlier passes that did not come to it, and
// tells the server that all is safe. It works from the ledger, so that a crash at
// any point leaves only work to do again.
func (f *folderPlan) deleteUploaded(ctx context.Context) error {
	err := f.deleteKept(ctx)
	if !errors.Is(err, ErrKeyReused) {
		return err
	}
	// The server was restored and has reused IDs: the next pass reads what is
	// under them now.
	f.state.ComparedAt = time.Time{}
	if unrecorded := f.saveState(ctx); unrecorded != nil {
		return unrecorded
	}
	return err
}

// deleteKept deletes what the store has whole.
func (f *folderPlan) deleteKept(ctx context.Context) error {
	until := time.Now().Add(-f.account.DeleteAfter)
	var toDelete []LedgerEntry
	for after, more := (SourceID{}), f.account.DeleteUploaded; more; {
		rows, err := f.store.Deletable(ctx, f.account.ID, f.folder, f.state.Generation, until, after, pageLimit)
		if err != nil {
			return fmt.Errorf("inbound: read what can be deleted: %w", err)
		}
		if more = len(rows) == pageLimit; more {
			after = rows[len(rows)-1].SourceID
		}
		if rows, err = f.verified(ctx, rows); err != nil {
			return err
		}
		if toDelete = append(toDelete, rows...); more && !f.account.endsSessionToDelete() {
			if err := f.remove(ctx, toDelete); err != nil {
				return err
			}
			toDelete = toDelete[:0]
		}
	}
	return f.remove(ctx, toDelete)
}

// remove deletes messages on the server, and then records it.
func (p *pass) remove(ctx context.Context, rows []LedgerEntry) error {
	ids, refs := make([]SourceID, len(rows)), make([]Ref, len(rows))
	for i, row := range rows {
		ids[i], refs[i] = row.SourceID, Ref{SourceID: row.SourceID, Size: row.Listed}
	}
	if err := p.session.Delete(ctx, refs); err != nil || len(refs) == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := p.fenced(ctx, func(ctx context.Context) error {
		for len(ids) > 0 {
			n := min(len(ids), pageLimit)
			if err := p.store.MarkDeleted(ctx, p.account.ID, ids[:n]); err != nil {
				return err
			}
			ids = ids[n:]
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("inbound: record deletions: %w", err)
	}
	p.report.Deleted += len(rows)
	return nil
}

// maxUnverified is how many kept emails may fail to be read before the store is
// taken to be in trouble as a whole.
const maxUnverified = 10

// verified returns the rows whose bytes are in the store, every one of them: what
// the server holds is the only other copy. The others are never deleted. One that
// cannot be read now is left for the next pass, and noted in p.beside.
func (p *pass) verified(ctx context.Context, rows []LedgerEntry) ([]LedgerEntry, error) {
	sound := rows[:0]
	unread := 0
	for _, row := range rows {
		err := p.verify(ctx, row.EmailID)
		switch {
		case err == nil:
			sound = append(sound, row)
			continue
		case ctx.Err() != nil:
			return nil, err
		case !errors.Is(err, errNotKept):
			if unread++; unread > maxUnverified {
				return nil, err
			}
			p.beside = append(p.beside, err)
			continue
		}
		p.logger.ErrorContext(ctx, "not deleted: the kept bytes are not those of the message; restore the store",
			"account", p.account.ID, "folder", row.Folder, "uid", row.SourceID.String(), "email", row.EmailID, "error", err)
		row.Keep, row.Reason = true, row.Reason+"; not deleted from the server: "+err.Error()
		err = p.fenced(ctx, func(ctx context.Context) error { return p.store.Record(ctx, p.account.ID, []LedgerEntry{row}) })
		if err != nil {
			return nil, fmt.Errorf("inbound: record what is not kept: %w", err)
		}
	}
	return sound, nil
}

var errNotKept = errors.New("its bytes are not in the store as they came")

// verify reads the kept bytes of an email: its ID is made from them.
func (p *pass) verify(ctx context.Context, id string) error {
	r, err := p.store.OpenRaw(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return errNotKept
	}
	if err != nil {
		return fmt.Errorf("inbound: read the kept bytes of email %s: %w", id, err)
	}
	hash := sha256.New()
	_, err = io.Copy(hash, r)
	err = errors.Join(err, r.Close())
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errNotKept // damaged: some are missing
	}
	if err != nil {
		return fmt.Errorf("inbound: read the kept bytes of email %s: %w", id, err)
	}
	if emailID(p.account.ID, hex.EncodeToString(hash.Sum(nil))) != id {
		return errNotKept
	}
	return nil
}
