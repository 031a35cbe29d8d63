package memstore

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
)

// Archive implements inbound.Archive in memory, for tests. It is safe for concurrent use.
type Archive struct {
	mu    sync.Mutex
	blobs map[string]blob // by SHA-256
}

var _ inbound.Archive = (*Archive)(nil)

type blob struct {
	data []byte
	at   time.Time // of the last Put
}

// NewArchive returns an empty archive.
func NewArchive() *Archive { return &Archive{blobs: make(map[string]blob)} }

// Put implements inbound.Archive.
func (a *Archive) Put(ctx context.Context, blobs []inbound.Blob) error {
	for _, b := range blobs {
		if ctx.Err() != nil {
			return fmt.Errorf("memstore: put a blob: %w", context.Cause(ctx))
		}
		data, err := readRaw(b.Raw)
		if err != nil {
			return fmt.Errorf("memstore: put blob %s: %w", b.SHA256, err)
		}
		a.put(b.SHA256, data)
	}
	return nil
}

func (a *Archive) put(sha256 string, data []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old, have := a.blobs[sha256]; have {
		data = old.data
	}
	a.blobs[sha256] = blob{data, time.Now()}
}

// Open implements inbound.Archive.
func (a *Archive) Open(_ context.Context, sha256 string) (io.ReadCloser, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, have := a.blobs[sha256]
	if !have {
		return nil, fmt.Errorf("%w: blob %.100q", inbound.ErrNotFound, sha256)
	}
	return inbound.VerifyBlob(io.NopCloser(bytes.NewReader(b.data)), sha256), nil
}

// ListBlobs implements inbound.Archive.
func (a *Archive) ListBlobs(_ context.Context, after string, limit int) (
	page []inbound.BlobInfo, next string, err error,
) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, sha256 := range slices.Sorted(maps.Keys(a.blobs)) {
		if sha256 <= after {
			continue
		}
		if len(page) == limit {
			return page, page[limit-1].SHA256, nil
		}
		b := a.blobs[sha256]
		page = append(page, inbound.BlobInfo{SHA256: sha256, Size: int64(len(b.data)), PutAt: b.at})
	}
	return page, "", nil
}

// DeleteBlobs implements inbound.Archive.
func (a *Archive) DeleteBlobs(_ context.Context, before time.Time, sha256s []string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, sha256 := range sha256s {
		if b, have := a.blobs[sha256]; have && b.at.Before(before) {
			delete(a.blobs, sha256)
		}
	}
	return nil
}
