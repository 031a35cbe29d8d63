package wire

import (
	"bytes"
	"strings"
)

// Marks are the flags of a message that are kept. The library does not get any: many
// servers have flags that it cannot read.
type Marks struct{ Deleted, Draft bool }

// add adds a flag, in any case (RFC 9051, section 2.3.2), with or without quotes.
func (m *Marks) add(flag []byte) {
	name := bytes.TrimLeft(flag, `("`)
	if len(name) == 0 || name[0] != '\\' {
		return // a keyword
	}
	switch strings.ToLower(string(bytes.Trim(name, `\"`))) {
	case "deleted":
		m.Deleted = true
	case "draft":
		m.Draft = true
	}
}
