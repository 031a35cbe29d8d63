package email

import (
	"slices"
	"strings"
	"unicode"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
)

// spareTexts are texts that count only where a message has no words of its own. There are
// two sorts, as they are not had at the same time. A part is a text as it stands: of all
// that might do, the best is kept undecoded, and becomes one of the message's texts at its
// place, without warnings about those that stay files. What a container says, such as a
// calendar or a winmail.dat, can only be made while that is read; it may be several texts,
// comes last, and not beside words of a message that is forwarded; the container stays a file.
type spareTexts struct {
	part sparePart
	made []bodyText
}

// maxMade is how many texts of containers are kept.
const maxMade = 5

// addMade adds a text of a container.
func (s *spareTexts) addMade(b bodyText) {
	isSame := func(other bodyText) bool { return other.text == b.text } // many programs send an invitation twice
	if hasWords(b.text) && !slices.ContainsFunc(s.made, isSame) {
		s.made = append(s.made, b)
	}
}

// wantsMade reports whether the text of a container may be needed.
func (p *parser) wantsMade() bool { return len(p.bodies.spare.made) < maxMade && !p.bodies.haveWords() }

// sparePart is the part that becomes the message's text when it has no other: a text that
// is attached, or has the name of a file, or is of a type which few programs show.
type sparePart struct {
	rank  spareRank
	some  int // parts of that rank
	raw   []byte
	part  part
	at    partPosition
	place int  // among the texts
	file  bool // it is among the attachments
	stays bool // there it stays
}

// spareRank says how good a spare text is; more is better.
type spareRank int

const (
	noSpare spareRank = iota
	spareMarkup
	spareOther
	spareAttached // a file with a name; only when it is the only one
	spareNamed    // a text with a name, or one that is attached without any
)

// isMarkup reports whether a part is one that is no file although it is not shown.
func (d part) isMarkup() bool { return d.text == textMarkup || d.text == textEnriched }

func rankOf(d part) spareRank {
	switch {
	case d.isMarkup():
		return spareMarkup
	case d.text == textOther:
		return spareOther
	case d.disposition != "attachment" || d.name == "":
		return spareNamed
	}
	return spareAttached
}

// readSpare reads a part that is a file, and keeps its content if it may become the text.
func (p *parser) readSpare(d part, at partPosition) boundaryHit {
	rank, spare := rankOf(d), &p.bodies.spare.part
	if rank == spare.rank {
		spare.some++
	}
	room := 0
	if rank > spare.rank && !p.bodies.haveWords() {
		room = p.limits.TextBytes
	}
	p.beginFile(d, &p.text, room)
	raw, s := p.readBody()
	if room > 0 {
		_, extension := splitExtension(d.name)
		*spare = sparePart{
			rank: rank, some: 1, raw: slices.Clone(raw), part: d, at: at,
			place: len(p.bodies.list), file: !d.isMarkup(),
			stays: rank == spareAttached || rank == spareNamed && !isTextExtension(extension),
		}
	}
	if !d.isMarkup() {
		p.addFile(d, at)
	}
	return s
}

// useSpares completes the texts of a message that has no words so far.
func (p *parser) useSpares() {
	spare := &p.bodies.spare
	if spare.part.rank != noSpare && !p.bodies.haveWords() {
		p.usePart(&spare.part)
	}
	isForwarded := func(b bodyText) bool { return b.forwarded }
	if len(spare.made) > 0 && !p.bodies.haveWords() && !slices.ContainsFunc(p.bodies.list, isForwarded) {
		for _, b := range spare.made {
			p.addText(b)
		}
	}
	*spare = spareTexts{}
}

// usePart makes the spare part one of the texts.
func (p *parser) usePart(spare *sparePart) {
	if spare.rank == spareAttached && spare.some > 1 {
		return
	}
	texts := len(p.bodies.list)
	p.addText(p.textOf(spare.raw, spare.part, spare.at))
	if len(p.bodies.list) == texts {
		return
	}
	added := p.bodies.list[texts] // in front of what was forwarded
	p.bodies.list = slices.Insert(p.bodies.list[:texts], min(spare.place, texts), added)
	p.bodies.looked = 0
	if spare.file && !spare.stays {
		p.message.Attachments = slices.DeleteFunc(p.message.Attachments, func(a Attachment) bool {
			return a.Part == spare.at.number
		})
	}
}

// haveWords reports whether the message says something itself, without what is forwarded in
// it. It looks at each text once.
func (t *bodyTexts) haveWords() bool {
	for ; !t.worded && t.looked < len(t.list); t.looked++ {
		b := &t.list[t.looked]
		switch {
		case b.forwarded:
		case b.plain:
			t.worded = hasWords(b.text) || b.html != "" && showsWords(b.html)
		default:
			t.worded = showsWords(b.text)
		}
	}
	return t.worded
}

// showsWords reports whether HTML has words. Of a long one that is taken for granted.
func showsWords(html string) bool {
	const long = 16 << 10
	return len(html) > long || hasWords(htmltext.Convert(html, long))
}

// hasWords reports whether there is more in a text than white space, rules and the like. A
// sign that says something by itself, such as a heart, is a word.
func hasWords(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || r >= 0x2600 && r <= 0x27BF || r >= 0x1F000 && r <= 0x1FAFF
	}) >= 0
}
