package email

import (
	"cmp"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// part is what the header of a part says about it.
type part struct {
	mediaType   string // lower case, "type/subtype"
	text        textKind
	charset     string
	boundary    string
	flowed      bool // format=flowed (RFC 3676)
	delSp       bool // and delsp=yes
	disposition string
	name        string // as declared; ""
	implied     string // the name by another field; "": none, or not needed
	encoding    transfer.Encoding
	contentID   string
	location    string // Content-Location; ""
	bare        bool   // there is no Content-Type
	rival       bool   // there were several Content-Types
	smimeType   string // of application/pkcs7-mime (RFC 8551, section 3.2.2)
}

// partPosition is where a part stands.
type partPosition struct {
	number string // IMAP part number; "" for the message itself
	depth  int    // multiparts around it
	within string // subtype of the multipart around it; ""
	index  int    // in that multipart, from 1
	// The outermost multipart/alternative around it, from 1, and which of the
	// alternatives of the innermost one this is in; 0: none.
	alternative, choice int
}

// wantedPart is the part that OpenAttachment looks for.
type wantedPart struct {
	number string
	block  int // uuencoded block of its text; 0: the part itself
	file   int // file within winmail.dat; 0: the part itself
	// Once it is found:
	part part
	at   partPosition
}

// is reports whether a part is the one.
func (w *wantedPart) is(d part, at partPosition) bool {
	w.at = at
	return at.number == w.number && (w.block == 0 || d.text == textPlain) && (w.file == 0 || isTNEF(d))
}

// describe reads the header of a part.
func (r *partReader) describe(h *header, at partPosition) part {
	d := part{mediaType: "text/plain"}
	if at.within == "digest" {
		d.mediaType = "message/rfc822"
	}
	var contentType, disposition []parameter
	v, rival := r.contentType(h)
	if d.rival = rival; v != "" {
		var mediaType string
		mediaType, contentType = parseParameters(r.header.rawText(v), r.parameters[:0])
		if d.mediaType = mediaTypeOf(mediaType); d.mediaType == "" {
			d.mediaType = octetStream
			r.warn("a Content-Type is not valid")
		}
		d.charset = get(contentType, "charset")
		if isPKCS7(d.mediaType) {
			d.smimeType = strings.ToLower(get(contentType, "smime-type"))
		}
		d.boundary = strings.TrimRight(get(contentType, "boundary"), " \t")
		d.flowed = strings.EqualFold(get(contentType, "format"), "flowed")
		d.delSp = strings.EqualFold(get(contentType, "delsp"), "yes")
		r.parameters = contentType
	} else {
		d.bare = d.mediaType == "text/plain"
	}
	d.text = textKindOf(d.mediaType)
	name := get(contentType, "name")
	for _, key := range [...]string{"filename", "file"} {
		if name == "" && len(contentType) > 0 {
			name = get(contentType, key)
		}
	}
	if v := h.get("Content-Disposition"); v != "" {
		d.disposition, disposition = parseParameters(r.header.rawText(v), nil)
		if v := get(disposition, "filename"); v != "" {
			name = v
		} else if name == "" {
			name = cmp.Or(get(disposition, "name"), get(disposition, "file"))
		}
	}
	d.name = plainName(name)
	d.encoding = r.transferEncoding(h)
	if v := h.get("Content-ID"); len(v) <= longestID {
		d.contentID = strings.Trim(clean(v), "<> ")
	}
	if d.text == notText && at.within != "" {
		if v := h.get("Content-Location"); len(v) <= longestID {
			d.location = clean(v)
		}
	}
	if d.name == "" && d.boundary == "" &&
		(d.mediaType != "text/plain" && d.mediaType != "text/html" || d.disposition == "attachment") {
		d.implied = r.impliedName(h, d.mediaType)
	}
	return d
}
