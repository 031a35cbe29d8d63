package blob

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gocloud "gocloud.dev/blob"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/compress"
)

const (
	// fresh is how long a message that is there counts as put just now. Together with
	// uploadTimeout it stays within the hour that inbound.BlobInfo.PutAt allows.
	fresh = 45 * time.Minute
	// uploadTimeout bounds the upload of one message.
	uploadTimeout = 10 * time.Minute

	defaultParallel = 8
	maxParallel     = 256
	maxPrefix       = 512 // bytes; object stores allow keys of 1024
)

// Archive implements inbound.Archive in a bucket. It is safe for concurrent use, also by
// several processes.
type Archive struct {
	bucket   *gocloud.Bucket
	prefix   string                 // ends with a slash, or is empty
	encoders chan *compress.Encoder // one for each upload at a time; nil where it was not used yet
}

var _ inbound.Archive = (*Archive)(nil)

// Options tune an Archive. The zero value is the defaults.
type Options struct {
	// Prefix is what all keys begin with, such as "mail"; a slash is put behind it. Each
	// namespace of a Store needs one of its own. It has at most 512 bytes.
	Prefix string
	// Parallel is how many messages are uploaded or deleted at a time, over all calls of this
	// Archive that upload, and by each call that deletes; at most 256, 0 means 8.
	Parallel int
}

// New returns an Archive in a bucket, which the caller closes after the last use. Options may be
// nil. Nothing is asked of the bucket yet.
func New(bucket *gocloud.Bucket, options *Options) (*Archive, error) {
	var o Options
	if options != nil {
		o = *options
	}
	if o.Parallel == 0 {
		o.Parallel = defaultParallel
	}
	var problems []error
	if bucket == nil {
		problems = append(problems, errors.New("blob: the bucket is nil: open one by gocloud.dev/blob"))
	}
	if o.Parallel < 0 || o.Parallel > maxParallel {
		problems = append(problems, fmt.Errorf("blob: %d uploads at a time: want 1 to %d, or 0 for %d",
			o.Parallel, maxParallel, defaultParallel))
	}
	if !isPrefix(o.Prefix) {
		problems = append(problems, fmt.Errorf("blob: the prefix %.100q: want at most %d bytes of text, with no slash "+
			"at the beginning, and neither empty parts nor . or .. between slashes", o.Prefix, maxPrefix))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	a := &Archive{bucket: bucket, prefix: o.Prefix, encoders: make(chan *compress.Encoder, o.Parallel)}
	if a.prefix != "" && !strings.HasSuffix(a.prefix, "/") {
		a.prefix += "/"
	}
	for range o.Parallel {
		a.encoders <- nil
	}
	return a, nil
}

func isPrefix(prefix string) bool {
	if prefix == "" {
		return true
	}
	if len(prefix) > maxPrefix || !utf8.ValidString(prefix) || strings.ContainsFunc(prefix, unicode.IsControl) {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(prefix, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// ended returns the error of a context that has ended, or nil.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}
