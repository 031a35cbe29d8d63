package integration

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// alikeTexts differ by what databases ignore by default, or refuse: case, blanks at the
// end, accents and their forms, widths, characters beyond the first plane, NUL, and what
// is not UTF-8.
var alikeTexts = []string{
	"a", "A", "a ", "a  ", " a", "a\t", "á", "a\u0301", "Á", "à", "ａ", "ª", "a\u200b", "\ufeffa", "a\u00ad",
	"ss", "ß", "SS", "i", "I", "ı", "İ", "ff", "ﬀ", "\U0001F600", "\U0001F601", "\U00010400", "\U00010428",
	"a\x00", "a\x00b", "\x00", "a\xff", "a\xfe", "\xe1", "\xc3", "\xed\xa0\x80", "\xed\xa0\x81", "\xf5\x80\x80\x80",
	"a%", "a_", "a\\", "a'", `a"`, "a?", "\uef00", "\uefff", "a\uefff",
}

func TestDatabases_KeysAreComparedByteByByte(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		open := d.place(t).namespaces()
		for name, test := range map[string]func(*testing.T, *sqlstore.Store){
			"ledger": keysOfLedger, "emails": keysOfEmails, "notifications": keysOfNotifications,
			"customers": keysOfCustomers, "assignments": keysOfAssignments, "managers": keysOfManagers,
			"accounts": keysOfAccounts, "leases and turns": keysOfLeases,
		} {
			t.Run(name, func(t *testing.T) { test(t, open(name)) })
		}
		t.Run("namespaces", func(t *testing.T) {
			for _, namespace := range alikeTexts[:28] { // others are refused
				require.NoError(t, open(namespace).SetSavedSecret(t.Context(), "shop",
					inbound.SavedSecret{Sealed: []byte(namespace)}))
			}
			for _, namespace := range alikeTexts[:28] {
				saved, err := open(namespace).SavedSecret(t.Context(), "shop")
				require.NoError(t, err)
				assert.Equal(t, namespace, string(saved.Sealed))
			}
		})
	})
}

// keysOfLedger: identities on a server differ by their key, folder or generation.
func keysOfLedger(t *testing.T, store *sqlstore.Store) {
	var ids []inbound.SourceID
	for _, text := range alikeTexts {
		ids = append(ids, inbound.SourceID{Folder: "INBOX", Generation: "1", Key: text},
			inbound.SourceID{Folder: text, Generation: "1", Key: "1"},
			inbound.SourceID{Folder: "INBOX", Generation: text, Key: "1"})
	}
	rows := make([]inbound.LedgerEntry, len(ids))
	for i, id := range ids {
		rows[i] = inbound.LedgerEntry{SourceID: id, Outcome: inbound.Uploaded, Reason: fmt.Sprint(i), Subject: id.Key,
			From: id.Folder, Fingerprint: id.Generation, At: time.UnixMicro(1).UTC()}
	}
	for range 2 {
		require.NoError(t, store.Record(t.Context(), "shop", rows))
	}
	found, err := store.Lookup(t.Context(), "shop", ids)
	require.NoError(t, err)
	assert.Len(t, found, len(ids))
	for i, id := range ids {
		assert.Equal(t, rows[i], found[id], "%+q", id)
	}
	paged := make(map[inbound.SourceID]bool)
	for after := (inbound.SourceID{}); ; {
		page, err := store.Entries(t.Context(), "shop", "", after, 7)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			require.False(t, paged[e.SourceID], "%+q comes twice", e.SourceID)
			paged[e.SourceID] = true
		}
		after = page[len(page)-1].SourceID
	}
	assert.Len(t, paged, len(ids))
	require.NoError(t, store.MarkDeleted(t.Context(), "shop", ids[:1]))
	left, err := store.Deletable(t.Context(), "shop", "INBOX", "1", time.Now(), inbound.SourceID{}, 1000)
	require.NoError(t, err)
	assert.Len(t, left, len(alikeTexts)-1)
}

func keysOfEmails(t *testing.T, store *sqlstore.Store) {
	var emails []inbound.NewEmail
	for _, id := range alikeTexts {
		emails = append(emails, inbound.NewEmail{Raw: bytesRaw("raw " + id), Email: inbound.Email{ID: id, AccountID: "shop",
			Shop: "main", CustomerID: id, ManagerID: id, MessageID: id, From: id, FromName: id, Subject: id, Snippet: id,
			Fingerprint: id, SourceID: inbound.SourceID{Folder: id, Generation: id, Key: id}, Sources: 1}})
	}
	for range 2 {
		require.NoError(t, store.AddEmails(t.Context(), emails))
	}
	for _, e := range emails {
		got, err := store.Email(t.Context(), e.ID)
		require.NoError(t, err, "%+q", e.ID)
		got.UploadedAt, got.Date = time.Time{}, time.Time{}
		assert.Equal(t, e.Email, got, "%+q", e.ID)
		assert.Equal(t, "raw "+e.ID, rawOf(t, store, e.ID))
		n, err := store.CountEmails(t.Context(), inbound.EmailFilter{CustomerID: e.ID})
		require.NoError(t, err)
		assert.Equal(t, 1, n, "%+q", e.ID)
		require.NoError(t, store.KeepRaw(t.Context(), "kept "+e.ID, bytes.NewReader([]byte(e.ID+"kept"))))
	}
	for _, id := range alikeTexts {
		assert.Equal(t, id+"kept", rawOf(t, store, "kept "+id))
	}
	alike, err := store.EmailsByFingerprint(t.Context(), "main", alikeTexts)
	require.NoError(t, err)
	assert.Len(t, alike, len(alikeTexts))
}

func keysOfNotifications(t *testing.T, store *sqlstore.Store) {
	var all []notify.Notification
	for _, id := range alikeTexts {
		all = append(all, notify.Notification{ID: id, ManagerID: id, CustomerID: id, Subject: id, Kind: notify.IncomingEmail,
			At: time.UnixMicro(1).UTC()})
	}
	for range 2 {
		require.NoError(t, store.Add(t.Context(), all))
	}
	due, err := store.Due(t.Context(), time.Now(), 1000)
	require.NoError(t, err)
	require.Len(t, due, len(all))
	for i := range due {
		assert.Equal(t, all[i], due[i].Notification)
	}
	due[0].Attempts, due[0].NextTry = 1, time.Now().Add(time.Hour)
	require.NoError(t, store.Update(t.Context(), due[:1]))
	due, err = store.Due(t.Context(), time.Now(), 1000)
	require.NoError(t, err)
	assert.Len(t, due, len(all)-1, "one manager has to wait")
}

func keysOfCustomers(t *testing.T, store *sqlstore.Store) {
	customers := store.Customers()
	for range 2 {
		for _, shop := range alikeTexts {
			made, _, err := customers.Create(t.Context(), customer.New{Shop: shop, Email: "a@example.com",
				Fields: map[string]string{"note": "\uef00é"}})
			require.NoError(t, err)
			_, err = customers.AttachManager(t.Context(), made.ID, shop)
			require.NoError(t, err)
			fields, err := customers.FieldValues(t.Context(), made.ID)
			require.NoError(t, err)
			assert.Equal(t, map[string]string{"note": "\uef00é"}, fields)
		}
	}
	n, err := customers.Counts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, sqlstore.CustomerCounts{All: len(alikeTexts), Created: len(alikeTexts)}, n)
	by, err := customers.CountByManager(t.Context())
	require.NoError(t, err)
	assert.Len(t, by, len(alikeTexts))
	for i, id := range alikeTexts {
		require.NoError(t, customers.Upsert(t.Context(), customer.Customer{ID: id, Shop: "other", Name: id,
			Email: fmt.Sprintf("c%d@example.com", i)}))
		found, err := customers.FindByEmail(t.Context(), "other", fmt.Sprintf("c%d@example.com", i))
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, id, found[0].ID)
	}
	err = customers.Upsert(t.Context(), customer.Customer{ID: "a", Shop: "other", Email: "other@example.com"})
	require.Error(t, err, "the ID is a different customer's")
	found, err := customers.FindByEmail(t.Context(), "other", "c0@example.com")
	require.NoError(t, err)
	assert.Equal(t, []customer.Customer{{ID: "a", Shop: "other", Name: "a", Email: "c0@example.com"}}, found)
}

func keysOfAssignments(t *testing.T, store *sqlstore.Store) {
	want := make(map[string]assign.Assignment)
	for _, id := range alikeTexts {
		want[id] = assign.Assignment{CustomerID: id, Shop: id, AccountID: "shop", Group: id, EmailID: id,
			Stage: assign.StageWaiting}
	}
	require.NoError(t, store.SetAssignments(t.Context(), slices.Collect(maps.Values(want))))
	got, err := store.Assignments(t.Context(), alikeTexts)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	counts, err := store.WaitingCounts(t.Context())
	require.NoError(t, err)
	assert.Len(t, counts, len(alikeTexts))
	require.NoError(t, store.IntendCustomers(t.Context(), "shop", "main", alikeTexts))
	intended, err := store.IntendedCustomers(t.Context(), "shop", "main", append([]string{"b", "a   "}, alikeTexts...))
	require.NoError(t, err)
	assert.Len(t, intended, len(alikeTexts))
}

func keysOfManagers(t *testing.T, store *sqlstore.Store) {
	managers := store.Managers()
	for _, id := range alikeTexts {
		require.NoError(t, managers.Put(t.Context(), assign.Manager{ID: id, Name: id, Email: id}, id, "all"))
	}
	for _, id := range alikeTexts {
		group, err := managers.Group(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, group, 1, "%+q", id)
		assert.Equal(t, assign.Manager{ID: id, Name: id, Email: id, Status: assign.Offline}, group[0])
	}
	all, err := managers.Group(t.Context(), "all")
	require.NoError(t, err)
	assert.Len(t, all, len(alikeTexts))
}

func keysOfAccounts(t *testing.T, store *sqlstore.Store) {
	for _, id := range alikeTexts {
		state := inbound.FolderState{Mailbox: id, Generation: id, Token: id}
		require.NoError(t, store.SetFolderState(t.Context(), id, id, state))
		require.NoError(t, store.SetHealth(t.Context(), id, inbound.Health{LastError: id, Hint: id}))
		require.NoError(t, store.PutAccount(t.Context(), inbound.SavedAccount{ID: id, Settings: id}))
		require.NoError(t, store.SetSavedSecret(t.Context(), id, inbound.SavedSecret{Sealed: []byte(id)}))
	}
	for _, id := range alikeTexts {
		state, err := store.FolderState(t.Context(), id, id)
		require.NoError(t, err)
		assert.Equal(t, id, state.Mailbox)
		assert.Equal(t, id, state.Token)
		health, err := store.Health(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, id, health.LastError)
		secret, err := store.SavedSecret(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, id, string(secret.Sealed))
	}
	saved, err := store.ListAccounts(t.Context())
	require.NoError(t, err)
	require.Len(t, saved, len(alikeTexts))
	for i := range saved {
		assert.Equal(t, alikeTexts[i], saved[i].ID)
	}
}

func keysOfLeases(t *testing.T, store *sqlstore.Store) {
	for _, name := range alikeTexts {
		_, err := store.Acquire(t.Context(), name, name, time.Hour)
		require.NoError(t, err, "%+q", name)
		err = store.Release(t.Context(), name, name+" ")
		require.NoError(t, err)
		_, err = store.Acquire(t.Context(), name, name+" ", time.Hour)
		require.ErrorIs(t, err, inbound.ErrBusy, "%+q", name)
		turns, err := store.Claim(t.Context(), name, alikeTexts, 1)
		require.NoError(t, err)
		assert.Equal(t, alikeTexts[:1], turns, "%+q is a group of its own", name)
		for range 2 {
			turns, err = store.Claim(t.Context(), name, alikeTexts, len(alikeTexts))
			require.NoError(t, err)
			assert.Equal(t, append(alikeTexts[1:len(alikeTexts):len(alikeTexts)], alikeTexts[0]), turns)
		}
	}
}

// The longest keys there may be fit into every index, also where a byte takes three.
func TestDatabases_LongestKeys(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		random := rand.New(rand.NewPCG(1, 2)) // what repeats itself could be compressed
		text := func(n int) string {
			b := make([]byte, n)
			for i := range b {
				b[i] = byte('a' + random.IntN(26))
			}
			return string(b)
		}
		store := openOn(t, d.place(t).db(), d.dialect, &sqlstore.Options{Namespace: strings.Repeat("é", 50)})
		account := text(100)
		ids := []inbound.SourceID{{Folder: text(900), Generation: text(200), Key: text(512)},
			{Folder: "INBOX", Generation: "1", Key: strings.Repeat("\xff", 512)},
			{Folder: "INBOX", Generation: "1", Key: strings.Repeat("\xff", 511) + "\xfe"}}
		for _, outcome := range []inbound.Outcome{inbound.Uploaded, inbound.Unmatched, inbound.Failed, inbound.Duplicate} {
			var rows []inbound.LedgerEntry
			for _, id := range ids {
				rows = append(rows, inbound.LedgerEntry{SourceID: id, Outcome: outcome, Unmarked: true, EmailID: text(32),
					Fingerprint: text(64), NextTry: time.UnixMicro(1)})
			}
			require.NoError(t, store.Record(t.Context(), account, rows))
			found, err := store.Lookup(t.Context(), account, ids)
			require.NoError(t, err)
			assert.Len(t, found, len(ids))
		}
		shop, address := text(300), text(242)+"@example.com"
		_, created, err := store.Customers().Create(t.Context(), customer.New{Shop: shop, Email: address})
		require.NoError(t, err)
		assert.True(t, created)
		require.NoError(t, store.IntendCustomers(t.Context(), account, shop, []string{address}))
		turns, err := store.Claim(t.Context(), text(600), []string{text(600), text(600)}, 2)
		require.NoError(t, err)
		assert.Len(t, turns, 2)
		_, err = store.EmailsByFingerprint(t.Context(), text(600), []string{text(64)})
		require.NoError(t, err)
	})
}

// A message of 50 MiB, and a batch of emails with long texts, pass through the limits that
// databases have by default.
func TestDatabases_LargeMessages(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		store := d.store(t)
		large := make(bytesRaw, 50<<20)
		for i := range large {
			large[i] = byte(i * i >> 7)
		}
		emails := []inbound.NewEmail{{Raw: large, Email: inbound.Email{ID: "large"}}}
		for i := range 300 {
			emails = append(emails, inbound.NewEmail{Raw: large[:10],
				Email: inbound.Email{ID: fmt.Sprint(i), Subject: strings.Repeat(`'\"é`, 20_000), Snippet: fmt.Sprint(i)}})
		}
		require.NoError(t, store.AddEmails(t.Context(), emails))
		raw, err := store.OpenRaw(t.Context(), "large")
		require.NoError(t, err)
		got, err := io.ReadAll(raw)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(large, got))
		for _, id := range []string{"0", "150", "299"} {
			e, err := store.Email(t.Context(), id)
			require.NoError(t, err)
			assert.Equal(t, id, e.Snippet)
			assert.Len(t, e.Subject, 100_000)
		}
		require.NoError(t, store.Atomic(t.Context(), func(ctx context.Context) error {
			return store.KeepRaw(ctx, "kept", large)
		}))
	})
}
