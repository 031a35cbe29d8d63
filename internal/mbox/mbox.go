// Package mbox appends messages to mbox files (RFC 4155), for servers under test.
package mbox

import (
	"bytes"
	"errors"
	"os"
	"time"
)

// Append appends a message to a file, which is created if it does not exist. A zero
// time means now. The file is not locked: no server may have it open.
func Append(file string, raw []byte, at time.Time) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o660)
	if err != nil {
		return err
	}
	_, err = f.Write(entry(raw, at))
	return errors.Join(err, f.Close())
}

// entry returns a message as it is in the file: after a From line, with LF line ends,
// and with ">" before the lines of the message that look like a From line.
func entry(raw []byte, at time.Time) []byte {
	if at.IsZero() {
		at = time.Now()
	}
	text := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(append([]byte{'\n'}, text...), []byte("\nFrom "), []byte("\n>From "))
	text = append(bytes.TrimSuffix(text, []byte("\n")), "\n\n"...)
	return append([]byte("From sender@post.example "+at.UTC().Format(time.ANSIC)), text...)
}
