package inboundtest_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
	"github.com/postroom/postroom/notify"
)

// namespaceTests are the methods of a store by the test that finds one which
// forgets the namespace.
var namespaceTests = map[string][]string{
	"Ledger": {"Lookup", "Record", "DueForRetry", "Withheld", "Deletable", "Unmarked", "MarkDeleted", "Entries",
		"Outcomes"},
	"Fingerprints": {"EmailsByFingerprint", "StaleFingerprints", "SetFingerprints", "Reconsider"},
	"Emails":       {"AddEmails", "SetManager", "HaveEmails", "Email", "ListEmails", "CountEmails"},
	"Raw":          {"KeepRaw", "OpenRaw", "KeepArchived", "ListArchived"},
	"Accounts": {
		"FolderState", "SetFolderState", "AccountState", "SetAccountState", "Usage", "SetUsage", "Health", "SetHealth",
	},
	"Intents":     {"IntendCustomers", "IntendedCustomers", "IntendedElsewhere", "FinishCustomers"},
	"Leases":      {"Acquire", "Confirm", "Release"},
	"Turns":       {"Claim", "Unclaim"},
	"Assignments": {"Assignments", "SetAssignments", "RemoveAssignments", "Queued", "PendingGroups", "Regroup"},
	"Outbox": {"Add", "Due", "Update", "Notifications", "Undelivered", "Hold", "Backlogs", "ReleaseHeld",
		"DigestHeld"},
	"Overview": {"AllHealth", "WaitingCustomers", "PendingNotifications"},
}

func TestNamespacesSuiteCatchesBrokenStores(t *testing.T) {
	mutants := make(map[string]mutant.Mutant)
	for where, methods := range namespaceTests {
		for _, method := range methods {
			for fault, store := range map[string]leaks{
				"Elsewhere":  {elsewhere: method},
				"Everywhere": {everywhere: method},
			} {
				if fault == "Everywhere" && !writes[method] {
					continue
				}
				says := cmp.Or(map[string]string{
					"OpenRawElsewhere": "the raw bytes of",
					"AcquireElsewhere": "busy elsewhere", "ReleaseElsewhere": "busy elsewhere",
				}[method+fault], "namespaces are not kept apart")
				mutants[method+fault] = mutant.Mutant{Where: where, Says: says,
					Suite: func(t *testing.T) { inboundtest.TestNamespaces(t, store.open) }}
			}
		}
	}
	mutant.Run(t, mutants)
}

// writes are the methods that may also work in one namespace too many.
var writes = map[string]bool{
	"Record":            true,
	"MarkDeleted":       true,
	"Reconsider":        true,
	"SetFingerprints":   true,
	"AddEmails":         true,
	"SetManager":        true,
	"KeepRaw":           true,
	"KeepArchived":      true,
	"SetFolderState":    true,
	"SetAccountState":   true,
	"SetUsage":          true,
	"SetHealth":         true,
	"IntendCustomers":   true,
	"FinishCustomers":   true,
	"Release":           true,
	"SetAssignments":    true,
	"RemoveAssignments": true,
	"Regroup":           true,
	"Add":               true,
	"Update":            true,
	"Hold":              true,
	"ReleaseHeld":       true,
	"DigestHeld":        true,
}

// leaks is a store with one method that forgets the namespace.
type leaks struct {
	own, other            inbound.Store
	elsewhere, everywhere string // the method that works in the other namespace, alone or as well
}

// open makes a database for a test.
func (l leaks) open(*testing.T) func(string) inbound.Store {
	base := memstore.New()
	return func(namespace string) inbound.Store {
		l.own, l.other = base.Namespace(namespace), base
		if namespace == "" {
			l.other = base.Namespace("acme")
		}
		return l
	}
}

// in returns where a method works.
func (l leaks) in(method string) inbound.Store {
	if method == l.elsewhere {
		return l.other
	}
	return l.own
}

// write calls a method wherever it works.
func (l leaks) write(method string, call func(inbound.Store) error) error {
	err := call(l.in(method))
	if method == l.everywhere {
		err = errors.Join(err, call(l.other))
	}
	return err
}

func (l leaks) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	return l.own.Atomic(ctx, fn)
}

func (l leaks) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	return l.in("Lookup").Lookup(ctx, account, ids)
}

func (l leaks) Record(ctx context.Context, account string, rows []inbound.LedgerEntry) error {
	return l.write("Record", func(s inbound.Store) error { return s.Record(ctx, account, rows) })
}

func (l leaks) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return l.in("DueForRetry").DueForRetry(ctx, account, folder, generation, now, limit)
}

func (l leaks) Withheld(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return l.in("Withheld").Withheld(ctx, account, folder, generation, now, limit)
}

func (l leaks) Deletable(
	ctx context.Context, account, folder, generation string, until time.Time, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return l.in("Deletable").Deletable(ctx, account, folder, generation, until, after, limit)
}

func (l leaks) Unmarked(
	ctx context.Context, account, folder, generation string, limit int,
) ([]inbound.LedgerEntry, error) {
	return l.in("Unmarked").Unmarked(ctx, account, folder, generation, limit)
}

func (l leaks) MarkDeleted(ctx context.Context, account string, ids []inbound.SourceID) error {
	return l.write("MarkDeleted", func(s inbound.Store) error { return s.MarkDeleted(ctx, account, ids) })
}

func (l leaks) Reconsider(ctx context.Context, accounts, fingerprints []string, at time.Time) error {
	return l.write("Reconsider", func(s inbound.Store) error { return s.Reconsider(ctx, accounts, fingerprints, at) })
}

func (l leaks) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return l.in("Entries").Entries(ctx, account, outcome, after, limit)
}

func (l leaks) Outcomes(ctx context.Context, account string) (map[inbound.Outcome]int, error) {
	return l.in("Outcomes").Outcomes(ctx, account)
}

func (l leaks) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	return l.write("AddEmails", func(s inbound.Store) error { return s.AddEmails(ctx, emails) })
}

func (l leaks) SetManager(ctx context.Context, customer, manager string) error {
	return l.write("SetManager", func(s inbound.Store) error { return s.SetManager(ctx, customer, manager) })
}

func (l leaks) KeepRaw(ctx context.Context, key string, raw inbound.Raw) error {
	return l.write("KeepRaw", func(s inbound.Store) error { return s.KeepRaw(ctx, key, raw) })
}

func (l leaks) KeepArchived(ctx context.Context, key, sha256 string) error {
	return l.write("KeepArchived", func(s inbound.Store) error { return s.KeepArchived(ctx, key, sha256) })
}

func (l leaks) ListArchived(ctx context.Context, after string, limit int) ([]string, string, error) {
	return l.in("ListArchived").ListArchived(ctx, after, limit)
}

func (l leaks) HaveEmails(ctx context.Context, ids []string) (map[string]bool, error) {
	return l.in("HaveEmails").HaveEmails(ctx, ids)
}

func (l leaks) EmailsByFingerprint(
	ctx context.Context, shop string, fingerprints []string,
) (map[string][]inbound.Email, error) {
	return l.in("EmailsByFingerprint").EmailsByFingerprint(ctx, shop, fingerprints)
}

func (l leaks) StaleFingerprints(ctx context.Context, version string, limit int) ([]string, error) {
	return l.in("StaleFingerprints").StaleFingerprints(ctx, version, limit)
}

func (l leaks) SetFingerprints(ctx context.Context, fingerprints map[string]string) error {
	return l.write("SetFingerprints", func(s inbound.Store) error { return s.SetFingerprints(ctx, fingerprints) })
}

func (l leaks) Email(ctx context.Context, id string) (inbound.Email, error) {
	return l.in("Email").Email(ctx, id)
}

func (l leaks) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	return l.in("OpenRaw").OpenRaw(ctx, id)
}

func (l leaks) ListEmails(
	ctx context.Context, filter inbound.EmailFilter, after string, limit int,
) ([]inbound.Email, error) {
	return l.in("ListEmails").ListEmails(ctx, filter, after, limit)
}

func (l leaks) CountEmails(ctx context.Context, filter inbound.EmailFilter) (int, error) {
	return l.in("CountEmails").CountEmails(ctx, filter)
}

func (l leaks) FolderState(ctx context.Context, account, folder string) (inbound.FolderState, error) {
	return l.in("FolderState").FolderState(ctx, account, folder)
}

func (l leaks) SetFolderState(ctx context.Context, account, folder string, f inbound.FolderState) error {
	return l.write("SetFolderState", func(s inbound.Store) error { return s.SetFolderState(ctx, account, folder, f) })
}

func (l leaks) AccountState(ctx context.Context, account string) (inbound.AccountState, error) {
	return l.in("AccountState").AccountState(ctx, account)
}

func (l leaks) SetAccountState(ctx context.Context, account string, a inbound.AccountState) error {
	return l.write("SetAccountState", func(s inbound.Store) error { return s.SetAccountState(ctx, account, a) })
}

func (l leaks) Usage(ctx context.Context, account string) (inbound.Usage, error) {
	return l.in("Usage").Usage(ctx, account)
}

func (l leaks) SetUsage(ctx context.Context, account string, u inbound.Usage) error {
	return l.write("SetUsage", func(s inbound.Store) error { return s.SetUsage(ctx, account, u) })
}

func (l leaks) Health(ctx context.Context, account string) (inbound.Health, error) {
	return l.in("Health").Health(ctx, account)
}

func (l leaks) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	return l.write("SetHealth", func(s inbound.Store) error { return s.SetHealth(ctx, account, h) })
}

func (l leaks) IntendCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return l.write("IntendCustomers", func(s inbound.Store) error {
		return s.IntendCustomers(ctx, account, shop, addresses)
	})
}

func (l leaks) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	return l.in("IntendedCustomers").IntendedCustomers(ctx, account, shop, addresses)
}

func (l leaks) IntendedElsewhere(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	return l.in("IntendedElsewhere").IntendedElsewhere(ctx, account, shop, addresses)
}

func (l leaks) FinishCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return l.write("FinishCustomers", func(s inbound.Store) error {
		return s.FinishCustomers(ctx, account, shop, addresses)
	})
}

func (l leaks) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	return l.in("Acquire").Acquire(ctx, name, owner, ttl)
}

func (l leaks) Confirm(ctx context.Context, name string, token uint64) error {
	return l.in("Confirm").Confirm(ctx, name, token)
}

func (l leaks) Release(ctx context.Context, name, owner string) error {
	return l.write("Release", func(s inbound.Store) error { return s.Release(ctx, name, owner) })
}

func (l leaks) Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error) {
	return l.in("Claim").Claim(ctx, group, eligible, n)
}

func (l leaks) Unclaim(ctx context.Context, group string, managerIDs []string) error {
	return l.write("Unclaim", func(s inbound.Store) error { return s.Unclaim(ctx, group, managerIDs) })
}

func (l leaks) Assignments(ctx context.Context, ids []string) (map[string]assign.Assignment, error) {
	return l.in("Assignments").Assignments(ctx, ids)
}

func (l leaks) SetAssignments(ctx context.Context, all []assign.Assignment) error {
	return l.write("SetAssignments", func(s inbound.Store) error { return s.SetAssignments(ctx, all) })
}

func (l leaks) RemoveAssignments(ctx context.Context, ids []string) error {
	return l.write("RemoveAssignments", func(s inbound.Store) error { return s.RemoveAssignments(ctx, ids) })
}

func (l leaks) Queued(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
	return l.in("Queued").Queued(ctx, group, limit)
}

func (l leaks) PendingGroups(ctx context.Context) ([]assign.PendingGroup, error) {
	return l.in("PendingGroups").PendingGroups(ctx)
}

func (l leaks) Regroup(ctx context.Context, from assign.PendingGroup, group string) error {
	return l.write("Regroup", func(s inbound.Store) error { return s.Regroup(ctx, from, group) })
}

func (l leaks) Add(ctx context.Context, ns []notify.Notification) error {
	return l.write("Add", func(s inbound.Store) error { return s.Add(ctx, ns) })
}

func (l leaks) Due(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
	return l.in("Due").Due(ctx, now, limit)
}

func (l leaks) Update(ctx context.Context, entries []notify.Entry) error {
	return l.write("Update", func(s inbound.Store) error { return s.Update(ctx, entries) })
}

func (l leaks) Notifications(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
	return l.in("Notifications").Notifications(ctx, after, limit)
}

func (l leaks) AllHealth(ctx context.Context) (map[string]inbound.Health, error) {
	return l.in("AllHealth").AllHealth(ctx)
}

func (l leaks) WaitingCustomers(ctx context.Context) (map[string]int, error) {
	return l.in("WaitingCustomers").WaitingCustomers(ctx)
}

func (l leaks) PendingNotifications(ctx context.Context) (map[string]inbound.Backlog, error) {
	return l.in("PendingNotifications").PendingNotifications(ctx)
}

func (l leaks) Hold(ctx context.Context, ns []notify.Notification) error {
	return l.write("Hold", func(s inbound.Store) error { return s.Hold(ctx, ns) })
}

func (l leaks) Backlogs(ctx context.Context) ([]notify.Backlog, error) {
	return l.in("Backlogs").Backlogs(ctx)
}

func (l leaks) ReleaseHeld(ctx context.Context, accountID, managerID string, n int) error {
	return l.write("ReleaseHeld", func(s inbound.Store) error { return s.ReleaseHeld(ctx, accountID, managerID, n) })
}

func (l leaks) DigestHeld(ctx context.Context, digest notify.Notification) error {
	return l.write("DigestHeld", func(s inbound.Store) error { return s.DigestHeld(ctx, digest) })
}

func (l leaks) Undelivered(ctx context.Context) (pending, dead int, err error) {
	return l.in("Undelivered").Undelivered(ctx)
}
