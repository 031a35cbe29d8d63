package pop3fetch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strconv"
)

// identify names the messages up to a number for which the server has no usable
// unique-id, by a hash of their header: "sha256:" and 64 hex digits. These are all
// messages of a server without UIDL, or whose unique-ids are the message numbers; else
// those for which UIDL has none, or several. That costs one TOP n 0 for each of them in
// every session, a few KiB each, pipelined where the server allows it; without TOP it
// costs a RETR. Messages with the same header are duplicates and get occurrences, in the
// order of the maildrop.
func (s *session) identify(upTo int) error {
	m := s.maildrop
	for m.indexed < upTo {
		next := min(m.indexed+pageSize, upTo)
		var unnamed []int
		for n := m.indexed + 1; n <= next; n++ {
			if m.name(n) == nil {
				unnamed = append(unnamed, n)
			}
		}
		if err := s.nameByHeader(unnamed); err != nil {
			return err
		}
		if err := m.indexUpTo(next); err != nil {
			return err
		}
	}
	return nil
}

// nameByHeader names these messages. One whose header the server refuses makes the
// listing incomplete, and has no name, or its number where that is its unique-id.
func (s *session) nameByHeader(numbers []int) error {
	if len(numbers) == 0 {
		return nil
	}
	if err := s.probeTop(numbers[0]); err != nil {
		return err
	}
	m := s.maildrop
	return s.pipelined(len(numbers),
		func(i int, to []byte) []byte { return s.retrieve(to, numbers[i], 0) },
		func(i int) error {
			body, refused, err := s.message(0)
			if err != nil {
				return err
			}
			if refused != nil {
				m.incomplete = true
				if m.numbered {
					return m.setName(numbers[i], strconv.AppendInt(nil, int64(numbers[i]), 10))
				}
				return nil
			}
			sum, err := headerSum(body)
			if err != nil {
				return err
			}
			if err := m.setName(numbers[i], contentName(sum)); err != nil {
				return err
			}
			return drain(body)
		})
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
