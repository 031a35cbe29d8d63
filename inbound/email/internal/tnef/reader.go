package tnef

import (
	"bytes"
	"cmp"
	"encoding/binary"
)

// Sink receives the files of a message, one after the other.
type Sink interface {
	Begin()
	Data(b []byte) // valid until it returns
	End(f File)
}

// File says what a file is. All texts may be "": programs leave out what they like.
type File struct {
	Name      string // as written, perhaps with folders
	Type      string // media type, as written
	ContentID string // without angle brackets
	Message   bool   // a message within the message: its content is TNEF, too
}

// Reader is the state of reading one winmail.dat.
type Reader struct {
	sink  Sink
	limit int // of each text; 0: no texts

	// The bytes that are awaited, and what is done with them.
	step step
	want int
	got  []byte

	// What passes before them: left bytes go to pass, or nowhere.
	left int64
	pass func(b []byte)

	begun   bool  // the signature was there
	length  int64 // of the attribute, what was not awaited yet
	sum     uint16
	summing bool // within an attribute

	file     bool // one was begun
	hasData  bool
	message  bool
	title    []byte
	names    map[uint16]text // of the file, by property
	codepage uint32          // of 8-bit strings; 0: not said
	internet uint32          // that of HTML; 0: not said
	body     []byte          // attBody
	texts    map[uint16]text // of the message, by property

	properties properties
	damaged    bool
	ended      bool // nothing more is read
}

// step handles the bytes that were awaited.
type step func(r *Reader, b []byte)

// Reset makes r ready. Each text of the message is kept up to limit bytes, as written; at 0
// none is.
func (r *Reader) Reset(sink Sink, limit int) {
	*r = Reader{sink: sink, limit: limit, got: r.got[:0]}
	r.await(6, readSignature)
}

// IsTNEF reports whether the signature was there.
func (r *Reader) IsTNEF() bool { return r.begun }

// Damaged reports whether anything was not as it should be, so that files or texts may be
// missing, cut off or wrong. It is final after Finish.
func (r *Reader) Damaged() bool { return r.damaged }

// Attributes (MS-OXTNEF, section 2.1.3.3): the upper half is the type.
const (
	attTitle        = 0x00018010
	attBody         = 0x0002800C
	attData         = 0x0006800F
	attRendering    = 0x00069002
	attProperties   = 0x00069003
	attAttachment   = 0x00069005
	attCodepage     = 0x00069007
	levelMessage    = 1
	levelAttachment = 2
)

const signature = 0x223E9F78

// longestName bounds the names that are kept, in bytes.
const longestName = 2 << 10

// Write reads on.
func (r *Reader) Write(b []byte) {
	for len(b) > 0 && !r.ended {
		if r.left > 0 {
			piece := b[:min(int64(len(b)), r.left)]
			r.left -= int64(len(piece))
			b = b[len(piece):]
			r.add(piece)
			if r.pass != nil {
				r.pass(piece)
			}
			continue
		}
		n := min(r.want-len(r.got), len(b))
		r.got = append(r.got, b[:n]...)
		b = b[n:]
		if len(r.got) < r.want {
			return
		}
		r.add(r.got)
		r.want = 0
		r.step(r, r.got)
		r.got = r.got[:0]
	}
}

// add adds to the checksum: the sum of all bytes.
func (r *Reader) add(b []byte) {
	if r.summing {
		for _, c := range b {
			r.sum += uint16(c)
		}
	}
}

// await hands the next n bytes to s. n is small.
func (r *Reader) await(n int, s step) { r.want, r.step = n, s }

// skip lets the next n bytes pass to f, which may be nil.
func (r *Reader) skip(n int64, f func(b []byte)) { r.left, r.pass = n, f }

// Finish says that there are no more bytes. It ends the last file.
func (r *Reader) Finish() {
	if r.step == nil {
		return
	}
	// Some programs leave zeros behind, perhaps too few for another attribute.
	if !r.begun || r.summing || !r.ended && len(bytes.Trim(r.got, "\x00")) > 0 {
		r.damaged = true
	}
	r.endFile()
	r.step, r.ended = nil, true
}

func readSignature(r *Reader, b []byte) {
	if binary.LittleEndian.Uint32(b) != signature {
		r.damaged, r.ended = true, true
		return
	}
	r.begun = true
	r.await(9, readAttribute)
}

func readAttribute(r *Reader, b []byte) {
	level, id := b[0], binary.LittleEndian.Uint32(b[1:])
	r.length = int64(binary.LittleEndian.Uint32(b[5:]))
	if level != levelMessage && level != levelAttachment {
		// Zeros fill the rest up; anything else is where the thread is lost.
		r.damaged, r.ended = r.damaged || level != 0 || id != 0, true
		return
	}
	r.sum, r.summing = 0, true
	r.await(2, readChecksum)
	keep := func(list *[]byte, limit int) {
		*list = (*list)[:0]
		r.skip(r.length, func(b []byte) { *list = appendUpTo(*list, b, limit) })
	}
	switch {
	case id == attRendering:
		r.endFile()
		r.beginFile()
		r.skip(r.length, nil)
	case id == attTitle:
		keep(&r.title, longestName)
	case id == attData && !r.hasData:
		r.beginFile()
		r.skip(r.length, r.data)
	case id == attBody && r.limit > 0:
		keep(&r.body, r.limit)
	case id == attCodepage && r.length >= 4:
		r.length -= 4
		r.await(4, readCodepage)
	case id == attAttachment:
		r.beginFile()
		r.properties = properties{file: true}
		r.property(4, readCount)
	case id == attProperties && r.limit > 0:
		r.properties = properties{}
		r.property(4, readCount)
	default:
		r.skip(r.length, nil)
	}
}

func readCodepage(r *Reader, b []byte) {
	r.codepage = binary.LittleEndian.Uint32(b)
	r.skip(r.length, nil)
	r.await(2, readChecksum)
}

func readChecksum(r *Reader, b []byte) {
	// The checksum itself was added, too.
	said := binary.LittleEndian.Uint16(b)
	if r.sum-uint16(b[0])-uint16(b[1]) != said {
		r.damaged = true
	}
	r.summing = false
	r.await(9, readAttribute)
}

func (r *Reader) data(b []byte) {
	r.hasData = true
	r.sink.Data(b)
}

func (r *Reader) beginFile() {
	if !r.file {
		r.file, r.hasData, r.message = true, false, false
		r.title, r.names = r.title[:0], nil
		r.sink.Begin()
	}
}

func (r *Reader) endFile() {
	if !r.file {
		return
	}
	r.file = false
	r.sink.End(File{
		Name: cmp.Or(r.decode(r.names[propLongFilename]), r.decode(r.names[propFilename]),
			r.decode(text{r.title, kindString}), r.decode(r.names[propDisplayName])),
		Type:      r.decode(r.names[propMIMEType]),
		ContentID: r.decode(r.names[propContentID]),
		Message:   r.message,
	})
}

// appendUpTo appends b to list, which grows no longer than limit.
func appendUpTo(list, b []byte, limit int) []byte {
	return append(list, b[:min(len(b), max(0, limit-len(list)))]...)
}
