package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func newTally(o *Observer) *tally {
	report := newReport("shop")
	return &tally{report: &report, observer: o}
}

func TestTally_CommittedNotifiesTheObserver(t *testing.T) {
	var progress []ProgressInfo
	var batches []CommittedInfo
	c := newTally(&Observer{
		Progress:  func(p ProgressInfo) { progress = append(progress, p) },
		Committed: func(b CommittedInfo) { batches = append(batches, b) },
	})
	c.beginPass(&Health{})
	c.progress(0, 5, 0)
	c.committed([]LedgerEntry{{Outcome: Uploaded}, {Outcome: Uploaded}, {Outcome: Ignored}}, 100)
	c.committed([]LedgerEntry{{Outcome: Uploaded}}, 20)
	c.committed(nil, 0)
	assert.Equal(t, []CommittedInfo{
		{Account: "shop", Outcomes: map[Outcome]int{Uploaded: 2, Ignored: 1}, Bytes: 100},
		{Account: "shop", Outcomes: map[Outcome]int{Uploaded: 1}, Bytes: 20},
	}, batches, "each batch separately; an empty one is not reported")
	assert.Equal(t, ProgressInfo{Account: "shop", Phase: PhaseLogin}, progress[0])
	assert.Equal(t, ProgressInfo{Account: "shop", Phase: PhaseInitialUpload, Settled: 4, Total: 5, Bytes: 120},
		progress[3])
	assert.Equal(t, map[Outcome]int{Uploaded: 3, Ignored: 1}, c.report.Outcomes)
	assert.Equal(t, int64(120), c.report.Bytes)
}

func TestTally_InitialProgressNeverExceedsTotal(t *testing.T) {
	c := newTally(&Observer{})
	c.progress(2, 3, 0)
	total, done := c.uploads.initial()
	assert.Equal(t, []int{3, 2}, []int{total, done})
	c.progress(2, 0, 0) // mail has arrived since the listing
	total, done = c.uploads.initial()
	assert.Equal(t, []int{3, 3}, []int{total, done})
}

func TestTally_MostFailed(t *testing.T) {
	for name, tc := range map[string]struct {
		failed, others int
		again, before  bool // they failed before; most failed in the passes before
		most           bool
	}{
		"nothing to do":          {},
		"nothing to do, as yet":  {before: true, most: true},
		"none":                   {others: 3, before: true},
		"half":                   {failed: 2, others: 2},
		"most":                   {failed: 3, others: 2, most: true},
		"all":                    {failed: 1, most: true},
		"retries":                {failed: 1, again: true},
		"retries, most are left": {failed: 9, again: true, before: true, most: true},
	} {
		c := newTally(&Observer{})
		c.failed, c.newFail = tc.failed, !tc.again
		c.report.Outcomes = map[Outcome]int{Failed: tc.failed, Uploaded: tc.others}
		err := c.mostFailed(tc.before)
		assert.Equal(t, tc.most, err != nil, name)
		if tc.most {
			assert.ErrorIs(t, err, ErrTemporary, name)
			assert.NotEmpty(t, HintOf(err), name)
		}
	}
}
