package blob_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	gocloud "gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/postroom/postroom/adapters/blob"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestArchive(t *testing.T) {
	inboundtest.TestArchive(t, func(t *testing.T) func() inbound.Archive {
		bucket := memblob.OpenBucket(nil)
		t.Cleanup(func() { _ = bucket.Close() })
		return func() inbound.Archive { return archive(t, bucket, nil) }
	})
}

func archive(t *testing.T, bucket *gocloud.Bucket, options *blob.Options) *blob.Archive {
	a, err := blob.New(bucket, options)
	require.NoError(t, err)
	return a
}
