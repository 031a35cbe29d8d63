package inboundtest_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestStoreSuiteCatchesBrokenStores(t *testing.T) { mutant.Run(t, brokenStores) }

var brokenStores = map[string]mutant.Mutant{
	"KeepsWhatFailed": store(keepsWhatFailed{memstore.New()}, "Atomic/ErrorUndoesEverything",
		"after Atomic failed there is still something in"),
	"KeepsWhatPanicked": store(keepsWhatPanicked{memstore.New()}, "Atomic/PanicUndoesEverything",
		"after Atomic failed there is still something in"),
	"WritesOutside": store(writesOutside{memstore.New()}, "Atomic/SeesItsOwnWork",
		"want what it has just written"),
	"ForgetsTheFolder": store(forgetsTheFolder{memstore.New()}, "Atomic/CommitsEverything",
		"after Atomic returned nil there is only"),
	"KeepsHalfOfTheBytes": store(keepsHalf{memstore.New()}, "Emails/RawComesBackAsItWas", "byte for byte"),
	"OverwritesEmails": store(&overwritesEmails{Store: memstore.New()}, "Emails/AddAgain",
		"adding e1 again changed it"),
	"HasEveryEmail": store(hasEveryEmail{memstore.New()}, "Emails/HaveEmails",
		"HaveEmails has e1, but Email gave"),
	"KeepsNoQuarantine": store(forgetsKept{memstore.New()}, "Emails/KeepRaw", "OpenRaw"),
	"ForgetsOccurrences": store(forgetsOccurrences{memstore.New()}, "Ledger/IdentitiesAreDistinct",
		"a different message was mistaken for it"),
	"LooksUpTheFirst500":   store(looksUpTheFirst500{memstore.New()}, "Ledger/LookupOfAThousand", "gave 250 rows"),
	"KeepsTheFirstOutcome": store(keepsTheFirstOutcome{memstore.New()}, "Ledger/RecordReplaces", `Outcome:"failed"`),
	"DeletesWhatIsKept":    store(deletesWhatIsKept{memstore.New()}, "Ledger/Deletable", "not kept, not deleted"),
	"DeletesTooEarly":      store(deletesTooEarly{memstore.New()}, "Ledger/Deletable", "and old enough"),
	"RetriesTooEarly":      store(retriesTooEarly{memstore.New()}, "Ledger/DueForRetry", "whose next try is not later"),
	"RetriesTheFailedOnly": store(retriesTheFailed{memstore.New()}, "Ledger/DueForRetry", "of any outcome"),
	"ForgetsFingerprints":  store(forgetsFingerprints{memstore.New()}, "Fingerprints/ByFingerprint", "those of the shop"),
	"MixesShops":           store(mixesShops{memstore.New()}, "Fingerprints/ByFingerprint", "those of the shop"),
	"FindsTooMany":         store(findsTooMany{memstore.New()}, "Fingerprints/Stale", "that do not begin with"),
	"CountsNoSources":      store(countsNoSources{memstore.New()}, "Fingerprints/SourcesAreCounted", "of all accounts"),
	"ReconsidersAll":       store(reconsidersAll{memstore.New()}, "Fingerprints/ReconsiderUnmatched", "not among them"),
	"MixesAccounts":        store(mixesAccounts{memstore.New()}, "Ledger/AccountsAreSeparate", "Lookup gave"),
	"ForgetsReplyTo":       store(forgetsReplyTo{memstore.New()}, "Ledger/LookupGivesWhatWasRecorded", "Lookup gave"),
	"ForgetsTheExtent":     store(forgetsTheExtent{memstore.New()}, "Ledger/LookupGivesWhatWasRecorded", "Lookup gave"),
	"MarksEveryFolder":     store(marksEveryFolder{memstore.New()}, "Ledger/Unmarked", "of this folder and generation"),
	"MarksTheDeleted":      store(marksTheDeleted{memstore.New()}, "Ledger/Unmarked", "unmarked, not deleted"),
	"ForgetsAddressees":    store(forgetsAddressees{memstore.New()}, "Emails/KeepsEveryField", "To:["),
	"ForgetsNotify":        store(forgetsNotify{memstore.New()}, "Emails/KeepsEveryField", "Notify:true"),
	"ForgetsInitial":       store(forgetsInitial{memstore.New()}, "Emails/KeepsEveryField", "Initial:true"),
	"KeepsTheKeptBytes":    store(&keepsTheKept{Store: memstore.New()}, "Emails/EmailReplacesKeptRaw", "byte for byte"),
	"OverwritesManagers": store(&overwritesManagers{Store: memstore.New()}, "Emails/SetManager",
		"emails that have a manager"),
	"SetsNoManager":      store(setsNoManager{memstore.New()}, "Emails/SetManager", `the manager of email e0 is ""`),
	"ForgetsTheBaseline": store(forgetsTheBaseline{memstore.New()}, "Accounts/FolderState", "Baseline:true"),
	"ForgetsTheAccount": store(forgetsTheAccount{memstore.New()}, "Accounts/AccountState",
		"AccountState of shop gave"),
	"KeepsTheUsageOfTheCaller": store(keepsTheUsage{memstore.New(), new(inbound.Usage)}, "Accounts/Usage",
		"Usage of shop gave"),
	"IntentsOfOneAccount": store(intentsOfOne{memstore.New()}, "Accounts/IntentsOfAnyAccount",
		"those of every account in this shop"),
	"IntentsOfItself": store(intentsOfItself{memstore.New()}, "Accounts/IntentsOfAnyAccount",
		"those of all others"),
	"FinishesForEverybody": store(finishesForAll{memstore.New()}, "Accounts/IntentsOfAnyAccount",
		"another account's note stays"),
	"AssignsOutside": store(&assignsOutside{memstore.New(), memstore.New()}, "Atomic/ErrorUndoesEverything",
		`"assignments"`),
	"RegroupsOutside": store(&assignsOutside{memstore.New(), memstore.New()}, "Atomic/UndoRestoresAssignments",
		"want them as before"),
	"SetsManagersOutside": store(&overwritesManagers{Store: memstore.New()}, "Atomic/UndoRestoresEmails",
		"set in a failed transaction"),
	"FoldsFolderNames":     store(foldsFolders{memstore.New()}, "Accounts/FolderState", "FolderState of shop/inbox"),
	"ForgetsIntents":       store(forgetsIntents{memstore.New()}, "Accounts/Intents", "each is noted once"),
	"GivesALeaseToAnybody": store(givesLease{memstore.New()}, "Leases/OneOwnerAtATime", "want inbound.ErrBusy"),
	"ConfirmsAnyToken": store(confirmsAnyToken{memstore.New()}, "Leases/ExpiredLeaseIsTakenOver",
		"somebody else took over"),
	"ReleasesForOthers": store(&releasesForOthers{Store: memstore.New()}, "Leases/ReleaseByAnotherDoesNothing",
		"Confirm"),
	"RenewsForOthers": store(renewsForOthers{memstore.New()}, "Leases/RenewsThoseThatAreHeld",
		"somebody else's and nobody's"),
	"RenewsNothing": store(renewsNothing{memstore.New()}, "Leases/RenewsThoseThatAreHeld",
		"Acquire of a after RenewLeases gave <nil>"),
	"LeaseForMany": store(&leaseForMany{Store: memstore.New()}, "Leases/OneOfManyGetsIt", "of 10 got the lease"),
	"ConfirmsOutside": store(confirmsOutside{memstore.New(), memstore.New()}, "Leases/ConfirmHolds",
		"it has to wait"),
	"AddsOneAtATime":        store(&addsOneAtATime{Store: memstore.New()}, "Emails/ConcurrentAdds", "who add the same"),
	"TokensStartOver":       store(tokensStartOver{memstore.New()}, "Leases/TokensGrowAfterRelease", "it has to grow"),
	"GivesTheSameTurnTwice": store(&sameTurnTwice{Store: memstore.New()}, "Turns/FirstTurnsInOrder", "Claim gave"),
}

// store is the suite on one store; a test of it has it for itself.
func store(s inbound.Store, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestStore(t, func(*testing.T) inbound.Store { return s })
	}}
}

type keepsWhatFailed struct{ inbound.Store }

func (keepsWhatFailed) Atomic(ctx context.Context, fn func(context.Context) error) error {
	return fn(ctx)
}

// keepsWhatPanicked commits in a deferred call.
type keepsWhatPanicked struct{ inbound.Store }

func (s keepsWhatPanicked) Atomic(ctx context.Context, fn func(context.Context) error) error {
	var panicked any
	err := s.Store.Atomic(ctx, func(ctx context.Context) error {
		defer func() { panicked = recover() }()
		return fn(ctx)
	})
	if panicked != nil {
		panic(panicked)
	}
	return err
}

// writesOutside has a second connection for reading.
type writesOutside struct{ inbound.Store }

func (s writesOutside) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	return nil, ctx.Err()
}

type forgetsTheFolder struct{ inbound.Store }

func (forgetsTheFolder) SetFolderState(context.Context, string, string, inbound.FolderState) error {
	return nil
}

type forgetsOccurrences struct{ inbound.Store }

func (s forgetsOccurrences) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Occurrence = 0
	}
	return s.Store.Record(ctx, account, rows)
}

type looksUpTheFirst500 struct{ inbound.Store }

func (s looksUpTheFirst500) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	return s.Store.Lookup(ctx, account, ids[:min(len(ids), 500)])
}

type keepsTheFirstOutcome struct{ inbound.Store }

func (s keepsTheFirstOutcome) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	ids := make([]inbound.SourceID, len(rows))
	for i, row := range rows {
		ids[i] = row.SourceID
	}
	have, err := s.Lookup(ctx, account, ids)
	if err != nil {
		return err
	}
	return s.Store.Record(ctx, account, slices.DeleteFunc(slices.Clone(rows), func(e inbound.LedgerEntry) bool {
		_, known := have[e.SourceID]
		return known
	}))
}

type deletesWhatIsKept struct{ inbound.Store }

func (s deletesWhatIsKept) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Keep = false
	}
	return s.Store.Record(ctx, account, rows)
}

type deletesTooEarly struct{ inbound.Store }

func (s deletesTooEarly) Deletable(
	ctx context.Context, account, folder, generation string, until time.Time, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.Store.Deletable(ctx, account, folder, generation, until.AddDate(1, 0, 0), after, limit)
}

type retriesTooEarly struct{ inbound.Store }

func (s retriesTooEarly) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.Store.DueForRetry(ctx, account, folder, generation, now.Add(time.Minute), limit)
}

type mixesAccounts struct{ inbound.Store }

func (s mixesAccounts) Record(ctx context.Context, _ string, rows []inbound.LedgerEntry) error {
	return s.Store.Record(ctx, "shop", rows)
}

type forgetsReplyTo struct{ inbound.Store }

func (s forgetsReplyTo) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].ReplyTo = ""
	}
	return s.Store.Record(ctx, account, rows)
}

// forgetsTheExtent remembers only whether a message was read whole.
type forgetsTheExtent struct{ inbound.Store }

func (s forgetsTheExtent) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	rows = slices.Clone(rows)
	for i := range rows {
		if rows[i].Extent != inbound.ExtentWhole && rows[i].Extent != inbound.ExtentUnread {
			rows[i].Extent = inbound.ExtentCut
		}
	}
	return s.Store.Record(ctx, account, rows)
}

type marksEveryFolder struct{ inbound.Store }

func (s marksEveryFolder) Unmarked(
	ctx context.Context, account, _, _ string, limit int,
) ([]inbound.LedgerEntry, error) {
	all, err := s.Entries(ctx, account, "", inbound.SourceID{}, 1000)
	all = slices.DeleteFunc(all, func(e inbound.LedgerEntry) bool { return !e.Unmarked || e.Deleted })
	return all[:min(limit, len(all))], err
}

type marksTheDeleted struct{ inbound.Store }

func (s marksTheDeleted) Unmarked(
	ctx context.Context, account, folder, generation string, limit int,
) ([]inbound.LedgerEntry, error) {
	all, err := s.Entries(ctx, account, "", inbound.SourceID{}, 1000)
	all = slices.DeleteFunc(all, func(e inbound.LedgerEntry) bool {
		return !e.Unmarked || e.Folder != folder || e.Generation != generation
	})
	return all[:min(limit, len(all))], err
}

type forgetsTheBaseline struct{ inbound.Store }

func (s forgetsTheBaseline) SetFolderState(ctx context.Context, account, folder string, f inbound.FolderState) error {
	f.Baseline = false
	return s.Store.SetFolderState(ctx, account, folder, f)
}

type forgetsTheAccount struct{ inbound.Store }

func (forgetsTheAccount) SetAccountState(context.Context, string, inbound.AccountState) error {
	return nil
}

// keepsTheUsage shares a slice with its callers.
type keepsTheUsage struct {
	inbound.Store
	usage *inbound.Usage
}

func (s keepsTheUsage) Usage(_ context.Context, account string) (inbound.Usage, error) {
	if account != "shop" {
		return inbound.Usage{}, nil
	}
	return *s.usage, nil
}

func (s keepsTheUsage) SetUsage(_ context.Context, _ string, u inbound.Usage) error {
	*s.usage = u
	return nil
}

type intentsOfOne struct{ inbound.Store }

func (s intentsOfOne) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	return s.Store.IntendedCustomers(ctx, cmp.Or(account, "one"), shop, addresses)
}

type finishesForAll struct{ inbound.Store }

func (s finishesForAll) FinishCustomers(ctx context.Context, _, shop string, addresses []string) error {
	return s.Store.FinishCustomers(ctx, "", shop, addresses)
}

// assignsOutside has a second connection for assignments.
type assignsOutside struct {
	inbound.Store
	outside inbound.Store
}

func (s *assignsOutside) Assignments(ctx context.Context, ids []string) (map[string]assign.Assignment, error) {
	return s.outside.Assignments(ctx, ids)
}

func (s *assignsOutside) SetAssignments(ctx context.Context, all []assign.Assignment) error {
	return s.outside.SetAssignments(ctx, all)
}

func (s *assignsOutside) RemoveAssignments(ctx context.Context, ids []string) error {
	return s.outside.RemoveAssignments(ctx, ids)
}

func (s *assignsOutside) Queued(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
	return s.outside.Queued(ctx, group, limit)
}

func (s *assignsOutside) Regroup(ctx context.Context, from assign.PendingGroup, group string) error {
	return s.outside.Regroup(ctx, from, group)
}

// foldsFolders compares as some databases do: without regard to case.
type foldsFolders struct{ inbound.Store }

func (s foldsFolders) FolderState(ctx context.Context, account, folder string) (inbound.FolderState, error) {
	if folder == "inbox" {
		folder = "INBOX"
	}
	return s.Store.FolderState(ctx, account, folder)
}

type intentsOfItself struct{ inbound.Store }

func (s intentsOfItself) IntendedElsewhere(
	ctx context.Context, _, shop string, addresses []string,
) (map[string]bool, error) {
	return s.Store.IntendedCustomers(ctx, "", shop, addresses)
}

type forgetsIntents struct{ inbound.Store }

func (s forgetsIntents) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	some, err := s.Store.IntendedCustomers(ctx, account, shop, addresses)
	some = maps.Clone(some)
	delete(some, addresses[0])
	return some, err
}

type givesLease struct{ inbound.Store }

func (s givesLease) Acquire(ctx context.Context, name, _ string, ttl time.Duration) (uint64, error) {
	return s.Store.Acquire(ctx, name, "anybody", ttl)
}

type confirmsAnyToken struct{ inbound.Store }

func (confirmsAnyToken) Confirm(context.Context, string, uint64) error { return nil }

type releasesForOthers struct {
	inbound.Store
	owner string
}

func (s *releasesForOthers) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	s.owner = owner
	return s.Store.Acquire(ctx, name, owner, ttl)
}

func (s *releasesForOthers) Release(ctx context.Context, name, _ string) error {
	if err := s.Store.Release(ctx, name, s.owner); err != nil {
		return err
	}
	_, err := s.Store.Acquire(ctx, name, "nobody", time.Nanosecond)
	return err
}

type renewsForOthers struct{ *memstore.Store }

func (s renewsForOthers) RenewLeases(
	ctx context.Context, held []inbound.HeldLease, ttl time.Duration,
) ([]inbound.HeldLease, error) {
	_, err := s.Store.RenewLeases(ctx, held, ttl)
	return nil, err
}

type renewsNothing struct{ *memstore.Store }

func (s renewsNothing) RenewLeases(
	ctx context.Context, held []inbound.HeldLease, _ time.Duration,
) ([]inbound.HeldLease, error) {
	return s.Store.RenewLeases(ctx, held, 0)
}

type tokensStartOver struct{ inbound.Store }

func (tokensStartOver) Acquire(context.Context, string, string, time.Duration) (uint64, error) {
	return 1, nil
}

// sameTurnTwice does not write down every second claim.
type sameTurnTwice struct {
	inbound.Store
	given []string
}

func (s *sameTurnTwice) Claim(ctx context.Context, group string, eligible []string, n int) (turn []string, err error) {
	if len(s.given) >= n {
		turn, s.given = s.given[:n], nil
		return turn, nil
	}
	s.given, err = s.Store.Claim(ctx, group, eligible, n)
	return s.given, err
}

// leaseForMany looks whether a lease is free, and takes it later.
type leaseForMany struct {
	inbound.Store
	mu   sync.Mutex
	busy map[string]bool
}

func (s *leaseForMany) Acquire(_ context.Context, name, _ string, _ time.Duration) (uint64, error) {
	s.mu.Lock()
	busy := s.busy[name]
	s.mu.Unlock()
	if busy {
		return 0, inbound.ErrBusy
	}
	time.Sleep(time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = map[string]bool{name: true}
	return 1, nil
}

// confirmsOutside has leases in a different database than the rest.
type confirmsOutside struct {
	inbound.Store
	outside inbound.Store
}

func (s confirmsOutside) Acquire(_ context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	return s.outside.Acquire(context.Background(), name, owner, ttl)
}

func (s confirmsOutside) Confirm(_ context.Context, name string, token uint64) error {
	return s.outside.Confirm(context.Background(), name, token)
}

// addsOneAtATime gives up where others add emails.
type addsOneAtATime struct {
	inbound.Store
	adding sync.Mutex
}

func (s *addsOneAtATime) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	if !s.adding.TryLock() {
		return errors.New("a row with this key is there already")
	}
	defer s.adding.Unlock()
	time.Sleep(time.Millisecond)
	return s.Store.AddEmails(ctx, emails)
}
