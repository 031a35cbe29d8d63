package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// removal removes and marks on the server what is uploaded and committed. It works
// from the ledger, so that a crash at any point leaves only work to do again.
type removal struct {
	account    Account
	folder     string
	generation string
	known      *records
	emails     Emails
	session    Session
	tally      *tally
	logger     *slog.Logger

	aside   func(error) // takes failures that concern one message alone
	deleted int         // messages
}

// deleteUploaded removes from the server, where the account wants it, what is
// uploaded and committed, also by earlier passes that did not come to it, and
// tells the server that all is safe. It works from the ledger, so that a crash at
// any point leaves only work to do again.
func (r *removal) deleteUploaded(ctx context.Context) error {
	err := r.deleteKept(ctx)
	if !errors.Is(err, ErrKeyReused) {
		return err
	}
	// The server was restored and has reused IDs: the next pass reads what is
	// under them now.
	if unrecorded := r.known.compareNext(ctx, r.folder); unrecorded != nil {
		return unrecorded
	}
	return err
}

// deleteKept deletes what the store has whole.
func (r *removal) deleteKept(ctx context.Context) error {
	if !r.account.DeleteUploaded {
		return r.remove(ctx, nil)
	}
	until := time.Now().Add(-r.account.DeleteAfter)
	var toDelete []LedgerEntry
	for rows, err := range pages(SourceID{}, func(after SourceID) ([]LedgerEntry, error) {
		return r.known.store.Deletable(ctx, r.account.ID, r.folder, r.generation, until, after, pageLimit)
	}, sourceIDOf) {
		if err != nil {
			return fmt.Errorf("inbound: read what can be deleted: %w", err)
		}
		found := len(rows)
		r.tally.deleting(0, found)
		if rows, err = r.verified(ctx, rows); err != nil {
			return err
		}
		r.tally.deleting(0, len(rows)-found)
		if toDelete = append(toDelete, rows...); r.account.endsSessionToDelete() {
			continue
		}
		if err := r.remove(ctx, toDelete); err != nil {
			return err
		}
		toDelete = toDelete[:0]
	}
	return r.remove(ctx, toDelete)
}

// remove deletes messages on the server, and then records it.
func (r *removal) remove(ctx context.Context, rows []LedgerEntry) error {
	ids, refs := make([]SourceID, len(rows)), make([]Ref, len(rows))
	for i, row := range rows {
		ids[i], refs[i] = row.SourceID, row.ref()
	}
	if err := r.session.Delete(ctx, refs); err != nil || len(refs) == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := r.known.fenced(ctx, func(ctx context.Context) error {
		for chunk := range slices.Chunk(ids, pageLimit) {
			if err := r.known.store.MarkDeleted(ctx, r.account.ID, chunk); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("inbound: record deletions: %w", err)
	}
	r.deleted += len(rows)
	r.tally.deleting(len(rows), 0)
	return nil
}

// maxUnverified is how many kept emails may fail to be read before the store is
// taken to be in trouble as a whole.
const maxUnverified = 10

// verified returns the records whose bytes are in the store, every one of them: what
// the server holds is the only other copy. The others are never deleted. One that
// cannot be read now is left for the next pass, and noted aside.
func (r *removal) verified(ctx context.Context, rows []LedgerEntry) ([]LedgerEntry, error) {
	sound := rows[:0]
	unread := 0
	for _, row := range rows {
		err := r.verify(ctx, row.EmailID)
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
			r.aside(err)
			continue
		}
		r.logger.ErrorContext(ctx, "not deleted: the kept bytes are not those of the message; restore the store",
			"account", r.account.ID, "folder", row.Folder, "source_id", row.SourceID.String(),
			"email", row.EmailID, "error", err)
		row.Keep, row.Reason = true, row.Reason+"; not deleted from the server: "+err.Error()
		if err := r.known.write(ctx, row); err != nil {
			return nil, fmt.Errorf("inbound: record what is not kept: %w", err)
		}
	}
	return sound, nil
}

var errNotKept = errors.New("its bytes are not in the store as they came")

// verify reads the kept bytes of an email. If the account has uploaded it, its ID is made
// from them; else the email tells their checksum.
func (r *removal) verify(ctx context.Context, id string) error {
	raw, err := r.emails.OpenRaw(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return errNotKept
	}
	if err != nil {
		return fmt.Errorf("inbound: read the kept bytes of email %s: %w", id, err)
	}
	hash := sha256.New()
	_, err = io.Copy(hash, raw)
	err = errors.Join(err, raw.Close())
	if isDamaged(err) {
		return errNotKept // damaged: some are missing
	}
	if err != nil {
		return fmt.Errorf("inbound: read the kept bytes of email %s: %w", id, err)
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	if emailID(r.account.ID, sum) == id {
		return nil
	}
	e, err := r.emails.Email(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && e.SHA256 != sum:
		return errNotKept
	case err != nil:
		return fmt.Errorf("inbound: read email %s: %w", id, err)
	}
	return nil
}
