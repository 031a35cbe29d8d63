package inbound

import "time"

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
// as it is there: what the server could not read today, it may read tomorrow. keep says
// to keep the bytes under EmailID.
func (it *item) undelivered(a Account, row LedgerEntry, attempts int) (_ LedgerEntry, keep bool) {
	if it.before.Outcome == Quarantined {
		row = it.before
		row.NextTry = time.Now().Add(retries.Max)
		return row, false
	}
	row.failedAgain(it.before.failures())
	row.EmailID = it.readingID()
	switch {
	case attempts > 0 && row.Attempts >= attempts:
		row.Outcome, row.EmailID, row.NextTry = Quarantined, it.emailID(a), row.At.Add(retries.Max)
		return row, true
	case row.Attempts == 1:
		row.NextTry = row.At
	}
	return row, false
}
