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
		{nil, "a command is missing; the commands are run, check,"},
		{[]string{"chek"}, `unknown command "chek"; did you mean check? The commands are run, check,`},
		{[]string{"reconcile", "-config", s.config}, "-account is missing"},
		{[]string{"quarantine", "-config", s.config, "forget"}, `unknown command "forget"`},
		{[]string{"quarantine", "-config", s.config}, "a command is missing; the commands are list, retry, export"},
		{[]string{"quarantine", "list"}, "-config is missing"},
		{[]string{"quarantine", "-config", s.config, "export"},
			"an argument is missing; usage: collector quarantine export -config FILE ID"},
		{[]string{"replay", "-config", s.config, "-account", "shop"}, "-from is missing"},
		{[]string{"discover", "a@example.com"}, `unknown command "discover"`},
		{[]string{"run"}, "-config is missing"},
		{[]string{"run", "-config", s.config, "-http", ":0"}, "unknown flag -http"},
		{[]string{"run", "-config", s.config, "extra"}, `"extra" is too much`},
		{[]string{"report", "-config", s.config, "-bogus"}, "unknown flag -bogus"},
		{[]string{"emails", "-acount", "shop"}, "unknown flag -acount; did you mean -account?"},
		{[]string{"emails", "-config"}, "flag needs an argument: -config"},
		{[]string{"emails", "-config", ""}, "-config is"},
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

func TestApp_Help(t *testing.T) {
	s := &site{t: t}
	for _, help := range []string{"-h", "--help", "-help", "help"} {
		r := s.do(help)
		assert.Equal(t, exitOK, r.code, help)
		assert.Contains(t, r.stdout, "collector - collect the mail")
		for _, c := range (&app{}).commands() {
			assert.Contains(t, r.stdout, "  "+c.Name+" ")
		}
	}
	for _, c := range (&app{}).commands() {
		help := s.do(c.Name, "-h")
		assert.Equal(t, exitOK, help.code)
		assert.Contains(t, help.stdout, "collector "+c.Name)
		assert.Empty(t, help.stderr)
	}
}

// Flags are taken with one dash or two, before and after other arguments.
func TestApp_Dashes(t *testing.T) {
	s := newSite(t, serve(t), shop)
	s.ok("run", "-once")
	for _, args := range [][]string{
		{"ledger", "-config", s.config, "-account", "shop"}, {"ledger", "--config", s.config, "--account", "shop"},
		{"ledger", "-config=" + s.config, "--account=shop"},
		{"quarantine", "-config", s.config, "list"}, {"quarantine", "list", "--config", s.config},
		{"quarantine", "list", "-config", s.config, "--", "-id"},
	} {
		r := s.do(args...)
		assert.Equal(t, exitOK, r.code, "%v: %s", args, r.stderr)
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
