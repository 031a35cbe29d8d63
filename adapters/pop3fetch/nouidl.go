package pop3fetch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
)

// identify names the messages up to a number on a server without UIDL by a hash of
// their header: "sha256:" and 64 hex digits. That costs one TOP n 0 for each message
// in every session, a few KiB each, pipelined where the server allows it; without
// TOP it costs a RETR of every message. Messages with the same header are duplicates
// and get occurrences, in the order of the maildrop.
func (s *session) identify(upTo int) error {
	m := s.maildrop
	if !s.noUIDL || m.indexed >= upTo {
		return nil
	}
	first := m.indexed + 1
	if err := s.probeTop(first); err != nil {
		return err
	}
	missing := false
	err := s.pipelined(upTo-m.indexed,
		func(i int, to []byte) []byte { return s.retrieve(to, first+i, 0) },
		func(i int) error {
			body, refused, err := s.message(0)
			if err != nil || refused != nil {
				missing = missing || err == nil
				return err
			}
			sum, err := headerSum(body)
			if err != nil {
				return err
			}
			m.setName(first+i, contentName(sum))
			return drain(body)
		})
	if err != nil {
		return err
	}
	m.incomplete = m.incomplete || missing
	m.indexUpTo(upTo)
	return nil
}

// headerSum is the SHA-256 of the header without its empty line, and without the
// fields in which servers that keep mail in mbox files record what has been read.
func headerSum(r io.Reader) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	in := bufio.NewReaderSize(r, 4<<10)
	skip, begin := false, true // of the field, and of the line
	for {
		line, err := in.ReadSlice('\n')
		if begin {
			if len(bytes.TrimRight(line, "\r\n")) == 0 && err == nil {
				break
			}
			if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
				skip = isStatusField(line)
			}
		}
		if !skip {
			hash.Write(line)
		}
		begin = err == nil
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return sum, err
		}
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}

var statusFields = []string{
	"Status", "X-Status", "X-UID", "X-UIDL", "X-Keywords", "X-IMAP", "X-IMAPbase", "Content-Length",
}

func isStatusField(line []byte) bool {
	name, _, _ := bytes.Cut(line, []byte(":"))
	for _, field := range statusFields {
		if bytes.EqualFold(bytes.TrimSpace(name), []byte(field)) {
			return true
		}
	}
	return false
}
