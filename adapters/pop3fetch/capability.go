package pop3fetch

import (
	"errors"
	"slices"
	"strings"
)

// capabilities are the lines of CAPA (RFC 2449); nil where the server does not
// support the command.
type capabilities []string

// has reports whether a capability is announced.
func (c capabilities) has(name string) bool { return c.arguments(name) != nil }

// hasSASL reports whether a mechanism is announced.
func (c capabilities) hasSASL(mechanism string) bool {
	return slices.ContainsFunc(c.arguments("SASL"), func(m string) bool { return strings.EqualFold(m, mechanism) })
}

// arguments returns what follows the capability's name; nil if it is not announced.
func (c capabilities) arguments(name string) []string {
	for _, line := range c {
		if words := strings.Fields(line); len(words) > 0 && strings.EqualFold(words[0], name) {
			return words[1:]
		}
	}
	return nil
}

// capabilities asks for the capabilities, which may differ before and after TLS and
// the login.
func (w *wire) capabilities() (capabilities, error) {
	if err := w.send([]byte("CAPA\r\n")); err != nil {
		return nil, err
	}
	var refused *errReply
	if _, err := w.status(); errors.As(err, &refused) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	caps := capabilities{}
	err := w.lines(maxShort, func(line []byte) { caps = append(caps, string(line)) })
	return caps, err
}
