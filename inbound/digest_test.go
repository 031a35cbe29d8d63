package inbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/notify"
)

func TestSettlementOf(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	for name, tc := range map[string]struct {
		held, settled     int
		since, lastDigest time.Time
		complete          bool
		want              settlement
	}{
		"few":                           {20, 0, ago(0), time.Time{}, true, releaseAll},
		"many":                          {21, 0, ago(0), time.Time{}, true, digestAll},
		"few after others":              {5, 15, ago(0), time.Time{}, true, releaseAll},
		"one more than few with others": {6, 15, ago(0), time.Time{}, true, digestAll},
		"one after a digest":            {1, 500, ago(0), ago(24), true, digestAll},
		"one soon after a digest":       {1, 500, ago(0), ago(23), true, keepHolding},
		"many soon after a digest":      {900, 500, ago(30), ago(23), true, keepHolding},
		"the upload goes on":            {900, 0, ago(23), time.Time{}, false, keepHolding},
		"and on, few":                   {20, 0, ago(24), time.Time{}, false, releaseAll},
		"and on":                        {900, 0, ago(24), time.Time{}, false, digestAll},
		"the clock was set back":        {900, 500, ago(-90), ago(-90), false, digestAll},
	} {
		b := notify.Backlog{Held: tc.held, Settled: tc.settled, Since: tc.since, LastDigest: tc.lastDigest}
		assert.Equal(t, tc.want, settlementOf(b, tc.complete, now), name)
	}
}
