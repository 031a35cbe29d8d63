package cli

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// noCreation are the settings of an account that creates no customers.
var noCreation = strings.Replace(shop, "create_customer: true", "create_customer: false", 1)

func TestRun_SaysWhatToDoAboutUnmatchedMail(t *testing.T) {
	box := serve(t, known, stranger)
	s := newSite(t, box, noCreation)
	r := s.onTerminal(t.Context(), "run", "-once", "-progress")
	words := strings.Join(strings.Fields(r.stderr), " ")
	assert.Contains(t, words, "1 uploaded, 1 unmatched, 157 bytes uploaded → mail of unknown senders is not uploaded:"+
		" set create_customer: true, then \"collector replay -config "+s.config+
		" -account shop\" decides on it again")

	s = newSite(t, box, noCreation)
	r = s.do("run", "-once", "-config", s.config)
	assert.Contains(t, r.stderr, ` unmatched=1 hint="mail of unknown senders is not uploaded: set create_customer`)

	s = newSite(t, serve(t, newsletter), shop)
	assert.NotContains(t, s.onTerminal(t.Context(), "run", "-once", "-progress").stderr, "replay",
		"newsletters stay unmatched with creation, too")
}

func TestRun_SaysWhatWasLeftBeforeCreation(t *testing.T) {
	box := serve(t, known, stranger)
	s := newSite(t, box, noCreation)
	s.ok("run", "-once")
	s.write(box, shop)
	hint := "1 message left unmatched before create_customer was true: \"collector replay -config " + s.config +
		" -account shop\" decides on it again"
	r := s.onTerminal(t.Context(), "run", "-once", "-progress")
	assert.Contains(t, strings.Join(strings.Fields(r.stderr), " "), "shop nothing new → "+hint)
	r = s.do("run", "-once", "-config", s.config)
	assert.Contains(t, r.stderr, " hint="+strconv.Quote(hint)+"\n")

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stderr := &tripwire{text: "mail was left unmatched", trip: stop}
	p := &app{stdout: bufio.NewWriter(io.Discard), stderr: stderr, env: s.env, errorColumns: func() int { return 0 }}
	assert.Equal(t, exitOK, p.main(ctx, []string{"run", "-config", s.config}))
	assert.Contains(t, stderr.String(), `level=WARN msg="mail was left unmatched" account=shop messages=1 hint=`)

	s.ok("replay", "-account", "shop")
	assert.NotContains(t, s.do("run", "-once", "-config", s.config).stderr, "replay")
}

func TestRun_SaysWhyMailIsIgnored(t *testing.T) {
	for start, want := range map[string]string{
		"2999-01-31": "shop 2 ignored → arrived before the start (start: 2999-01-31)",
		"now": "shop 2 ignored → arrived before the first run, are the company's own, or are marked as deleted or drafts" +
			" (start: now)",
	} {
		s := newSite(t, serve(t, known, own),
			strings.Replace(shop, "notify_manager: true", "start: "+start+"\n    notify_manager: true", 1))
		r := s.onTerminal(t.Context(), "run", "-once", "-progress")
		assert.Contains(t, strings.Join(strings.Fields(r.stderr), " "), want)
	}
	s := newSite(t, serve(t, own), shop)
	assert.NotContains(t, s.onTerminal(t.Context(), "run", "-once", "-progress").stderr, "→")
}

func TestRun_SaysWhoWaitsForAManager(t *testing.T) {
	box := serve(t, stranger)
	lonely := strings.ReplaceAll(shop, "groups: [support]", "groups: []")
	s := newSite(t, box, lonely)
	r := s.onTerminal(t.Context(), "run", "-once", "-progress")
	assert.Contains(t, r.stderr, "0 notifications delivered; 1 customer waits for a manager of the group support;\n")
	r = s.do("run", "-once", "-config", s.config)
	assert.Contains(t, r.stderr, `msg="customers wait for a manager" customers=1 group=support`)

	s.write(box, shop)
	assert.NotContains(t, s.onTerminal(t.Context(), "run", "-once", "-progress").stderr, "for a manager")
}

func TestRun_OnceLogsEachPass(t *testing.T) {
	broken := "  - {id: wrong, protocol: imap, host: 127.0.0.1, port: PORT, security: none, " +
		"username: shop@shop.example, password: hunter2}\n"
	s := newSite(t, serve(t, known), strings.Replace(shop, "accounts:\n", "accounts:\n"+broken, 1))
	for _, want := range []string{"deleted=0 uploaded=1\n", "deleted=0\n"} {
		r := s.do("run", "-once", "-config", s.config)
		assert.Contains(t, r.stderr, `msg="pass ended" account=wrong state=stopped reason="login refused" `)
		assert.Regexp(t, `msg="pass ended" account=shop listed=1 .* `+want, r.stderr)
	}
}
