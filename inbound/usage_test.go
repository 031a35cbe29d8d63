package inbound

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/discover/presets"
)

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// reading is what a provider has sent.
type reading struct {
	at       time.Time
	bytes    int64
	requests int
}

// most returns the most that was read in any time of this length.
func most(readings []reading, window time.Duration) (bytes int64, requests int) {
	var sum reading
	first := 0
	for _, r := range readings {
		sum.bytes, sum.requests = sum.bytes+r.bytes, sum.requests+r.requests
		for ; r.at.Sub(readings[first].at) >= window; first++ {
			sum.bytes, sum.requests = sum.bytes-readings[first].bytes, sum.requests-readings[first].requests
		}
		bytes, requests = max(bytes, sum.bytes), max(requests, sum.requests)
	}
	return bytes, requests
}

// upload reads old mail in slices, with new mail in between and restarts, as fast as the
// limits let it. A slice takes between half a second and two.
func upload(t *testing.T, random *rand.Rand, access presets.Access, total int64) []reading {
	var u Usage
	var readings []reading
	now := midnight.Add(time.Duration(random.Int64N(int64(day))))
	nextMail := now
	read := func(bytes int64, requests int) {
		readings = append(readings, reading{now, bytes, requests})
		u = u.add(now, bytes, requests)
		// Twenty of the last hour and one of each hour before, or twice as many.
		if len(u.Spans) > 2*(20+24) {
			t.Fatal("the spans are too many", len(u.Spans))
		}
	}
	for left := total; left > 0; {
		if random.IntN(50) == 0 {
			u = restarted(t, u)
		}
		for ; !nextMail.After(now); nextMail = nextMail.Add(time.Duration(random.Int64N(int64(time.Hour)))) {
			read(random.Int64N(100_000), 1) // whenever it comes, it is read
		}
		bytes := min(left, 1+random.Int64N(30_000_000))
		requests := 1 + random.IntN(50)
		until := u.historyAt(access, now, bytes, requests)
		if !until.IsZero() {
			early := max(until.Sub(now)-time.Nanosecond, 0)
			switch {
			case !until.After(now):
				t.Fatal("it says a time that is over")
			case u.historyAt(access, now.Add(early), bytes, requests).IsZero():
				t.Fatal("there is room before the time that it says")
			case !u.historyAt(access, until, bytes, requests).IsZero():
				t.Fatal("there is no room at the time that it says")
			}
			now = until
			if now.After(nextMail) {
				now = nextMail
			}
			continue
		}
		read(bytes, requests)
		left -= bytes
		now = now.Add(time.Second/2 + time.Duration(random.Int64N(int64(3*time.Second/2))))
	}
	return readings
}

// restarted returns the usage as it is after a process has died: as a store has it.
func restarted(t *testing.T, u Usage) (same Usage) {
	text, err := json.Marshal(u)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &same))
	return same
}

// A long upload keeps to the limit at every moment, and takes hardly longer than the share
// of old mail makes it take.
func TestUsage_UploadKeepsToLimitAndUsesIt(t *testing.T) {
	const gigabyte = 1_000_000_000
	for name, tt := range map[string]struct {
		access presets.Access
		total  int64
	}{
		"Gmail":        {presets.For("imap.gmail.com").IMAP, 15 * gigabyte},
		"Gmail, POP3":  {presets.For("pop.gmail.com").POP3, 5 * gigabyte},
		"by the hour":  {presets.Access{BytesPerHour: gigabyte / 2}, 5 * gigabyte},
		"by requests":  {presets.Access{RequestsPerHour: 1000, RequestsPerDay: 15_000}, 5 * gigabyte},
		"hour and day": {presets.Access{BytesPerHour: gigabyte / 4, BytesPerDay: 2 * gigabyte}, 5 * gigabyte},
	} {
		t.Run(name, func(t *testing.T) {
			var longest float64
			for seed := range uploads(t) {
				readings := upload(t, rand.New(rand.NewPCG(seed, 1)), tt.access, tt.total)
				inHour, requestsInHour := most(readings, time.Hour)
				inDay, requestsInDay := most(readings, day)
				for _, l := range []struct{ read, limit int64 }{
					{inHour, tt.access.BytesPerHour}, {inDay, tt.access.BytesPerDay},
					{int64(requestsInHour), int64(tt.access.RequestsPerHour)},
					{int64(requestsInDay), int64(tt.access.RequestsPerDay)},
				} {
					require.True(t, l.limit == 0 || l.read <= l.limit, "seed %d: %+v", seed, l)
				}
				took := readings[len(readings)-1].at.Sub(readings[0].at)
				longest = max(longest, took.Hours()/allowed(tt.access, readings).Hours())
			}
			assert.LessOrEqual(t, longest, 1.1)
			t.Logf("the longest took %.3f of the time that the share of old mail allows", longest)
		})
	}
}

// uploads returns how many there are: 10, or as many as POSTROOM_UPLOADS says.
func uploads(t *testing.T) uint64 {
	text, ok := os.LookupEnv("POSTROOM_UPLOADS")
	if !ok {
		return 10
	}
	n, err := strconv.ParseUint(text, 10, 32)
	require.NoError(t, err)
	return n
}

// allowed returns how long readings take at the rate of the limits' shares of old mail.
func allowed(a presets.Access, readings []reading) time.Duration {
	var bytes, requests int64
	for _, r := range readings {
		bytes, requests = bytes+r.bytes, requests+int64(r.requests)
	}
	return max(duration(bytes, a.BytesPerHour, time.Hour), duration(bytes, a.BytesPerDay, day),
		duration(requests, int64(a.RequestsPerHour), time.Hour), duration(requests, int64(a.RequestsPerDay), day))
}

// What is larger than the whole share is read while little else counts, and does not wait
// for ever.
func TestUsage_LargerThanTheShare(t *testing.T) {
	access := presets.Access{BytesPerDay: 100}
	var u Usage
	assert.Zero(t, u.historyAt(access, midnight, 1000, 1))
	u = u.add(midnight, 10, 1)
	assert.Zero(t, u.historyAt(access, midnight, 1000, 1), "new mail keeps coming")
	u = u.add(midnight.Add(time.Hour), 1000, 1)
	assert.Equal(t, midnight.Add(25*time.Hour), u.historyAt(access, midnight.Add(2*time.Hour), 1000, 1))
	assert.Equal(t, midnight.Add(25*time.Hour), u.historyAt(access, midnight.Add(2*time.Hour), 1, 1))
}

func TestUsage_NewMailLeavesLessToOldMail(t *testing.T) {
	access := presets.Access{BytesPerDay: 1000}
	u := Usage{}.add(midnight, 850, 1)
	assert.Zero(t, u.historyAt(access, midnight, 50, 1), "nine tenths are for old mail")
	assert.Equal(t, midnight.Add(day), u.historyAt(access, midnight, 51, 1))
	u = u.add(midnight.Add(time.Hour), 5000, 1)
	assert.Equal(t, midnight.Add(25*time.Hour), u.historyAt(access, midnight.Add(time.Hour), 1, 1))
}

func TestUsage_NoLimit(t *testing.T) {
	u := Usage{}.add(midnight, 1<<60, 1<<30)
	assert.Zero(t, u.historyAt(presets.Access{}, midnight, 1<<60, 1<<30))
}

func TestUsage_HistoryWaitsAfterRefusal(t *testing.T) {
	u := Usage{HistoryAfter: midnight.Add(day)}
	assert.Equal(t, midnight.Add(day), u.historyAt(presets.Access{}, midnight, 1, 1))
	assert.Zero(t, u.historyAt(presets.Access{}, midnight.Add(day), 1, 1))
	later := u.add(midnight, 900, 1)
	assert.Equal(t, u.HistoryAfter, later.HistoryAfter)
	access := presets.Access{BytesPerDay: 1000}
	assert.Equal(t, midnight.Add(day), later.historyAt(access, midnight.Add(-time.Hour).Add(time.Hour), 500, 1))
	assert.Equal(t, midnight.Add(26*time.Hour),
		later.add(midnight.Add(2*time.Hour), 900, 1).historyAt(access, midnight.Add(3*time.Hour), 500, 1),
		"the later of the two")
}

// A clock that was wrong, and was set back, does not keep old mail for longer than a day.
func TestUsage_ClockSetBack(t *testing.T) {
	access := presets.Access{BytesPerDay: 1000}
	wrong := midnight.AddDate(1, 0, 0)
	u := Usage{HistoryAfter: wrong.Add(day)}.add(wrong, 900, 1)
	assert.Equal(t, midnight.Add(day), u.historyAt(access, midnight, 500, 1))
	u = u.add(midnight, 5, 1)
	assert.Equal(t, []UsageSpan{{From: midnight, To: midnight, Bytes: 905, Requests: 2}}, u.Spans)
	assert.Zero(t, u.historyAt(access, midnight.Add(day), 500, 1))
}

func TestUsage_AddKeepsWhatItWasGiven(t *testing.T) {
	u := Usage{}.add(midnight, 1, 1)
	before := u.Spans[0]
	u.add(midnight.Add(time.Second), 1, 1)
	assert.Equal(t, before, u.Spans[0])
	assert.Len(t, u.add(midnight.Add(day), 1, 1).Spans, 1, "what is a day old counts no more")
}
