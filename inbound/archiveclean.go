package inbound

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"time"
)

const (
	// DefaultArchiveAge is how old what CleanArchive removes is at least.
	DefaultArchiveAge = 24 * time.Hour
	// minArchiveAge leaves room for the hour of BlobInfo.PutAt, and for a pass between
	// putting bytes into the archive and committing what refers to them.
	minArchiveAge = 2 * time.Hour
	// archiveTimeout bounds one call of the Archive that lists or deletes.
	archiveTimeout = 5 * time.Minute
)

// CleanedArchive is what CleanArchive has found.
type CleanedArchive struct {
	Blobs, Bytes               int64 // in the archive, before
	RemovedBlobs, RemovedBytes int64 // as they were put, which is more than on the disk where they are compressed
}

// CleanArchive removes from Config.Archive the bytes that the Store does not refer to: those of
// accounts that were forgotten, and those of a pass that has died between putting them and
// committing what refers to them. Only what is older than age is removed; 0 means
// DefaultArchiveAge, and less than 2 hours is an error, for a pass that goes on may need
// it. Blobs are removed in batches of 1000, while passes go on; it can be interrupted and
// called again. Once a day is enough. Its memory does not grow with the archive: of a very large
// one some garbage is left to the next calls. While a different call cleans, in any process,
// it is ErrBusy.
//
// An Archive that has bytes of a different Store or namespace would lose them.
func (s *Syncer) CleanArchive(ctx context.Context, age time.Duration) (found CleanedArchive, err error) {
	switch {
	case s.archive == nil:
		return found, errors.New("inbound: there is no archive to clean: Config.Archive is nil")
	case age == 0:
		age = DefaultArchiveAge
	case age < minArchiveAge:
		return found, fmt.Errorf("inbound: clean the archive of what is older than %s: want %s or more", age, minArchiveAge)
	}
	err = s.withLease(ctx, "archive", 0, func(ctx context.Context, _ fence) error {
		// What a pass refers to from now on it has put less than age ago.
		before := time.Now().Add(-age)
		used, err := s.usedBlobs(ctx)
		if err != nil {
			return err
		}
		return s.removeUnused(ctx, before, used, &found)
	})
	return found, err
}

// usedBlobs reads what the Store refers to.
func (s *Syncer) usedBlobs(ctx context.Context) (*blobFilter, error) {
	used := newBlobFilter()
	for after := ""; ; {
		sums, next, err := s.store.ListArchived(ctx, after, pageLimit)
		if err != nil {
			return nil, fmt.Errorf("inbound: list what is in the archive: %w", err)
		}
		for _, sum := range sums {
			used.add(sum)
		}
		if next == "" {
			return used, nil
		}
		after = next
	}
}

func (s *Syncer) removeUnused(ctx context.Context, before time.Time, used *blobFilter, found *CleanedArchive) error {
	for after := ""; ; {
		page, next, err := s.listBlobs(ctx, after)
		if err != nil {
			return err
		}
		var unused []string
		bytes := int64(0)
		for _, b := range page {
			found.Blobs, found.Bytes = found.Blobs+1, found.Bytes+b.Size
			if b.PutAt.Before(before) && !used.mayHave(b.SHA256) {
				unused, bytes = append(unused, b.SHA256), bytes+b.Size
			}
		}
		if err := s.deleteBlobs(ctx, before, unused); err != nil {
			return err
		}
		found.RemovedBlobs, found.RemovedBytes = found.RemovedBlobs+int64(len(unused)), found.RemovedBytes+bytes
		if next == "" {
			return nil
		}
		after = next
	}
}

func (s *Syncer) listBlobs(ctx context.Context, after string) (page []BlobInfo, next string, err error) {
	ctx, cancel := context.WithTimeout(ctx, archiveTimeout)
	defer cancel()
	if page, next, err = s.archive.ListBlobs(ctx, after, pageLimit); err != nil {
		return nil, "", fmt.Errorf("inbound: list the archive: %w", err)
	}
	return page, next, nil
}

func (s *Syncer) deleteBlobs(ctx context.Context, before time.Time, sums []string) error {
	if len(sums) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, archiveTimeout)
	defer cancel()
	if err := s.archive.DeleteBlobs(ctx, before, sums); err != nil {
		return fmt.Errorf("inbound: remove from the archive: %w", err)
	}
	return nil
}

const (
	filterBits   = 1 << 25 // 4 MiB: of 2,000,000 emails, 1 blob in 1000 that is unused looks used
	filterHashes = 6
)

// blobFilter is a set of blobs in bounded memory (a Bloom filter). It may have a blob that was
// not added, with a different one each time it is made: each has a seed of its own.
type blobFilter struct {
	bits []uint64
	seed maphash.Seed
}

func newBlobFilter() *blobFilter {
	return &blobFilter{bits: make([]uint64, filterBits/64), seed: maphash.MakeSeed()}
}

func (f *blobFilter) add(sum string) {
	for bit := range f.places(sum) {
		f.bits[bit/64] |= 1 << (bit % 64)
	}
}

func (f *blobFilter) mayHave(sum string) bool {
	for bit := range f.places(sum) {
		if f.bits[bit/64]&(1<<(bit%64)) == 0 {
			return false
		}
	}
	return true
}

// places yields the bits of a blob.
func (f *blobFilter) places(sum string) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		hash := maphash.String(f.seed, sum)
		step := hash>>32 | 1
		for range filterHashes {
			if !yield(hash % filterBits) {
				return
			}
			hash += step
		}
	}
}
