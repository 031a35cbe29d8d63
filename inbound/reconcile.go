package inbound

import (
	"context"
	"fmt"
	"time"
)

// Reconciliation compares a mailbox with the ledger.
type Reconciliation struct {
	Account string `json:"account"`
	// Server counts the messages on the server by their outcome. Gaps are the
	// ones that are not as they should be.
	Server map[Outcome]int `json:"server"`
	Total  int             `json:"total"`  // messages on the server
	Ledger map[Outcome]int `json:"ledger"` // all rows, also of messages that have left the server
	Gaps   []Gap           `json:"gaps"`
	// Complete false: the server's listing was incomplete, and there may be
	// messages that nobody sees.
	Complete bool `json:"complete"`
}

// Gap is a message on the server that is not as it should be.
type Gap struct {
	SourceID SourceID `json:"id"`
	Kind     GapKind  `json:"kind"`
	From     string   `json:"from"`
	Subject  string   `json:"subject"`
	Reason   string   `json:"reason"` // in words
}

// GapKind says what is wrong with a message.
type GapKind string

// The gaps.
const (
	GapUnrecorded   GapKind = "unseen"    // no row: the next pass reads it
	GapPending      GapKind = "pending"   // failed so far, and will be tried again
	GapStillPresent GapKind = "undeleted" // deleted by us, and still there
	GapReappeared   GapKind = "returned"  // recorded as vanished, and there again: the next pass reads it
	GapRawMissing   GapKind = "unkept"    // recorded as uploaded, but the store has no such email
)

// Reconcile lists everything an account has on the server and compares it with
// the ledger, message by message. It changes nothing, but that a folder with
// messages that have no row is listed from its beginning by the next pass. It
// waits for a pass of the account to end, as Sync does.
func (s *Syncer) Reconcile(ctx context.Context, accountID string) (Reconciliation, error) {
	r := Reconciliation{Account: accountID, Server: make(map[Outcome]int), Gaps: []Gap{}, Complete: true}
	err := s.exclusively(ctx, accountID, func(ctx context.Context, p *pass) (err error) {
		if err := p.open(ctx); err != nil {
			return err
		}
		defer p.close()
		for _, folder := range p.account.listings(p.fetchers) {
			if err := p.compare(ctx, folder, &r); err != nil {
				return inFolder(folder, err)
			}
		}
		r.Ledger, err = s.store.Outcomes(ctx, p.account.ID)
		return err
	})
	return r, err
}

// compare goes through a folder.
func (p *pass) compare(ctx context.Context, folder string, r *Reconciliation) error {
	unseen, counted := false, make(map[SourceID]bool)
	for from, more := (Cursor{}), true; more; {
		listing, err := p.session.List(ctx, folder, from)
		if err != nil {
			return err
		}
		from, more = listing.Next, listing.More
		r.Complete = r.Complete && !listing.Incomplete
		ids := make([]SourceID, 0, len(listing.Refs))
		for _, ref := range listing.Refs {
			if !counted[ref.SourceID] { // feeds repeat themselves
				counted[ref.SourceID] = true
				ids = append(ids, ref.SourceID)
			}
		}
		r.Total += len(ids)
		rows, err := p.store.Lookup(ctx, p.account.ID, ids)
		if err != nil {
			return fmt.Errorf("inbound: read ledger: %w", err)
		}
		have, err := p.emailsOf(ctx, rows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			row, known := rows[id]
			if known {
				r.Server[row.Outcome]++
			}
			if kind := gapOf(row, known, have); kind != "" {
				r.Gaps = append(r.Gaps, Gap{SourceID: id, Kind: kind, From: row.From, Subject: row.Subject, Reason: row.Reason})
				unseen = unseen || kind == GapUnrecorded || kind == GapReappeared
			}
		}
	}
	if !unseen {
		return nil
	}
	return p.compareNext(ctx, folder)
}

// compareNext has the next pass list a folder from its beginning.
func (p *pass) compareNext(ctx context.Context, folder string) error {
	err := p.fenced(ctx, func(ctx context.Context) error {
		state, err := p.store.FolderState(ctx, p.account.ID, folder)
		if err != nil || state.StartedAt.IsZero() {
			return err
		}
		state.ComparedAt = time.Time{}
		return p.store.SetFolderState(ctx, p.account.ID, folder, state)
	})
	if err != nil {
		return fmt.Errorf("inbound: record state of folder %q: %w", folder, err)
	}
	return nil
}

// emailsOf tells which of the emails that rows speak of are there.
func (p *pass) emailsOf(ctx context.Context, rows map[SourceID]LedgerEntry) (map[string]bool, error) {
	var ids []string
	for _, row := range rows {
		if row.Outcome == Uploaded || row.Outcome == Duplicate {
			ids = append(ids, row.EmailID)
		}
	}
	have, err := p.store.HaveEmails(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("inbound: look for emails: %w", err)
	}
	return have, nil
}

// gapOf says what is wrong with a message on the server; "" for nothing.
func gapOf(row LedgerEntry, known bool, have map[string]bool) GapKind {
	switch {
	case !known:
		return GapUnrecorded
	case row.Outcome == Failed:
		return GapPending
	case row.Outcome == Vanished:
		return GapReappeared
	case (row.Outcome == Uploaded || row.Outcome == Duplicate) && !have[row.EmailID]:
		return GapRawMissing
	case row.Deleted:
		return GapStillPresent
	}
	return ""
}
