package inbound

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Reconciliation compares a mailbox with the ledger.
type Reconciliation struct {
	Account string `json:"account"`
	// Server counts the messages on the server by their outcome; a message without a
	// record is only in Total and Gaps. Gaps are the discrepancies among them.
	Server map[Outcome]int `json:"server"`
	Total  int             `json:"total"`  // messages in all the account's folders
	Ledger map[Outcome]int `json:"ledger"` // all records, also of messages that have left the server
	Gaps   []Gap           `json:"gaps"`
	// Complete is false when a listing was Incomplete: the server may have messages
	// that are not counted here.
	Complete bool `json:"complete"`
}

// Gap is a discrepancy between server and ledger, of one message; or of a whole folder,
// where its SourceID has no Key.
type Gap struct {
	SourceID SourceID `json:"id"`
	Kind     GapKind  `json:"kind"`
	From     string   `json:"from"` // see Syncer.SenderOf
	Subject  string   `json:"subject"`
	Reason   string   `json:"reason"` // in words
}

// GapKind says what is wrong with a message.
type GapKind string

// The gaps.
const (
	GapUnrecorded   GapKind = "unrecorded"    // no record: the next pass reads it
	GapPending      GapKind = "pending"       // failed or marked so far, and will be tried again
	GapStillPresent GapKind = "still_present" // deleted by us, and still there
	GapReappeared   GapKind = "reappeared"    // recorded as vanished, and there again: the next pass reads it
	GapRawMissing   GapKind = "raw_missing"   // recorded as uploaded, but the store has no such email
	GapUnlisted     GapKind = "unlisted"      // of a folder: the server does not list all messages that it says it has
)

// Reconcile lists everything an account has on the server and compares it with the
// ledger, message by message. Its only effect: a folder with unrecorded or reappeared
// messages is listed from its beginning by the next pass. It waits for a pass of the
// account to end, and refuses an inactive account, as Sync does.
func (s *Syncer) Reconcile(ctx context.Context, accountID string) (Reconciliation, error) {
	r := Reconciliation{Account: accountID, Server: make(map[Outcome]int), Gaps: []Gap{}, Complete: true}
	report := newReport(accountID)
	err := s.withAccountLease(ctx, &report, nil, leaseWait, func(ctx context.Context, p *pass) (err error) {
		err = p.withSession(ctx, func() error {
			for _, folder := range p.folders {
				if err := p.compare(ctx, folder, &r); err != nil {
					return inFolder(folder, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		r.Ledger, err = s.store.Outcomes(ctx, p.account.ID)
		return err
	})
	return r, err
}

// compare goes through a folder.
func (p *pass) compare(ctx context.Context, folder string, r *Reconciliation) error {
	state, err := p.known.folder(ctx, folder)
	if err != nil {
		return err
	}
	old := p.plan(folder)
	old.state = &state
	unrecorded, counted, shown := false, make(map[SourceID]bool), 0
	for from, more := (Cursor{Received: old.wantsReceived()}), true; more; {
		listing, err := p.session.List(ctx, folder, from)
		if err != nil {
			return err
		}
		from, more = listing.Next, listing.More
		r.Complete = r.Complete && !listing.Incomplete
		if shown += len(listing.Refs); listing.Incomplete && !more {
			r.Gaps = append(r.Gaps, Gap{SourceID: SourceID{Folder: folder, Generation: listing.Generation},
				Kind: GapUnlisted, Reason: incompleteReason(shown, listing.Total)})
		}
		refs := slices.DeleteFunc(listing.Refs, func(ref Ref) bool {
			if ref.Position > 0 {
				return false
			}
			again := counted[ref.SourceID] // feeds repeat themselves
			counted[ref.SourceID] = true
			return again
		})
		r.Total += len(refs)
		rows, err := p.known.lookup(ctx, refs)
		if err != nil {
			return err
		}
		have, err := p.emailsOf(ctx, rows)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			row, known := rows[ref.SourceID]
			if !known && old.isUnlisted(ref) {
				row, known = LedgerEntry{Outcome: Ignored}, true
			}
			if known {
				r.Server[row.Outcome]++
			}
			if kind := gapOf(ref, row, known, have); kind != "" {
				r.Gaps = append(r.Gaps, Gap{SourceID: ref.SourceID, Kind: kind,
					From: p.rules.shownSender(row), Subject: row.Subject, Reason: row.Reason})
				unrecorded = unrecorded || kind == GapUnrecorded || kind == GapReappeared
			}
		}
	}
	if !unrecorded {
		return nil
	}
	return p.known.compareNext(ctx, folder)
}

// isUnlisted reports a message that was there when the account was connected, with
// Start.Now, and that no pass has listed so far.
func (p *plan) isUnlisted(ref Ref) bool {
	return p.byID() && ref.Generation == p.state.Generation && ref.Position > 0 &&
		ref.Position < p.state.StartPosition && p.beforeStart(ref, false)
}

// emailsOf tells which of the emails that records speak of are there.
func (p *pass) emailsOf(ctx context.Context, rows map[SourceID]LedgerEntry) (map[string]bool, error) {
	var ids []string
	for _, row := range rows {
		if row.Outcome == Uploaded || row.Outcome == Duplicate {
			ids = append(ids, row.EmailID)
		}
	}
	have := make(map[string]bool, len(ids))
	for chunk := range slices.Chunk(ids, pageLimit) {
		some, err := p.store.HaveEmails(ctx, chunk)
		if err != nil {
			return nil, fmt.Errorf("inbound: look for emails: %w", err)
		}
		maps.Copy(have, some)
	}
	return have, nil
}

// gapOf says what is wrong with a message on the server; "" for nothing.
func gapOf(ref Ref, row LedgerEntry, known bool, have map[string]bool) GapKind {
	switch {
	case !known:
		return GapUnrecorded
	case row.Outcome == Failed, row.isWithheld() && ref.Mark == MarkNone:
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
