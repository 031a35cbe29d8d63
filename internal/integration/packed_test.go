package integration

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
)

// Text is compressed in the database, parts that hardly get smaller are not, and both come back
// as they were; what was stored before is read as it is.
func TestSQLiteRaw_Compressed(t *testing.T) {
	h := newSQLHost(t, "shop")
	store, db := h.store, h.db
	text := []byte(strings.Repeat("Dear shop, where is my order number 4711?\r\n", 20_000))
	mixed := append(bytes.Clone(text), randomBytes(700_000)...)
	for key, data := range map[string][]byte{"text": text, "mixed": mixed, "random": randomBytes(300_000),
		"short": text[:300]} {
		require.NoError(t, store.KeepRaw(t.Context(), key, bytes.NewReader(data)))
		got, err := readKept(t, store, key)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(data, got), key)
	}
	sizeOf := func(key string) (size int) {
		require.NoError(t, db.QueryRow(`SELECT SUM(LENGTH(data)) FROM postroom_raw
			WHERE owner = (SELECT -seq FROM postroom_kept WHERE id = ?)`, key).Scan(&size))
		return size
	}
	assert.Less(t, sizeOf("text"), len(text)/20)
	assert.Less(t, sizeOf("mixed"), len(mixed)-len(text)*2/3)
	assert.Equal(t, 300_000, sizeOf("random"))
	assert.Equal(t, 300, sizeOf("short"))

	_, err := db.Exec(`INSERT INTO postroom_kept (namespace, id, raw_size) VALUES ('', 'old', 6);
		INSERT INTO postroom_raw (owner, part, data)
			SELECT -seq, 0, CAST('before' AS BLOB) FROM postroom_kept WHERE id = 'old'`)
	require.NoError(t, err)
	got, err := readKept(t, store, "old")
	require.NoError(t, err)
	assert.Equal(t, "before", string(got))

	for _, damage := range []string{"substr(data, 1, 50)", "zeroblob(length(data))", "x'28b52ffd00'"} {
		_, err = db.Exec("UPDATE postroom_raw SET data = " + damage +
			" WHERE part = 1 AND owner = (SELECT -seq FROM postroom_kept WHERE id = 'text')")
		require.NoError(t, err)
		_, err = readKept(t, store, "text")
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF, damage)
	}
}

func readKept(t *testing.T, store *sqlstore.Store, key string) ([]byte, error) {
	r, err := store.OpenRaw(t.Context(), key)
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, r.Close())
	return data, err
}

func randomBytes(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return data
}
