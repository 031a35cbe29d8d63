package tnef

import "encoding/binary"

// properties is how far a list of properties was read (MS-OXTNEF, section 2.1.3.4).
type properties struct {
	file   bool   // of a file, not of the message
	count  uint32 // of properties, still to come
	id     uint16
	kind   kind
	values uint32 // of this property, still to come
}

// kind is the type of a property.
type kind uint16

const (
	kindNumber  kind = 0x0003
	kindObject  kind = 0x000D
	kindString  kind = 0x001E
	kindUnicode kind = 0x001F
	kindBinary  kind = 0x0102
	manyValues       = 0x1000
)

// sizes are the lengths of values of fixed size, in bytes, filled up to four.
var sizes = map[kind]int64{
	0x0000: 0, 0x0001: 0, 0x0002: 4, kindNumber: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4,
	0x0014: 8, 0x0040: 8, 0x0048: 16,
}

// Properties that count (MS-OXPROPS).
const (
	propBody         = 0x1000
	propCompressed   = 0x1009
	propHTML         = 0x1013
	propCodepage     = 0x3FDE
	propData         = 0x3701
	propDisplayName  = 0x3001
	propFilename     = 0x3704
	propLongFilename = 0x3707
	propMIMEType     = 0x370E
	propContentID    = 0x3712
)

// firstNamed is where the properties begin whose names are written out.
const firstNamed = 0x8000

// text is a property as written.
type text struct {
	bytes []byte
	kind  kind
}

// property awaits n bytes of the properties. Where there are not so many, the rest of
// the attribute is skipped.
func (r *Reader) property(n int, s step) {
	if int64(n) > r.length {
		r.damaged = true
		r.endProperties()
		return
	}
	r.length -= int64(n)
	r.await(n, s)
}

// value lets n bytes of the properties pass to f, and what fills them up to four.
func (r *Reader) value(n int64, f func(b []byte), then step) {
	if n > r.length {
		r.damaged = true
		r.skip(r.length, f) // as much as there is
		r.length = 0
		r.await(2, readChecksum)
		return
	}
	padding := min((4-n%4)%4, r.length-n) // some do not fill up the last
	r.length -= n + padding
	r.skip(n, f)
	r.await(int(padding), then)
}

// endProperties skips what the attribute still has.
func (r *Reader) endProperties() {
	r.skip(r.length, nil)
	r.length = 0
	r.await(2, readChecksum)
}

func readCount(r *Reader, b []byte) {
	r.properties.count = binary.LittleEndian.Uint32(b)
	r.nextProperty()
}

func (r *Reader) nextProperty() {
	if r.properties.count == 0 {
		r.endProperties()
		return
	}
	r.properties.count--
	r.property(4, readProperty)
}

func readProperty(r *Reader, b []byte) {
	p := &r.properties
	p.kind, p.id = kind(binary.LittleEndian.Uint16(b)), binary.LittleEndian.Uint16(b[2:])
	if p.id >= firstNamed {
		r.property(20, readGUID)
		return
	}
	r.values()
}

// readGUID reads whom a name belongs to, and whether it is a number or a text.
func readGUID(r *Reader, b []byte) {
	if binary.LittleEndian.Uint32(b[16:]) == 0 {
		r.property(4, behindName)
		return
	}
	r.property(4, func(r *Reader, b []byte) {
		r.value(int64(binary.LittleEndian.Uint32(b)), nil, behindName)
	})
}

func behindName(r *Reader, _ []byte) { r.values() }

// values reads the values of a property.
func (r *Reader) values() {
	p := &r.properties
	many := p.kind&manyValues != 0
	p.kind &^= manyValues
	_, fixed := sizes[p.kind]
	switch {
	case !fixed && !p.isLong():
		r.damaged = true // a value of unknown length
		r.endProperties()
	case many || p.isLong():
		r.property(4, readValues)
	default:
		p.values = 1
		r.nextValue()
	}
}

// isLong reports whether each value says its size.
func (p *properties) isLong() bool {
	return p.kind == kindObject || p.kind == kindString || p.kind == kindUnicode || p.kind == kindBinary
}

func readValues(r *Reader, b []byte) {
	r.properties.values = binary.LittleEndian.Uint32(b)
	r.nextValue()
}

func (r *Reader) nextValue() {
	p := &r.properties
	if !p.isLong() && sizes[p.kind] == 0 {
		p.values = 0 // there is nothing to read
	}
	if p.values == 0 {
		r.nextProperty()
		return
	}
	p.values--
	switch {
	case p.isLong():
		r.property(4, readSize)
	case p.id == propCodepage && !p.file && p.kind == kindNumber:
		r.property(4, func(r *Reader, b []byte) {
			r.internet = binary.LittleEndian.Uint32(b)
			r.nextValue()
		})
	default:
		r.value(sizes[p.kind], nil, behindValue)
	}
}

func behindValue(r *Reader, _ []byte) { r.nextValue() }

func readSize(r *Reader, b []byte) {
	p := &r.properties
	n := int64(binary.LittleEndian.Uint32(b))
	isData := p.file && p.id == propData && !r.hasData
	switch {
	case isData && p.kind != kindObject:
		r.value(n, r.data, behindValue)
	case isData && n >= interfaceBytes:
		r.property(interfaceBytes, func(r *Reader, b []byte) {
			r.message = [interfaceBytes]byte(b) == messageInterface
			r.value(n-interfaceBytes, r.data, behindValue)
		})
	case p.file && isName(p.id):
		r.keepProperty(&r.names, longestName, n)
	case !p.file && (p.id == propBody || p.id == propHTML || p.id == propCompressed):
		r.keepProperty(&r.texts, r.limit, n)
	default:
		r.value(n, nil, behindValue)
	}
}

// interfaceBytes is the length of the interface that an object begins with.
const interfaceBytes = 16

// messageInterface is that of a message, {00020307-0000-0000-C000-000000000046}.
var messageInterface = [interfaceBytes]byte{0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}

func isName(id uint16) bool {
	switch id {
	case propDisplayName, propFilename, propLongFilename, propMIMEType, propContentID:
		return true
	}
	return false
}

// keepProperty keeps a value of n bytes, up to limit, as that of the property.
func (r *Reader) keepProperty(list *map[uint16]text, limit int, n int64) {
	if *list == nil {
		*list = make(map[uint16]text)
	}
	p := r.properties
	(*list)[p.id] = text{kind: p.kind}
	r.value(n, func(b []byte) {
		kept := (*list)[p.id]
		kept.bytes = appendUpTo(kept.bytes, b, limit)
		(*list)[p.id] = kept
	}, behindValue)
}
