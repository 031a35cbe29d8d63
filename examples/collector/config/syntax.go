package config

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

var (
	yamlLine      = regexp.MustCompile(`^line (\d+): `)
	quoted        = regexp.MustCompile(`'[^' ]{2,}'`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	indentedByTab = regexp.MustCompile(`^ *\t`)
)

// isUTF8 reports a text that is in a different encoding. Its lines could be read as
// YAML, but its variables would not be found.
func (d *document) isUTF8(text []byte) bool {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		d.report(0, "the file is in UTF-16: save it as UTF-8")
		return false
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			d.report(i+1, "a character is not in UTF-8: save the file as UTF-8")
			return false
		}
	}
	return true
}

// syntax reports the error that package yaml found in a text whose variables are
// marked. It removes what the package quotes, which may be a password.
func (d *document) syntax(text []byte, err error) {
	reason, line := splitLine(err)
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	const meaning = "a value that begins with * or & has another meaning in YAML: put quotes around it"
	if m := unknownAnchor.FindStringSubmatch(reason); m != nil {
		d.report(lineOfAlias(lines, m[1]), meaning)
		return
	}
	own := "" // what is wrong, where the package says less
	switch {
	case reason == "did not find expected alphabetic or numeric character":
		d.report(min(line, len(lines)), meaning)
		return
	case reason == "did not find expected key", reason == "did not find expected '-' indicator":
		line = firstFailing(lines, reason) // the package has the line in which the mapping or list begins
		own = "this line is indented unlike those above it, or has text after a closing quote"
	case strings.HasPrefix(reason, "did not find expected"):
		line++ // the lines of these errors begin with 0, which is omitted
	case reason == "found unexpected end of stream":
		own = "a quote that begins here has no end"
		if line >= len(lines) && failsWith(lines[0], reason) {
			line = 1 // the package omits it, too, and has the last line then
		}
	}
	line = min(line, len(lines))
	for near := max(line-1, 1); near <= min(line+1, len(lines)); near++ { // the package is off by a line
		if indentedByTab.Match(lines[near-1]) {
			d.report(near, "indent by spaces, not tabs")
			return
		}
	}
	if own != "" {
		d.report(line, "not valid YAML: %s", own)
		return
	}
	d.report(line, "not valid YAML: %s; write a space after a colon, and quotes around text with special characters",
		quoted.ReplaceAllString(reason, "'...'"))
}

// splitLine returns what an error of package yaml says, and its line; 0 if it has none.
func splitLine(err error) (reason string, line int) {
	reason = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(reason); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, as the expression says
		reason = strings.TrimPrefix(reason, m[0])
	}
	return reason, line
}

// firstFailing returns the number of the first line that the text fails with for the
// reason, if it ends there.
func firstFailing(lines [][]byte, reason string) int {
	return 1 + sort.Search(len(lines)-1, func(i int) bool { return failsWith(bytes.Join(lines[:i+1], nil), reason) })
}

// failsWith reports whether a text is not valid YAML for that reason.
func failsWith(text []byte, reason string) bool {
	err := yaml.Unmarshal(text, new(yaml.Node))
	if err == nil {
		return false
	}
	found, _ := splitLine(err)
	return found == reason
}

// lineOfAlias returns the number of the first line that has a value *name.
func lineOfAlias(lines [][]byte, name string) int {
	alias := regexp.MustCompile(fmt.Sprintf(`(^|[\s:,\[{-])\*%s($|[\s,\]}])`, regexp.QuoteMeta(name)))
	for i, line := range lines {
		if alias.Match(line) {
			return i + 1
		}
	}
	return 0
}
