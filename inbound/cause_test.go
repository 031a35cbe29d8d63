package inbound_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestCauseOf(t *testing.T) {
	set := &inbound.Error{Class: inbound.ErrTemporary, Cause: inbound.CauseThrottled}
	for _, tc := range []struct {
		err   error
		cause inbound.Cause
		actor inbound.Actor
	}{
		{nil, inbound.CauseUnknown, inbound.ActorNobody},
		{errors.New("something"), inbound.CauseUnknown, inbound.ActorNobody},
		{&inbound.Error{Class: inbound.ErrAuth}, inbound.CauseCredentials, inbound.ActorUser},
		{
			fmt.Errorf("wrapped: %w", &inbound.Error{Class: inbound.ErrPermanent}),
			inbound.CauseSettings, inbound.ActorOperator,
		},
		{&inbound.Error{Class: inbound.ErrThrottled}, inbound.CauseThrottled, inbound.ActorNobody},
		{errors.Join(&inbound.Error{Class: inbound.ErrTemporary}), inbound.CauseUnavailable, inbound.ActorNobody},
		{set, inbound.CauseThrottled, inbound.ActorNobody},
		{&inbound.Error{Account: "shop", Err: set}, inbound.CauseThrottled, inbound.ActorNobody},
		{
			errors.Join(set, &inbound.Error{Class: inbound.ErrPermanent, Cause: inbound.CauseFolder}),
			inbound.CauseFolder, inbound.ActorOperator,
		},
		{
			errors.Join(&inbound.Error{Class: inbound.ErrPermanent, Cause: inbound.CauseFolder},
				&inbound.Error{Class: inbound.ErrAuth, Cause: inbound.CauseBlocked}),
			inbound.CauseBlocked, inbound.ActorUser,
		},
	} {
		got := inbound.CauseOf(tc.err)
		assert.Equal(t, tc.cause, got, "%v", tc.err)
		assert.Equal(t, tc.actor, got.Actor(), "%v", tc.err)
		assert.Equal(t, tc.actor == inbound.ActorNobody, got.Transient(), "%v", tc.err)
	}
}
