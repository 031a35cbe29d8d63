package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func printed(f *facts, t *terminal) string {
	var out bytes.Buffer
	t.out = &out
	printScreen(t, f, "postroom.db", false)
	return out.String()
}

func TestPrintScreen_ColorsAddNothingElse(t *testing.T) {
	f := played(t)
	colored := printed(f, &terminal{width: 80, colored: true, animated: true})
	assert.Contains(t, colored, "\x1b[32m✓ \x1b[0m")
	assert.Equal(t, printed(f, &terminal{width: 80}), regexp.MustCompile(`\x1b\[\d+m`).ReplaceAllString(colored, ""))
}

func TestPrintScreen_UsesTheWidth(t *testing.T) {
	text := printed(played(t), &terminal{width: 100})
	assert.Contains(t, text, "no sender's address could be read: \"Contact form: gift wrapping?\"\n")
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), 100, line)
	}
}

func TestPrintScreen_NarrowIsBrokenBetweenWords(t *testing.T) {
	f := played(t)
	for _, width := range []int{60, 50} {
		for _, colored := range []bool{false, true} {
			text := printed(f, &terminal{width: width, colored: colored})
			text = regexp.MustCompile(`\x1b\[\d+m`).ReplaceAllString(text, "")
			for line := range strings.Lines(text) {
				assert.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), width, line)
			}
			words := strings.Join(strings.Fields(strings.ReplaceAll(text, "\\\n", "")), " ")
			for _, fact := range []string{
				"What became of them (all stay on the server):",
				"9 unmatched no customer: newsletters, auto-replies, bounces, no-reply mail 2 ignored",
				`1 quarantined no sender's address could be read: "Contact form: gift wrapping?"`,
				"(not Chen: lunch, Priya: busy, Tom: offline):",
				"Each of the 42 messages has an outcome; a second pass changed nothing.",
				"go run ./examples/collector settings -yaml > shop.yaml # fill it in",
				"go run ./examples/collector run -once -progress -config shop.yaml",
			} {
				assert.Contains(t, words, fact, width)
			}
		}
	}
}

func TestCommandText_KeepsItsMeaning(t *testing.T) {
	assert.Equal(t, "  one two", commandText("one two", 9, "linux"))
	assert.Equal(t, "  one \\\n    two", commandText("one two", 8, "linux"))
	assert.Equal(t, "  one `\n    two `\n    # and so on", commandText("one two   # and so on", 10, "windows"))
	assert.Equal(t, "  export A='one two'", commandText("export A='one two'", 10, "linux"))
}

func TestSentences_SayWhatIsBroken(t *testing.T) {
	kept := played(t)
	last := func(f *facts) *inbound.LedgerEntry {
		f.afterSecond.entries = slices.Clone(f.afterSecond.entries)
		return &f.afterSecond.entries[len(f.afterSecond.entries)-1]
	}
	for name, broken := range map[string]struct {
		by   func(f *facts)
		says string
	}{
		"a record is missing": {func(f *facts) { f.afterSecond.entries = f.afterSecond.entries[1:] },
			"✗ of 42 messages, 42 are on the server, 42 of these and 41 in all are in the l"},
		"a message left the server": {func(f *facts) { f.second.compared.Total-- },
			"✗ of 42 messages, 41 are on the server"},
		"an outcome is not final": {func(f *facts) { last(f).Outcome = inbound.Failed }, `has the outcome "failed"`},
		"the second pass did something": {func(f *facts) { last(f).Reason = "another" },
			"✗ the second pass changed something"},
		"an email is lost": {func(f *facts) { f.afterSecond.emails = f.afterSecond.emails[1:] },
			"✗ the email of message 1 is lost"},
		"the killed process had an email": {func(f *facts) {
			f.atKill.emails = append(slices.Clone(f.atKill.emails), inbound.Email{ID: "gone", SHA256: "1"})
		}, "✗ the email gone is not what it was"},
		"the killed process had a record": {func(f *facts) {
			f.atKill.entries = append(slices.Clone(f.atKill.entries), inbound.LedgerEntry{})
		}, "is not what it was when the process was k"},
		"an email is there twice": {func(f *facts) {
			f.afterSecond.emails = append(slices.Clone(f.afterSecond.emails), f.afterSecond.emails[0])
		}, "✗ 29 messages became 30 emails with 29 different texts"},
		"a customer was created twice": {func(f *facts) { f.afterSecond.customers.Created++ },
			"✗ 18 new customers were assigned 17 times"},
		"a notification was delivered twice": {func(f *facts) { f.rung = append(slices.Clone(f.rung), f.rung[0]) },
			"✗ 45 notifications were delivered 46 times, 45 different ones"},
	} {
		t.Run(name, func(t *testing.T) {
			f := *kept
			broken.by(&f)
			require.Error(t, f.broken())
			assert.Contains(t, printed(&f, &terminal{width: 80}), broken.says)
		})
	}
}

func TestSentences_NoKillIsClaimedWithoutOne(t *testing.T) {
	f := *played(t)
	f.killed = false
	text := printed(&f, &terminal{width: 80})
	assert.NotContains(t, text, "killed after")
	assert.Contains(t, text, "✓ Nothing lost, nothing twice. (It was finished before it could be killed.)\n")
}

func TestCommands_OfTheSystem(t *testing.T) {
	assert.Contains(t, commands("linux"), "export SHOP_PASSWORD='the app password'")
	assert.Contains(t, commands("windows"), "$env:SHOP_PASSWORD = 'the app password'")
}

func TestPrintScreen_LongPathTakesTheBlankLine(t *testing.T) {
	var out bytes.Buffer
	printScreen(&terminal{out: &out, width: 80}, played(t), strings.Repeat("/folder", 12), false)
	assert.Equal(t, 21, strings.Count(out.String(), "\n"))
}
