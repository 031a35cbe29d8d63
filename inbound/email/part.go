package email

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// part is what the header of a part says about it.
type part struct {
	mediaType   string // lower case, "type/subtype"
	charset     string
	boundary    string
	flowed      bool // format=flowed (RFC 3676)
	delSp       bool // and delsp=yes
	disposition string
	name        string // as declared; ""
	encoding    transfer.Encoding
	contentID   string
	smimeType   string // of application/pkcs7-mime (RFC 8551, section 3.2.2)
}

// partPosition is where a part stands.
type partPosition struct {
	number string // IMAP part number; "" for the message itself
	depth  int    // multiparts around it
	within string // subtype of the multipart around it; ""
	index  int    // in that multipart, from 1
	// The outermost multipart/alternative around it, from 1, and which of its
	// alternatives this is in; 0: none.
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
	return at.number == w.number && (w.block == 0 || d.mediaType == "text/plain") && (w.file == 0 || isTNEF(d))
}

// describe reads the header of a part.
func (r *partReader) describe(h *header, at partPosition) part {
	d := part{mediaType: "text/plain"}
	if at.within == "digest" {
		d.mediaType = "message/rfc822"
	}
	var contentType, disposition []parameter
	if v := h.get("Content-Type"); v != "" {
		var mediaType string
		mediaType, contentType = parseParameters(rawText(v, ""), r.parameters[:0])
		kind, subtype, _ := strings.Cut(mediaType, "/")
		kind, subtype = token(kind), token(subtype)
		switch {
		case kind != "" && subtype != "" && len(kind) <= longestToken && len(subtype) <= longestToken:
			d.mediaType = kind + "/" + subtype
		case kind != "text" && kind != "":
			d.mediaType = "application/octet-stream"
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
	}
	name := get(contentType, "name")
	if name == "" {
		name = get(contentType, "file")
	}
	if v := h.get("Content-Disposition"); v != "" {
		d.disposition, disposition = parseParameters(rawText(v, ""), nil)
		if v := get(disposition, "filename"); v != "" {
			name = v
		} else if v := get(disposition, "name"); v != "" && name == "" {
			name = v
		}
	}
	d.name = plainName(name)
	if v := h.get("Content-Transfer-Encoding"); v != "" {
		known := false
		if d.encoding, known = transfer.ParseEncoding(v); !known {
			r.warn("an unknown Content-Transfer-Encoding was taken for binary")
		}
	}
	if v := h.get("Content-ID"); len(v) <= longestID {
		d.contentID = strings.Trim(clean(v), "<> ")
	}
	return d
}

// longestToken is how long a type, or a subtype, may be (RFC 6838, section 4.2).
const longestToken = 127

// token returns what s begins with that may be in a media type.
func token(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&-^_.+", r)
	})
	if end >= 0 {
		s = s[:end]
	}
	return s
}
