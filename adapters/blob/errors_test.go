package blob_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/gcerrors"

	"github.com/postroom/postroom/adapters/blob"
	"github.com/postroom/postroom/inbound"
)

func TestErrors_Classes(t *testing.T) {
	for code, want := range map[gcerrors.ErrorCode]struct{ class, is error }{
		gcerrors.PermissionDenied:   {inbound.ErrPermanent, gcerrors.ErrPermissionDenied},
		gcerrors.NotFound:           {inbound.ErrPermanent, gcerrors.ErrNotFound},
		gcerrors.InvalidArgument:    {inbound.ErrPermanent, gcerrors.ErrInvalidArgument},
		gcerrors.FailedPrecondition: {inbound.ErrPermanent, gcerrors.ErrFailedPrecondition},
		gcerrors.ResourceExhausted:  {inbound.ErrThrottled, gcerrors.ErrResourceExhausted},
		gcerrors.DeadlineExceeded:   {inbound.ErrTemporary, gcerrors.ErrDeadlineExceeded},
		gcerrors.Unknown:            {inbound.ErrTemporary, inbound.ErrTemporary},
		gcerrors.Internal:           {inbound.ErrTemporary, inbound.ErrTemporary},
	} {
		bucket, f := faultyBucket()
		a := archive(t, bucket, nil)
		f.onCall(func(string, string) error { return &codedError{code, "no"} })
		b := of(text(100))
		_, opening := a.Open(t.Context(), b.SHA256)
		_, _, listing := a.ListBlobs(t.Context(), "", 10)
		for _, err := range []error{a.Put(t.Context(), []inbound.Blob{b}), opening, listing,
			a.DeleteBlobs(t.Context(), time.Now(), []string{b.SHA256})} {
			require.ErrorIs(t, err, want.class, code)
			require.ErrorIs(t, err, want.is, code)
			assert.NotErrorIs(t, err, inbound.ErrNotFound, code)
			assert.NotEmpty(t, inbound.HintOf(err), code)
		}
	}
}

func TestErrors_HaveNoSecrets(t *testing.T) {
	for _, message := range []string{
		`Get "https://acct.blob.core.windows.net/mail/x?sv=2024&sig=hunter2%3D": dial tcp: no such host`,
		`Put "https://user:hunter2@minio.example/mail": EOF`,
		"AccountKey=hunter2;EndpointSuffix=core.windows.net",
		`{"access_token": "hunter2", "secret":"hunter2"}`,
		"Authorization: Bearer hunter2",
		"AWSAccessKeyId=hunter2&Signature=hunter2",
	} {
		bucket, f := faultyBucket()
		a := archive(t, bucket, nil)
		f.onCall(func(string, string) error { return errors.New(message + "\x1b[2J" + strings.Repeat("x", 5000)) })
		for err := a.Put(t.Context(), []inbound.Blob{of(text(100))}); err != nil; {
			assert.NotContains(t, err.Error(), "hunter2")
			assert.NotContains(t, err.Error(), "\x1b")
			assert.Less(t, len(err.Error()), 1000)
			var shown *inbound.Error
			if !errors.As(err, &shown) {
				break
			}
			err = shown.Err
		}
	}
}

func TestErrors_CauseOfTheContext(t *testing.T) {
	lost := errors.New("the lease is lost")
	bucket, f := faultyBucket()
	a := archive(t, bucket, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	f.onCall(func(op, _ string) error {
		if op == "create" {
			cancel(lost)
		}
		return nil
	})
	err := a.Put(ctx, []inbound.Blob{of(text(100))})
	require.ErrorIs(t, err, lost)
	assert.NotErrorIs(t, err, inbound.ErrTemporary)
	assert.Empty(t, keys(t, bucket))
}

// A store that hangs is given up.
func TestPut_HangingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket, f := faultyBucket()
		a := archive(t, bucket, nil)
		f.onCall(func(op, _ string) error {
			if op == "create" {
				time.Sleep(time.Hour)
			}
			return nil
		})
		err := a.Put(t.Context(), []inbound.Blob{of(text(100))})
		require.ErrorIs(t, err, inbound.ErrTemporary)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Empty(t, keys(t, bucket))
	})
}

func TestNew_RefusesBadOptions(t *testing.T) {
	bucket, _ := faultyBucket()
	for _, prefix := range []string{"/mail", "mail//x", "..", "a/../b", "mail/\n", "\xff", strings.Repeat("x", 513)} {
		_, err := blob.New(bucket, &blob.Options{Prefix: prefix})
		assert.ErrorContains(t, err, "prefix", prefix)
	}
	_, err := blob.New(nil, &blob.Options{Parallel: -1})
	assert.ErrorContains(t, err, "bucket is nil")
	assert.ErrorContains(t, err, "uploads at a time")
}
