package cli

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func refused(port int) error {
	return &inbound.Error{Account: "returns", Op: inbound.OpLogin, Class: inbound.ErrAuth,
		Err:  fmt.Errorf("read tcp 127.0.0.1:%d: the server answers NO %q", port, "[AUTHENTICATIONFAILED] \x1b[31m"),
		Hint: "check the username and the password; many providers want an app password"}
}

func TestLog_NamesTheAccountOnce(t *testing.T) {
	var out bytes.Buffer
	log := newLog(&out)
	log.Error("account stopped", "account", "returns", "error", errors.Join(refused(1), refused(2)), "failures", 1)
	assert.Equal(t, 1, strings.Count(out.String(), "returns"), out.String())
	assert.Contains(t, out.String(), `account=returns error="log in: read tcp 127.0.0.1:1: the server answers NO `)
	assert.Contains(t, out.String(), `; log in: read tcp 127.0.0.1:2: `)
	out.Reset()
	log.With("pass", 1).WithGroup("g").Error("not dispatched", "error", refused(1))
	assert.Contains(t, out.String(), `msg="not dispatched" pass=1 g.error="inbound: account returns: log in: `)
}

func TestLog_HintOfStoppedAccountNamesRestart(t *testing.T) {
	var out bytes.Buffer
	log := newLog(&out)
	log.Error("account stopped", "account", "returns", "error", refused(1), "hint", "mend it")
	assert.Contains(t, out.String(), `hint="mend it; then restart the collector"`)
	out.Reset()
	log.Error("pass failed", "account", "returns", "error", refused(1), "hint", "mend it")
	assert.Contains(t, out.String(), `hint="mend it"`)
}

func TestScreenLog_WrapsAndSaysAFailureOnce(t *testing.T) {
	var out bytes.Buffer
	h := newScreenLog(&out, func() int { return 60 })
	log := slog.New(h)
	stopped := func(port int) {
		log.Error("account stopped", "account", "returns", "error", refused(port), "failures", port, "hint",
			inbound.HintOf(refused(port)))
	}
	stopped(1)
	text := out.String()
	assert.Equal(t, `account returns: stopped: log in: read tcp
  127.0.0.1:1: the server answers NO "[AUTHENTICATIONFAILED]
  \x1b[31m"
  → check the username and the password; many providers want
    an app password; then restart the collector
`, text[len("12:00:00 "):])
	stopped(2)
	assert.Equal(t, text, out.String(), "only the port is different")

	log.Error("pass failed", "account", "returns", "error", errors.New("another"))
	assert.Equal(t, "account returns: failed: another\n", out.String()[len(text)+len("12:00:00 "):])
	stopped(3)
	h.passEnded(inbound.PassEndedInfo{Report: inbound.Report{Account: "returns"}, Err: refused(1)})
	n := out.Len()
	stopped(4)
	assert.Equal(t, n, out.Len())
	h.passEnded(inbound.PassEndedInfo{Report: inbound.Report{Account: "returns"}})
	stopped(5)
	assert.Greater(t, out.Len(), n, "it has failed anew")
}

func TestScreenLog_OtherRecords(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newScreenLog(&out, func() int { return 100 }))
	log.Debug("no")
	log.With("a", "\x1b[1m").WithGroup("g").Warn("something", "customer", 5)
	assert.Equal(t, `something a=\x1b[1m g.customer=5`+"\n", out.String()[len("12:00:00 "):])
	for i := range 2 {
		log.Warn("message not committed", "account", "shop", "message", i, "error", errors.New("disk full"))
	}
	assert.Equal(t, 3, strings.Count(out.String(), "\n"), "each message is named: %s", out.String())
}
