package inboundtest_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mutant"
)

func TestStoreSuiteCatchesBrokenKeys(t *testing.T) { mutant.Run(t, brokenKeys) }

var brokenKeys = func() map[string]mutant.Mutant {
	const (
		inOrder  = "Ledger/KeysInOrder"
		distinct = "Ledger/IdentitiesAreDistinct"
		mistaken = "a different message was mistaken for it"
	)
	asText := func(a, b inbound.SourceID) int { return strings.Compare(a.Key, b.Key) }
	byRunes := func(a, b inbound.SourceID) int {
		return cmp.Or(cmp.Compare(utf8.RuneCountInString(a.Key), utf8.RuneCountInString(b.Key)),
			strings.Compare(a.Key, b.Key), cmp.Compare(a.Occurrence, b.Occurrence))
	}
	ignoringCase := func(a, b inbound.SourceID) int {
		return cmp.Or(cmp.Compare(len(a.Key), len(b.Key)), strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)),
			cmp.Compare(a.Occurrence, b.Occurrence))
	}
	mutants := map[string]mutant.Mutant{
		"CountsCharacters": store(reorders{memstore.New(), "Entries", byRunes}, inOrder, "Entries is in the order"),
		"OrdersWithoutCase": store(reorders{memstore.New(), "Entries", ignoringCase}, inOrder,
			"Entries is in the order"),
		"FoldsKeys": store(changesKeys{memstore.New(), strings.ToLower}, distinct, mistaken),
		"TrimsKeys": store(changesKeys{memstore.New(), strings.TrimSpace}, distinct, mistaken),
		"CutsKeys": store(changesKeys{memstore.New(), func(key string) string { return key[:min(len(key), 255)] }}, distinct,
			mistaken),
		"PagesStartOver": store(pagesStartOver{memstore.New()}, inOrder, "which has no row"),
	}
	for _, method := range []string{"DueForRetry", "Withheld", "Deletable", "Unmarked", "Entries"} {
		mutants[method+"AsText"] = store(reorders{memstore.New(), method, asText}, inOrder, method+" is in the order")
	}
	return mutants
}()

// reorders has a method whose rows are in a different order.
type reorders struct {
	inbound.Store
	method string
	order  func(a, b inbound.SourceID) int
}

// list sorts rows and returns those of a page.
func (s reorders) list(
	method string, rows []inbound.LedgerEntry, after inbound.SourceID, limit int, err error,
) ([]inbound.LedgerEntry, error) {
	order := inbound.SourceID.Compare
	if method == s.method {
		order = s.order
	}
	slices.SortStableFunc(rows, func(a, b inbound.LedgerEntry) int { return order(a.SourceID, b.SourceID) })
	rows = slices.DeleteFunc(rows, func(e inbound.LedgerEntry) bool {
		return after != inbound.SourceID{} && order(e.SourceID, after) <= 0
	})
	return rows[:min(limit, len(rows))], err
}

func (s reorders) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	rows, err := s.Store.DueForRetry(ctx, account, folder, generation, now, 1000)
	return s.list("DueForRetry", rows, inbound.SourceID{}, limit, err)
}

func (s reorders) Withheld(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	rows, err := s.Store.Withheld(ctx, account, folder, generation, now, 1000)
	return s.list("Withheld", rows, inbound.SourceID{}, limit, err)
}

func (s reorders) Deletable(
	ctx context.Context, account, folder, generation string, until time.Time, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	rows, err := s.Store.Deletable(ctx, account, folder, generation, until, inbound.SourceID{}, 1000)
	return s.list("Deletable", rows, after, limit, err)
}

func (s reorders) Unmarked(
	ctx context.Context, account, folder, generation string, limit int,
) ([]inbound.LedgerEntry, error) {
	rows, err := s.Store.Unmarked(ctx, account, folder, generation, 1000)
	return s.list("Unmarked", rows, inbound.SourceID{}, limit, err)
}

func (s reorders) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	rows, err := s.Store.Entries(ctx, account, outcome, inbound.SourceID{}, 1000)
	return s.list("Entries", rows, after, limit, err)
}

// changesKeys finds keys as some databases compare texts.
type changesKeys struct {
	inbound.Store
	change func(string) string
}

func (s changesKeys) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Key = s.change(rows[i].Key)
	}
	return s.Store.Record(ctx, account, rows)
}

func (s changesKeys) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	found := make(map[inbound.SourceID]inbound.LedgerEntry)
	for _, id := range ids {
		changed := id
		changed.Key = s.change(id.Key)
		some, err := s.Store.Lookup(ctx, account, []inbound.SourceID{changed})
		if err != nil {
			return nil, err
		}
		for e := range maps.Values(some) {
			e.SourceID = id
			found[id] = e
		}
	}
	return found, nil
}

// pagesStartOver goes on after the row of an ID, and from the start where there is
// none.
type pagesStartOver struct{ inbound.Store }

func (s pagesStartOver) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	if found, err := s.Lookup(ctx, account, []inbound.SourceID{after}); err != nil || len(found) == 0 {
		after = inbound.SourceID{}
	}
	return s.Store.Entries(ctx, account, outcome, after, limit)
}
