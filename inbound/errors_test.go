package inbound_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestHintOf_WalksTheWholeTree(t *testing.T) {
	plain := errors.New("connection reset")
	mute := &inbound.Error{Op: "list", Class: inbound.ErrTemporary, Err: plain}
	hint := func(text string, causes ...error) error {
		return &inbound.Error{Op: "open", Class: inbound.ErrPermanent, Err: errors.Join(causes...), Hint: text}
	}
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"nothing":                   {nil, ""},
		"no Error":                  {plain, ""},
		"no hint":                   {mute, ""},
		"wrapped":                   {fmt.Errorf("pass: %w", hint("a")), "a"},
		"outer before inner":        {hint("a", hint("b")), "a"},
		"inner, the outer has none": {&inbound.Error{Op: "sync", Err: hint("b")}, "b"},
		"second of joined":          {errors.Join(mute, hint("b")), "b"},
		"joined within an Error":    {&inbound.Error{Op: "sync", Err: errors.Join(plain, mute, hint("b"))}, "b"},
		"two wrapped by one Errorf": {fmt.Errorf("%w, then %w", mute, hint("b")), "b"},
		"depth before breadth": {
			errors.Join(&inbound.Error{Op: "sync", Err: errors.Join(plain, hint("deep"))}, hint("late")), "deep",
		},
		"first of joined with a hint": {errors.Join(hint("a"), hint("b")), "a"},
	} {
		assert.Equal(t, tc.want, inbound.HintOf(tc.err), name)
	}
}
