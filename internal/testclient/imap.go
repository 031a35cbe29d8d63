package testclient

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeout is how long a connection may last.
const timeout = 2 * time.Minute

// IMAP is a session with an IMAP server. It sends one command at a time.
type IMAP struct {
	conn io.ReadWriter
	in   *bufio.Reader
}

// NewIMAP returns a session on a connection, and reads the greeting.
func NewIMAP(conn io.ReadWriter) (*IMAP, error) {
	c := &IMAP{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}
	_, err := c.line()
	return c, err
}

// DialIMAP connects to a server without encryption and logs in.
func DialIMAP(address, user, password string) (*IMAP, error) {
	conn, err := dial(address)
	if err != nil {
		return nil, err
	}
	c, err := NewIMAP(conn)
	if err == nil {
		_, err = c.Do("LOGIN " + Quote(user) + " " + Quote(password))
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

func dial(address string) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", address, timeout)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(timeout))
}

// Close logs out and closes the connection.
func (c *IMAP) Close() error {
	_, err := c.Do("LOGOUT")
	if closer, ok := c.conn.(io.Closer); ok {
		err = errors.Join(err, closer.Close())
	}
	return err
}

// Do sends a command and returns the untagged responses, without their literals. The
// error has the server's words if it refuses the command.
func (c *IMAP) Do(command string) ([]string, error) {
	if err := c.send(command); err != nil {
		return nil, err
	}
	var responses []string
	err := c.responses(command, func(text string, _ []byte) error {
		responses = append(responses, text)
		return nil
	})
	return responses, err
}

// Fetch requests one item of all messages of the open folder. It calls each with the
// text of each response and with its literal, which is nil if there is none.
func (c *IMAP) Fetch(item string, each func(uid uint32, text string, literal []byte) error) error {
	command := "UID FETCH 1:* (UID " + item + ")"
	if err := c.send(command); err != nil {
		return err
	}
	return c.responses(command, func(text string, literal []byte) error {
		found := fetchUID.FindStringSubmatch(text)
		if found == nil || !strings.Contains(text, " FETCH (") {
			return nil
		}
		uid, err := strconv.ParseUint(found[1], 10, 32)
		if err != nil {
			return err
		}
		return each(uint32(uid), text, literal)
	})
}

var fetchUID = regexp.MustCompile(`[( ]UID (\d+)`)

// Append puts a message into a folder. A zero time leaves the time to the server.
func (c *IMAP) Append(folder string, raw []byte, flags []string, at time.Time) error {
	command := "APPEND " + Quote(folder)
	if len(flags) > 0 {
		command += " (" + strings.Join(flags, " ") + ")"
	}
	if !at.IsZero() {
		command += at.Format(` "02-Jan-2006 15:04:05 -0700"`)
	}
	if err := c.send(fmt.Sprintf("%s {%d}", command, len(raw))); err != nil {
		return err
	}
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if strings.HasPrefix(line, "+") {
			break
		}
		if strings.HasPrefix(line, tag) {
			return fmt.Errorf("APPEND to %s: the server answered %.200q", folder, line)
		}
	}
	if _, err := fmt.Fprintf(c.conn, "%s\r\n", raw); err != nil {
		return err
	}
	return c.responses(command, func(string, []byte) error { return nil })
}

// tag begins each command and the last line of its answer.
const tag = "a "

func (c *IMAP) send(command string) error {
	_, err := io.WriteString(c.conn, tag+command+"\r\n")
	return err
}

// responses calls each with the untagged responses until the command has ended.
func (c *IMAP) responses(command string, each func(text string, literal []byte) error) error {
	for {
		text, literal, err := c.response()
		if err != nil {
			return fmt.Errorf("%.40q: %w", command, err)
		}
		if status, ended := strings.CutPrefix(text, tag); ended {
			if !strings.HasPrefix(status, "OK") {
				return fmt.Errorf("%.40q: the server answered %.200q", command, status)
			}
			return nil
		}
		if err := each(text, literal); err != nil {
			return err
		}
	}
}

var literalSize = regexp.MustCompile(`\{(\d+)\}$`)

// response reads a response: its text with literals cut out, and the last literal.
func (c *IMAP) response() (text string, literal []byte, err error) {
	for {
		line, err := c.line()
		if err != nil {
			return "", nil, err
		}
		text += line
		size := literalSize.FindStringSubmatch(line)
		if size == nil {
			return text, literal, nil
		}
		n, err := strconv.Atoi(size[1])
		if err != nil {
			return "", nil, err
		}
		literal = make([]byte, n)
		if _, err := io.ReadFull(c.in, literal); err != nil {
			return "", nil, err
		}
	}
}

func (c *IMAP) line() (string, error) { return readLine(c.in) }

func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimRight(line, "\r\n"), err
}

// Quote writes a text, which must be ASCII, as a quoted string.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
