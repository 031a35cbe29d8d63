package dovecot

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Checksums returns the hex SHA-256 of every message in a folder, by UID, taken
// over the bytes that the server sends to clients. It changes no flags.
func (s *Server) Checksums(user, folder string) (map[uint32]string, error) {
	sums := make(map[uint32]string)
	err := s.inside(user, func(c *session) error {
		if _, err := c.do("EXAMINE " + quote(folder)); err != nil {
			return err
		}
		return c.fetch("BODY.PEEK[]", func(uid uint32, _ string, body io.Reader) error {
			hash := sha256.New()
			if _, err := io.Copy(hash, body); err != nil {
				return err
			}
			sums[uid] = hex.EncodeToString(hash.Sum(nil))
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
	err := s.inside(user, func(c *session) error {
		if _, err := c.do("EXAMINE " + quote(folder)); err != nil {
			return err
		}
		return c.fetch("FLAGS", func(uid uint32, line string, _ io.Reader) error {
			_, list, _ := strings.Cut(line, "FLAGS (")
			list, _, _ = strings.Cut(list, ")")
			flags[uid] = []string{}
			for _, f := range strings.Fields(list) {
				if f != `\Recent` {
					flags[uid] = append(flags[uid], f)
				}
			}
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
	return s.inside(user, func(c *session) error {
		if _, err := c.do("SELECT " + quote(folder)); err != nil {
			return err
		}
		_, err := c.do(fmt.Sprintf("UID STORE %d FLAGS.SILENT (%s)", uid, flags))
		return err
	})
}

// Count returns how many messages a folder has.
func (s *Server) Count(user, folder string) (int, error) {
	var n int
	err := s.inside(user, func(c *session) error {
		lines, err := c.do("EXAMINE " + quote(folder))
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
	return s.inside(user, func(c *session) error {
		_, err := c.do(fmt.Sprintf("APPEND %s (%s) %q {%d+}\r\n%s", quote(folder), strings.Join(flags, " "),
			at.Format("02-Jan-2006 15:04:05 -0700"), len(m.Raw), m.Raw))
		return err
	})
}

func (s *Server) createFolder(user, folder string) error {
	return s.inside(user, func(c *session) error {
		if _, err := c.do("STATUS " + quote(folder) + " (MESSAGES)"); err == nil {
			return nil
		}
		_, err := c.do("CREATE " + quote(folder))
		return err
	})
}

// inside runs do in an IMAP session that is logged in as the user. The session uses
// a pipe, so it needs no port and no login and is not subject to limits on
// connections. It shares no code with the clients that are tested with this server.
func (s *Server) inside(user string, do func(*session) error) error {
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
	c := &session{in: in, out: bufio.NewReaderSize(out, 64<<10)}
	_, err = c.line() // the greeting
	if err == nil {
		err = do(c)
	}
	// No LOGOUT is needed: the session ends at the end of its input, in every state.
	in.Close()
	_, _ = io.Copy(io.Discard, c.out)
	if waitErr := cmd.Wait(); err == nil && waitErr != nil {
		err = waitErr
	}
	return err
}

// session is a minimal IMAP client.
type session struct {
	in  io.Writer
	out *bufio.Reader
}

// do sends a command and returns the untagged lines of its answer.
func (c *session) do(command string) ([]string, error) {
	if _, err := io.WriteString(c.in, "a "+command+"\r\n"); err != nil {
		return nil, err
	}
	var lines []string
	for {
		line, err := c.line()
		if err != nil {
			return nil, err
		}
		if status, ok := strings.CutPrefix(line, "a "); ok {
			if !strings.HasPrefix(status, "OK") {
				return nil, fmt.Errorf("%.40q: the server answered %.200q", command, status)
			}
			return lines, nil
		}
		lines = append(lines, line)
	}
}

var (
	fetchUID = regexp.MustCompile(`[( ]UID (\d+)`)
	literal  = regexp.MustCompile(`\{(\d+)\}$`)
)

// fetch requests one item of all messages. It calls each with the line of each
// message and with the literal that follows it, which is empty if there is none.
func (c *session) fetch(item string, each func(uid uint32, line string, body io.Reader) error) error {
	if _, err := io.WriteString(c.in, "a UID FETCH 1:* ("+item+")\r\n"); err != nil {
		return err
	}
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if status, ok := strings.CutPrefix(line, "a "); ok {
			if !strings.HasPrefix(status, "OK") {
				return fmt.Errorf("the server answered %.200q", status)
			}
			return nil
		}
		found := fetchUID.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		uid, err := strconv.ParseUint(found[1], 10, 32)
		if err != nil {
			return err
		}
		var body io.Reader = strings.NewReader("")
		size := literal.FindStringSubmatch(line)
		if size != nil {
			n, err := strconv.ParseInt(size[1], 10, 64)
			if err != nil {
				return err
			}
			body = io.LimitReader(c.out, n)
		}
		if err := each(uint32(uid), line, body); err != nil {
			return err
		}
		if size == nil {
			continue
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return err
		}
		if rest, err := c.line(); err != nil {
			return err
		} else if rest != ")" {
			return fmt.Errorf("after a message, the server sent %.200q", rest)
		}
	}
}

func (c *session) line() (string, error) {
	line, err := c.out.ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimRight(line, "\r\n"), err
}

// quote writes a folder name, which must be ASCII, as a quoted string.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
