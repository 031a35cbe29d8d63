package dovecot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/internal/testclient"
)

// Checksums returns the hex SHA-256 of every message in a folder, by UID, taken
// over the bytes that the server sends to clients. It changes no flags.
func (s *Server) Checksums(user, folder string) (map[uint32]string, error) {
	sums := make(map[uint32]string)
	err := s.inside(user, func(c *testclient.IMAP) error {
		if _, err := c.Do("EXAMINE " + testclient.Quote(folder)); err != nil {
			return err
		}
		return c.Fetch("BODY.PEEK[]", func(uid uint32, _ string, raw []byte) error {
			sum := sha256.Sum256(raw)
			sums[uid] = hex.EncodeToString(sum[:])
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("dovecot: checksums of %s, folder %s: %w", user, folder, err)
	}
	return sums, nil
}

// Flags returns the flags of every message in a folder, by UID, such as
// [\Seen]. It omits \Recent, which depends on sessions.
func (s *Server) Flags(user, folder string) (map[uint32][]string, error) {
	flags := make(map[uint32][]string)
	err := s.inside(user, func(c *testclient.IMAP) error {
		if _, err := c.Do("EXAMINE " + testclient.Quote(folder)); err != nil {
			return err
		}
		return c.Fetch("FLAGS", func(uid uint32, text string, _ []byte) error {
			flags[uid] = testclient.Flags(text)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("dovecot: flags of %s, folder %s: %w", user, folder, err)
	}
	return flags, nil
}

// SetFlags replaces the flags of a message, like a mail program: `\Seen \Deleted`.
func (s *Server) SetFlags(user, folder string, uid uint32, flags string) error {
	return s.inside(user, func(c *testclient.IMAP) error {
		if _, err := c.Do("SELECT " + testclient.Quote(folder)); err != nil {
			return err
		}
		_, err := c.Do(fmt.Sprintf("UID STORE %d FLAGS.SILENT (%s)", uid, flags))
		return err
	})
}

// Count returns how many messages a folder has.
func (s *Server) Count(user, folder string) (int, error) {
	var n int
	err := s.inside(user, func(c *testclient.IMAP) error {
		lines, err := c.Do("EXAMINE " + testclient.Quote(folder))
		for _, line := range lines {
			if before, ok := strings.CutSuffix(line, " EXISTS"); ok {
				n, err = strconv.Atoi(strings.TrimPrefix(before, "* "))
			}
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("dovecot: count %s, folder %s: %w", user, folder, err)
	}
	return n, nil
}

func (s *Server) appendMail(user, folder string, m Mail) error {
	if err := s.createFolder(user, folder); err != nil {
		return err
	}
	names := map[rune]string{'S': `\Seen`, 'R': `\Answered`, 'F': `\Flagged`, 'T': `\Deleted`, 'D': `\Draft`}
	var flags []string
	for _, letter := range m.Flags {
		flags = append(flags, names[letter])
	}
	at := m.At
	if at.IsZero() {
		at = time.Now()
	}
	return s.inside(user, func(c *testclient.IMAP) error { return c.Append(folder, m.Raw, flags, at) })
}

func (s *Server) createFolder(user, folder string) error {
	return s.inside(user, func(c *testclient.IMAP) error {
		if _, err := c.Do("STATUS " + testclient.Quote(folder) + " (MESSAGES)"); err == nil {
			return nil
		}
		_, err := c.Do("CREATE " + testclient.Quote(folder))
		return err
	})
}

// inside runs do in an IMAP session that is logged in as the user. The session uses
// a pipe, so it needs no port and no login and is not subject to limits on
// connections. It shares no code with the clients that are tested with this server.
func (s *Server) inside(user string, do func(*testclient.IMAP) error) error {
	cmd := exec.Command("doveadm", "-c", s.configFile(), "exec", "imap", "-u", user)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c, err := testclient.NewIMAP(readWriter{out, in})
	if err == nil {
		err = do(c)
	}
	// No LOGOUT is needed: the session ends at the end of its input, in every state.
	in.Close()
	_, _ = io.Copy(io.Discard, out)
	if waitErr := cmd.Wait(); err == nil && waitErr != nil {
		err = waitErr
	}
	return err
}

// readWriter is a connection of two pipes.
type readWriter struct {
	io.Reader
	io.Writer
}
