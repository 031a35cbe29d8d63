package progress

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestFailure_WordAndReason(t *testing.T) {
	of := func(op inbound.Op, class error) error {
		return fmt.Errorf("pass: %w", &inbound.Error{Op: op, Class: class, Err: errors.New("no")})
	}
	for want, err := range map[string]error{
		"stopped (login refused)": of(inbound.OpLogin, inbound.ErrAuth),
		"failed (busy elsewhere)": inbound.ErrBusy,
		"failed (wrong settings)": of(inbound.OpOpenFolder, inbound.ErrPermanent),
		"failed (throttled)":      of(inbound.OpLogin, inbound.ErrThrottled),
		"failed (not reached)":    of(inbound.OpConnect, inbound.ErrTemporary),
		"failed (unavailable)":    of(inbound.OpList, inbound.ErrTemporary),
		"failed":                  errors.New("disk full"),
	} {
		assert.Equal(t, want, withReason(Failure(err)))
	}
}
