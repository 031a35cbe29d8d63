//go:build unix

package daemon

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// DropRights makes a command run as the user nobody if this process is root: some
// servers refuse to run as root. What the program is to write to must belong to nobody,
// see [GiveAway].
func DropRights(cmd *exec.Cmd) error {
	uid, gid, err := nobody()
	if err != nil || uid < 0 {
		return err
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return nil
}

// GiveAway makes nobody the owner of a file or directory if this process is root.
func GiveAway(path string) error {
	uid, gid, err := nobody()
	if err != nil || uid < 0 {
		return err
	}
	return os.Chown(path, uid, gid)
}

// nobody returns the IDs of the user nobody, or -1 if this process is not root.
func nobody() (uid, gid int, err error) {
	if os.Geteuid() != 0 {
		return -1, -1, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return -1, -1, fmt.Errorf("find a user without rights: %w", err)
	}
	if uid, err = strconv.Atoi(u.Uid); err == nil {
		gid, err = strconv.Atoi(u.Gid)
	}
	if err != nil {
		return -1, -1, fmt.Errorf("the user nobody has odd IDs: %w", err)
	}
	return uid, gid, nil
}
