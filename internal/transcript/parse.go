package transcript

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// behaviorsAtLeast is how many behaviors a transcript is about.
const behaviorsAtLeast = 3

// Parse reads a transcript. Its errors name the line.
func Parse(r io.Reader) (*Transcript, error) {
	p := &parser{t: &Transcript{}, inHeader: true}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.n++
		if err := p.line(strings.TrimRight(lines.Text(), " \t\r")); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if err := p.t.validate(); err != nil {
		return nil, err
	}
	return p.t, nil
}

// parser is the reading of a file.
type parser struct {
	t        *Transcript
	n        int // of the line
	inHeader bool
	current  *rule // nil between rules
	marked   bool  // a mark was read
}

func (p *parser) line(text string) error {
	switch {
	case strings.HasPrefix(text, "#"):
		return nil
	case text == "":
		p.inHeader, p.current = p.inHeader && p.t.Provider == "", nil
		return nil
	case p.inHeader:
		key, value, ok := strings.Cut(text, ": ")
		if !ok {
			return fmt.Errorf("the header wants \"key: value\": %s", text)
		}
		return p.header(key, value)
	case strings.HasPrefix(text, "="):
		return p.mark(strings.Fields(text[1:]))
	}
	if p.current == nil {
		p.current = &rule{line: p.n}
		p.t.rules = append(p.t.rules, p.current)
	}
	if attributes, ok := strings.CutPrefix(text, "@"); ok {
		for _, one := range strings.Fields(attributes) {
			if err := p.attribute(one); err != nil {
				return err
			}
		}
		return nil
	}
	return p.step(text)
}

func (p *parser) header(key, value string) (err error) {
	switch key {
	case "provider":
		p.t.Provider = value
	case "protocol":
		p.t.Protocol = value
	case "login":
		p.t.Token = value == "token"
	case "since":
		p.t.Since, err = time.Parse(time.DateOnly, value)
	case "window":
		p.t.window, err = strconv.Atoi(value)
	case "uids":
		err = p.uids(value)
	default:
		name, ok := strings.CutPrefix(key, "behavior ")
		if !ok {
			return fmt.Errorf("the header has no key %q", key)
		}
		p.t.Behaviors = append(p.t.Behaviors, Behavior{name, value})
	}
	return err
}

var uidRange = regexp.MustCompile(`^(\d+)(?:-(\d+)(?:/(\d+))?)?$`)

func (p *parser) uids(text string) error {
	for _, word := range strings.Fields(text) {
		parts := uidRange.FindStringSubmatch(word)
		if parts == nil {
			return fmt.Errorf("%q is no UID, range or range with a step", word)
		}
		first, last, step := atoi(parts[1]), atoi(parts[2]), max(atoi(parts[3]), 1)
		for uid := first; uid <= max(first, last); uid += step {
			p.t.Messages = append(p.t.Messages, newMessage(len(p.t.Messages), uid))
		}
	}
	return nil
}

func (p *parser) mark(words []string) error {
	switch {
	case len(words) == 0 || words[0] != "verbatim" && words[0] != "typical":
		return fmt.Errorf("a mark is verbatim or typical")
	case words[0] == "verbatim" && len(words) < 2:
		return fmt.Errorf("what is verbatim has a source")
	}
	p.marked = true
	return nil
}

func (p *parser) attribute(text string) error {
	key, value, _ := strings.Cut(text, "=")
	r := p.current
	if value == "" {
		return fmt.Errorf("%q has no value", text)
	}
	switch key {
	case "behavior":
		r.behavior = value
	case "times":
		r.times = int(atoi(value))
	case "with":
		r.with = atoi(value)
	case "longer":
		r.longer = int(atoi(value))
	case "after":
		r.after = value
	case "unless":
		r.unless = value
	case "then":
		r.then = value
	case "means":
		r.means = value
	case "guard":
		r.guard = true
	default:
		return fmt.Errorf("there is no @ %s", key)
	}
	return nil
}

var stepLine = regexp.MustCompile(`^([CSM])(?:\[(\d+)\])?: ?(.*)$`)

func (p *parser) step(text string) error {
	parts := stepLine.FindStringSubmatch(text)
	switch {
	case parts == nil:
		return fmt.Errorf("a line begins with C:, S:, M:, =, @ or #: %s", text)
	case parts[1] != "C" && !p.marked:
		return fmt.Errorf("the line is not marked as verbatim or typical")
	}
	s := step{kind: parts[1][0], text: parts[3], uid: atoi(parts[2])}
	if s.kind == 'C' {
		s.pattern = pattern(s.text)
	}
	p.current.steps = append(p.current.steps, s)
	return nil
}

// pattern makes a regular expression of what stands behind C:.
func pattern(text string) *regexp.Regexp {
	quoted := strings.NewReplacer(`\*`, `.*`, `\{star\}`, `\*`, `\{set\}`, `(?P<set>[0-9:,*]+)`,
		`\{n\}`, `(?P<n>[0-9]+)`).Replace(regexp.QuoteMeta(text))
	return regexp.MustCompile(`(?is)^` + quoted + `$`)
}

// validate returns what the file as a whole misses.
func (t *Transcript) validate() error {
	if t.Provider == "" || t.Protocol != "imap" && t.Protocol != "pop3" || len(t.Messages) == 0 {
		return fmt.Errorf("the header wants a provider, a protocol (imap or pop3) and uids")
	}
	if len(t.Behaviors) < behaviorsAtLeast {
		return fmt.Errorf("the header has %d behaviors and wants %d", len(t.Behaviors), behaviorsAtLeast)
	}
	wanted := make(map[string]bool)
	for _, b := range t.Behaviors {
		wanted[b.Name] = true
	}
	met := make(map[string]bool)
	for _, r := range t.rules {
		switch {
		case len(r.steps) == 0:
			return fmt.Errorf("line %d: the rule has no lines", r.line)
		case r.behavior != "" && !wanted[r.behavior]:
			return fmt.Errorf("line %d: the header has no behavior %q", r.line, r.behavior)
		}
		met[r.behavior] = met[r.behavior] || !r.guard
	}
	for _, b := range t.Behaviors {
		if !met[b.Name] {
			return fmt.Errorf("no rule shows the behavior %q", b.Name)
		}
	}
	return nil
}

// atoi reads a number of a file, or returns 0.
func atoi(text string) uint32 {
	n, _ := strconv.ParseUint(text, 10, 32)
	return uint32(n)
}

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
