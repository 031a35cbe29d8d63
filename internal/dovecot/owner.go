package dovecot

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// owner is the system user who owns the mail. Dovecot refuses to access mail that
// root owns, so in servers that root starts, the user nobody owns it.
type owner struct {
	name, group string
	uid, gid    int
}

func findOwner() (owner, error) {
	var u *user.User
	var err error
	if os.Geteuid() == 0 {
		u, err = user.Lookup("nobody")
	} else {
		u, err = user.Current()
	}
	if err != nil {
		return owner{}, fmt.Errorf("dovecot: find the user that mail belongs to: %w", err)
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return owner{}, fmt.Errorf("dovecot: find the group that mail belongs to: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return owner{}, fmt.Errorf("dovecot: user %s has the odd ID %q", u.Username, u.Uid)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return owner{}, fmt.Errorf("dovecot: group %s has the odd ID %q", g.Name, u.Gid)
	}
	return owner{name: u.Username, group: g.Name, uid: uid, gid: gid}, nil
}

// own makes the owner the owner of a path. Only root needs to do that.
func (o owner) own(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(path, o.uid, o.gid)
}
