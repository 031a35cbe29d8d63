package inbound

import (
	"time"

	"github.com/postroom/postroom/inbound/email"
)

// readingOf returns a text that is equal for two readings that gave the same message:
// some servers write it anew each time.
func readingOf(it *item) (string, error) {
	f, err := email.ReadFingerprint(it.raw.reader())
	if f.Message != "" {
		return f.Message, err
	}
	return it.message.SHA256, err
}

// readingID identifies what was read of a message in the ledger.
func (it *item) readingID() string { return emailID(string(it.extent), it.reading) }

// isConfirmed reports that an earlier reading, on a different connection, gave the same.
func (it *item) isConfirmed(a Account) bool {
	switch {
	case it.extent != ExtentShort:
		return false
	case it.before.Outcome == Failed:
		return it.before.EmailID == it.readingID()
	}
	return it.before.Outcome == Quarantined && it.before.EmailID == it.emailID(a)
}

// undelivered completes the record of a message of which the server delivers less than
// it lists, or nothing. The first time, it is read again immediately, on a new
// connection; then with growing pauses; and once a day when it is quarantined, as long
// as it is there: what the server could not read today, it may read tomorrow.
func (c *committer) undelivered(b *changes, it *item, row LedgerEntry) LedgerEntry {
	row.failedAgain(it.before.failures())
	row.EmailID = it.readingID()
	switch id := it.emailID(c.account); {
	case it.before.Outcome == Quarantined:
		row = it.before
		row.NextTry = time.Now().Add(retries.Max)
	case c.attempts > 0 && row.Attempts >= c.attempts:
		row.Outcome, row.EmailID, row.NextTry = Quarantined, id, row.At.Add(retries.Max)
		b.kept[id] = it.raw
	case row.Attempts == 1:
		row.NextTry = row.At
		b.unsure++
	}
	return row
}
