package imapfetch

import (
	"errors"
	"fmt"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
)

// mailboxName returns a folder's name as it is sent. INBOX has no letter case (RFC
// 9051, section 5.1), but the library compares names byte by byte.
func (s *session) mailboxName(folder string) (string, error) {
	if folder == "" || hasControl(folder) {
		return "", &inbound.Error{Op: inbound.OpOpenFolder, Class: inbound.ErrPermanent,
			Err: errors.New(escape.Quoted(folder) + " is not a folder's name"), Hint: hintFolder}
	}
	if len(folder) == 5 && asciiUpper(folder) == "INBOX" {
		return "INBOX", nil
	}
	if name := s.names[folder]; name != "" {
		return name, nil
	}
	return folder, nil
}

func asciiUpper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
	return string(b)
}

// byName calls open with the name of a folder. If the server refuses a name that other
// programs may have shown in modified UTF-7 (RFC 3501, section 5.1.3), open is called
// with the name that this stands for, which is remembered if it can be opened.
func (s *session) byName(folder string, open func(name string) error) error {
	name, err := s.mailboxName(folder)
	if err != nil {
		return err
	}
	err = open(name)
	decoded, pasted := wire.DecodeName(folder)
	var refused *inbound.Error
	if !pasted || name != folder || !errors.As(err, &refused) || s.unusable {
		return err
	}
	switch second := open(decoded); {
	case second == nil:
		if s.names == nil {
			s.names = make(map[string]string)
		}
		s.names[folder] = decoded
		return nil
	case s.unusable:
		return second
	}
	if refused.Cause == inbound.CauseFolder || !errors.Is(refused.Class, inbound.ErrThrottled) {
		refused.Hint = fmt.Sprintf("the server opens neither a folder of this name nor %s, which it means in modified "+
			"UTF-7; write the name as the server lists it", escape.Quoted(decoded))
	}
	return err
}
