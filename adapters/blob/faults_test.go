package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gocloud "gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/postroom/postroom/adapters/blob"
	"github.com/postroom/postroom/inbound"
)

func of(data []byte) inbound.Blob {
	sum := sha256.Sum256(data)
	return inbound.Blob{SHA256: hex.EncodeToString(sum[:]), Raw: bytes.NewReader(data)}
}

func text(size int) []byte {
	return bytes.Repeat([]byte("Dear Shop, where is it?\n"), size/24+1)[:size]
}

func noise(size int) []byte {
	data := make([]byte, size)
	_, _ = rand.Read(data)
	return data
}

func read(ctx context.Context, a *blob.Archive, b inbound.Blob) ([]byte, error) {
	r, err := a.Open(ctx, b.SHA256)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

func keys(t *testing.T, bucket *gocloud.Bucket) (keys []string) {
	for list := bucket.List(nil); ; {
		o, err := list.Next(t.Context())
		if err == io.EOF {
			return keys
		}
		require.NoError(t, err)
		keys = append(keys, o.Key)
	}
}

var errFault = &codedError{gcerrors.Unknown, "connection reset"}

// The store fails at each of its calls, once: nothing is there in part, and the next Put goes on.
func TestPut_FailsAtEachCall(t *testing.T) {
	messages := []inbound.Blob{of(text(1000)), of(noise(100_000)), of(text(1<<20 + 1)), of(noise(1<<20 + 1))}
	for at, failed := int64(1), true; failed; at++ {
		bucket, f := faultyBucket()
		a := archive(t, bucket, nil)
		var calls atomic.Int64
		f.onCall(func(string, string) error {
			if calls.Add(1) == at {
				return errFault
			}
			return nil
		})
		err := a.Put(t.Context(), messages)
		if failed = err != nil; failed {
			require.ErrorIs(t, err, inbound.ErrTemporary)
			assert.NotEmpty(t, inbound.HintOf(err))
			assert.Contains(t, err.Error(), "connection reset")
		}
		f.onCall(nil)
		for range 2 {
			for _, b := range messages {
				data, err := read(t.Context(), a, b)
				if err != nil {
					require.ErrorIs(t, err, inbound.ErrNotFound)
				}
				assert.True(t, err != nil || int64(len(data)) == b.Raw.Size())
			}
			require.NoError(t, a.Put(t.Context(), messages))
		}
		assert.Len(t, keys(t, bucket), len(messages))
	}
}

func TestPut_UploadsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket, f := faultyBucket()
		a := archive(t, bucket, &blob.Options{Prefix: "mail"})
		b := of(text(1000))
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{b, b}))
		first := keys(t, bucket)
		require.Len(t, first, 1)
		assert.Regexp(t, "^mail/"+b.SHA256[:2]+"/"+b.SHA256+`\.20000101T000000Z\.1000\.eml\.zst$`, first[0])
		f.onCall(nil)
		time.Sleep(40 * time.Minute)
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
		assert.Equal(t, 1, f.count("list"))
		assert.Equal(t, first, keys(t, bucket))
		assert.Zero(t, f.count("copy"))
		time.Sleep(10 * time.Minute)
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
		assert.Equal(t, 1, f.count("copy"), "the store moves it to a key of now")
		assert.Zero(t, f.count("create"))
		second := keys(t, bucket)
		require.Len(t, second, 1)
		assert.Contains(t, second[0], "20000101T005000Z")
	})
}

// A store that cannot copy, or a DeleteBlobs between: the bytes are uploaded.
func TestPut_UploadsAgainIfItCannotBeCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket, f := faultyBucket()
		a := archive(t, bucket, nil)
		b := of(text(1000))
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
		time.Sleep(3 * time.Hour)
		f.onCall(func(op, key string) error {
			if op == "copy" {
				return a.DeleteBlobs(t.Context(), time.Now().Add(-2*time.Hour), []string{b.SHA256})
			}
			return nil
		})
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
		assert.Equal(t, 1, f.count("delete")-1, "by DeleteBlobs, and in vain by Put")
		data, err := read(t.Context(), a, b)
		require.NoError(t, err)
		assert.Equal(t, text(1000), data)
	})
}

// DeleteBlobs has looked, and before it deletes the message is put again: it stays, at each
// call of either of them.
func TestDeleteBlobs_PutMeanwhile(t *testing.T) {
	for _, during := range []string{"list", "delete"} {
		synctest.Test(t, func(t *testing.T) {
			bucket, f := faultyBucket()
			a := archive(t, bucket, nil)
			b := of(text(1000))
			require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
			time.Sleep(3 * time.Hour)
			var once atomic.Bool
			f.onCall(func(op, key string) error {
				if op == during && once.CompareAndSwap(false, true) {
					return a.Put(t.Context(), []inbound.Blob{b})
				}
				return nil
			})
			require.NoError(t, a.DeleteBlobs(t.Context(), time.Now().Add(-2*time.Hour), []string{b.SHA256}))
			assert.True(t, once.Load())
			_, err := read(t.Context(), a, b)
			require.NoError(t, err, during)
			assert.Len(t, keys(t, bucket), 1)
		})
	}
}

// Between looking for a message and reading it, it moves to a new key.
func TestOpen_PutAgainMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket, f := faultyBucket()
		a := archive(t, bucket, nil)
		b := of(text(1000))
		require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
		time.Sleep(3 * time.Hour)
		var once atomic.Bool
		f.onCall(func(op, key string) error {
			if op == "open" && once.CompareAndSwap(false, true) {
				return a.Put(t.Context(), []inbound.Blob{b})
			}
			return nil
		})
		_, err := read(t.Context(), a, b)
		require.NoError(t, err)
		assert.Equal(t, 2, f.count("open"))
	})
}

// A network that fails while a message is read is not damage, which would be final.
func TestOpen_NetworkFails(t *testing.T) {
	for _, data := range [][]byte{text(3 << 20), noise(3 << 20)} {
		for _, fault := range []error{errFault, io.ErrUnexpectedEOF, io.EOF} {
			bucket, f := faultyBucket()
			a := archive(t, bucket, nil)
			require.NoError(t, a.Put(t.Context(), []inbound.Blob{of(data)}))
			reads := 0
			f.onCall(func(op, key string) error {
				if op == "read" {
					if reads++; reads > 0 && (reads > 1 || data[0] == 'D') {
						return fault
					}
				}
				return nil
			})
			_, err := read(t.Context(), a, of(data))
			require.ErrorIs(t, err, inbound.ErrTemporary)
			assert.NotErrorIs(t, err, inbound.ErrDamaged)
			assert.NotErrorIs(t, err, io.ErrUnexpectedEOF)
		}
	}
}

func TestOpen_Damaged(t *testing.T) {
	bucket, _ := faultyBucket()
	a := archive(t, bucket, nil)
	b := of(text(10_000))
	require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
	key := keys(t, bucket)[0]
	stored, err := bucket.ReadAll(t.Context(), key)
	require.NoError(t, err)
	for i := range stored {
		damaged := bytes.Clone(stored)
		damaged[i] ^= 0xff
		require.NoError(t, bucket.WriteAll(t.Context(), key, damaged, nil))
		_, err := read(t.Context(), a, b)
		require.ErrorIs(t, err, inbound.ErrDamaged)
	}
	require.NoError(t, bucket.WriteAll(t.Context(), key, stored[:len(stored)-1], nil))
	_, err = read(t.Context(), a, b)
	require.ErrorIs(t, err, inbound.ErrDamaged)
}

// What is not of this package is neither listed nor deleted.
func TestListBlobs_ForeignObjects(t *testing.T) {
	bucket, _ := faultyBucket()
	a := archive(t, bucket, &blob.Options{Prefix: "mail"})
	b := of(text(1000))
	require.NoError(t, a.Put(t.Context(), []inbound.Blob{b}))
	name := b.SHA256[:2] + "/" + b.SHA256
	foreign := []string{"mail/readme.eml", "mail/" + name + ".eml", "mail/" + name + ".20000101T000000Z.x.eml",
		"mail/" + name + ".20000101T000000Z.07.eml", "mail/other/" + name + ".20000101T000000Z.7.eml",
		name + ".20000101T000000Z.7.eml", "mail/" + name + ".20000101T000000Z.7.eml.zst.tmp"}
	for _, key := range foreign {
		require.NoError(t, bucket.WriteAll(t.Context(), key, []byte("foreign"), nil))
	}
	page, next, err := a.ListBlobs(t.Context(), "", 100)
	require.NoError(t, err)
	assert.Empty(t, next)
	require.Len(t, page, 1)
	assert.Equal(t, b.SHA256, page[0].SHA256)
	sums := []string{b.SHA256, "..", strings.ToUpper(b.SHA256)}
	require.NoError(t, a.DeleteBlobs(t.Context(), time.Now().Add(time.Hour), sums))
	assert.ElementsMatch(t, foreign, keys(t, bucket))
	_, _, err = a.ListBlobs(t.Context(), "%", 100)
	assert.ErrorContains(t, err, "as next")
}

func TestPut_BoundsWhatItDoesAtATime(t *testing.T) {
	bucket, f := faultyBucket()
	a := archive(t, bucket, &blob.Options{Parallel: 3})
	var now, most atomic.Int64
	f.onCall(func(op, key string) error {
		if op == "create" {
			n := now.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
		}
		if op == "close" {
			now.Add(-1)
		}
		return nil
	})
	var messages []inbound.Blob
	for i := range 200 {
		messages = append(messages, of(fmt.Appendf(nil, "message %d", i)))
	}
	done := make(chan error)
	for i := range 4 {
		go func() { done <- a.Put(t.Context(), messages[50*i:50*(i+1)]) }()
	}
	for range 4 {
		require.NoError(t, <-done)
	}
	assert.LessOrEqual(t, most.Load(), int64(3))
	assert.Equal(t, 200, f.count("close"))
}

// shortRaw ends before its size.
type shortRaw struct{ *bytes.Reader }

func (r shortRaw) Size() int64 { return r.Reader.Size() + 1 }

// Bytes that cannot be read to the end are not stored, also where they are streamed.
func TestPut_ShortRaw(t *testing.T) {
	for _, data := range [][]byte{text(1000), text(3 << 20), noise(3 << 20)} {
		bucket, _ := faultyBucket()
		b := of(data)
		b.Raw = shortRaw{bytes.NewReader(data)}
		err := archive(t, bucket, nil).Put(t.Context(), []inbound.Blob{b})
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.NotErrorIs(t, err, inbound.ErrTemporary)
		assert.Empty(t, keys(t, bucket))
	}
}
