package backoff

import (
	"math"
	"math/rand/v2"
	"time"
)

// Policy says how pauses grow. It is a value without state: one Policy may be
// used by any number of goroutines if its Rand may.
type Policy struct {
	First  time.Duration // pause after the first failed attempt
	Max    time.Duration // longest pause, before jitter; 0 means no limit
	Factor float64       // of each pause to the one before it; less than 1 means 1, a constant pause
	// Jitter spreads each pause evenly over [1-Jitter, 1+Jitter) of itself, so
	// that callers which failed together do not retry together; 0 means none.
	Jitter float64
	// Rand returns numbers in [0, 1) for Jitter; nil means math/rand/v2.
	Rand func() float64
}

// longest is the largest Duration.
const longest = time.Duration(math.MaxInt64)

// Pause returns how long to wait after the given number of failed attempts,
// which counts from 1; less than 1 counts as 1. It never overflows: a pause too
// large for a Duration is the largest Duration. It is never negative.
func (p Policy) Pause(attempt int) time.Duration {
	limit := p.Max
	if limit <= 0 {
		limit = longest
	}
	pause := duration(float64(p.First)*math.Pow(max(p.Factor, 1), float64(max(attempt, 1)-1)), limit)
	if p.Jitter == 0 {
		return pause
	}
	random := p.Rand
	if random == nil {
		random = rand.Float64
	}
	return duration(float64(pause)*(1-p.Jitter+2*p.Jitter*random()), longest)
}

// duration converts d, which may be infinite, to a Duration between 0 and limit.
func duration(d float64, limit time.Duration) time.Duration {
	switch {
	case d >= float64(limit):
		return limit
	case d > 0:
		return time.Duration(d)
	}
	return 0
}
