package dovecot

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// AddUser creates a user with an empty mailbox, or changes the password of an existing
// one. The name is one path element without colons: "anna", "shop@a.example".
func (s *Server) AddUser(name, password string) error { return s.AddUsers(password, name) }

// AddUsers is AddUser for several users with the same password.
func (s *Server) AddUsers(password string, names ...string) error {
	s.users.Lock()
	defer s.users.Unlock()
	for _, name := range names {
		if err := s.writeUser(name, password); err != nil {
			return fmt.Errorf("dovecot: add user: %w", err)
		}
	}
	for _, name := range names {
		if err := s.awaitUser(name, password); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) writeUser(name, password string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, ":/\r\n\t ") {
		return fmt.Errorf("user name %q cannot be used", name)
	}
	home := filepath.Join(s.dir, "mail", name)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	if err := s.owner.own(home); err != nil {
		return err
	}
	old, err := os.ReadFile(s.usersFile())
	if err != nil {
		return err
	}
	var b strings.Builder
	for line := range strings.Lines(string(old)) {
		if !strings.HasPrefix(line, name+":") {
			b.WriteString(line)
		}
	}
	fmt.Fprintf(&b, "%s:{PLAIN.b64}%s:%d:%d::%s::\n", name,
		base64.StdEncoding.EncodeToString([]byte(password)), s.owner.uid, s.owner.gid, home)
	// The file is replaced by a rename, since the server may read it at any time.
	next := s.usersFile() + ".new"
	if err := os.WriteFile(next, []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(next, s.usersFile())
}

// awaitUser waits until the server accepts the password. The server reads its file of
// users at most once a second.
func (s *Server) awaitUser(name, password string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		test := exec.CommandContext(ctx, "doveadm", "-c", s.configFile(), "auth", "test", name, password)
		out, err := test.CombinedOutput()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("dovecot: the server refuses the login of user %s: %w\n%s", name, err, out)
		case <-again.C:
		}
	}
}
