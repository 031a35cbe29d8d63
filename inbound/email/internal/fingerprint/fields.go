package fingerprint

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// The fields that count, and those that say how to read a part.
const (
	fieldDate = iota
	fieldFrom
	fieldID
	fieldSubject
	fieldReceived
	fieldType
	fieldEncoding
	fieldNames
)

var names = [fieldNames]string{
	"date", "from", "message-id", "subject", "received", "content-type", "content-transfer-encoding",
}

const (
	maxFields = 16       // of one name that count
	maxValue  = 16 << 10 // bytes of a value that count
)

// fields are the fields of one header that count.
type fields struct {
	isTop  bool // the header is that of the message
	values [fieldNames][][]byte
	name   int // of the last one

	counted []byte   // what is hashed
	list    [][]byte // the normal forms of one name
}

// reset forgets the fields. Buffers stay.
func (f *fields) reset(isTop bool) {
	f.isTop = isTop
	for i := range f.values {
		f.values[i] = f.values[i][:0]
	}
}

// place is where a line of a header goes.
type place int

const (
	isStray   place = iota // it is no field
	isCounted              // to the last field
	isIgnored              // to a field that does not count
)

// place begins the field of a line, if it is one, and returns what of the line
// belongs to its value. last is the place of the line before.
func (f *fields) place(line []byte, last place, first bool) (place, []byte) {
	if line[0] == ' ' || line[0] == '\t' {
		return last, line
	}
	colon := fieldColon(line)
	switch {
	case colon > 0:
		return f.begin(bytes.TrimRight(line[:colon], " \t")), line[colon+1:]
	case first && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))):
		return isIgnored, line // the line of an mbox file
	}
	return isStray, line
}

// fieldColon returns the place of the colon if line begins with a field (RFC 5322,
// section 2.2; spaces before the colon as in section 4.5), else -1.
func fieldColon(line []byte) int {
	end := 0
	for end < len(line) && line[end] > ' ' && line[end] < 0x7f && line[end] != ':' {
		end++
	}
	rest := bytes.TrimLeft(line[end:], " \t")
	if end == 0 || len(rest) == 0 || rest[0] != ':' {
		return -1
	}
	return len(line) - len(rest)
}

// begin begins a field.
func (f *fields) begin(name []byte) place {
	for i, n := range names {
		if len(name) != len(n) || !bytes.EqualFold(name, []byte(n)) || !f.isTop && i < fieldType {
			continue
		}
		list := f.values[i]
		switch {
		case i == fieldReceived:
			list = list[:0] // the last one counts
		case len(list) == maxFields:
			return isIgnored
		}
		if len(list) < cap(list) {
			list = list[:len(list)+1] // with its buffer
			list[len(list)-1] = list[len(list)-1][:0]
		} else {
			list = append(list, nil)
		}
		f.values[i], f.name = list, i
		return isCounted
	}
	return isIgnored
}

// add adds a line, or a piece of one, to the value of the last field.
func (f *fields) add(line []byte) {
	list := f.values[f.name]
	v := &list[len(list)-1]
	*v = appendCollapsed(*v, line, maxValue)
}

// appendCollapsed appends s with each run of white space as one space, up to a
// length.
func appendCollapsed(dst, s []byte, limit int) []byte {
	for _, c := range s {
		if isWhite(c) {
			if len(dst) == 0 || dst[len(dst)-1] == ' ' {
				continue
			}
			c = ' '
		}
		if len(dst) >= limit {
			break
		}
		dst = append(dst, c)
	}
	return dst
}

// smallest returns, of the values with a name that are not blank, the one that is
// the first in the order of bytes.
func (f *fields) smallest(name int) []byte {
	var found []byte
	for _, v := range f.values[name] {
		if v = bytes.TrimRight(v, " "); len(v) > 0 && (found == nil || bytes.Compare(v, found) < 0) {
			found = v
		}
	}
	return found
}

// sum returns the hash of the fields, or nil if there are none that count.
func (f *fields) sum() (sum []byte, weak bool) {
	const title = "postroom header 1\n"
	f.counted = append(f.counted[:0], title...)
	weak = true
	for name := range fieldType {
		if name == fieldReceived && (!weak || len(f.counted) == len(title)) {
			break
		}
		f.list = f.list[:0]
		for _, v := range f.values[name] {
			if v = normal(name, bytes.TrimRight(v, " ")); len(v) > 0 {
				f.list = append(f.list, v)
			}
		}
		slices.SortFunc(f.list, bytes.Compare)
		for _, v := range slices.CompactFunc(f.list, bytes.Equal) {
			f.counted = append(append(f.counted, names[name]...), ':')
			f.counted = append(append(f.counted, v...), '\n')
			weak = weak && (name == fieldFrom || name == fieldSubject)
		}
	}
	if len(f.counted) == len(title) {
		return nil, false
	}
	total := sha256.Sum256(f.counted)
	return total[:], weak
}

// normal makes the normal form of a value.
func normal(name int, v []byte) []byte {
	switch name {
	case fieldDate:
		if t, ok := parseDate(v); ok {
			return t
		}
	case fieldFrom:
		return author(decodeWords(v))
	case fieldID:
		return messageID(decodeWords(v))
	}
	return collapsed(decodeWords(v))
}

func collapsed(v []byte) []byte { return bytes.TrimRight(appendCollapsed(nil, v, len(v)), " ") }

// messageID takes white space and the angle brackets around it off an ID.
func messageID(v []byte) []byte {
	id := make([]byte, 0, len(v))
	for _, c := range v {
		if !isWhite(c) {
			id = append(id, c)
		}
	}
	return bytes.TrimSuffix(bytes.TrimPrefix(id, []byte("<")), []byte(">"))
}

// author takes the punctuation of addresses off From: quotation marks and
// backslashes are left out, brackets, parentheses and commas become spaces.
// Domains become lower case.
func author(v []byte) []byte {
	out := make([]byte, 0, len(v))
	for _, c := range v {
		switch c {
		case '"', '\\':
		case '<', '>', '(', ')', ',':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	out = bytes.TrimRight(appendCollapsed(out[:0], out, len(out)), " ")
	for rest := out; len(rest) > 0; {
		var word []byte
		word, rest, _ = bytes.Cut(rest, []byte(" "))
		if at := bytes.LastIndexByte(word, '@'); at >= 0 {
			lower(word[at:])
		}
	}
	return out
}

func isWhite(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
