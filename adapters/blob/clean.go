package blob

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	gocloud "gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"golang.org/x/sync/errgroup"

	"github.com/postroom/postroom/inbound"
)

// ListBlobs implements inbound.Archive. The order is that of the SHA-256. Objects that this
// package has not made are not listed.
func (a *Archive) ListBlobs(ctx context.Context, after string, limit int) (
	page []inbound.BlobInfo, next string, err error,
) {
	if err := ended(ctx); err != nil {
		return nil, "", failed(ctx, "list", err)
	}
	token := gocloud.FirstPageToken
	if after != "" {
		if token, err = base64.RawURLEncoding.DecodeString(after); err != nil {
			return nil, "", fmt.Errorf("blob: list after %.100q: want what the page before has returned as next", after)
		}
	}
	listed, token, err := a.bucket.ListPage(ctx, token, limit, &gocloud.ListOptions{Prefix: a.prefix})
	if err != nil {
		return nil, "", failed(ctx, "list", err)
	}
	for _, o := range a.objects(listed) {
		b := inbound.BlobInfo{SHA256: o.sha256, Size: o.size, PutAt: o.putAt}
		if last := len(page) - 1; last >= 0 && page[last].SHA256 == b.SHA256 {
			page[last] = b // it was put again
		} else {
			page = append(page, b)
		}
	}
	return page, base64.RawURLEncoding.EncodeToString(token), nil
}

// DeleteBlobs implements inbound.Archive. It costs two to three requests for each message, and
// removes what is left of messages that were put again, too.
func (a *Archive) DeleteBlobs(ctx context.Context, before time.Time, sha256s []string) error {
	if err := ended(ctx); err != nil {
		return failed(ctx, "delete", err)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(cap(a.encoders))
	for _, sha256 := range sha256s {
		if !isSHA256(sha256) {
			continue // such a blob is never there
		}
		group.Go(func() error { return a.delete(groupCtx, before, sha256) })
	}
	return failed(ctx, "delete", group.Wait())
}

// delete removes the objects that it has found to be old. A Put at the same time writes
// a different key, which stays.
func (a *Archive) delete(ctx context.Context, before time.Time, sha256 string) error {
	found, err := a.find(ctx, sha256)
	if err != nil {
		return err
	}
	for _, o := range found {
		if !o.putAt.Before(before) {
			continue
		}
		err := a.bucket.Delete(ctx, a.prefix+o.key())
		if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("delete %s: %w", sha256, err)
		}
	}
	return nil
}
