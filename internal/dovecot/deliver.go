package dovecot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/postroom/postroom/internal/mbox"
)

// Mail is a message to put into a folder.
type Mail struct {
	Raw   []byte
	Flags string    // Maildir letters: S seen, R answered, F flagged, T deleted, D draft
	At    time.Time // when it was received (INTERNALDATE); the zero time means now
}

// Deliver adds a new message to a user's folder like a mail system: the message
// appears atomically, and is unread. If the folder does not exist, Deliver creates
// it. Messages get their UIDs in the order of delivery. In an mbox, no session may be
// open meanwhile.
func (s *Server) Deliver(user, folder string, raw []byte) error {
	return s.Put(user, folder, Mail{Raw: raw})
}

// Put is Deliver with flags and a time.
func (s *Server) Put(user, folder string, m Mail) error {
	var err error
	switch {
	case s.isMaildir():
		err = s.putFile(user, folder, m)
	case s.options.Storage == Mbox && folder == "INBOX" && m.Flags == "":
		err = s.putMbox(user, m)
	default:
		err = s.appendMail(user, folder, m)
	}
	if err != nil {
		return fmt.Errorf("dovecot: deliver to %s, folder %s: %w", user, folder, err)
	}
	return nil
}

// putFile writes a Maildir file to tmp and then moves it to new or cur.
func (s *Server) putFile(user, folder string, m Mail) error {
	dir, err := s.makeMaildir(user, folder)
	if err != nil {
		return err
	}
	// Dovecot assigns UIDs in the order of the seconds and the number after M,
	// so these count deliveries. With S and W, Dovecot need not read each file
	// to get its size.
	n := s.mails.Add(1)
	crlf := len(m.Raw) + bytes.Count(m.Raw, []byte("\n")) - bytes.Count(m.Raw, []byte("\r\n"))
	name := fmt.Sprintf("%d.M%06dP%d.postroom,S=%d,W=%d", s.first+n/1e6, n%1e6, os.Getpid(), len(m.Raw), crlf)
	tmp := filepath.Join(dir, "tmp", name)
	if err := os.WriteFile(tmp, m.Raw, 0o600); err != nil {
		return err
	}
	if err := s.owner.own(tmp); err != nil {
		return err
	}
	if !m.At.IsZero() {
		if err := os.Chtimes(tmp, m.At, m.At); err != nil {
			return err
		}
	}
	if m.Flags == "" {
		return os.Rename(tmp, filepath.Join(dir, "new", name))
	}
	return os.Rename(tmp, filepath.Join(dir, "cur", name+":2,"+m.Flags))
}

// putMbox appends a message to the file of the INBOX.
func (s *Server) putMbox(user string, m Mail) error {
	file := filepath.Join(s.dir, "mail", user, "inbox")
	if err := mbox.Append(file, m.Raw, m.At); err != nil {
		return err
	}
	return s.owner.own(file)
}

func (s *Server) isMaildir() bool { return s.options.Storage == "" || s.options.Storage == Maildir }

// MakeFolder creates an empty folder. It leaves an existing folder unchanged.
func (s *Server) MakeFolder(user, folder string) error {
	var err error
	if s.isMaildir() {
		_, err = s.makeMaildir(user, folder)
	} else {
		err = s.createFolder(user, folder)
	}
	if err != nil {
		return fmt.Errorf("dovecot: make folder %s of %s: %w", folder, user, err)
	}
	return nil
}

func (s *Server) makeMaildir(user, folder string) (string, error) {
	home := filepath.Join(s.dir, "mail", user)
	if _, err := os.Stat(home); err != nil {
		return "", fmt.Errorf("there is no user %q: call AddUser first", user)
	}
	root := filepath.Join(home, "Maildir")
	dir := s.maildir(user, folder)
	if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
		return dir, nil
	}
	subdirs := []string{filepath.Join(dir, "tmp"), filepath.Join(dir, "cur"), filepath.Join(dir, "new")}
	for _, d := range append([]string{root, dir}, subdirs...) {
		if err := os.Mkdir(d, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return "", err
		}
		if err := s.owner.own(d); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// maildir returns a folder's directory (Maildir++: INBOX is the root, "A/B" is
// its subdirectory ".A.B").
func (s *Server) maildir(user, folder string) string {
	root := filepath.Join(s.dir, "mail", user, "Maildir")
	if strings.EqualFold(folder, "INBOX") {
		return root
	}
	return filepath.Join(root, "."+strings.ReplaceAll(folder, "/", "."))
}

// Files returns the paths of a folder's mail files, which only Maildir has. The
// caller may change and remove them to simulate faults.
func (s *Server) Files(user, folder string) ([]string, error) {
	if !s.isMaildir() {
		return nil, errors.New("dovecot: only Maildir has a file for each message")
	}
	var files []string
	for _, sub := range []string{"new", "cur"} {
		dir := filepath.Join(s.maildir(user, folder), sub)
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("dovecot: list files: %w", err)
		}
		for _, e := range entries {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, nil
}
