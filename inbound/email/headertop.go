package email

import "bytes"

// marks are what a byte order mark of UTF-8 looks like: itself, and itself taken for
// Latin-1 and encoded once more. A server that adds fields may put one before them.
var marks = [...]string{"\xEF\xBB\xBF", "\xC3\xAF\xC2\xBB\xC2\xBF"}

// skipMark takes the byte order marks that the window begins with.
func (r *partReader) skipMark() (found bool) {
	w := r.window()
	if len(w) == 0 || w[0] != marks[0][0] && w[0] != marks[1][0] {
		return false
	}
	rest := w
	for _, mark := range marks {
		for bytes.HasPrefix(rest, []byte(mark)) {
			rest = rest[len(mark):]
		}
	}
	r.pos += len(w) - len(rest)
	return len(rest) < len(w)
}

// startsBelow skips blank lines at the beginning of the message when a header
// follows.
func (r *partReader) startsBelow() bool {
	r.need(usualName)
	w := r.window()
	rest := bytes.TrimLeft(w[:min(len(w), 64)], "\r\n")
	behind := w[min(len(w), 64)-len(rest):]
	skipped := len(w) - len(behind)
	for _, mark := range marks {
		behind = bytes.TrimPrefix(behind, []byte(mark))
	}
	colon := fieldColon(behind)
	if (colon <= 0 || !isFieldName(behind[:colon])) && !bytes.HasPrefix(behind, []byte("From ")) {
		return false
	}
	r.pos += max(skipped, len(w)-len(behind))
	return true
}

// topNames are fields that only servers and mail programs write: nobody quotes them.
var topNames = [...]string{"received", "return-path", "delivered-to", "message-id", "mime-version", "dkim-signature",
	"authentication-results", "arc-seal", "x-original-to", "envelope-to"}

// headerBelow skips what stands at the beginning of the message when it is no field,
// with a blank line behind it, and a header follows: a gateway has written its notice above
// it.
func (r *partReader) headerBelow() bool {
	w := r.lookaheadWindow()
	header := -1 // where the fields begin that follow a blank line
	for at, blank := 0, false; ; {
		nl := bytes.IndexByte(w[at:], '\n')
		if nl < 0 {
			return false
		}
		line := w[at : at+nl]
		switch isField := fieldColon(line) > 0; {
		case blank && isField:
			header = at
		case header >= 0 && !isField && !bytes.HasPrefix(line, []byte(" ")) && !bytes.HasPrefix(line, []byte("\t")):
			header = -1
		}
		if header >= 0 && isTopField(line) {
			r.pos += header
			return true
		}
		blank = len(bytes.TrimRight(line, "\r")) == 0
		at += nl + 1
	}
}

// isTopField reports whether a line is a field of topNames.
func isTopField(line []byte) bool {
	colon := fieldColon(line)
	if colon <= 0 {
		return false
	}
	for _, name := range topNames {
		if len(name) == colon && hasFold(line, name) {
			return true
		}
	}
	return false
}
