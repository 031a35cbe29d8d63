//go:build unix

package cli

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// ownerOf names the user whom a file belongs to.
func ownerOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return unknownOwner
	}
	file, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return unknownOwner
	}
	id := strconv.FormatUint(uint64(file.Uid), 10)
	if owner, err := user.LookupId(id); err == nil {
		return "the user " + owner.Username
	}
	return "the user with the ID " + id
}
