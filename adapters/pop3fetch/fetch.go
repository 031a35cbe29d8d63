package pop3fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
	"github.com/postroom/postroom/internal/mailconn"
	"github.com/postroom/postroom/internal/refusal"
)

// Fetch implements [inbound.Session]. Headers alone, and what is larger than
// FetchOptions.MaxBytes, are asked for with TOP; a message truncated by MaxBytes gives
// one byte more than that, so that the caller sees the truncation. The session ends
// when each fails.
func (s *session) Fetch(ctx context.Context, refs []inbound.Ref, opts inbound.FetchOptions,
	each func(inbound.Ref, io.Reader) error) error {
	return s.run(ctx, inbound.OpRead, func() error {
		if err := s.loadIndex(ctx); err != nil {
			return err
		}
		wanted := s.wanted(refs)
		if len(wanted) == 0 {
			return nil
		}
		if slices.ContainsFunc(wanted, func(m located) bool { return bodyLines(m.Ref, opts) != allLines }) {
			if err := s.probeTop(wanted[0].number); err != nil {
				return err
			}
		}
		return s.pipelined(len(wanted),
			func(i int, to []byte) []byte {
				return s.retrieve(to, wanted[i].number, bodyLines(wanted[i].Ref, opts))
			},
			func(i int) error { return s.deliver(wanted[i].Ref, opts, each) })
	})
}

// located is a message with its number in this session.
type located struct {
	inbound.Ref
	number int
}

// wanted returns those of refs that are in the maildrop.
func (s *session) wanted(refs []inbound.Ref) []located {
	list := make([]located, 0, len(refs))
	for _, ref := range refs {
		if n := s.maildrop.find(ref.SourceID); n > 0 {
			list = append(list, located{ref, n})
		}
	}
	return list
}

// allLines stands for all lines of a body.
const allLines = -1

// bodyLines says how many lines of the body to ask for. A line of a large message has
// about 64 bytes or more; where lines are shorter, less is fetched. A message that is
// small enough by the listing is asked for whole, so that the caller never mistakes a
// part for the whole.
func bodyLines(ref inbound.Ref, opts inbound.FetchOptions) int64 {
	switch {
	case opts.HeaderOnly:
		return 0
	case opts.MaxBytes > 0 && ref.Size > opts.MaxBytes:
		return opts.MaxBytes/64 + 1
	}
	return allLines
}

// retrieve appends the command that fetches a message, or lines of it.
func (s *session) retrieve(to []byte, number int, lines int64) []byte {
	if lines == allLines || s.top == unsupported {
		s.retrieved = true
		to = strconv.AppendInt(append(to, "RETR "...), int64(number), 10)
	} else {
		to = strconv.AppendInt(append(to, "TOP "...), int64(number), 10)
		to = strconv.AppendInt(append(to, ' '), lines, 10)
	}
	return append(to, crlf...)
}

// maxBelievedSize is when a message is no longer believed to end: four times its size,
// or that of the largest one that anybody sends.
const maxBelievedSize = 128 << 20

// body returns the reader of a message of about this size.
func (s *session) body(size int64) *dotReader {
	s.conn.Expect(mailconn.Message)
	return &dotReader{src: s.in, left: max(maxBelievedSize, 4*size)}
}

// message returns the reader of a message of about this size, or the server's refusal
// of this message. A server that delivers none for now is an error.
func (s *session) message(size int64) (*dotReader, *errReply, error) {
	var reply *errReply
	_, err := s.status()
	switch {
	case err == nil:
		return s.body(size), nil, nil
	case errors.As(err, &reply) && s.meaning(refusal.Reading, reply).Message:
		return nil, reply, nil
	}
	return nil, nil, err
}

// deliver reads one message and passes it to each.
func (s *session) deliver(ref inbound.Ref, opts inbound.FetchOptions, each func(inbound.Ref, io.Reader) error) error {
	body, reply, err := s.message(ref.Size)
	switch {
	case err != nil:
		return err
	case reply != nil:
		return s.leaveOut(reply)
	}
	s.refused = 0
	var r io.Reader = body
	if opts.HeaderOnly {
		r = &headerReader{src: r, begin: true}
	}
	if opts.MaxBytes > 0 {
		r = io.LimitReader(r, opts.MaxBytes+1)
	}
	if err := each(ref, r); err != nil {
		if body.err != nil && body.err != io.EOF {
			if !errors.Is(err, body.err) {
				err = errors.Join(body.err, err)
			}
			return fmt.Errorf("message %s: %w", escape.Quoted(ref.SourceID.String()), err)
		}
		return callbackError{err}
	}
	return drain(body)
}

// leaveOut returns nil for a message that the server refuses, and an error once it has
// refused so many in a row, in words that may mean all of them, that they are not at fault.
func (s *session) leaveOut(reply *errReply) error {
	if s.meaning(refusal.Reading, reply).Known {
		s.refused++
	}
	if s.refused > refusal.MaxInRow {
		return reply
	}
	return nil
}

// drain reads what is left of a message.
func drain(body *dotReader) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

// probeTop finds out whether the server supports TOP, which it need not announce, by
// a TOP whose result is not used: the refusal of a pipelined one would look like a
// message that is not delivered.
func (s *session) probeTop(number int) error {
	if s.top != supportUnknown {
		return nil
	}
	if err := s.send(s.retrieve(nil, number, 0)); err != nil {
		return err
	}
	var refused *errReply
	if _, err := s.status(); errors.As(err, &refused) {
		s.top = unsupported
		return nil
	} else if err != nil {
		return err
	}
	s.top = supported
	s.quirks.top.Store(true)
	return drain(s.body(0))
}

// headerReader ends after the empty line that ends a header: RETR returns the whole
// message, and so does the TOP of some servers.
type headerReader struct {
	src   io.Reader
	begin bool // the next byte begins a line, which so far is empty
	done  bool
}

func (h *headerReader) Read(p []byte) (int, error) {
	if h.done {
		return 0, io.EOF
	}
	n, err := h.src.Read(p)
	for i := 0; i < n; {
		switch c := p[i]; {
		case c == '\n' && h.begin:
			h.done = true
			return i + 1, nil
		case h.begin && c == '\r':
			i++
		default:
			end := bytes.IndexByte(p[i:n], '\n')
			if h.begin = end >= 0; !h.begin {
				return n, err
			}
			i += end + 1
		}
	}
	return n, err
}
