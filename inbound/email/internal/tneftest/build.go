// Package tneftest builds winmail.dat files by hand (MS-OXTNEF). Only tests use it. It shares
// nothing with package tnef.
package tneftest

import (
	"encoding/binary"
	"unicode/utf16"
)

// Attribute is one attribute of a file, its checksum right.
func Attribute(level byte, id uint32, data []byte) []byte {
	b := []byte{level}
	b = binary.LittleEndian.AppendUint32(b, id)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	var sum uint16
	for _, c := range data {
		sum += uint16(c)
	}
	return binary.LittleEndian.AppendUint16(b, sum)
}

// Message is a winmail.dat.
type Message struct {
	Codepage   uint32 // 0: the attribute is left out
	Body       string // attBody, as bytes
	Properties []Property
	Files      []File
}

// File is a file in it. The attributes that are empty are left out.
type File struct {
	Title      string // attAttachTitle, as bytes
	Data       []byte
	Properties []Property
	DataFirst  bool // the content in front of the title, as Outlook writes it
}

// Head is what a file begins with.
func Head() []byte {
	b := []byte{0x78, 0x9F, 0x3E, 0x22, 1, 0}
	return append(b, Attribute(1, 0x00089006, []byte{0, 0, 1, 0})...)
}

// Bytes builds the file.
func (m Message) Bytes() []byte {
	b := Head()
	if m.Codepage != 0 {
		page := binary.LittleEndian.AppendUint32(nil, m.Codepage)
		b = append(b, Attribute(1, 0x00069007, append(page, 0, 0, 0, 0))...)
	}
	b = append(b, Attribute(1, 0x00078008, []byte("IPM.Microsoft Mail.Note\x00"))...)
	if m.Body != "" {
		b = append(b, Attribute(1, 0x0002800C, []byte(m.Body))...)
	}
	if len(m.Properties) > 0 {
		b = append(b, Attribute(1, 0x00069003, List(m.Properties...))...)
	}
	for _, f := range m.Files {
		b = append(b, Attribute(2, 0x00069002, make([]byte, 14))...)
		title := Attribute(2, 0x00018010, []byte(f.Title+"\x00"))
		if f.Title == "" {
			title = nil
		}
		data := Attribute(2, 0x0006800F, f.Data)
		if f.Data == nil {
			data = nil
		}
		if f.DataFirst {
			b = append(append(b, data...), title...)
		} else {
			b = append(append(b, title...), data...)
		}
		if len(f.Properties) > 0 {
			b = append(b, Attribute(2, 0x00069005, List(f.Properties...))...)
		}
	}
	return b
}

// Property is one property, as bytes.
type Property []byte

// List is a list of properties with their number.
func List(properties ...Property) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(properties)))
	for _, p := range properties {
		b = append(b, p...)
	}
	return b
}

func head(kind, id uint16) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	return binary.LittleEndian.AppendUint16(b, id)
}

// Sized are values that say their sizes: text, binary, objects; many of a kind.
func Sized(kind, id uint16, values ...[]byte) Property {
	b := binary.LittleEndian.AppendUint32(head(kind, id), uint32(len(values)))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(v)))
		b = append(b, v...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	return b
}

// String is 8-bit text.
func String(id uint16, s string) Property { return Sized(0x001E, id, []byte(s+"\x00")) }

// Unicode is text in UTF-16.
func Unicode(id uint16, s string) Property {
	var b []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return Sized(0x001F, id, b)
}

// Binary is bytes.
func Binary(id uint16, b []byte) Property { return Sized(0x0102, id, b) }

// Object is an object: the interface it has, and its bytes.
func Object(id uint16, interfaceID [16]byte, b []byte) Property {
	return Sized(0x000D, id, append(interfaceID[:], b...))
}

// MessageInterface is that of a message in a message, StorageInterface that of OLE.
var (
	MessageInterface = [16]byte{0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	StorageInterface = [16]byte{0x0B, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
)

// Number is a number of 32 bits.
func Number(id uint16, v uint32) Property {
	return binary.LittleEndian.AppendUint32(head(0x0003, id), v)
}

// Fixed is any value of fixed size.
func Fixed(kind, id uint16, value ...byte) Property { return append(head(kind, id), value...) }

// NamedByNumber makes a property one that is named by a number, NamedByText by a text.
func NamedByNumber(p Property) Property {
	name := make([]byte, 24)
	return append(append(p[:4:4], name...), p[4:]...)
}

// NamedByText is like NamedByNumber.
func NamedByText(p Property, text string) Property {
	name := make([]byte, 20)
	name[16] = 1
	u := Unicode(0, text)[8:] // its size and text
	return append(append(append(p[:4:4], name...), u...), p[4:]...)
}

// Compress compresses RTF (MS-OXRTFCP), with references into what came before.
func Compress(rtf string) []byte {
	const window = 4096
	var dictionary [window]byte
	at := copy(dictionary[:], Preset)
	var out []byte
	rest := []byte(rtf)
	for ended := false; !ended; {
		control := len(out)
		out = append(out, 0)
		for bit := range 8 {
			if len(rest) == 0 {
				out[control] |= 1 << bit
				out = binary.BigEndian.AppendUint16(out, uint16(at<<4))
				ended = true
				break
			}
			from, n := longest(&dictionary, at, rest)
			if n < 2 {
				out = append(out, rest[0])
				n = 1
			} else {
				out[control] |= 1 << bit
				out = binary.BigEndian.AppendUint16(out, uint16(from<<4|(n-2)))
			}
			for _, c := range rest[:n] {
				dictionary[at] = c
				at = (at + 1) % window
			}
			rest = rest[n:]
		}
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(out)+12))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rtf)))
	b = append(b, "LZFu\x00\x00\x00\x00"...)
	return append(b, out...)
}

// Preset is what the dictionary begins with.
const Preset = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript " +
	"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n" +
	"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// longest finds what the rest begins with, away from the place that is written next.
func longest(dictionary *[4096]byte, at int, rest []byte) (from, n int) {
	for start := range dictionary {
		if distance := (at - start + len(dictionary)) % len(dictionary); distance < 20 {
			continue
		}
		k := 0
		for k < 17 && k < len(rest) && dictionary[(start+k)%len(dictionary)] == rest[k] {
			k++
		}
		if k > n {
			from, n = start, k
		}
	}
	return from, n
}
