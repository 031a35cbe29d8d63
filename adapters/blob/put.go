package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	gocloud "gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"golang.org/x/sync/errgroup"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/compress"
)

const (
	// smallBytes is up to which size a message is held in memory.
	smallBytes = 1 << 20
	// partBytes is how much of a larger one a driver holds. S3 allows no less.
	partBytes = 5 << 20
)

// Put implements inbound.Archive. It costs two requests for each message that is new, and one for
// a message that is there.
func (a *Archive) Put(ctx context.Context, blobs []inbound.Blob) error {
	if err := ended(ctx); err != nil {
		return failed(ctx, "put", err)
	}
	missing := make([]inbound.Blob, 0, len(blobs))
	seen := make(map[string]bool, len(blobs))
	for _, b := range blobs {
		if !isSHA256(b.SHA256) {
			return fmt.Errorf("blob: put: %.100q is not a SHA-256 in lowercase hex", b.SHA256)
		}
		if !seen[b.SHA256] {
			seen[b.SHA256] = true
			missing = append(missing, b)
		}
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, b := range missing {
		encoder, err := a.encoder(groupCtx)
		if err != nil { // a put has failed, or ctx has ended
			group.Go(func() error { return err })
			break
		}
		group.Go(func() error {
			defer func() { a.encoders <- encoder }()
			return a.put(groupCtx, encoder, b)
		})
	}
	return failed(ctx, "put", group.Wait())
}

// encoder waits for its turn to upload.
func (a *Archive) encoder(ctx context.Context) (*compress.Encoder, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	select {
	case e := <-a.encoders:
		if e == nil {
			e = compress.NewEncoder(true)
		}
		return e, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (a *Archive) put(ctx context.Context, encoder *compress.Encoder, b inbound.Blob) error {
	old, err := a.find(ctx, b.SHA256)
	if err != nil {
		return err
	}
	now := time.Now()
	if len(old) > 0 && old[len(old)-1].putAt.After(now.Add(-fresh)) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	if len(old) == 0 || !a.putAgain(ctx, old[len(old)-1], now) {
		if err := a.upload(ctx, encoder, b, now); err != nil {
			return err
		}
	}
	for _, o := range old {
		// What cannot be removed is left to the next Put of this message, and to DeleteBlobs.
		_ = a.bucket.Delete(ctx, a.prefix+o.key())
	}
	return nil
}

// putAgain has the bucket copy a message to a key of now. It reports whether that worked: a
// DeleteBlobs may be faster, and rights may be missing. The bytes are uploaded then.
func (a *Archive) putAgain(ctx context.Context, o object, now time.Time) bool {
	again := o
	again.putAt = now
	return a.bucket.Copy(ctx, a.prefix+again.key(), a.prefix+o.key(), nil) == nil
}

// upload writes a message. The object is there as a whole, or not at all.
func (a *Archive) upload(ctx context.Context, encoder *compress.Encoder, b inbound.Blob, now time.Time) error {
	size := b.Raw.Size()
	o := object{sha256: b.SHA256, putAt: now, size: size}
	if size <= smallBytes {
		data := make([]byte, size)
		if _, err := io.ReadFull(&rawReader{raw: b.Raw}, data); err != nil {
			return err
		}
		if packed, ok := encoder.Pack(data); ok {
			// A driver may still read while a request is given up: it gets bytes of its own.
			o.packed, data = true, slices.Clone(packed)
		}
		return named(o, a.bucket.Upload(ctx, a.prefix+o.key(), bytes.NewReader(data), writerOptions(o)))
	}
	sample := make([]byte, compress.SampleBytes)
	if _, err := io.ReadFull(&rawReader{raw: b.Raw, at: compress.SampleAt(size)}, sample); err != nil {
		return err
	}
	o.packed = encoder.Pays(sample)
	return a.stream(ctx, encoder, o, b.Raw)
}

func (a *Archive) stream(ctx context.Context, encoder *compress.Encoder, o object, raw inbound.Raw) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := a.bucket.NewWriter(ctx, a.prefix+o.key(), writerOptions(o))
	if err != nil {
		return named(o, err)
	}
	from := &rawReader{raw: raw}
	if o.packed {
		packing := encoder.Writer(w)
		if _, err = io.Copy(packing, from); err == nil {
			err = packing.Close()
		}
	} else {
		_, err = io.Copy(w, from)
	}
	if err != nil {
		cancel() // Close gives the object up then
		if closing := w.Close(); from.err == nil && gcerrors.Code(closing) != gcerrors.Canceled {
			err = closing // says more than a pipe that was closed
		}
		if from.err != nil {
			return from.err
		}
		return named(o, err)
	}
	return named(o, w.Close())
}

func writerOptions(o object) *gocloud.WriterOptions {
	contentType := "message/rfc822"
	if o.packed {
		contentType = "application/zstd"
	}
	return &gocloud.WriterOptions{ContentType: contentType, BufferSize: partBytes, MaxConcurrency: 1}
}

// named adds which object an error is about.
func named(o object, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("upload %s: %w", o.sha256, err)
}
