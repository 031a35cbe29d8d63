package testclient

import (
	"fmt"
	"strconv"
	"strings"
)

// Folder is what a folder has, read without changing it.
type Folder struct {
	UIDValidity uint32
	Messages    map[uint32]Message // by UID
}

// Message is a message in a folder.
type Message struct {
	Raw   []byte
	Flags []string // without \Recent, which depends on sessions
}

// Read returns all messages of a folder. It leaves the folder open for reading.
func (c *IMAP) Read(folder string) (Folder, error) {
	f := Folder{Messages: make(map[uint32]Message)}
	responses, err := c.Do("EXAMINE " + Quote(folder))
	if err != nil {
		return f, err
	}
	exists := 0
	for _, text := range responses {
		if n, ok := strings.CutSuffix(text, " EXISTS"); ok {
			if exists, err = strconv.Atoi(strings.TrimPrefix(n, "* ")); err != nil {
				return f, err
			}
		}
		if _, rest, ok := strings.Cut(text, "[UIDVALIDITY "); ok {
			digits, _, _ := strings.Cut(rest, "]")
			n, err := strconv.ParseUint(digits, 10, 32)
			if err != nil {
				return f, err
			}
			f.UIDValidity = uint32(n)
		}
	}
	if exists == 0 { // some servers refuse 1:* in an empty folder
		return f, nil
	}
	err = c.Fetch("FLAGS BODY.PEEK[]", func(uid uint32, text string, raw []byte) error {
		if raw == nil {
			return fmt.Errorf("UID %d comes without its bytes: %.200q", uid, text)
		}
		f.Messages[uid] = Message{Raw: raw, Flags: Flags(text)}
		return nil
	})
	if err == nil && len(f.Messages) != exists {
		err = fmt.Errorf("folder %s: %d messages were announced, and %d came", folder, exists, len(f.Messages))
	}
	return f, err
}

// Flags returns the flags in the text of a FETCH response, without \Recent.
func Flags(text string) []string {
	_, list, _ := strings.Cut(text, "FLAGS (")
	list, _, _ = strings.Cut(list, ")")
	flags := []string{}
	for _, f := range strings.Fields(list) {
		if f != `\Recent` {
			flags = append(flags, f)
		}
	}
	return flags
}
