//go:build linux

package mailserver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/mbox"
)

// firstUID is the user ID of the first mailbox in a root.
const firstUID = 61000

// addUsers adds a system user with a home directory for each mailbox. The system does
// not wait after a wrong password.
func (r *root) addUsers() error {
	const pam = "/etc/pam.d/common-auth"
	text, err := os.ReadFile(r.path(pam))
	if err != nil {
		return err
	}
	if err := r.write(pam, strings.ReplaceAll(string(text), "pam_unix.so", "pam_unix.so nodelay")); err != nil {
		return err
	}
	var b strings.Builder
	for i, name := range userNames() {
		fmt.Fprintf(&b, "%s:%s:%d:%[3]d::/home/%[1]s:/bin/sh\n", name, Password, firstUID+i)
	}
	return r.run(b.String(), "newusers")
}

// own makes a user of addUsers the owner of a path in the root.
func (r *root) own(user, name string) error {
	id := firstUID + slices.Index(userNames(), user)
	return os.Chown(r.path(name), id, id)
}

// deliverMbox appends messages to the user's file in /var/mail.
func (r *root) deliverMbox(user string, at time.Time, raw [][]byte) error {
	file := "/var/mail/" + user
	for _, m := range raw {
		if err := mbox.Append(r.path(file), m, at); err != nil {
			return err
		}
	}
	return r.own(user, file)
}

// delivered numbers the files of all Maildirs.
var delivered atomic.Int64

// deliverMaildir writes messages to the user's Maildir, each to tmp and then to new.
func (r *root) deliverMaildir(user string, at time.Time, raw [][]byte) error {
	dir := "/home/" + user + "/Maildir"
	for _, m := range raw {
		n := delivered.Add(1)
		name := fmt.Sprintf("%d.M%06dP%d.postroom", time.Now().Unix(), n, os.Getpid())
		tmp := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(r.path(tmp), m, 0o600); err != nil {
			return err
		}
		if err := r.own(user, tmp); err != nil {
			return err
		}
		if !at.IsZero() {
			if err := os.Chtimes(r.path(tmp), at, at); err != nil {
				return err
			}
		}
		if err := os.Rename(r.path(tmp), r.path(filepath.Join(dir, "new", name))); err != nil {
			return err
		}
	}
	return nil
}

func (r *root) makeMaildir(user string) error {
	dir := "/home/" + user + "/Maildir"
	for _, d := range []string{dir, dir + "/tmp", dir + "/new", dir + "/cur"} {
		if err := os.Mkdir(r.path(d), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := r.own(user, d); err != nil {
			return err
		}
	}
	return nil
}
