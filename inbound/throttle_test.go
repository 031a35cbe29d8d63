package inbound

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAccount_RetryAfter(t *testing.T) {
	throttled := func(what Throttle, stated time.Duration) error {
		return &Error{Class: ErrThrottled, Throttle: what, RetryAfter: stated, Err: errors.New("no")}
	}
	for _, tt := range []struct {
		host string
		err  error
		want time.Duration
	}{
		{"imap.gmail.com", nil, 0},
		{"imap.gmail.com", errors.New("no"), 0},
		{"imap.gmail.com", &Error{Class: ErrTemporary, Err: errors.New("no")}, 0},
		{"imap.gmail.com", &Error{Class: ErrTemporary, RetryAfter: time.Minute, Err: errors.New("no")}, time.Minute},
		{"imap.gmail.com", throttled(ThrottleTraffic, 0), time.Hour},
		{"imap.gmail.com", throttled(ThrottleTraffic, 5*time.Second), 5 * time.Second},
		{"imap.gmail.com", throttled(ThrottleConnections, 0), time.Minute},
		{"imap.mail.yahoo.com", throttled(ThrottleLogins, 0), 5 * time.Minute},
		{"imap.mail.yahoo.com", throttled(ThrottleUnknown, 0), 5 * time.Minute},
		{"outlook.office365.com", throttled(ThrottleUnknown, 0), 5 * time.Minute},
		{"outlook.office365.com", throttled(ThrottleUnknown, 92415*time.Millisecond), 92415 * time.Millisecond},
		{"imap.shop.example", throttled(ThrottleLogins, 0), 5 * time.Minute},
		{"imap.shop.example", throttled(ThrottleUnknown, 0), time.Minute},
		{"", throttled(ThrottleTraffic, 0), time.Hour},
	} {
		assert.Equal(t, tt.want, Account{Host: tt.host}.retryAfter(tt.err), "%s: %+v", tt.host, tt.err)
	}
}
