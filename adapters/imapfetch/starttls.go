package imapfetch

import (
	"context"
	"errors"
	"strings"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
)

const (
	lineLimit = 8 << 10 // of a line before the library takes over
	lineCount = 100     // of untagged lines before the answer to STARTTLS
)

// emptyLines is how many empty lines may come before the greeting.
const emptyLines = 10

// status returns the first two words of a line, in upper case. Some servers have no
// space after the second.
func status(line string) (tag, kind string) {
	words := append(strings.Fields(strings.ToUpper(line)), "", "")
	kind, _, _ = strings.Cut(words[1], "[")
	return words[0], kind
}

// greet reads the server's greeting (RFC 9051, section 7.1) and returns it.
func (c *conn) greet() (string, error) {
	var line string
	for n := 0; strings.TrimSpace(line) == "" && n <= emptyLines; n++ {
		var err error
		if line, err = c.transport.ReadLine(lineLimit); err != nil {
			return "", err
		}
	}
	switch tag, kind := status(line); {
	case tag == "*" && kind == "OK":
		return line, nil
	case tag == "*" && kind == "BYE":
		return "", byeError(c.credential.Redact(line))
	case tag == "*" && kind == "PREAUTH":
		// The server must not choose the mailbox; and before STARTTLS this would
		// bypass the encryption.
		return "", &inbound.Error{Op: inbound.OpConnect, Class: inbound.ErrPermanent,
			Err:  errors.New("the server has authenticated the connection without a login (PREAUTH)"),
			Hint: "check host, port and security"}
	}
	return "", &inbound.Error{Op: inbound.OpConnect, Class: inbound.ErrPermanent,
		Err:  errors.New("the server does not speak IMAP: " + escape.Quoted(c.credential.Redact(line))),
		Hint: "check host, port and security"}
}

// startTLS encrypts the connection by STARTTLS (RFC 9051, section 6.2.1) before
// the library sees it, so that nothing the server has said in plain text counts,
// capabilities included. It returns a greeting for the library.
func (c *conn) startTLS(ctx context.Context) (string, error) {
	if _, err := c.transport.Write([]byte("S1 STARTTLS\r\n")); err != nil {
		return "", err
	}
	for range lineCount {
		line, err := c.transport.ReadLine(lineLimit)
		if err != nil {
			return "", err
		}
		switch tag, kind := status(line); {
		case kind == "BYE" && (tag == "*" || tag == "S1"):
			return "", byeError(c.credential.Redact(line))
		case tag != "S1":
		case kind == "OK":
			return "* OK encrypted", c.transport.StartTLS(ctx)
		default:
			answer := strings.TrimSpace(strings.TrimSpace(line)[len(tag):])
			return "", &inbound.Error{Op: inbound.OpConnect, Class: inbound.ErrPermanent,
				Err:  errors.New("the server refuses STARTTLS: " + escape.Quoted(c.credential.Redact(answer))),
				Hint: "use security tls, usually with port 993"}
		}
	}
	return "", errors.New("the server does not answer STARTTLS")
}
