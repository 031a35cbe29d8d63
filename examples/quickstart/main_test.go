package main

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// quickstart runs the program and opens what it left.
func quickstart(t *testing.T) (printed string, store *sqlstore.Store) {
	t.Helper()
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, dir))
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "postroom.db")))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	store, err = sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	return out.String(), store
}

func TestQuickstart(t *testing.T) {
	printed, store := quickstart(t)

	t.Run("prints what happened", func(t *testing.T) {
		columns := regexp.MustCompile(` {2,}`).ReplaceAllString(printed, " | ")
		for _, fact := range []string{
			"First pass: | 29 uploaded, 1 duplicate, 9 unmatched, 2 ignored, 1 quarantined\n",
			"Second pass: nothing new among 42 messages\n",
			"Delivered 45, failed 0.\n",
			"29 emails of 22 customers, 17 of them created.",
			"marina.volkova@example.org | known | 2 | 2 | Tom (offline)\n",
			"sofia.lindstrom@example.org | created | 2 | 0 | Oleg (free)\n",
			"lucia.romero@example.com | known | 1 | 1 | nobody\n",
			"Реквизиты ООО Кофейня.txt | text/plain | ",
			"Трещина на крышке.png | image/png | ",
			"Photo of the plate | a multipart is not closed\n",
			"Can I pay by invoice?\n",
			"no customer is created for list mail (List-Id)\n",
			"no customer is created for bounce mail (message/delivery-status)\n",
			"sent by the company's own address orders@juniper.example\n",
			"no sender's address could be read\n",
			"the same bytes were uploaded as email ",
		} {
			assert.True(t, strings.Contains(columns, fact), fact)
		}
		assert.NotContains(t, printed, "> Hello Peter", "quoted history")
	})

	t.Run("fits a terminal", func(t *testing.T) {
		for line := range strings.Lines(printed) {
			if !strings.Contains(line, "postroom.db") {
				assert.LessOrEqual(t, utf8.RuneCountInString(line), 80+len("\n"), line)
			}
		}
	})

	t.Run("every message has an outcome and a reason", func(t *testing.T) {
		entries, err := store.Entries(t.Context(), "juniper-inbox", "", inbound.SourceID{}, most)
		require.NoError(t, err)
		files, err := mail.ReadDir("mail")
		require.NoError(t, err)
		require.Len(t, entries, len(files)+1, "the files and the copy")
		for _, e := range entries {
			assert.NotEqual(t, inbound.Failed, e.Outcome, e.Reason)
			assert.NotEmpty(t, e.Reason, e.Subject)
		}
	})

	t.Run("free managers get equal shares, the others get no customers", func(t *testing.T) {
		assigned, err := store.Customers().Assignments(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"maria": 6, "oleg": 6, "nadia": 5}, assigned)
	})

	t.Run("the assignment is notified before the email", func(t *testing.T) {
		notified, err := store.Notifications(t.Context(), "", most)
		require.NoError(t, err)
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
}

func TestRun_UnwritableDirectory(t *testing.T) {
	var out bytes.Buffer
	assert.ErrorContains(t, run(t.Context(), &out, filepath.Join(t.TempDir(), "missing")),
		"unable to open database file")
	assert.Empty(t, out.String())
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
