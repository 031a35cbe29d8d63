package inbound

import (
	"context"
	"errors"
	"time"
)

// maxOvertaken is how often a batch is decided on. Each time, a different account has
// committed mail.
const maxOvertaken = 20

var errOvertaken = errors.New("a different account has uploaded the same mail meanwhile")

// uploadedMeanwhile looks, within the transaction, for emails that were not there when
// the decisions were made. One that a message which was not known is the same as, by its
// header, makes the decisions void. For messages that need no reading, it returns the
// fingerprints of those that have an email.
func (c *committer) uploadedMeanwhile(ctx context.Context, batch, messages []*item,
	decisions *batchDecisions) (settled map[string]bool, err error) {
	var open []*item
	for i, it := range messages {
		if o := decisions.each[i].Outcome; o == Uploaded || o == Unmatched {
			open = append(open, it)
		}
	}
	for _, it := range batch {
		if it.settled != nil && it.settled.Outcome == Unmatched {
			open = append(open, it)
		}
	}
	found, err := emailsLike(ctx, c.store, c.account.Shop, open)
	if err != nil {
		return nil, err
	}
	settled = make(map[string]bool)
	for _, it := range open {
		for _, e := range found[it.fingerprint] {
			switch {
			case it.settled != nil:
				settled[it.fingerprint] = true
			case !decisions.past.knows(e):
				return nil, errOvertaken
			}
		}
	}
	return settled, nil
}

// lookAgain has an unmatched message read in the next pass, if the shop has an email that
// may be the same.
func (c *committer) lookAgain(row LedgerEntry, uploaded map[string]bool) LedgerEntry {
	if row.Outcome == Unmatched && row.NextTry.IsZero() && uploaded[row.Fingerprint] {
		row.NextTry = row.At
	}
	return row
}

// reconsider has the other accounts of the shop look again at what they have left
// unmatched of the mail that is uploaded now.
func (c *committer) reconsider(ctx context.Context, emails []NewEmail) error {
	var fingerprints []string
	for _, e := range emails {
		if len(e.Fingerprint) > len(fingerprintVersion) {
			fingerprints = append(fingerprints, e.Fingerprint)
		}
	}
	if len(fingerprints) == 0 {
		return nil
	}
	return c.store.Reconsider(ctx, c.shop, fingerprints, time.Now())
}
