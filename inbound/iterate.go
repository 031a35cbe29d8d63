package inbound

import (
	"context"
	"iter"
)

// pageLimit bounds lists of records that are read together.
const pageLimit = 1000

// AllEntries returns the records of an account in the order of SourceID.Compare;
// outcome "" means any. It reads them page by page: what is recorded meanwhile may be
// among them or not. An error of the ledger is yielded once, and ends it.
func AllEntries(ctx context.Context, ledger Ledger, account string, outcome Outcome) iter.Seq2[LedgerEntry, error] {
	return flat(pages(SourceID{}, func(after SourceID) ([]LedgerEntry, error) {
		return ledger.Entries(ctx, account, outcome, after, pageLimit)
	}, sourceIDOf))
}

// AllEmails returns the emails that pass a filter in the order of upload. It reads
// them page by page, as AllEntries does.
func AllEmails(ctx context.Context, emails Emails, filter EmailFilter) iter.Seq2[Email, error] {
	return flat(pages("", func(after string) ([]Email, error) {
		return emails.ListEmails(ctx, filter, after, pageLimit)
	}, func(e Email) string { return e.ID }))
}

func sourceIDOf(e LedgerEntry) SourceID { return e.SourceID }

// pages calls read until it returns less than a full page. Each call gets the place
// of the last element before it, the first one gets after.
func pages[T, Place any](after Place, read func(after Place) ([]T, error), place func(T) Place) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for more := true; more; {
			page, err := read(after)
			if err != nil {
				yield(nil, err)
				return
			}
			more = len(page) == pageLimit
			if more {
				after = place(page[len(page)-1])
			}
			if len(page) > 0 && !yield(page, nil) {
				return
			}
		}
	}
}

// flat returns the elements of pages, one by one.
func flat[T any](pages iter.Seq2[[]T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range pages {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, one := range page {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}
