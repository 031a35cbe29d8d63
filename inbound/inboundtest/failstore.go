package inboundtest

import (
	"context"
	"io"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// failingStore has a failpoint before and after every call of a Store.
type failingStore struct {
	inbound.Store
	points *Failpoints
}

// Store returns s with a failpoint before and after each call.
func (f *Failpoints) Store(s inbound.Store) inbound.Store { return &failingStore{s, f} }

// Atomic implements [inbound.Store]. The failpoint after it is that of a process
// which commits and dies before it learns so.
func (f *failingStore) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	return f.points.do("Atomic", func() error { return f.Store.Atomic(ctx, fn) })
}

func (f *failingStore) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	return get(f.points, "Lookup", func() (map[inbound.SourceID]inbound.LedgerEntry, error) {
		return f.Store.Lookup(ctx, account, ids)
	})
}

func (f *failingStore) Record(ctx context.Context, account string, entries []inbound.LedgerEntry) error {
	return f.points.do("Record", func() error { return f.Store.Record(ctx, account, entries) })
}

func (f *failingStore) Withheld(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return get(f.points, "Withheld", func() ([]inbound.LedgerEntry, error) {
		return f.Store.Withheld(ctx, account, folder, generation, now, limit)
	})
}

func (f *failingStore) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return get(f.points, "DueForRetry", func() ([]inbound.LedgerEntry, error) {
		return f.Store.DueForRetry(ctx, account, folder, generation, now, limit)
	})
}

func (f *failingStore) Deletable(
	ctx context.Context, account, folder, generation string, until time.Time, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return get(f.points, "Deletable", func() ([]inbound.LedgerEntry, error) {
		return f.Store.Deletable(ctx, account, folder, generation, until, after, limit)
	})
}

func (f *failingStore) Unmarked(
	ctx context.Context, account, folder, generation string, limit int,
) ([]inbound.LedgerEntry, error) {
	return get(f.points, "Unmarked", func() ([]inbound.LedgerEntry, error) {
		return f.Store.Unmarked(ctx, account, folder, generation, limit)
	})
}

func (f *failingStore) MarkDeleted(ctx context.Context, account string, ids []inbound.SourceID) error {
	return f.points.do("MarkDeleted", func() error { return f.Store.MarkDeleted(ctx, account, ids) })
}

func (f *failingStore) Reconsider(ctx context.Context, accounts, fingerprints []string, at time.Time) error {
	return f.points.do("Reconsider", func() error { return f.Store.Reconsider(ctx, accounts, fingerprints, at) })
}

func (f *failingStore) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return get(f.points, "Entries", func() ([]inbound.LedgerEntry, error) {
		return f.Store.Entries(ctx, account, outcome, after, limit)
	})
}

func (f *failingStore) Outcomes(ctx context.Context, account string) (map[inbound.Outcome]int, error) {
	return get(f.points, "Outcomes", func() (map[inbound.Outcome]int, error) { return f.Store.Outcomes(ctx, account) })
}

func (f *failingStore) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	return f.points.do("AddEmails", func() error { return f.Store.AddEmails(ctx, emails) })
}

func (f *failingStore) SetManager(ctx context.Context, customerID, managerID string) error {
	return f.points.do("SetManager", func() error { return f.Store.SetManager(ctx, customerID, managerID) })
}

func (f *failingStore) KeepRaw(ctx context.Context, key string, raw inbound.Raw) error {
	return f.points.do("KeepRaw", func() error { return f.Store.KeepRaw(ctx, key, raw) })
}

func (f *failingStore) KeepArchived(ctx context.Context, key, sha256 string) error {
	return f.points.do("KeepArchived", func() error { return f.Store.KeepArchived(ctx, key, sha256) })
}

func (f *failingStore) ListArchived(
	ctx context.Context, after string, limit int,
) (sha256s []string, next string, err error) {
	err = f.points.do("ListArchived", func() (err error) {
		sha256s, next, err = f.Store.ListArchived(ctx, after, limit)
		return err
	})
	return sha256s, next, err
}

func (f *failingStore) HaveEmails(ctx context.Context, ids []string) (map[string]bool, error) {
	return get(f.points, "HaveEmails", func() (map[string]bool, error) { return f.Store.HaveEmails(ctx, ids) })
}

func (f *failingStore) EmailsByFingerprint(
	ctx context.Context, shop string, fingerprints []string,
) (map[string][]inbound.Email, error) {
	return get(f.points, "EmailsByFingerprint", func() (map[string][]inbound.Email, error) {
		return f.Store.EmailsByFingerprint(ctx, shop, fingerprints)
	})
}

func (f *failingStore) StaleFingerprints(ctx context.Context, version string, limit int) ([]string, error) {
	return get(f.points, "StaleFingerprints", func() ([]string, error) {
		return f.Store.StaleFingerprints(ctx, version, limit)
	})
}

func (f *failingStore) SetFingerprints(ctx context.Context, fingerprints map[string]string) error {
	return f.points.do("SetFingerprints", func() error { return f.Store.SetFingerprints(ctx, fingerprints) })
}

func (f *failingStore) Email(ctx context.Context, id string) (inbound.Email, error) {
	return get(f.points, "Email", func() (inbound.Email, error) { return f.Store.Email(ctx, id) })
}

func (f *failingStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	return get(f.points, "OpenRaw", func() (io.ReadCloser, error) { return f.Store.OpenRaw(ctx, id) })
}

func (f *failingStore) ListEmails(
	ctx context.Context, filter inbound.EmailFilter, after string, limit int,
) ([]inbound.Email, error) {
	return get(f.points, "ListEmails", func() ([]inbound.Email, error) {
		return f.Store.ListEmails(ctx, filter, after, limit)
	})
}

func (f *failingStore) CountEmails(ctx context.Context, filter inbound.EmailFilter) (int, error) {
	return get(f.points, "CountEmails", func() (int, error) { return f.Store.CountEmails(ctx, filter) })
}

func (f *failingStore) FolderState(ctx context.Context, account, folder string) (inbound.FolderState, error) {
	return get(f.points, "FolderState", func() (inbound.FolderState, error) {
		return f.Store.FolderState(ctx, account, folder)
	})
}

func (f *failingStore) SetFolderState(ctx context.Context, account, folder string, s inbound.FolderState) error {
	return f.points.do("SetFolderState", func() error { return f.Store.SetFolderState(ctx, account, folder, s) })
}

func (f *failingStore) AccountState(ctx context.Context, account string) (inbound.AccountState, error) {
	return get(f.points, "AccountState", func() (inbound.AccountState, error) {
		return f.Store.AccountState(ctx, account)
	})
}

func (f *failingStore) SetAccountState(ctx context.Context, account string, s inbound.AccountState) error {
	return f.points.do("SetAccountState", func() error { return f.Store.SetAccountState(ctx, account, s) })
}

func (f *failingStore) Usage(ctx context.Context, account string) (inbound.Usage, error) {
	return get(f.points, "Usage", func() (inbound.Usage, error) { return f.Store.Usage(ctx, account) })
}

func (f *failingStore) SetUsage(ctx context.Context, account string, u inbound.Usage) error {
	return f.points.do("SetUsage", func() error { return f.Store.SetUsage(ctx, account, u) })
}

func (f *failingStore) Health(ctx context.Context, account string) (inbound.Health, error) {
	return get(f.points, "Health", func() (inbound.Health, error) { return f.Store.Health(ctx, account) })
}

func (f *failingStore) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	return f.points.do("SetHealth", func() error { return f.Store.SetHealth(ctx, account, h) })
}

func (f *failingStore) IntendCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return f.points.do("IntendCustomers", func() error {
		return f.Store.IntendCustomers(ctx, account, shop, addresses)
	})
}

func (f *failingStore) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	return get(f.points, "IntendedCustomers", func() (map[string]bool, error) {
		return f.Store.IntendedCustomers(ctx, account, shop, addresses)
	})
}

func (f *failingStore) IntendedElsewhere(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	return get(f.points, "IntendedElsewhere", func() (map[string]bool, error) {
		return f.Store.IntendedElsewhere(ctx, account, shop, addresses)
	})
}

func (f *failingStore) FinishCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return f.points.do("FinishCustomers", func() error {
		return f.Store.FinishCustomers(ctx, account, shop, addresses)
	})
}

func (f *failingStore) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	return get(f.points, "Acquire", func() (uint64, error) { return f.Store.Acquire(ctx, name, owner, ttl) })
}

func (f *failingStore) Confirm(ctx context.Context, name string, token uint64) error {
	return f.points.do("Confirm", func() error { return f.Store.Confirm(ctx, name, token) })
}

func (f *failingStore) Release(ctx context.Context, name, owner string) error {
	return f.points.do("Release", func() error { return f.Store.Release(ctx, name, owner) })
}

func (f *failingStore) Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error) {
	return get(f.points, "Claim", func() ([]string, error) { return f.Store.Claim(ctx, group, eligible, n) })
}

func (f *failingStore) Unclaim(ctx context.Context, group string, managerIDs []string) error {
	return f.points.do("Unclaim", func() error { return f.Store.Unclaim(ctx, group, managerIDs) })
}

func (f *failingStore) Assignments(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error) {
	return get(f.points, "Assignments", func() (map[string]assign.Assignment, error) {
		return f.Store.Assignments(ctx, customerIDs)
	})
}

func (f *failingStore) SetAssignments(ctx context.Context, assignments []assign.Assignment) error {
	return f.points.do("SetAssignments", func() error { return f.Store.SetAssignments(ctx, assignments) })
}

func (f *failingStore) RemoveAssignments(ctx context.Context, customerIDs []string) error {
	return f.points.do("RemoveAssignments", func() error { return f.Store.RemoveAssignments(ctx, customerIDs) })
}

func (f *failingStore) Queued(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
	return get(f.points, "Queued", func() ([]assign.Assignment, error) { return f.Store.Queued(ctx, group, limit) })
}

func (f *failingStore) PendingGroups(ctx context.Context) ([]assign.PendingGroup, error) {
	return get(f.points, "PendingGroups", func() ([]assign.PendingGroup, error) { return f.Store.PendingGroups(ctx) })
}

func (f *failingStore) Regroup(ctx context.Context, from assign.PendingGroup, group string) error {
	return f.points.do("Regroup", func() error { return f.Store.Regroup(ctx, from, group) })
}

func (f *failingStore) Add(ctx context.Context, ns []notify.Notification) error {
	return f.points.do("Add", func() error { return f.Store.Add(ctx, ns) })
}

func (f *failingStore) Due(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
	return get(f.points, "Due", func() ([]notify.Entry, error) { return f.Store.Due(ctx, now, limit) })
}

func (f *failingStore) Update(ctx context.Context, entries []notify.Entry) error {
	return f.points.do("Update", func() error { return f.Store.Update(ctx, entries) })
}

func (f *failingStore) Notifications(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
	return get(f.points, "Notifications", func() ([]notify.Entry, error) {
		return f.Store.Notifications(ctx, after, limit)
	})
}

func (f *failingStore) AllHealth(ctx context.Context) (map[string]inbound.Health, error) {
	return get(f.points, "AllHealth", func() (map[string]inbound.Health, error) { return f.Store.AllHealth(ctx) })
}

func (f *failingStore) WaitingCustomers(ctx context.Context) (map[string]int, error) {
	return get(f.points, "WaitingCustomers", func() (map[string]int, error) { return f.Store.WaitingCustomers(ctx) })
}

func (f *failingStore) PendingNotifications(ctx context.Context) (map[string]inbound.Backlog, error) {
	return get(f.points, "PendingNotifications", func() (map[string]inbound.Backlog, error) {
		return f.Store.PendingNotifications(ctx)
	})
}

func (f *failingStore) Hold(ctx context.Context, ns []notify.Notification) error {
	return f.points.do("Hold", func() error { return f.Store.Hold(ctx, ns) })
}

func (f *failingStore) Backlogs(ctx context.Context) ([]notify.Backlog, error) {
	return get(f.points, "Backlogs", func() ([]notify.Backlog, error) { return f.Store.Backlogs(ctx) })
}

func (f *failingStore) ReleaseHeld(ctx context.Context, accountID, managerID string, n int) error {
	return f.points.do("ReleaseHeld", func() error { return f.Store.ReleaseHeld(ctx, accountID, managerID, n) })
}

func (f *failingStore) DigestHeld(ctx context.Context, digest notify.Notification) error {
	return f.points.do("DigestHeld", func() error { return f.Store.DigestHeld(ctx, digest) })
}

func (f *failingStore) Undelivered(ctx context.Context) (pending, dead int, err error) {
	err = f.points.do("Undelivered", func() (err error) {
		pending, dead, err = f.Store.Undelivered(ctx)
		return err
	})
	return pending, dead, err
}
