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
		return assign.Assignment{CustomerID: "c1", Shop: "tea", Address: "eva@example.com", AccountID: "before", Group: "before",
			EmailID: "e0", Stage: stage, ManagerID: manager, Since: now.Add(-age), Attempts: 2, LastError: "slow", NextTry: now}
	}
	const keep = assign.Stage("not recorded")

	for name, tc := range map[string]struct {
		account  Account
		writer   writer
		record   assign.Assignment
		notified string       // the manager who is told of the batch's messages
		stage    assign.Stage // recorded
		wanting  bool
		catchUp  bool
	}{
		"host's customer with a manager":    {sales, of("kim"), assign.Assignment{}, "kim", keep, false, false},
		"host's customer without one":       {sales, found, assign.Assignment{}, "", keep, false, false},
		"the same, where they are taken":    {takesOver, found, assign.Assignment{}, "", assign.StageWaiting, true, true},
		"taken without a group":             {Account{AssignExisting: true}, found, assign.Assignment{}, "", keep, false, false},
		"created":                           {sales, created, assign.Assignment{}, "", assign.StageWaiting, true, false},
		"created and cut off":               {sales, cutOff, assign.Assignment{}, "", assign.StageWaiting, true, true},
		"created without a group":           {noGroup, created, assign.Assignment{}, "", assign.StageUnassigned, false, false},
		"unassigned, still no group":        {noGroup, found, record(assign.StageUnassigned, "", 0), "", keep, false, false},
		"unassigned, a group by now":        {sales, found, record(assign.StageUnassigned, "", 0), "", assign.StageWaiting, true, true},
		"unassigned, a manager by the host": {noGroup, of("kim"), record(assign.StageUnassigned, "", 0), "kim", assign.StageAssigned, false, false},
		"waiting":                           {sales, found, record(assign.StageWaiting, "", time.Hour), "", keep, false, false},
		"waiting, taken by the host":        {sales, of("kim"), record(assign.StageWaiting, "", time.Hour), "kim", assign.StageAssigned, false, true},
		"claimed":                           {sales, found, record(assign.StageClaimed, "lee", 0), "", keep, false, false},
		"claimed and attached":              {sales, of("lee"), record(assign.StageClaimed, "lee", 0), "", keep, false, false},
		"claimed, taken by the host":        {sales, of("kim"), record(assign.StageClaimed, "lee", 0), "kim", assign.StageAssigned, false, true},
		"assigned":                          {sales, of("lee"), record(assign.StageAssigned, "lee", 0), "lee", keep, false, false},
		"assigned, looked up before":        {sales, found, record(assign.StageAssigned, "lee", lookupLag-1), "lee", keep, false, false},
		"assigned by a clock ahead":         {sales, found, record(assign.StageAssigned, "lee", -time.Hour), "lee", keep, false, false},
		"assigned, and detached long ago":   {sales, found, record(assign.StageAssigned, "lee", lookupLag), "", keep, false, false},
		"detached, where they are taken":    {takesOver, found, record(assign.StageAssigned, "lee", lookupLag), "", assign.StageWaiting, true, true},
		"assigned to a different manager":   {sales, of("kim"), record(assign.StageAssigned, "lee", 0), "kim", assign.StageAssigned, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := tc.writer
			w.address, w.emailID, w.customer.ID = "eva@example.com", "e1", "c1"
			c := careFor(tc.account, &w, tc.record, now, lookupLag)
			assert.Equal(t, tc.notified, c.managerID, "who is told")
			assert.Equal(t, tc.wanting, c.wanting, "a manager is wanted")
			assert.Equal(t, tc.catchUp, c.catchUp, "all mail is told")
			assert.False(t, c.assigned, "nobody was given a customer yet")
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
		record := assign.Assignment{CustomerID: "c1", Stage: assign.StageAssigned, ManagerID: "lee", Since: now.Add(-age)}
		return careFor(Account{ManagerGroup: "sales"}, w, record, now, lag).managerID
	}
	assert.Equal(t, "lee", notified(59*time.Second, lookupLagInside))
	assert.Empty(t, notified(2*time.Minute, lookupLagInside))
	assert.Equal(t, "lee", notified(2*time.Minute, lookupLag))
}
