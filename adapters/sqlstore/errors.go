package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// troubles of a database, by what its error says: drivers have types of their
// own for them, and none is imported here.
var troubles = []struct{ says, hint string }{
	{"database or disk is full", "make room on the disk of the database; nothing is lost, and it goes on from there"},
	{"no space left on device", "make room on the disk of the database; nothing is lost, and it goes on from there"},
	{"disk quota exceeded", "make room on the disk of the database; nothing is lost, and it goes on from there"},
	{"readonly database", "let this program write to the database file and to its folder"},
	{"unable to open database", "check that the folder of the database is there, and that this program may write to it"},
	{"database is locked", lockedHint},
	{"database table is locked", lockedHint},
	{"malformed", "the database file is damaged: stop, and restore it from its backup"},
	{"disk I/O error", "the disk of the database fails: look at the system's log"},
}

const lockedHint = "another program keeps the database locked: end it if it hangs; or a repository on this database does not use the transaction of sqlstore.Tx"

// wrap adds the name of an operation to an error, and a hint for the operator
// where there is one.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return explain(fmt.Errorf("sqlstore: %s: %w", op, err))
}

// explain says what to do about an error of the database itself. It goes on by
// itself once that is done, so it is temporary.
func explain(err error) error {
	var told *inbound.Error
	if err == nil || errors.As(err, &told) || errors.Is(err, context.Canceled) {
		return err
	}
	text := err.Error()
	for _, t := range troubles {
		if strings.Contains(text, t.says) {
			return &inbound.Error{Op: "use the database", Class: inbound.ErrTemporary, Hint: t.hint, Err: err}
		}
	}
	return err
}
