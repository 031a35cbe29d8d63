package inbound_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// sealerKey returns a key that differs by n.
func sealerKey(n byte) []byte { return bytes.Repeat([]byte{n}, inbound.SealerKeySize) }

func newSealer(t *testing.T, current byte, older ...byte) *inbound.AESGCM {
	t.Helper()
	var keys [][]byte
	for _, n := range older {
		keys = append(keys, sealerKey(n))
	}
	s, err := inbound.NewAESGCM(sealerKey(current), keys...)
	require.NoError(t, err)
	return s
}

func TestAESGCM_OpensWhatItSealed(t *testing.T) {
	s := newSealer(t, 1)
	for _, plaintext := range []string{"", "1//refresh", string(bytes.Repeat([]byte("x"), 5000))} {
		sealed, err := s.Seal(t.Context(), []byte(plaintext), []byte("shop"))
		require.NoError(t, err)
		again, err := s.Seal(t.Context(), []byte(plaintext), []byte("shop"))
		require.NoError(t, err)
		assert.NotEqual(t, sealed, again, "a random nonce")
		if plaintext != "" {
			assert.NotContains(t, string(sealed), plaintext)
		}
		assert.Equal(t, s.KeyIDs()[0], hex.EncodeToString(sealed[1:9]), "the ID of the key is in front")
		got, err := s.Open(t.Context(), sealed, []byte("shop"))
		require.NoError(t, err)
		assert.Equal(t, plaintext, string(got))
	}
}

func TestAESGCM_RefusesWhatWasChanged(t *testing.T) {
	s := newSealer(t, 1)
	sealed, err := s.Seal(t.Context(), []byte("1//refresh"), []byte("shop"))
	require.NoError(t, err)
	for _, associated := range []string{"", "Shop", "acme\x00shop"} {
		_, err := s.Open(t.Context(), sealed, []byte(associated))
		require.ErrorContains(t, err, "different account", associated)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		_, err := s.Open(t.Context(), changed, []byte("shop"))
		require.Error(t, err, "byte %d", i)
		_, err = s.Open(t.Context(), sealed[:i], []byte("shop"))
		require.Error(t, err, "%d bytes", i)
	}
}

func TestAESGCM_ChangesKeys(t *testing.T) {
	former := newSealer(t, 1)
	sealed, err := former.Seal(t.Context(), []byte("1//refresh"), []byte("shop"))
	require.NoError(t, err)

	both := newSealer(t, 2, 3, 1)
	got, err := both.Open(t.Context(), sealed, []byte("shop"))
	require.NoError(t, err)
	assert.Equal(t, "1//refresh", string(got))
	sealed, err = both.Seal(t.Context(), got, []byte("shop"))
	require.NoError(t, err)
	_, err = newSealer(t, 2).Open(t.Context(), sealed, []byte("shop"))
	require.NoError(t, err, "the current key seals")

	_, err = former.Open(t.Context(), sealed, []byte("shop"))
	require.ErrorIs(t, err, inbound.ErrSealedByOtherKey)
	require.ErrorContains(t, err, "it was key "+both.KeyIDs()[0])
	require.ErrorContains(t, err, "here is "+former.KeyIDs()[0])
}

func TestNewAESGCM_WrongLength(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 44} {
		_, err := inbound.NewAESGCM(make([]byte, n))
		require.EqualError(t, err, fmt.Sprintf("inbound: the current key has %d bytes, but must have 32 random ones", n))
		_, err = inbound.NewAESGCM(sealerKey(1), sealerKey(2), make([]byte, n))
		require.ErrorContains(t, err, "older key 2")
	}
}

func TestAESGCM_ShowsNoKey(t *testing.T) {
	s := newSealer(t, 0x41)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		assert.Equal(t, "AES-256-GCM with key "+s.KeyIDs()[0], fmt.Sprintf(format, s), format)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("sealer", "sealer", s)
	assert.Contains(t, log.String(), s.KeyIDs()[0])
}
