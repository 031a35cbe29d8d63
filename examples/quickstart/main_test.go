package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// TestMain also is the process that uploadAndKill starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == uploadCommand {
		main()
		return
	}
	os.Exit(m.Run())
}

// plain is what newTerminal returns for a file.
func plain(out *bytes.Buffer) *terminal { return &terminal{out: out, width: usualWidth} }

// played plays the show, and fails if a promise is broken.
func played(t *testing.T) *facts {
	t.Helper()
	f, err := play(t.Context(), plain(&bytes.Buffer{}), filepath.Join(t.TempDir(), "postroom.db"))
	require.NoError(t, err)
	require.NoError(t, f.broken())
	return f
}

func TestRun_PrintsOneScreen(t *testing.T) {
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "postroom.db")
	require.NoError(t, run(t.Context(), plain(&out), path, false))
	printed := out.String()

	assert.LessOrEqual(t, strings.Count(printed, "\n"), 22, "with the command and the next prompt, 24")
	for line := range strings.Lines(printed) {
		if !strings.Contains(line, path) {
			assert.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), 80, line)
		}
	}
	assert.NotContains(t, printed, "\x1b")
	assert.NotContains(t, printed, "\r")
	for _, fact := range []string{
		"A sample mailbox got 42 messages.",
		"  29 uploaded     and bound to their 22 customers, 17 of them new\n",
		"   9 unmatched    no customer: newsletters, auto-replies, bounces, no-reply mail\n",
		"   2 ignored      sent by the company's own address orders@juniper.example\n",
		"   1 duplicate    the same bytes were uploaded: \"Delivery to Norway?\"\n",
		"   1 quarantined  no sender's address could be read: \"Contact form: gift wrappi…\n",
		"Who got the 17 new customers (not Chen: lunch, Priya: busy, Tom: offline):\n",
		"   6 Maria, free  Peter Hale, Jürgen Weiß, 田中ゆき, Grace Njeri and 2 more\n",
		"   6 Oleg, free   Sofia Lindström, ",
		"   5 Nadia, free  Дмитрий Орлов, ",
		"✓ Each of the 42 messages has an outcome; a second pass changed nothing.\n",
		"Now your own mailbox:\n  go run ./examples/collector settings -yaml > shop.yaml ",
		"Details: -v   Database: " + path + "\n",
	} {
		assert.True(t, strings.Contains(printed, fact), fact)
	}
	assert.Regexp(t, regexp.MustCompile(
		`(?m)^✓ Process killed after (1[2-9]|2\d|30) of 42 messages, resumed: nothing lost, nothing twice\.$`), printed)
}

func TestRun_PrintsDetails(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), plain(&out), filepath.Join(t.TempDir(), "postroom.db"), true))
	printed := regexp.MustCompile(` {2,}`).ReplaceAllString(out.String(), " | ")
	for _, fact := range []string{
		"Killed pass: | ",
		"Second pass: | nothing new among 42 messages\n",
		"to Maria | New customer assigned to you: peter.hale@example.net\n",
		"to Oleg | Incoming email from nina.petrova@example.net without a subject\n",
		"Delivered 45, failed 0.\n",
		"29 emails of 22 customers, 17 of them created.",
		"Марина Волкова | marina.volkova@example.org | known | 2 | 2 | Tom\n",
		"Sofia Lindström | sofia.lindstrom@example.org | created | 2 | 0 | Oleg\n",
		"Lucía Romero | lucia.romero@example.com | known | 1 | 1 | nobody\n",
		"Hofladen | laden@käse.example | created | 1 | 0 | Oleg\n",
		"(no name) | nina.petrova@example.net | created | ",
		"Реквизиты ООО Кофейня.txt | text/plain | ",
		"Photo of the plate | a multipart is not closed\n",
		"Can I pay by invoice?\n",
		"no customer is created for list mail (List-Id names a mailing list)\n",
		"no customer is created for bounce mail (a mail server reports that mail to\n" +
			" | hanna@old-mill.example was not delivered ",
		"sent by the company's own address orders@juniper.example\n",
		"no sender's address could be read\n",
		"the same bytes were uploaded as email ",
	} {
		assert.True(t, strings.Contains(printed, fact), fact)
	}
	assert.NotContains(t, printed, "> Hello Peter", "quoted history")
	assert.NotContains(t, printed, "xn--")
	for line := range strings.Lines(out.String()) {
		if !strings.Contains(line, "postroom.db") {
			assert.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), 80, line)
		}
	}
	last := out.String()[strings.LastIndex(out.String(), "A sample mailbox"):]
	assert.Contains(t, last, "✓ Process killed after ", "the screen comes last: it stays in sight")
}

func TestPlay_LeavesWhatAnUndisturbedPassLeaves(t *testing.T) {
	f := played(t)

	t.Run("every message has an outcome and a reason", func(t *testing.T) {
		assert.Len(t, f.afterSecond.entries, 42)
		outcomes := make(map[inbound.Outcome]int)
		for _, e := range f.afterSecond.entries {
			outcomes[e.Outcome]++
			assert.NotEmpty(t, e.Reason, e.Subject)
		}
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 29, inbound.Duplicate: 1,
			inbound.Unmatched: 9, inbound.Ignored: 2, inbound.Quarantined: 1}, outcomes)
	})

	t.Run("free managers get equal shares, the others get no customers", func(t *testing.T) {
		assert.Equal(t, map[string]int{"maria": 6, "oleg": 6, "nadia": 5}, f.afterSecond.assigned)
	})

	t.Run("the assignment is notified before the email", func(t *testing.T) {
		notified := f.afterSecond.notifications
		require.Len(t, notified, 45)
		assigned := 0
		for i, n := range notified {
			assert.Equal(t, notify.Delivered, n.State)
			if n.Kind != notify.CustomerAssigned {
				continue
			}
			assigned++
			require.Less(t, i+1, len(notified))
			next := notified[i+1]
			assert.Equal(t, notify.IncomingEmail, next.Kind)
			assert.Equal(t, []string{n.ManagerID, n.CustomerID, n.EmailID},
				[]string{next.ManagerID, next.CustomerID, next.EmailID})
		}
		assert.Equal(t, 17, assigned)
	})

	t.Run("the process was killed in the middle", func(t *testing.T) {
		assert.True(t, f.killed)
		assert.GreaterOrEqual(t, len(f.atKill.entries), killAfter)
		assert.LessOrEqual(t, len(f.atKill.entries), holdAfter)
		left := 0
		for _, n := range f.first.pass.Outcomes {
			left += n
		}
		assert.Equal(t, 42-len(f.atKill.entries), left, "the pass that continued looked at the rest only")
	})
}

func TestRun_UnwritableDirectory(t *testing.T) {
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "missing", "postroom.db")
	assert.ErrorContains(t, run(t.Context(), plain(&out), path, false), "unable to open database file")
	assert.Empty(t, out.String())
}

func TestRun_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := run(ctx, plain(&bytes.Buffer{}), filepath.Join(t.TempDir(), "postroom.db"), false)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestStart_UnknownArgument(t *testing.T) {
	assert.EqualError(t, start(t.Context(), []string{"extra"}), `unknown argument "extra"; there is only -v`)
}

func TestSampleMail_IsUTF8WithLF(t *testing.T) {
	files, err := mail.ReadDir("mail")
	require.NoError(t, err)
	for _, file := range files {
		text, err := mail.ReadFile("mail/" + file.Name())
		require.NoError(t, err)
		assert.NotContains(t, string(text), "\r", file.Name())
		assert.True(t, strings.HasSuffix(string(text), "\n"), file.Name())
		assert.Equal(t, string(text), strings.ToValidUTF8(string(text), "?"), file.Name())
	}
}
