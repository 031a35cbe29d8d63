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
		{[]string{"chek", "-config", s.config}, `unknown command "chek"; did you mean check? The commands are run, check,`},
		{[]string{"REPORT"}, `unknown command "REPORT"; did you mean report? The commands are run, check,`},
		{[]string{"erase"}, `unknown command "erase"; the commands are run, check,`},
		{[]string{"help", "nothing"}, `unknown command "nothing"; the commands are run, check,`},
		{[]string{"help", "run", "it"}, `collector run: there is no command "it" below it`},
		{[]string{"\x1b[31mred"}, `unknown command "\x1b[31mred"; the commands`},
		{[]string{"-version"}, "collector: unknown flag -version; usage: collector COMMAND"},
		{[]string{"reconcile", "-config", s.config}, "reconcile: -account is missing; usage"},
		{[]string{"reconcile"}, "reconcile: -config is missing, -account is missing; usage"},
		{[]string{"quarantine", "-config", s.config, "forget"}, `unknown command "forget"`},
		{[]string{"quarantine", "-config", s.config}, "a command is missing; the commands are list, retry, export"},
		{[]string{"quarantine", "list"}, "-config is missing"},
		{[]string{"quarantine", "-config", s.config, "export"},
			"an argument is missing; usage: collector quarantine export -config FILE ID"},
		{[]string{"quarantine", "-config", s.config, "retry", ""}, "retry: an argument is empty; usage"},
		{[]string{"replay"}, "replay: -config is missing, -account is missing; usage: collector replay -config FILE" +
			" -account ID [-from ADDRESS]"},
		{[]string{"replay", "-account", ""}, "replay: -config is missing, -account is empty; usage"},
		{[]string{"replay", "-config", s.config, "-account", "shop", "-from", ""}, "replay: -from is empty; usage"},
		{[]string{"discover", "a@example.com"}, `unknown command "discover"; the commands are run, check,`},
		{[]string{"run"}, "-config is missing"},
		{[]string{"run", "-config", s.config, "-http", "shop.example:80"},
			`-http "shop.example:80" is not an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080; usage`},
		{[]string{"run", "-config", s.config, "-http", ""}, "run: -http is empty; usage"},
		{[]string{"run", "-CONFIG", s.config}, "unknown flag -CONFIG; did you mean -config?"},
		{[]string{"run", "-\u200f\x1b[31mred"}, `"-\u200f\x1b[31mred" is too much`},
		{[]string{"run", "-red\x1b[31m\n"}, `unknown flag -red\x1b[31m; usage`},
		{[]string{"run", "-once=perhaps"}, `-once "perhaps" is neither true nor false; usage`},
		{[]string{"run", "-config", s.config, "extra"}, `"extra" is too much`},
		{[]string{"report", "-config", s.config, "-bogus"}, "unknown flag -bogus"},
		{[]string{"emails", "-acount", "shop"}, "unknown flag -acount; did you mean -account?"},
		{[]string{"emails", "-config"}, "flag needs an argument: -config"},
		{[]string{"emails", "-config", ""}, "emails: -config is empty; usage"},
		{[]string{"report", "-config", s.config + "x\x1b[31m"}, `c.yamlx\x1b[31m: cannot read the settings`},
		{[]string{"emails", "-config", s.config, "-limit", "-1"}, "emails: -limit is negative; usage"},
		{[]string{"emails", "-config", s.config, "-limit", "x"}, `emails: -limit "x" is not a whole number; usage`},
		{[]string{"emails", "-config", s.config, "-limit", "99999999999999999999"},
			`emails: -limit "99999999999999999999" is too large a number; usage`},
		{[]string{"emails", "-config", s.config, "-account", ""}, "emails: -account is empty; usage"},
		{[]string{"emails", "-config", s.config, "-account", "other"}, `there is no account "other"`},
		{[]string{"ledger"}, "ledger: -config is missing, -account is missing; usage"},
		{[]string{"ledger", "-account", "shop", "-outcome", "lost", "me"},
			`ledger: -config is missing, -outcome "lost" is not one of [uploaded`},
		{[]string{"ledger", "-config", s.config, "-account", "shop", "-outcome", ""}, "ledger: -outcome is empty; usage"},
		{[]string{"raw", "-config", s.config}, "an argument is missing"},
		{[]string{"parse"}, "parse: an argument is missing; usage"},
		{[]string{"parse", "", "x.eml"}, "parse: an argument is empty; usage"},
		{[]string{"explain"}, "explain: -config is missing, -account is missing, an argument is missing; usage"},
		{[]string{"check", "-config", s.config, "-account="}, "check: -account is empty; usage"},
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
		assert.Equal(t, help, s.do("help", c.Name))
	}
	retry := s.do("quarantine", "retry", "-h")
	assert.Contains(t, retry.stdout, "collector quarantine retry")
	assert.Equal(t, retry, s.do("help", "quarantine", "retry"))
	assert.Equal(t, retry, s.do("quarantine", "help", "retry"))
	assert.Equal(t, s.do("quarantine", "-h"), s.do("quarantine", "help"))
}

// Flags are taken with one dash or two, before and after other arguments.
func TestApp_Dashes(t *testing.T) {
	s := newSite(t, serve(t), shop)
	s.ok("run", "-once")
	for _, args := range [][]string{
		{"ledger", "-config", s.config, "-account", "shop"}, {"ledger", "--config", s.config, "--account", "shop"},
		{"ledger", "-config=" + s.config, "--account=shop"},
		{"quarantine", "-config", s.config, "list"}, {"quarantine", "list", "--config", s.config},
	} {
		r := s.do(args...)
		assert.Equal(t, exitOK, r.code, "%v: %s", args, r.stderr)
	}
	r := s.do("quarantine", "list", "-config", s.config, "--", "-id")
	assert.Contains(t, r.stderr, `nothing is quarantined as "-id"`)
}

func TestSettingsError_ExitCode(t *testing.T) {
	s := newSite(t, serve(t), shop+"color: red\nshape: round\n")
	for _, command := range []string{"run", "report", "emails", "notifications", "check"} {
		r := s.do(command, "-config", s.config)
		assert.Equal(t, exitUsage, r.code, command)
		assert.Equal(t, 2, strings.Count(r.stderr, "unknown key"), "all together: %s", r.stderr)
	}
}
