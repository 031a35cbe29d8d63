package inbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
)

func TestCareFor(t *testing.T) {
	now := time.Date(2026, 4, 7, 12, 0, 0, 0, time.UTC)
	sales := Account{ID: "mail", Shop: "tea", ManagerGroup: "sales"}
	takesOver := sales
	takesOver.AssignExisting = true
	noGroup := Account{ID: "mail", Shop: "tea"}
	created := writer{missing: true, created: true}
	cutOff := writer{noted: true, created: true} // created by an attempt that came no further
	found := writer{}
	of := func(manager string) writer { return writer{customer: customer.Customer{ManagerID: manager}} }
	record := func(stage assign.Stage, manager string, age time.Duration) assign.Assignment {
		return assign.Assignment{CustomerID: "c1", Shop: "tea", Address: "eva@example.com", AccountID: "before",
			Group: "before", EmailID: "e0", Stage: stage, ManagerID: manager, Since: now.Add(-age),
			Attempts: 2, LastError: "slow", NextTry: now}
	}
	var none assign.Assignment
	const (
		waiting    = assign.StageWaiting
		claimed    = assign.StageClaimed
		assigned   = assign.StageAssigned
		unassigned = assign.StageUnassigned
		keep       = assign.Stage("not recorded")
	)

	for name, tc := range map[string]struct {
		account  Account
		writer   writer
		record   assign.Assignment
		notified string       // the manager who is notified of the messages of the batch
		stage    assign.Stage // recorded
		wanting  bool
		catchUp  bool
	}{
		"host's, with a manager":      {sales, of("kim"), none, "kim", keep, false, false},
		"host's, without a manager":   {sales, found, none, "", keep, false, false},
		"host's, AssignExisting":      {takesOver, found, none, "", waiting, true, true},
		"AssignExisting, no group":    {Account{AssignExisting: true}, found, none, "", keep, false, false},
		"created":                     {sales, created, none, "", waiting, true, false},
		"created and cut off":         {sales, cutOff, none, "", waiting, true, true},
		"created without a group":     {noGroup, created, none, "", unassigned, false, false},
		"unassigned, still no group":  {noGroup, found, record(unassigned, "", 0), "", keep, false, false},
		"unassigned, a group by now":  {sales, found, record(unassigned, "", 0), "", waiting, true, true},
		"unassigned, host takes":      {noGroup, of("kim"), record(unassigned, "", 0), "kim", assigned, false, false},
		"waiting":                     {sales, found, record(waiting, "", time.Hour), "", keep, false, false},
		"waiting, host takes":         {sales, of("kim"), record(waiting, "", time.Hour), "kim", assigned, false, true},
		"claimed":                     {sales, found, record(claimed, "lee", 0), "", keep, false, false},
		"claimed and attached":        {sales, of("lee"), record(claimed, "lee", 0), "", keep, false, false},
		"claimed, host takes":         {sales, of("kim"), record(claimed, "lee", 0), "kim", assigned, false, true},
		"assigned":                    {sales, of("lee"), record(assigned, "lee", 0), "lee", keep, false, false},
		"assigned, looked up before":  {sales, found, record(assigned, "lee", lookupLag-1), "lee", keep, false, false},
		"assigned, by a clock ahead":  {sales, found, record(assigned, "lee", -time.Hour), "lee", keep, false, false},
		"detached long ago":           {sales, found, record(assigned, "lee", lookupLag), "", keep, false, false},
		"detached, AssignExisting":    {takesOver, found, record(assigned, "lee", lookupLag), "", waiting, true, true},
		"assigned to a different one": {sales, of("kim"), record(assigned, "lee", 0), "kim", assigned, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := tc.writer
			w.address, w.emailID, w.customer.ID = "eva@example.com", "e1", "c1"
			c := careFor(tc.account, &w, tc.record, now, lookupLag)
			assert.Equal(t, tc.notified, c.managerID, "the manager who is notified")
			assert.Equal(t, tc.wanting, c.wanting, "a manager is wanted")
			assert.Equal(t, tc.catchUp, c.catchUp, "the manager is notified of all mail")
			assert.False(t, c.assigned, "no customer is assigned yet")
			assert.Equal(t, tc.stage != keep, c.recorded, "the record changes")
			if !c.recorded {
				return
			}
			assert.Equal(t, tc.stage, c.record.Stage)
			assert.Equal(t, tc.notified, c.record.ManagerID)
			assert.Equal(t, now, c.record.Since)
			assert.Equal(t, "c1", c.record.CustomerID)
			assert.Equal(t, "eva@example.com", c.record.Address)
			if tc.stage == assign.StageWaiting {
				assert.Equal(t, "sales", c.record.Group)
				assert.Equal(t, "mail", c.record.AccountID)
				assert.Equal(t, "e1", c.record.EmailID)
			} else {
				assert.Zero(t, c.record.Attempts)
				assert.Zero(t, c.record.NextTry)
				assert.Empty(t, c.record.LastError)
			}
		})
	}
}

// A repository in the store's database is read just before the transaction, so a
// customer found without a manager is believed much sooner.
func TestCareFor_LookupLagInside(t *testing.T) {
	now := time.Date(2026, 4, 7, 12, 0, 0, 0, time.UTC)
	w := &writer{address: "eva@example.com", customer: customer.Customer{ID: "c1"}}
	notified := func(age, lag time.Duration) string {
		record := assign.Assignment{CustomerID: "c1", Stage: assign.StageAssigned, ManagerID: "lee",
			Since: now.Add(-age)}
		return careFor(Account{ManagerGroup: "sales"}, w, record, now, lag).managerID
	}
	assert.Equal(t, "lee", notified(59*time.Second, lookupLagInside))
	assert.Empty(t, notified(2*time.Minute, lookupLagInside))
	assert.Equal(t, "lee", notified(2*time.Minute, lookupLag))
}
