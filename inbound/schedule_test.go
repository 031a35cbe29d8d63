package inbound

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The next pass comes when old mail may be read again, but not while the server wants to be
// left alone.
func TestNextPass_HistoryAfter(t *testing.T) {
	a := Account{Interval: time.Hour, Host: "imap.gmail.com"}
	limit := &Error{Class: ErrThrottled, Throttle: ThrottleLogins, RetryAfter: 30 * time.Minute, Err: errors.New("no")}
	soon := Health{HistoryAfter: midnight.Add(time.Minute)}
	assert.Equal(t, time.Minute, nextPass(a, soon, nil, nil, midnight).Sub(midnight))
	assert.Equal(t, time.Minute, nextPass(a, soon, nil, errors.New("a folder"), midnight).Sub(midnight))
	assert.Equal(t, 30*time.Minute, nextPass(a, soon, nil, limit, midnight).Sub(midnight))
	assert.Equal(t, 30*time.Minute, nextPass(a, soon, limit, nil, midnight).Sub(midnight))
	late := Health{HistoryAfter: midnight.Add(day)}
	assert.InDelta(t, time.Hour, nextPass(a, late, nil, nil, midnight).Sub(midnight), float64(7*time.Minute))
	assert.Equal(t, minInterval, nextPass(a, Health{HistoryAfter: midnight.Add(1)}, nil, nil, midnight).Sub(midnight))
}
