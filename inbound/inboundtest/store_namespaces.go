package inboundtest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// TestNamespaces checks that the companies that share a database are kept apart:
// nothing of one namespace is read, changed, removed, counted, assigned or leased
// through the store of a different one, also where both have the same keys. open
// makes an empty database for each test and returns a function that opens the store of
// a namespace in that database; it cleans up by t.Cleanup.
func TestNamespaces(t *testing.T, open func(t *testing.T) (namespace func(name string) inbound.Store)) {
	for name, test := range map[string]func([]*tenant){
		"NothingIsSeen": nothingIsSeen,
		"Ledger":        ledgersAreSeparate,
		"Emails":        emailsAreSeparate,
		"Fingerprints":  fingerprintsAreSeparate,
		"Raw":           rawBytesAreSeparate,
		"Accounts":      accountStatesAreSeparate,
		"Intents":       intentsAreSeparate,
		"Leases":        leasesAreSeparate,
		"Turns":         turnsAreSeparate,
		"Assignments":   assignmentsAreSeparate,
		"Outbox":        outboxesAreSeparate,
		"Overview":      overviewsAreSeparate,
	} {
		t.Run(name, func(t *testing.T) {
			namespace := open(t)
			var all []*tenant
			for i, name := range []string{"", "acme", "ACME", "acme ", strings.Repeat("é", 50)} {
				all = append(all, &tenant{store{T: t, Store: namespace(name)}, name, i})
			}
			test(all)
		})
	}
}

// tenant is one of several companies in a database.
type tenant struct {
	store
	name string
	n    int // which of them it is
}

// expect checks what a call gave.
func (t *tenant) expect(what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s in namespace %q gave\n%v, want\n%v: namespaces are not kept apart", what, t.name, got, want)
	}
}

// own returns a name that differs from namespace to namespace.
func (t *tenant) own(name string) string { return fmt.Sprint(name, t.n) }

// owns returns what own does for every tenant.
func owns(all []*tenant, name string) []string {
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.own(name)
	}
	return names
}

// keys returns the keys of ledger rows, with their emails.
func keys(rows []inbound.LedgerEntry) []string {
	var all []string
	for _, row := range rows {
		all = append(all, row.Key+" "+row.EmailID)
	}
	return all
}

func nothingIsSeen(all []*tenant) {
	all[1].check(everything(all[1].ctx(), all[1].Store), "calls of every part of the store")
	for _, t := range slices.Concat(all[:1], all[2:]) {
		t.expect("reading what acme has", t.traces(), []string(nil))
	}
}

func ledgersAreSeparate(all []*tenant) {
	var asked []inbound.SourceID
	for _, t := range all {
		failed := row(uid(1), inbound.Failed)
		deletable, unmarked := row(uid(10), inbound.Uploaded), row(uid(20), inbound.Uploaded)
		deletable.Key, unmarked.Key = fmt.Sprint(10+t.n), fmt.Sprint(20+t.n)
		failed.EmailID, failed.NextTry = t.own("e"), start
		unmarked.Unmarked, unmarked.Keep = true, true
		withheld := row(uid(30+uint32(t.n)), inbound.Ignored)
		withheld.NextTry = start
		t.record(failed, deletable, unmarked, withheld)
		asked = append(asked, failed.SourceID, deletable.SourceID, unmarked.SourceID)
	}
	read := func(t *tenant) (failed, deletable, unmarked []string) {
		retry, err1 := t.Store.DueForRetry(t.ctx(), "shop", "INBOX", "7", start, 100)
		delete, err2 := t.Store.Deletable(t.ctx(), "shop", "INBOX", "7", start, inbound.SourceID{}, 100)
		mark, err3 := t.Store.Unmarked(t.ctx(), "shop", "INBOX", "7", 100)
		t.check(errors.Join(err1, err2, err3), "DueForRetry, Deletable and Unmarked")
		return keys(retry), keys(delete), keys(mark)
	}
	expect := func(t *tenant) {
		failed, deletable, unmarked := read(t)
		first, second, third := "1 "+t.own("e"), fmt.Sprintf("%d ", 10+t.n), fmt.Sprintf("%d ", 20+t.n)
		fourth := fmt.Sprintf("%d ", 30+t.n)
		t.expect("DueForRetry", failed, []string{first})
		t.expect("Deletable", deletable, []string{second})
		t.expect("Unmarked", unmarked, []string{third})
		t.expect("Entries", keys(t.entries()), []string{first, second, third, fourth})
		some, err := t.Entries(t.ctx(), "shop", inbound.Uploaded, inbound.SourceID{}, 100)
		t.check(err, "Entries of an outcome")
		t.expect("Entries of an outcome", keys(some), []string{second, third})
		found, err := t.Lookup(t.ctx(), "shop", asked)
		t.check(err, "Lookup")
		t.expect("the number of rows from Lookup", len(found), 3)
		t.expect("Lookup", found[uid(1)].EmailID, t.own("e"))
		counts, err := t.Store.Outcomes(t.ctx(), "shop")
		t.check(err, "Outcomes")
		t.expect("Outcomes", counts,
			map[inbound.Outcome]int{inbound.Failed: 1, inbound.Uploaded: 2, inbound.Ignored: 1})
	}
	for _, t := range all {
		expect(t)
		marked, err := t.Store.Withheld(t.ctx(), "shop", "INBOX", "7", start, 100)
		t.check(err, "Withheld")
		t.expect("Withheld", keys(marked), []string{fmt.Sprintf("%d ", 30+t.n)})
	}
	for i, t := range all[1:3] {
		t.check(t.Store.MarkDeleted(t.ctx(), "shop", asked), "MarkDeleted")
		t.record(row(uid(1), inbound.Ignored))
		failed, deletable, unmarked := read(t)
		t.expect("DueForRetry, Deletable and Unmarked after MarkDeleted and Record",
			len(failed)+len(deletable)+len(unmarked), 0)
		for _, other := range slices.Concat(all[:1], all[i+2:]) {
			expect(other)
		}
	}
}

func emailsAreSeparate(all []*tenant) {
	for _, t := range all {
		same, own := newEmail("same", nil), newEmail(t.own("e"), nil)
		same.Subject = t.own("subject")
		t.add(same, own)
		for i := range t.n {
			t.add(newEmail(fmt.Sprint("more", i), nil))
		}
	}
	for _, t := range all {
		for _, filter := range []inbound.EmailFilter{{}, {AccountID: "shop"}, {CustomerID: "c1"}} {
			want := []string{"same", t.own("e"), "more0", "more1", "more2", "more3"}[:2+t.n]
			for i, after := range []string{"", "same"} {
				list, err := t.ListEmails(t.ctx(), filter, after, 100)
				t.check(err, "ListEmails")
				var ids []string
				for _, e := range list {
					ids = append(ids, e.ID)
				}
				t.expect("ListEmails", ids, want[i:])
			}
			n, err := t.CountEmails(t.ctx(), filter)
			t.check(err, "CountEmails")
			t.expect("CountEmails", n, len(want))
		}
		same, err := t.Email(t.ctx(), "same")
		t.check(err, "Email")
		t.expect("Email", same.Subject, t.own("subject"))
		for _, id := range owns(all, "e") {
			_, err := t.Email(t.ctx(), id)
			t.expect("Email found", !errors.Is(err, inbound.ErrNotFound), id == t.own("e"))
		}
		have, err := t.HaveEmails(t.ctx(), append(owns(all, "e"), "same"))
		t.check(err, "HaveEmails")
		t.expect("HaveEmails", allTrue(have), map[string]bool{"same": true, t.own("e"): true})
	}
	for _, t := range all {
		t.check(t.Store.SetManager(t.ctx(), "c1", t.own("m")), "SetManager")
	}
	for _, t := range all {
		same, err := t.Email(t.ctx(), "same")
		t.check(err, "Email")
		t.expect("SetManager in each one after the other, and Email", same.ManagerID, t.own("m"))
	}
}

func fingerprintsAreSeparate(all []*tenant) {
	for _, t := range all {
		t.addPrinted(t.own("e"), "main", "h1:x")
		t.addPrinted("old", "main", "h0:"+t.own(""))
		unmatched := row(uid(1), inbound.Unmatched)
		unmatched.Fingerprint = "h1:x"
		t.record(unmatched)
	}
	for _, t := range all {
		t.expect("EmailsByFingerprint", t.alike("main", "h1:x"), map[string][]string{"h1:x": {t.own("e")}})
		stale, err := t.StaleFingerprints(t.ctx(), "h1:", 100)
		t.check(err, "StaleFingerprints")
		t.expect("StaleFingerprints", stale, []string{"old"})
	}
	all[1].check(all[1].SetFingerprints(all[1].ctx(), map[string]string{"old": "h1:y"}), "SetFingerprints")
	all[1].check(all[1].Reconsider(all[1].ctx(), []string{"shop"}, []string{"h1:x"}, start), "Reconsider")
	for _, t := range all {
		stale, err1 := t.StaleFingerprints(t.ctx(), "h1:", 100)
		due, err2 := t.Store.DueForRetry(t.ctx(), "shop", "INBOX", "7", start, 100)
		t.check(errors.Join(err1, err2), "StaleFingerprints and DueForRetry")
		t.expect("StaleFingerprints after SetFingerprints in acme", len(stale) == 0, t.n == 1)
		t.expect("DueForRetry after Reconsider in acme", len(due) == 1, t.n == 1)
	}
}

// allTrue returns m without the keys whose value is false.
func allTrue(m map[string]bool) map[string]bool {
	all := make(map[string]bool)
	for key, yes := range m {
		if yes {
			all[key] = true
		}
	}
	return all
}

func rawBytesAreSeparate(all []*tenant) {
	raw := func(t *tenant, salt int) []byte { return pattern(300_000 + 1000*t.n + salt) }
	for _, t := range all {
		t.add(newEmail("same", raw(t, 1)), newEmail(t.own("e"), raw(t, 2)))
		t.check(t.KeepRaw(t.ctx(), "kept", bytes.NewReader(raw(t, 3))), "KeepRaw")
		t.check(t.KeepRaw(t.ctx(), "later", bytes.NewReader(raw(t, 4))), "KeepRaw")
		t.add(archivedAs("archived", sumOf(raw(t, 1))))
		t.check(t.KeepArchived(t.ctx(), t.own("archived"), sumOf(raw(t, 2))), "KeepArchived")
	}
	all[1].add(newEmail("later", raw(all[1], 5)))
	all[1].check(all[1].KeepRaw(all[1].ctx(), owns(all, "e")[2], bytes.NewReader(raw(all[1], 6))), "KeepRaw")
	for _, t := range all {
		t.expectRaw("same", raw(t, 1))
		t.expectRaw(t.own("e"), raw(t, 2))
		t.expectRaw("kept", raw(t, 3))
		archived := []string{sumOf(raw(t, 1)), sumOf(raw(t, 2))}
		slices.Sort(archived)
		t.expect("ListArchived", t.archived(10), archived)
		if t.n == 1 {
			t.expectRaw("later", raw(t, 5))
			t.expectRaw(owns(all, "e")[2], raw(t, 6))
		} else {
			t.expectRaw("later", raw(t, 4))
		}
		_, err := t.OpenRaw(t.ctx(), owns(all, "e")[(t.n+2)%len(all)])
		t.expect("OpenRaw of a different namespace's email", errors.Is(err, inbound.ErrNotFound), true)
	}
}

func accountStatesAreSeparate(all []*tenant) {
	at := func(t *tenant) time.Time { return start.Add(time.Duration(t.n) * time.Hour) }
	for _, t := range all {
		t.check(errors.Join(
			t.SetFolderState(t.ctx(), "shop", "INBOX",
				inbound.FolderState{Position: uint64(t.n), Token: t.own("token")}),
			t.SetAccountState(t.ctx(), "shop", inbound.AccountState{StartedAt: at(t)}),
			t.SetUsage(t.ctx(), "shop", inbound.Usage{HistoryAfter: at(t)}),
			t.SetHealth(t.ctx(), "shop", inbound.Health{Failures: t.n, LastError: t.own("error")}),
		), "SetFolderState, SetAccountState, SetUsage and SetHealth")
	}
	for _, t := range all {
		folder, err1 := t.FolderState(t.ctx(), "shop", "INBOX")
		account, err2 := t.AccountState(t.ctx(), "shop")
		usage, err3 := t.Usage(t.ctx(), "shop")
		health, err4 := t.Health(t.ctx(), "shop")
		t.check(errors.Join(err1, err2, err3, err4), "FolderState, AccountState, Usage and Health")
		t.expect("FolderState", folder.Token, t.own("token"))
		t.expect("AccountState", account.StartedAt.UTC(), at(t))
		t.expect("Usage", usage.HistoryAfter.UTC(), at(t))
		t.expect("Health", health.LastError, t.own("error"))
	}
}

func intentsAreSeparate(all []*tenant) {
	noted := func(t *tenant, account string) map[string]bool {
		t.Helper()
		got, err := t.IntendedCustomers(t.ctx(), account, "main", append(owns(all, "a"), "same"))
		t.check(err, "IntendedCustomers")
		return allTrue(got)
	}
	for _, t := range all {
		t.check(t.IntendCustomers(t.ctx(), "shop", "main", []string{"same", t.own("a")}), "IntendCustomers")
	}
	finished := make(map[int]bool)
	for _, who := range []int{-1, 1, 2} {
		if who >= 0 {
			t, account := all[who], []string{"", "shop", ""}[who]
			t.check(t.FinishCustomers(t.ctx(), account, "main", append(owns(all, "a"), "same")), "FinishCustomers")
			finished[who] = true
		}
		for _, t := range all {
			want := map[string]bool{"same": true, t.own("a"): true}
			if finished[t.n] {
				want = map[string]bool{}
			}
			t.expect("IntendedCustomers of an account", noted(t, "shop"), want)
			t.expect("IntendedCustomers of any account", noted(t, ""), want)
			elsewhere, err := t.IntendedElsewhere(t.ctx(), "other", "main", append(owns(all, "a"), "same"))
			t.check(err, "IntendedElsewhere")
			t.expect("IntendedElsewhere", allTrue(elsewhere), want)
		}
	}
}

func leasesAreSeparate(all []*tenant) {
	tokens := make([]uint64, len(all))
	for i, t := range all {
		for range t.n { // so that tokens differ
			t.acquire("a", "nobody", time.Hour)
			t.check(t.Release(t.ctx(), "a", "nobody"), "Release")
		}
		tokens[i] = t.acquire("a", t.own("owner"), time.Hour)
		t.acquire(t.own("lease"), "me", time.Hour)
		t.acquire("b", "me", time.Hour)
	}
	for i, t := range all {
		t.expect("Confirm", t.Confirm(t.ctx(), "a", tokens[i]), error(nil))
		for _, other := range all {
			err := t.Confirm(t.ctx(), other.own("lease"), 1)
			t.expect("Confirm of a lease", err == nil, other == t)
		}
	}
	all[1].check(all[1].Release(all[1].ctx(), "b", "me"), "Release")
	for _, t := range all {
		err := t.Confirm(t.ctx(), "b", 1)
		t.expect("Confirm of a lease that acme has released", err == nil, t.n != 1)
	}
}

func turnsAreSeparate(all []*tenant) {
	for round, want := range []string{"m1", "m2", "m3", "m1"} {
		for _, t := range all {
			got, err := t.Claim(t.ctx(), "g", []string{"m1", "m2", "m3"}, 1)
			t.check(err, "Claim")
			t.expect(fmt.Sprintf("Claim number %d", round+1), got, []string{want})
		}
	}
	all[1].check(all[1].Unclaim(all[1].ctx(), "g", []string{"m1"}), "Unclaim")
	for _, t := range all {
		want := []string{"m2"}
		if t == all[1] {
			want = []string{"m1"}
		}
		got, err := t.Claim(t.ctx(), "g", []string{"m1", "m2", "m3"}, 1)
		t.check(err, "Claim")
		t.expect("Claim after acme has given a turn back", got, want)
	}
}

func assignmentsAreSeparate(all []*tenant) {
	waits := func(t *tenant, id, group string) assign.Assignment {
		return assign.Assignment{CustomerID: id, AccountID: "shop", Group: group, Address: t.own("address"),
			Stage: assign.StageWaiting, Since: start}
	}
	queue := func(t *tenant, group string) []string {
		t.Helper()
		queued, err := t.Queued(t.ctx(), group, 100)
		t.check(err, "Queued")
		var ids []string
		for _, a := range queued {
			ids = append(ids, a.CustomerID+" "+a.Address)
		}
		return ids
	}
	for _, t := range all {
		t.check(t.SetAssignments(t.ctx(), []assign.Assignment{
			waits(t, t.own("c"), "g"), waits(t, "same", "g"), waits(t, "alone", t.own("h")),
		}), "SetAssignments")
	}
	for _, t := range all {
		t.expect("Queued", queue(t, "g"), []string{t.own("c") + " " + t.own("address"), "same " + t.own("address")})
		groups, err := t.PendingGroups(t.ctx())
		t.check(err, "PendingGroups")
		t.expect("PendingGroups", groups,
			[]assign.PendingGroup{{AccountID: "shop", Group: "g"}, {AccountID: "shop", Group: t.own("h")}})
		found, err := t.Assignments(t.ctx(), append(owns(all, "c"), "same"))
		t.check(err, "Assignments")
		t.expect("the number of rows from Assignments", len(found), 2)
		t.expect("Assignments", found["same"].Address, t.own("address"))
	}
	all[1].check(all[1].RemoveAssignments(all[1].ctx(), append(owns(all, "c"), "same")), "RemoveAssignments")
	all[2].check(all[2].Regroup(all[2].ctx(), assign.PendingGroup{AccountID: "shop", Group: "g"}, "i"), "Regroup")
	for _, t := range all {
		t.expect("Queued after RemoveAssignments in acme, and Regroup in ACME",
			len(queue(t, "g")), []int{2, 0, 0, 2, 2}[t.n])
		t.expect("Queued of the new group", len(queue(t, "i")), []int{0, 0, 2, 0, 0}[t.n])
	}
}

func outboxesAreSeparate(all []*tenant) {
	ids := func(entries []notify.Entry, err error) []string {
		all[0].Helper()
		all[0].check(err, "Due or Notifications")
		var ids []string
		for _, e := range entries {
			ids = append(ids, e.ID+" "+e.Subject)
		}
		return ids
	}
	due := func(t *tenant) []string { t.Helper(); return ids(t.Due(t.ctx(), start, 100)) }
	for _, t := range all {
		same := notify.Notification{ID: "same", Kind: notify.IncomingEmail, ManagerID: "m1", At: start}
		same.Subject = t.own("subject")
		own := same
		own.ID = t.own("n")
		t.check(t.Add(t.ctx(), []notify.Notification{same, own}), "Add")
	}
	for _, t := range all {
		same, own := "same "+t.own("subject"), t.own("n")+" "+t.own("subject")
		t.expect("Due", due(t), []string{same, own})
		t.expect("Notifications", ids(t.Notifications(t.ctx(), "", 100)), []string{same, own})
		t.expect("Notifications after the first", ids(t.Notifications(t.ctx(), "same", 100)), []string{own})
	}
	// m1's oldest notification waits in acme, and is delivered in ACME.
	later := start.Add(time.Hour)
	for i, e := range []notify.Entry{{State: notify.Pending, NextTry: later}, {State: notify.Delivered}} {
		t := all[1+i]
		e.ID = "same"
		t.check(t.Update(t.ctx(), []notify.Entry{e}), "Update")
	}
	for _, t := range all {
		t.expect("Due after Update in acme and ACME", len(due(t)), []int{2, 0, 1, 2, 2}[t.n])
	}
	for _, t := range all {
		pending, _, err := t.Undelivered(t.ctx())
		t.check(err, "Undelivered")
		t.expect("Undelivered after Update in acme and ACME", pending, []int{2, 2, 1, 2, 2}[t.n])
	}
	heldIsSeparate(all)
	t := all[4]
	done := notify.Entry{Notification: notify.Notification{ID: t.own("n")}, State: notify.Delivered}
	t.check(t.Update(t.ctx(), []notify.Entry{done}), "Update")
	t.expect("Notifications after the delivered one", ids(t.Notifications(t.ctx(), t.own("n"), 100)),
		[]string{"same " + t.own("subject")})
}

// heldIsSeparate holds notifications back in each namespace, and settles them in two.
func heldIsSeparate(all []*tenant) {
	for _, t := range all {
		n := notify.Notification{ID: "held", Kind: notify.IncomingEmail, AccountID: "shop", ManagerID: "m2", At: start,
			Shop: t.own("shop"), Initial: true}
		own := n
		own.ID = t.own("held")
		t.check(t.Hold(t.ctx(), []notify.Notification{n, own}), "Hold")
	}
	t := all[1]
	t.check(t.ReleaseHeld(t.ctx(), "shop", "m2", 2), "ReleaseHeld")
	t = all[2]
	digest := notify.Notification{ID: "digest", Kind: notify.InitialDigest, AccountID: "shop", ManagerID: "m2",
		At: start}
	t.check(t.DigestHeld(t.ctx(), digest), "DigestHeld")
	for _, t := range all {
		list, err := t.Backlogs(t.ctx())
		t.check(err, "Backlogs")
		t.expect("Backlogs", len(list), []int{1, 0, 0, 1, 1}[t.n])
		for _, b := range list {
			t.expect("the shop of the backlog", b.Shop, t.own("shop"))
			t.expect("Held", b.Held, 2)
		}
	}
}
