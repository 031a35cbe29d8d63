package smime

import (
	"bytes"
	"errors"
)

var errBroken = errors.New("it is damaged, or not S/MIME")

// Tags of ASN.1 that are read here, with the bit of constructed values where they are such.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagOID         = 0x06
	tagSequence    = 0x30
	tagSet         = 0x31
	tagContext0    = 0x80
	tagContext1    = 0x81
	constructedBit = 0x20
)

// value is a value in BER (X.690). Only the first byte of a tag counts: longer tags are
// never looked for.
type value struct {
	tag     byte
	content []byte
	raw     []byte // with its tag and length
}

// header reads a tag and a length. indefinite is true when zeros mark the end.
func header(b []byte) (tag byte, head, length int, indefinite bool, err error) {
	if len(b) < 2 {
		return 0, 0, 0, false, errBroken
	}
	tag, head = b[0], 1
	if tag&0x1F == 0x1F { // the tag goes on
		for head < len(b) && b[head] >= 0x80 {
			head++
		}
		head++
	}
	if head >= len(b) {
		return 0, 0, 0, false, errBroken
	}
	first := b[head]
	head++
	switch {
	case first < 0x80:
		length = int(first)
	case first == 0x80:
		if tag&constructedBit == 0 {
			return 0, 0, 0, false, errBroken
		}
		return tag, head, 0, true, nil
	default:
		n := int(first & 0x7F)
		if n > len(b)-head {
			return 0, 0, 0, false, errBroken
		}
		for _, c := range b[head : head+n] {
			if length = length<<8 | int(c); length > len(b) {
				return 0, 0, 0, false, errBroken
			}
		}
		head += n
	}
	if length > len(b)-head {
		return 0, 0, 0, false, errBroken
	}
	return tag, head, length, false, nil
}

// next takes the first value off b. It looks at each byte once, however deep values of
// indefinite length are nested.
func next(b []byte) (v value, rest []byte, err error) {
	first, head, length, indefinite, err := header(b)
	if err != nil {
		return value{}, nil, err
	}
	end := head + length
	if !indefinite {
		return value{first, b[head:end], b[:end]}, b[end:], nil
	}
	for open, at := 1, head; ; {
		tag, head, length, indefinite, err := header(b[at:])
		if err != nil {
			return value{}, nil, err
		}
		begin := at
		at += head + length
		switch {
		case indefinite:
			open++
		case tag == 0 && length == 0:
			if open--; open == 0 {
				return value{first, b[end:begin], b[:at]}, b[at:], nil
			}
		}
	}
}

// fields reads the values within a value one after the other.
type fields struct {
	rest []byte
	err  error
}

func (v value) fields(tag byte) *fields {
	f := &fields{rest: v.content}
	if v.tag != tag {
		f.err = errBroken
	}
	return f
}

// has reports whether the next value has the tag.
func (f *fields) has(tag byte) bool {
	return f.err == nil && len(f.rest) > 0 && f.rest[0] == tag
}

// next takes the next value, which must have the tag; 0: any.
func (f *fields) next(tag byte) value {
	if f.err != nil {
		return value{}
	}
	var v value
	v, f.rest, f.err = next(f.rest)
	if f.err == nil && tag != 0 && v.tag != tag {
		f.err = errBroken
	}
	if f.err != nil {
		return value{}
	}
	return v
}

// optional takes the next value if it has the tag.
func (f *fields) optional(tag byte) (v value, ok bool) {
	if !f.has(tag) {
		return value{}, false
	}
	return f.next(tag), f.err == nil
}

// oid takes an object identifier, as written.
func (f *fields) oid() string { return string(f.next(tagOID).content) }

// maxOctetsDepth is how deep octet strings may be made of octet strings.
const maxOctetsDepth = 8

// octets returns the bytes of an octet string, which may come in pieces.
func octets(v value) ([]byte, error) {
	if v.tag&constructedBit == 0 {
		return v.content, nil
	}
	var all bytes.Buffer
	if err := addOctets(&all, v, 0); err != nil {
		return nil, err
	}
	return all.Bytes(), nil
}

func addOctets(all *bytes.Buffer, v value, depth int) error {
	if depth > maxOctetsDepth {
		return errBroken
	}
	for rest := v.content; len(rest) > 0; {
		var piece value
		var err error
		if piece, rest, err = next(rest); err != nil {
			return err
		}
		switch piece.tag {
		case tagOctets:
			all.Write(piece.content)
		case tagOctets | constructedBit:
			if err := addOctets(all, piece, depth+1); err != nil {
				return err
			}
		default:
			return errBroken
		}
	}
	return nil
}
