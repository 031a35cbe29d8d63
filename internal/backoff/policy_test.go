package backoff

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The policies that the project uses.
var (
	messageRetry = Policy{First: time.Minute, Factor: 6, Max: 24 * time.Hour}
	nextPass     = Policy{First: 30 * time.Second, Factor: 2, Max: time.Hour, Jitter: 0.1}
	delivery     = Policy{First: 10 * time.Second, Factor: 2, Max: time.Hour}
)

func TestPause_Sequence(t *testing.T) {
	withoutJitter := nextPass
	withoutJitter.Jitter = 0
	tests := []struct {
		name   string
		policy Policy
		want   []time.Duration // for the attempts 1, 2, 3, ...
	}{
		{"retry of a message", messageRetry, []time.Duration{
			time.Minute, 6 * time.Minute, 36 * time.Minute, 216 * time.Minute, 1296 * time.Minute,
			24 * time.Hour, 24 * time.Hour}},
		{"next pass of an account", withoutJitter, []time.Duration{
			30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute,
			time.Hour, time.Hour}},
		{"delivery of a notification", delivery, []time.Duration{
			10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 320 * time.Second,
			640 * time.Second, 1280 * time.Second, 2560 * time.Second, time.Hour, time.Hour}},
		{"an odd first pause", Policy{First: 1234567891, Factor: 2, Max: time.Hour}, []time.Duration{
			1234567891, 2469135782, 4938271564, 9876543128}},
		{"a first pause above the maximum", Policy{First: 2 * time.Hour, Factor: 2, Max: time.Hour}, []time.Duration{
			time.Hour, time.Hour}},
		{"a constant pause", Policy{First: time.Minute}, []time.Duration{time.Minute, time.Minute, time.Minute}},
		{"a factor that would shrink", Policy{First: time.Minute, Factor: 0.5}, []time.Duration{time.Minute, time.Minute}},
		{"the zero value", Policy{}, []time.Duration{0, 0}},
		{"a negative first pause", Policy{First: -time.Minute, Factor: 2}, []time.Duration{0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i, want := range tt.want {
				assert.Equal(t, want, tt.policy.Pause(i+1), "attempt %d", i+1)
			}
			for _, attempt := range []int{0, -1, math.MinInt} {
				assert.Equal(t, tt.want[0], tt.policy.Pause(attempt), "attempt %d", attempt)
			}
		})
	}
}

func TestPause_NeverOverflows(t *testing.T) {
	endless := Policy{First: time.Minute, Factor: 6}
	for _, attempt := range []int{50, 1000, math.MaxInt32, math.MaxInt} {
		assert.Equal(t, 24*time.Hour, messageRetry.Pause(attempt))
		assert.Equal(t, longest, endless.Pause(attempt))
		assert.Equal(t, time.Minute, Policy{First: time.Minute}.Pause(attempt))
		assert.Zero(t, Policy{Factor: 2}.Pause(attempt))
	}
	high := Policy{First: longest, Jitter: 0.5, Rand: func() float64 { return 0.999 }}
	assert.Equal(t, longest, high.Pause(1), "jitter")
}

func TestPause_Jitter(t *testing.T) {
	for random, want := range map[float64]time.Duration{0: 54 * time.Second, 0.5: time.Minute, 0.75: 63 * time.Second} {
		p := nextPass
		p.Rand = func() float64 { return random }
		assert.InDelta(t, want, p.Pause(2), 1, "random number %v", random)
	}
	// Without Rand: within the bounds, and not always the same.
	distinct := make(map[time.Duration]bool)
	for range 1000 {
		pause := nextPass.Pause(100)
		assert.GreaterOrEqual(t, pause, 54*time.Minute)
		assert.Less(t, pause, 66*time.Minute)
		distinct[pause] = true
	}
	assert.Greater(t, len(distinct), 900)
	wild := Policy{First: time.Minute, Jitter: 2, Rand: func() float64 { return 0 }}
	assert.Zero(t, wild.Pause(1), "never negative")
}

// The pause between passes was written as pause*(0.9+0.2*random); the same
// random number gives the same pause to the nanosecond.
func TestPause_JitterIsExact(t *testing.T) {
	for _, random := range []float64{0, 0.1, 0.123456789, 0.5, 0.9, 0.999999} {
		p := nextPass
		p.Rand = func() float64 { return random }
		for attempt, pause := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
			assert.Equal(t, time.Duration(float64(pause)*(0.9+0.2*random)), p.Pause(attempt+1))
		}
	}
}
