package tnef

import "encoding/binary"

// preset is what the dictionary begins with (MS-OXRTFCP, section 2.1.2.1).
const preset = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript ` +
	`\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" +
	`\par \pard\plain\f0\fs20\b\i\u\tab\tx`

const (
	compressedHeader = 16
	compressed       = 0x75465A4C // "LZFu"
	uncompressed     = 0x414C454D // "MELA"
	windowBytes      = 4096
	shortestCopy     = 2
)

// decompress returns RTF, up to limit bytes. ok is false when the data are damaged; what
// could be read is returned then, too.
func decompress(b []byte, limit int) (rtf []byte, ok bool) {
	if len(b) == 0 {
		return nil, true
	}
	if len(b) < compressedHeader {
		return nil, false
	}
	said := int(min(binary.LittleEndian.Uint32(b[4:]), 1<<30))
	kind := binary.LittleEndian.Uint32(b[8:])
	b = b[compressedHeader:]
	limit = min(limit, said)
	switch kind {
	case uncompressed:
		return b[:min(len(b), limit)], len(b) >= said
	case compressed:
	default:
		return nil, false
	}
	var window [windowBytes]byte
	at := copy(window[:], preset)
	put := func(c byte) {
		window[at] = c
		at = (at + 1) % windowBytes
		rtf = append(rtf, c)
	}
	for len(b) > 0 && len(rtf) < limit {
		control := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(rtf) < limit; bit, control = bit+1, control>>1 {
			if control&1 == 0 {
				if len(b) == 0 {
					return rtf, len(rtf) >= said
				}
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return rtf, len(rtf) >= said
			}
			token := int(binary.BigEndian.Uint16(b))
			b = b[2:]
			from := token >> 4
			if from == at {
				return rtf, len(rtf) >= said // the mark of the end
			}
			for range token&15 + shortestCopy {
				put(window[from])
				from = (from + 1) % windowBytes
			}
		}
	}
	return rtf, len(rtf) >= limit
}
