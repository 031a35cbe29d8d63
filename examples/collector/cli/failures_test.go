package cli

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestShowError_LinesAndWrapped(t *testing.T) {
	hinted := fmt.Errorf("cannot go on: %w", &inbound.Error{Op: inbound.OpList, Err: errors.New("a\x1b[1m"),
		Hint: "wait a little, or longer"})
	busy := &inbound.Error{Account: "shop", Op: inbound.OpSync, Err: inbound.ErrBusy}
	for name, c := range map[string]struct {
		err           error
		line, wrapped string
	}{
		"plain": {errors.New("one two three four five"), "one two three four five\n", "one two three four\n  five\n"},
		"problems of settings": {errors.New("c.yaml:1: unknown key\nc.yaml:2: unknown key"),
			"c.yaml:1: unknown key\nc.yaml:2: unknown key\n", "c.yaml:1: unknown\n  key\nc.yaml:2: unknown\n  key\n"},
		"with a hint": {hinted, "cannot go on: inbound: list: a\\x1b[1m; wait a little, or longer\n",
			"cannot go on:\n  inbound: list:\n  a\\x1b[1m\n  → wait a little,\n    or longer\n"},
		"failures and another": {
			errors.Join(failures{accountLine("shop", busy), {text: "x", hint: "y"}}, errors.New("z")),
			"account shop: sync: busy elsewhere; another process collects from it," +
				" wait for that one to end or stop it\nx; y\nz\n",
			"account shop: sync:\n  busy elsewhere\n  → another process\n    collects from\n    it, wait for\n" +
				"    that one to end\n    or stop it\nx\n  → y\nz\n"},
	} {
		for columns, want := range map[int]string{0: c.line, 20: c.wrapped} {
			var out bytes.Buffer
			(&app{stderr: &out, errorColumns: func() int { return columns }}).showError(errors.Join(c.err, nil))
			assert.Equal(t, want, out.String(), name)
		}
	}
}
