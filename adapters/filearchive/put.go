package filearchive

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/inbound"
)

// fresh is how long a message that is there counts as put just now: it is not written again.
// inbound.BlobInfo.PutAt allows an hour.
const fresh = 50 * time.Minute

// Put implements inbound.Archive.
func (a *Archive) Put(ctx context.Context, blobs []inbound.Blob) error {
	end, err := a.beginToWrite(ctx)
	if err != nil {
		return failed("put", err)
	}
	defer end()
	missing, err := a.missing(blobs)
	if err != nil || len(missing) == 0 {
		return failed("put", err)
	}
	w, err := a.writer()
	if err != nil {
		return failed("put", err)
	}
	b := batch{disk: w.disk, file: w.file, begin: w.end, packer: &a.packer}
	if err := b.write(ctx, missing); err != nil {
		a.abandon()
		return failed("put", err)
	}
	w.appended(b.entries, b.begin)
	if w.isFull(a.options.SegmentBytes) {
		a.active = nil
		return failed("put", w.seal())
	}
	return nil
}

// newBlob is a message to write.
type newBlob struct {
	sum sum
	raw inbound.Raw
}

// missing returns the messages that are not there, or not since a moment ago.
func (a *Archive) missing(blobs []inbound.Blob) (missing []newBlob, err error) {
	since := time.Now().Add(-fresh)
	segments := a.all()
	seen := make(map[sum]bool, len(blobs))
	for _, b := range blobs {
		s, ok := parseSum(b.SHA256)
		if !ok {
			return nil, fmt.Errorf("%.100q is not a SHA-256 in lowercase hex", b.SHA256)
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		have := false
		for _, in := range segments {
			e, ok, durable, err := in.find(s)
			if err != nil {
				return nil, err
			}
			if have = ok && durable && e.putAt.After(since); have {
				break
			}
		}
		if !have {
			missing = append(missing, newBlob{s, b.Raw})
		}
	}
	return missing, nil
}
