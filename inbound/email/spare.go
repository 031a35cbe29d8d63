package email

import "slices"

// spareText is the part that becomes the message's text when it has no other: a text that
// is attached, or has the name of a file, or is of a type which few programs show.
type spareText struct {
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

func rankOf(d part) spareRank {
	switch {
	case d.text == textMarkup:
		return spareMarkup
	case d.text == textOther:
		return spareOther
	case d.disposition != "attachment" || d.name == "":
		return spareNamed
	case d.text == textPlain:
		return spareAttached
	}
	return noSpare
}

// readSpare reads a part that is a file, and keeps its content if it may become the text.
func (p *parser) readSpare(d part, at partPosition) boundaryHit {
	rank, spare := rankOf(d), &p.bodies.spare
	if rank == spare.rank {
		spare.some++
	}
	start, room := len(p.text), 0
	if rank > spare.rank && p.bodies.own == 0 {
		room = p.room(start)
	}
	p.decoder.begin(d.encoding, p.fileSum, &p.text, room)
	s := p.body(&p.decoder, false)
	p.decoder.end()
	if room > 0 {
		_, extension := splitExtension(d.name)
		*spare = spareText{
			rank: rank, some: 1, raw: slices.Clone(p.text[start:]), part: d, at: at,
			place: len(p.bodies.list), file: d.text != textMarkup,
			stays: rank == spareAttached || rank == spareNamed && !isTextExtension(extension),
		}
	}
	p.text = p.text[:start]
	if d.text != textMarkup {
		p.addFile(d, at)
	}
	return s
}

// useSpare makes the spare text the text of a message that has no other.
func (p *parser) useSpare() {
	spare := &p.bodies.spare
	if spare.rank == noSpare || p.bodies.own > 0 || spare.rank == spareAttached && spare.some > 1 {
		return
	}
	texts := len(p.bodies.list)
	p.addText(p.textOf(spare.raw, spare.part, spare.at))
	if len(p.bodies.list) == texts {
		return
	}
	added := p.bodies.list[texts] // in front of what was forwarded
	p.bodies.list = slices.Insert(p.bodies.list[:texts], min(spare.place, texts), added)
	if spare.file && !spare.stays {
		p.message.Attachments = slices.DeleteFunc(p.message.Attachments, func(a Attachment) bool {
			return a.Part == spare.at.number
		})
	}
}
