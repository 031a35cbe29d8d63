package email

import (
	"cmp"
	"crypto/sha256"
	"hash"
	"strconv"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/calendar"
	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/tnef"
)

// isContainer reports whether there may be text, or files, in a file.
func isContainer(d part, at partPosition) bool { return isTNEF(d) || isCalendar(d) || isSealed(d, at) }

// readContainer reads a file that has text or files in it.
func (p *parser) readContainer(d part, at partPosition) boundaryHit {
	switch {
	case isTNEF(d):
		return p.readTNEF(d, at)
	case isCalendar(d):
		return p.readCalendar(d, at)
	}
	return p.readSealed(d, at)
}

func isCalendar(d part) bool {
	switch d.mediaType {
	case "text/calendar", "text/x-vcalendar", "application/ics", "application/calendar":
		return true
	}
	return d.mediaType == octetStream && hasExtension(d.name, ".ics")
}

// octetStream is the media type of a file of which nothing says what it is.
const octetStream = "application/octet-stream"

// readCalendar reads a calendar as a file, and its text.
func (p *parser) readCalendar(d part, at partPosition) boundaryHit {
	if !p.wantsMade() {
		return p.readFile(d, at)
	}
	p.beginFile(d, &p.text, calendar.MaxBytes)
	raw, s := p.readBody()
	label := d.charset
	if !charset.Declares(label) && !charset.IsASCII(raw) {
		label = charset.Detect(raw)
	}
	text := plainText(calendar.Text(raw, label, p.limits.TextBytes))
	if p.decoder.cut {
		p.warn("of a large calendar only the beginning was read")
	}
	p.bodies.spare.addMade(bodyText{text: text, plain: true})
	p.addFile(d, at)
	return s
}

func isTNEF(d part) bool {
	return d.mediaType == "application/ms-tnef" || d.mediaType == tnefType ||
		d.mediaType == octetStream && hasExtension(d.name, ".dat") // servers give winmail.dat other names
}

const tnefType = "application/vnd.ms-tnef"

// readTNEF reads the files and the text of a winmail.dat. It is a file itself only when
// something in it could not be read, or when there is nothing else in the message.
func (p *parser) readTNEF(d part, at partPosition) boundaryHit {
	files := tnefFiles{p: p, number: at.number, sum: sha256.New()}
	limit := 0
	if p.wantsMade() {
		limit = p.limits.TextBytes
	}
	files.reader.Reset(&files, limit)
	p.beginFile(d, nil, 0)
	p.decoder.filter = &files
	_, s := p.readBody()
	found := files.files > 0 || limit == 0
	if limit > 0 {
		text := files.reader.Text()
		p.alternatives++
		for i, b := range [...]bodyText{{text: plainText(text.Plain), plain: true}, {text: text.HTML}} {
			if hasWords(b.text) {
				b.alternative, b.choice = p.alternatives, i
				p.bodies.spare.addMade(b)
				found = true
			}
		}
	}
	switch {
	case d.mediaType == octetStream && !files.reader.IsTNEF():
		p.noteContent(d)
		p.addFile(d, at)
	case files.reader.Damaged():
		p.warn("a winmail.dat is damaged: what could be read of it is there, and the file itself")
		p.addFile(d, at)
	case !found:
		p.addFile(d, at)
	default:
		p.noteContent(d)
	}
	return s
}

// tnefFiles receives the files of a winmail.dat: they become attachments.
type tnefFiles struct {
	p      *parser
	reader tnef.Reader
	number string // of the part
	files  int
	sum    hash.Hash // of the file
	size   int64
}

func (f *tnefFiles) Write(b []byte) {
	f.p.decoder.add(b)
	f.reader.Write(b)
}

func (f *tnefFiles) Finish() { f.reader.Finish() }

func (f *tnefFiles) Begin() {
	f.files++
	f.size = 0
	f.sum.Reset()
}

func (f *tnefFiles) Data(b []byte) {
	f.size += int64(len(b))
	f.sum.Write(b)
}

func (f *tnefFiles) End(file tnef.File) {
	p := f.p
	if p.inner || !p.hasRoom() {
		return // it stays within the file
	}
	d := part{name: clean(file.Name)}
	if file.Type != "" {
		d.mediaType = mediaTypeOf(strings.ToLower(file.Type))
	}
	if file.Message {
		d.mediaType, d.name = tnefType, strings.TrimSpace(d.name+" message.tnef")
	}
	if d.mediaType == "" {
		d.mediaType = typeByName(d.name)
	}
	number := tnefNumber(f.number, f.files)
	a := Attachment{Name: p.fileName(d, number), Type: d.mediaType, Size: f.size, SHA256: hexSum(f.sum), Part: number}
	if len(file.ContentID) <= longestID {
		a.ContentID = strings.Trim(clean(file.ContentID), "<> ")
	}
	p.attach(a)
}

// typeByName is the media type of a file of which only the name is known: of several
// the registered one, which is the shorter one mostly.
func typeByName(name string) string {
	_, extension := splitExtension(strings.ToLower(name))
	if extension == "" {
		return octetStream
	}
	found := ""
	for mediaType, e := range extensions {
		if e == extension && (found == "" || cmp.Or(cmp.Compare(len(mediaType), len(found)),
			cmp.Compare(mediaType, found)) < 0) {
			found = mediaType
		}
	}
	return cmp.Or(found, octetStream)
}

// tnefNumber is the part number of a file in a winmail.dat: IMAP has none.
func tnefNumber(part string, file int) string { return part + ".t" + strconv.Itoa(file) }

// cutTNEFNumber undoes tnefNumber. file is 0 for other part numbers.
func cutTNEFNumber(number string) (part string, file int) { return cutNumber(number, ".t") }

// tnefWanted keeps one file of a winmail.dat.
type tnefWanted struct {
	reader tnef.Reader
	wanted *uuWanted
}

func (w *tnefWanted) Write(b []byte)  { w.reader.Write(b) }
func (w *tnefWanted) Finish()         { w.reader.Finish() }
func (w *tnefWanted) Begin()          { w.wanted.Begin("") }
func (w *tnefWanted) Data(b []byte)   { w.wanted.Decoded(b) }
func (w *tnefWanted) End(_ tnef.File) { w.wanted.End(true) }
