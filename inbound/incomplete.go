package inbound

import (
	"errors"
	"fmt"
)

// incompleteListing is the failure of a folder of which the server does not list all
// messages: shown of total, as far as it says how many it has. What is listed is
// collected all the same.
func incompleteListing(folder string, shown, total int) error {
	return &Error{Op: OpList, Folder: folder, Class: ErrTemporary, Err: errors.New(incompleteReason(shown, total)),
		Hint: "what the server does not list cannot be collected; it is tried again in each pass, " +
			"and if this stays, the provider has to repair the mailbox"}
}

func incompleteReason(shown, total int) string {
	if shown < total {
		return fmt.Sprintf("the server lists %d of %d messages", shown, total)
	}
	return "the server leaves out messages, or lists some in a way that names none"
}
