package inbound

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Sealer encrypts the secrets that a store keeps. Implementations are safe for
// concurrent use, and may reach a network. They neither log nor return in an error what
// they seal.
//
// Sealed bytes begin with the ID of the key that they were sealed with, so that keys can
// be changed: what an older key has sealed is opened as long as the Sealer has that key.
//
// The bytes named associated are not kept. What was sealed with some associated bytes is
// opened only with the same ones, so that nobody can pass off the secret of one account
// as that of another one by changing the database. They are the ID of the account; in a
// store with a namespace they are the namespace, a zero byte and the ID.
type Sealer interface {
	// Seal encrypts and authenticates plaintext by the current key. Sealing the same
	// twice gives different bytes. It keeps neither slice.
	Seal(ctx context.Context, plaintext, associated []byte) (sealed []byte, err error)

	// Open returns what Seal was given. It is an error that wraps ErrSealedByOtherKey if
	// the Sealer does not have the key, and a different error if the bytes or what is
	// associated were changed.
	Open(ctx context.Context, sealed, associated []byte) (plaintext []byte, err error)
}

// ErrSealedByOtherKey means that a Sealer does not have the key with which something was
// sealed. The text of the error names that key by its ID.
var ErrSealedByOtherKey = errors.New("inbound: sealed by a key that is not here")

// SealerKeySize is how many bytes each key of NewAESGCM has.
const SealerKeySize = 32

// AESGCM is a Sealer by AES-256-GCM of the standard library, with keys in memory.
// Printing it shows the IDs of the keys only. One key is good for four billion Seals.
type AESGCM struct {
	keys []aesKey // the current one first
}

var _ Sealer = (*AESGCM)(nil)

type aesKey struct {
	id   []byte
	aead cipher.AEAD
}

// Sealed bytes are a byte for the format, the ID of the key, a random nonce of 12 bytes,
// and the ciphertext with its tag of 16 bytes.
const (
	sealedFormat  = 1
	keyIDSize     = 8
	sealedPrelude = 1 + keyIDSize
)

// NewAESGCM returns a Sealer that seals by the current key, and also opens what the older
// ones have sealed. Each key has SealerKeySize random bytes.
func NewAESGCM(current []byte, older ...[]byte) (*AESGCM, error) {
	s := &AESGCM{}
	for i, key := range slices.Concat([][]byte{current}, older) {
		if len(key) != SealerKeySize {
			which := "the current key"
			if i > 0 {
				which = fmt.Sprintf("older key %d", i)
			}
			return nil, fmt.Errorf("inbound: %s has %d bytes, but must have %d random ones",
				which, len(key), SealerKeySize)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("inbound: %w", err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("inbound: %w", err)
		}
		s.keys = append(s.keys, aesKey{keyID(key), aead})
	}
	return s, nil
}

// keyID names a key, and tells nothing about it.
func keyID(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("postroom: ID of a key"))
	return mac.Sum(nil)[:keyIDSize]
}

// KeyIDs returns the IDs of the keys in hexadecimal digits, the current one first.
func (s *AESGCM) KeyIDs() []string {
	ids := make([]string, len(s.keys))
	for i, key := range s.keys {
		ids[i] = hex.EncodeToString(key.id)
	}
	return ids
}

// Seal implements [Sealer].
func (s *AESGCM) Seal(_ context.Context, plaintext, associated []byte) ([]byte, error) {
	key := s.keys[0]
	prelude := append([]byte{sealedFormat}, key.id...)
	return key.aead.Seal(prelude, nil, plaintext, associated), nil
}

// Open implements [Sealer].
func (s *AESGCM) Open(_ context.Context, sealed, associated []byte) ([]byte, error) {
	if len(sealed) < sealedPrelude || sealed[0] != sealedFormat {
		return nil, errors.New("inbound: the sealed bytes are damaged, or of a newer version of this program")
	}
	id := sealed[1:sealedPrelude]
	at := slices.IndexFunc(s.keys, func(key aesKey) bool { return hmac.Equal(key.id, id) })
	if at < 0 {
		return nil, fmt.Errorf("%w: it was key %x, and here is %s",
			ErrSealedByOtherKey, id, strings.Join(s.KeyIDs(), ", "))
	}
	plaintext, err := s.keys[at].aead.Open(nil, nil, sealed[sealedPrelude:], associated)
	if err != nil {
		return nil, fmt.Errorf("inbound: the sealed bytes are damaged, or were sealed for a different account (key %x)",
			id)
	}
	return plaintext, nil
}

// String returns the IDs of the keys.
func (s *AESGCM) String() string { return "AES-256-GCM with key " + strings.Join(s.KeyIDs(), ", ") }

// Format implements [fmt.Formatter] for every verb.
func (s *AESGCM) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue implements [slog.LogValuer].
func (s *AESGCM) LogValue() slog.Value { return slog.StringValue(s.String()) }
