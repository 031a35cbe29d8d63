package email

import (
	"io"
	"slices"
)

// partReader reads headers and bodies up to the boundary lines of the multiparts
// around them.
type partReader struct {
	windowReader
	limits     Limits
	boundaries []string // of the open multiparts, outermost first
	warnings   []string
	parameters []parameter // those of the last Content-Type; used again
	header     headerCharsets
}

// begin makes r ready for a message. Its buffers stay.
func (r *partReader) begin(src io.Reader, l Limits) {
	r.windowReader.begin(src)
	r.limits, r.boundaries, r.warnings = l, r.boundaries[:0], nil
}

// release forgets the message.
func (r *partReader) release() {
	r.src, r.warnings = nil, nil
	clear(r.parameters[:cap(r.parameters)])
	clear(r.boundaries[:cap(r.boundaries)])
}

// maxWarnings bounds Warnings; there are not many more different ones.
const maxWarnings = 50

// warn adds a warning, once.
func (r *partReader) warn(text string) {
	if len(r.warnings) < maxWarnings && !slices.Contains(r.warnings, text) {
		r.warnings = append(r.warnings, text)
	}
}

// skipLine skips the current line.
func (r *partReader) skipLine() {
	for {
		piece := r.line()
		if len(piece) == 0 || piece[len(piece)-1] == '\n' {
			return
		}
	}
}
