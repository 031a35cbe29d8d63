package blob

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"gocloud.dev/gcerrors"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
)

// kinds says what errors of the bucket mean for the operator.
var kinds = map[gcerrors.ErrorCode]struct {
	is    error // of package gcerrors
	class error // of package inbound
	hint  string
}{
	gcerrors.PermissionDenied: {gcerrors.ErrPermissionDenied, inbound.ErrPermanent,
		"let this program's identity list, read, write and delete objects below the archive's prefix, and look whether " +
			"its keys have expired"},
	gcerrors.NotFound: {gcerrors.ErrNotFound, inbound.ErrPermanent,
		"the bucket of the archive is not there: correct its name and region, or create it"},
	gcerrors.InvalidArgument: {gcerrors.ErrInvalidArgument, inbound.ErrPermanent,
		"the object store refuses a request: correct the bucket's name, region and endpoint"},
	gcerrors.Unimplemented: {gcerrors.ErrUnimplemented, inbound.ErrPermanent,
		"the object store cannot do this: use one that lists, reads, writes and deletes objects"},
	gcerrors.FailedPrecondition: {gcerrors.ErrFailedPrecondition, inbound.ErrPermanent,
		"the object store refuses to change objects: look at the retention and locks of the bucket"},
	gcerrors.ResourceExhausted: {gcerrors.ErrResourceExhausted, inbound.ErrThrottled,
		"the object store limits requests or space: it is tried again; look at the quota if it lasts"},
	gcerrors.DeadlineExceeded: {gcerrors.ErrDeadlineExceeded, inbound.ErrTemporary,
		"the object store is slow or cannot be reached: it is tried again; look at the network if it lasts"},
}

const otherHint = "the object store fails or cannot be reached: it is tried again; look at the network and at the " +
	"store's status page if it lasts"

// failed adds the name of an operation to an error, and where the bucket fails its class and
// a hint for the operator. If ctx has ended, its cause is the error.
func failed(ctx context.Context, op string, err error) error {
	var unreadable *rawError
	cause := context.Cause(ctx)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unreadable):
		return fmt.Errorf("blob: %s: %w", op, unreadable)
	case cause != nil && !errors.Is(cause, context.DeadlineExceeded):
		return fmt.Errorf("blob: %s: %w", op, cause)
	case cause != nil:
		err = cause
	}
	kind, known := kinds[gcerrors.Code(err)]
	if !known {
		kind.class, kind.hint = inbound.ErrTemporary, otherHint
	}
	shown := &storeError{text: err.Error()}
	if kind.is != nil {
		shown.is = append(shown.is, kind.is)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		shown.is = append(shown.is, context.DeadlineExceeded)
	}
	err = fmt.Errorf("blob: %s: %w", op, shown)
	return &inbound.Error{Op: "use the archive", Class: kind.class, Hint: kind.hint, Err: err}
}

// maxText is how many bytes of an error of a driver are shown.
const maxText = 500

// storeError is an error of a driver without the secrets that may be in its text, or in the
// errors that it wraps: an address may be signed.
type storeError struct {
	text string
	is   []error
}

var secrets = regexp.MustCompile(`(?i)(://[^\s"'?#]*)[?#][^\s"']*|(://)[^\s/"'@]*@|` +
	`((?:sig|signature|token|secret|password|credential|\w*key|\w*keyid)["']?[=:]\s*["']?)[^\s&"',;]+|(\bbearer\s+)\S+`)

// Error implements error.
func (e *storeError) Error() string {
	return escape.Text(secrets.ReplaceAllString(e.text, "$1$2$3$4[redacted]"), maxText)
}

// Unwrap returns the errors that a caller may ask for.
func (e *storeError) Unwrap() []error { return e.is }
