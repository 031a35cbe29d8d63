package inbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/postroom/postroom/inbound/email"
)

// fingerprintVersion is what fingerprints of this version begin with, and the
// fingerprint of a header that has none, or none that may be gone by.
var fingerprintVersion = fmt.Sprintf("h%d:", email.FingerprintVersion)

// fingerprintOf returns the fingerprint of a message's header as the store keeps it.
func fingerprintOf(r io.Reader) (string, error) {
	f, err := email.ReadHeaderFingerprint(r)
	if err != nil || f.Header == "" || f.Weak {
		return fingerprintVersion, err
	}
	return f.Header, nil
}

// readingOf returns a text that is equal for two readings that gave the same message:
// some servers write it anew each time. Without a fingerprint it is the checksum.
func readingOf(r io.Reader, sha256 string) (string, error) {
	f, err := email.ReadFingerprint(r)
	return cmp.Or(f.Message, sha256), err
}

// refingerprint computes the fingerprints of emails that have none, or one of an older
// version: they were uploaded by an older postroom.
type refingerprint struct {
	mu   sync.Mutex
	done bool
}

// refingerprintStep is how many emails are taken in one transaction.
const refingerprintStep = 500

// run does it once in the life of a Syncer, before anything is compared. The first pass
// does it and the others wait; one that fails leaves it to the next.
func (r *refingerprint) run(ctx context.Context, store Emails, f fence) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.done {
		ids, err := store.StaleFingerprints(ctx, fingerprintVersion, refingerprintStep)
		if err != nil {
			return fmt.Errorf("inbound: look for old fingerprints: %w", err)
		}
		if r.done = len(ids) == 0; r.done {
			break
		}
		fingerprints := make(map[string]string, len(ids))
		for _, id := range ids {
			if fingerprints[id], err = keptFingerprint(ctx, store, id); err != nil {
				return fmt.Errorf("inbound: compute the fingerprint of email %s: %w", id, err)
			}
		}
		err = f.fenced(ctx, func(ctx context.Context) error { return store.SetFingerprints(ctx, fingerprints) })
		if err != nil {
			return fmt.Errorf("inbound: record fingerprints: %w", err)
		}
	}
	return nil
}

// keptFingerprint computes the fingerprint of an email from its kept bytes. One whose
// bytes are missing or damaged is the same as nothing.
func keptFingerprint(ctx context.Context, store Emails, id string) (fingerprint string, err error) {
	raw, err := store.OpenRaw(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return fingerprintVersion, nil
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	fingerprint, err = fingerprintOf(raw)
	if isDamaged(err) {
		return fingerprintVersion, nil
	}
	return fingerprint, err
}
