package filearchive

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/postroom/postroom/inbound"
)

// hints are what the operator can do about errors of the system.
var hints = []struct {
	is   error
	hint string
}{
	{syscall.ENOSPC, diskFullHint},
	{syscall.EDQUOT, diskFullHint},
	{syscall.EROFS, "the file system of the archive is mounted read-only: look at the system's log"},
	{syscall.EIO, "the disk of the archive fails: look at the system's log"},
	{syscall.EMFILE, "too many files are open: raise the limit of this process (ulimit -n)"},
	{syscall.ENOLCK, "the file system of the archive has no locks (flock): use a local one"},
	{syscall.EOPNOTSUPP, "the file system of the archive has no locks (flock): use a local one"},
	{fs.ErrPermission, "let this program write to the folder of the archive and to its files"},
}

const diskFullHint = "make room on the disk of the archive; nothing is lost, and it goes on from there"

// failed adds the name of an operation to an error, and a hint for the operator where the
// system fails.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("filearchive: %s: %w", op, err)
	for _, h := range hints {
		if errors.Is(err, h.is) {
			return &inbound.Error{Op: "use the archive", Class: inbound.ErrTemporary, Hint: h.hint, Err: err}
		}
	}
	return err
}
