package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// archiveBatch puts the bytes of what a batch uploads or quarantines into the archive, before
// the transaction that refers to them. What is not committed after all is left to
// CleanArchive.
func (c *committer) archiveBatch(ctx context.Context, messages []*item, decisions *batchDecisions) error {
	if c.archive == nil {
		return nil
	}
	var keep []*item
	for i, it := range messages {
		if d := decisions.each[i]; !d.again && c.keepsBytes(it, d) {
			keep = append(keep, it)
		}
	}
	return c.archiveItems(ctx, keep)
}

// keepsBytes reports whether the bytes of a message are kept.
func (c *committer) keepsBytes(it *item, d decided) bool {
	switch d.Outcome {
	case Uploaded, Quarantined:
		return true
	case Failed:
		_, keep := it.undelivered(c.account, c.rules.entry(it, d.decision), c.attempts)
		return keep
	}
	return false
}

// archiveItems puts the bytes of messages into the archive, if there is one.
func (c *committer) archiveItems(ctx context.Context, items []*item) error {
	if c.archive == nil || len(items) == 0 {
		return nil
	}
	blobs := make([]Blob, len(items))
	for i, it := range items {
		blobs[i] = Blob{SHA256: it.message.SHA256, Raw: it.raw}
	}
	if err := c.putBlobs(ctx, blobs); err != nil {
		return err
	}
	for _, it := range items {
		it.archived = true
	}
	return nil
}

func (c *committer) putBlobs(ctx context.Context, blobs []Blob) error {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	if err := c.archive.Put(ctx, blobs); err != nil {
		return fmt.Errorf("inbound: put %d messages into the archive: %w", len(blobs), err)
	}
	return nil
}

// archiveProbe is put to find out whether the archive works.
const archiveProbe = "postroom"

// archiveIsDown returns an error if the archive does not work at all.
func (c *committer) archiveIsDown(ctx context.Context) error {
	if c.archive == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(archiveProbe))
	return c.putBlobs(ctx, []Blob{{SHA256: hex.EncodeToString(sum[:]), Raw: strings.NewReader(archiveProbe)}})
}

// keepBytes keeps the bytes of a message without an email. They are in the archive by now, if
// there is one.
func (c *committer) keepBytes(ctx context.Context, key string, it *item) error {
	if it.archived {
		return c.store.KeepArchived(ctx, key, it.message.SHA256)
	}
	return c.store.KeepRaw(ctx, key, it.raw)
}
