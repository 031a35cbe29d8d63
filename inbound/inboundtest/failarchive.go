package inboundtest

import (
	"context"
	"io"
	"time"

	"github.com/postroom/postroom/inbound"
)

// failingArchive has a failpoint before and after every call of an Archive.
type failingArchive struct {
	inbound.Archive
	points *Failpoints
}

// Archive returns a with a failpoint before and after each call; nil stays nil.
func (f *Failpoints) Archive(a inbound.Archive) inbound.Archive {
	if a == nil {
		return nil
	}
	return &failingArchive{a, f}
}

func (f *failingArchive) Put(ctx context.Context, blobs []inbound.Blob) error {
	return f.points.do("Put", func() error { return f.Archive.Put(ctx, blobs) })
}

func (f *failingArchive) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	return get(f.points, "Open", func() (io.ReadCloser, error) { return f.Archive.Open(ctx, sha256) })
}

func (f *failingArchive) ListBlobs(ctx context.Context, after string, limit int) (
	page []inbound.BlobInfo, next string, err error,
) {
	err = f.points.do("ListBlobs", func() (err error) {
		page, next, err = f.Archive.ListBlobs(ctx, after, limit)
		return err
	})
	return page, next, err
}

func (f *failingArchive) DeleteBlobs(ctx context.Context, before time.Time, sha256s []string) error {
	return f.points.do("DeleteBlobs", func() error { return f.Archive.DeleteBlobs(ctx, before, sha256s) })
}
