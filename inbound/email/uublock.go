package email

import (
	"strconv"
	"strings"
)

// uuFiles receives the uuencoded blocks of a text: they become attachments.
type uuFiles struct {
	p       *parser
	number  string // of the text
	charset string
	blocks  int
	name    string // of the block
	size    int64
}

func (f *uuFiles) Text(b []byte) { f.p.decoder.add(b) }

func (f *uuFiles) Begin(name string) {
	f.name, f.size = name, 0
	f.blocks++
	f.p.fileSum.Reset()
}

func (f *uuFiles) Decoded(b []byte) {
	f.size += int64(len(b))
	f.p.fileSum.Write(b)
}

func (f *uuFiles) End(whole bool) {
	p := f.p
	if !whole {
		p.warn("a uuencoded block has no end")
	}
	if p.inner {
		return // it stays within the file
	}
	number := uuNumber(f.number, f.blocks)
	p.attach(Attachment{
		Name: fileName(rawText(f.name, f.charset), octetStream, number), Type: octetStream,
		Size: f.size, SHA256: hexSum(p.fileSum), Part: number,
	})
}

// uuNumber is the part number of a block of a text: IMAP has none.
func uuNumber(part string, block int) string { return part + ".u" + strconv.Itoa(block) }

// cutUUNumber undoes uuNumber. block is 0 for other part numbers.
func cutUUNumber(number string) (part string, block int) { return cutNumber(number, ".u") }

// cutNumber cuts the number behind the last mark off; n is 0 when there is none.
func cutNumber(number, mark string) (part string, n int) {
	i := strings.LastIndex(number, mark)
	if i < 0 {
		return number, 0
	}
	n, err := strconv.Atoi(number[i+len(mark):])
	if err != nil || n < 1 || number[:i]+mark+strconv.Itoa(n) != number {
		return number, 0
	}
	return number[:i], n
}
