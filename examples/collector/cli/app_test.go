package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUsageError_OneLineAndExitCode(t *testing.T) {
	s := newSite(t, serve(t), shop)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"fetch"}, `unknown command "fetch"; the commands are run, report,`},
		{[]string{"reconcile", "-config", s.config}, "-account is missing"},
		{[]string{"quarantine", "-config", s.config, "forget"}, `"forget" is not one of list, retry, export`},
		{[]string{"quarantine", "-config", s.config, "export"}, "the ID of the message to export is missing"},
		{[]string{"replay", "-config", s.config, "-account", "shop"}, "-from is missing"},
		{[]string{"discover", "a@example.com"}, "the command discover is not there yet"},
		{[]string{"run"}, "-config is missing"},
		{[]string{"run", "-config", s.config, "-http", ":0"}, "-http is not there yet"},
		{[]string{"run", "-config", s.config, "extra"}, `"extra" is too much`},
		{[]string{"report", "-config", s.config, "-bogus"}, "flag provided but not defined: -bogus"},
		{[]string{"report", "-config", s.config + "x"}, "cannot read the settings"},
		{[]string{"emails", "-config", s.config, "-limit", "-1"}, "-limit is negative"},
		{[]string{"emails", "-config", s.config, "-account", "other"}, `there is no account "other"`},
		{[]string{"ledger", "-config", s.config}, "-account is missing"},
		{[]string{"ledger", "-config", s.config, "-account", "shop", "-outcome", "lost"}, `"lost" is not one of`},
		{[]string{"raw", "-config", s.config}, "an argument is missing"},
		{[]string{"parse"}, "an argument is missing"},
		{[]string{"explain", "-config", s.config, "-account", "shop"}, "an argument is missing"},
		{[]string{"check", "-config", s.config, "-account", "other"}, "the accounts are shop"},
	} {
		r := s.do(c.args...)
		assert.Equal(t, exitUsage, r.code, c.args)
		assert.Contains(t, r.stderr, c.says)
		assert.Equal(t, 1, strings.Count(r.stderr, "\n"), "one line: %s", r.stderr)
		assert.Empty(t, r.stdout)
	}
}

func TestCLI_Help(t *testing.T) {
	s := &site{t: t}
	r := s.do()
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.stderr, "usage: collector COMMAND")
	r = s.do("-h")
	assert.Equal(t, exitOK, r.code)
	for _, c := range commands() {
		assert.Contains(t, r.stdout, "  "+c.name+" ")
		help := s.do(c.name, "-h")
		assert.Equal(t, exitOK, help.code)
		assert.Contains(t, help.stdout, "usage: collector "+c.name)
	}
}

func TestSettingsError_ExitCode(t *testing.T) {
	s := newSite(t, serve(t), shop+"color: red\nshape: round\n")
	for _, command := range []string{"run", "report", "emails", "notifications", "check"} {
		r := s.do(command, "-config", s.config)
		assert.Equal(t, exitUsage, r.code, command)
		assert.Equal(t, 2, strings.Count(r.stderr, "unknown key"), "all together: %s", r.stderr)
	}
}
