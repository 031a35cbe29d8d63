package testclient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// POP3 is a session with a POP3 server. It sends one command at a time.
type POP3 struct {
	conn net.Conn
	in   *bufio.Reader
}

// DialPOP3 connects to a server without encryption and logs in.
func DialPOP3(address, user, password string) (*POP3, error) {
	conn, err := dial(address)
	if err != nil {
		return nil, err
	}
	c := &POP3{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}
	if _, err = c.answer("greeting"); err == nil {
		_, err = c.do("USER " + user)
	}
	if err == nil {
		_, err = c.do("PASS " + password)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

// Close ends the session, which removes the deleted messages, and closes the
// connection.
func (c *POP3) Close() error {
	_, err := c.do("QUIT")
	return errors.Join(err, c.conn.Close())
}

// Read returns the bytes of all messages, by unique-id.
func (c *POP3) Read() (map[string][]byte, error) {
	if _, err := c.do("UIDL"); err != nil {
		return nil, err
	}
	list, err := c.multiline()
	if err != nil {
		return nil, err
	}
	// All commands are sent together: servers that answer in small pieces wait for a
	// delayed acknowledgment (40 ms) between the answer to one and to the next.
	var commands strings.Builder
	var uidls []string
	for line := range strings.Lines(string(list)) {
		number, uidl, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		uidls = append(uidls, uidl)
		fmt.Fprintf(&commands, "RETR %s\r\n", number)
	}
	if _, err := io.WriteString(c.conn, commands.String()); err != nil {
		return nil, err
	}
	messages := make(map[string][]byte)
	for _, uidl := range uidls {
		if _, twice := messages[uidl]; twice {
			return nil, fmt.Errorf("two messages have the unique-id %q", uidl)
		}
		if _, err := c.answer("RETR"); err != nil {
			return nil, err
		}
		if messages[uidl], err = c.multiline(); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// DeleteAll marks all messages as deleted.
func (c *POP3) DeleteAll() error {
	answer, err := c.do("STAT")
	if err != nil {
		return err
	}
	var messages int
	if _, err := fmt.Sscanf(answer, "+OK %d", &messages); err != nil {
		return fmt.Errorf("STAT: the server answered %.200q", answer)
	}
	for i := range messages {
		if _, err := c.do("DELE " + strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	return nil
}

// do sends a command and returns the first line of the answer.
func (c *POP3) do(command string) (string, error) {
	if _, err := io.WriteString(c.conn, command+"\r\n"); err != nil {
		return "", err
	}
	verb, _, _ := strings.Cut(command, " ")
	return c.answer(verb)
}

// answer reads the first line of an answer.
func (c *POP3) answer(verb string) (string, error) {
	line, err := readLine(c.in)
	if err == nil && !strings.HasPrefix(line, "+OK") {
		err = fmt.Errorf("%s: the server answered %.200q", verb, line)
	}
	return line, err
}

// multiline reads lines up to a single dot and removes the dots that were added to
// lines that begin with one (RFC 1939, section 3).
func (c *POP3) multiline() ([]byte, error) {
	var text []byte
	for {
		line, err := c.in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if bytes.Equal(line, []byte(".\r\n")) {
			return text, nil
		}
		text = append(text, bytes.TrimPrefix(line, []byte("."))...)
	}
}
