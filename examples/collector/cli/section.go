package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// section is a mapping in the settings file. Its methods read one key each and
// report what is wrong with its value. end reports the keys that no method has
// read. On a nil section, which stands for a missing mapping, the methods return
// their fallback.
type section struct {
	*yamlFile
	line   int
	path   string // such as "accounts[shop]"; "" for the file
	keys   []*yaml.Node
	values map[string]*yaml.Node
	read   []string // the keys that were read
}

func (s *section) name(key string) string {
	if s.path == "" {
		return key
	}
	return s.path + "." + key
}

// get returns the value of a key, or nil if there is none.
func (s *section) get(key string) *yaml.Node {
	if s == nil {
		return nil
	}
	if !slices.Contains(s.read, key) {
		s.read = append(s.read, key)
	}
	node := s.values[key]
	if node == nil || node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return nil
	}
	return node
}

// lineOf returns the line of a key, or that of the section if it has no such key.
func (s *section) lineOf(key string) int {
	for _, k := range s.keys {
		if k.Value == key {
			return k.Line
		}
	}
	return s.line
}

// wrong reports what is wrong with the value of a key.
func (s *section) wrong(key, format string, args ...any) {
	s.add(s.lineOf(key), "%s: %s", s.name(key), fmt.Sprintf(format, args...))
}

// later reports a key whose feature does not exist yet.
func (s *section) later(key string) { s.wrong(key, "is not there yet; remove the key") }

// word is the value of a key as text. Problems quote it only if it does not come
// from the environment: a variable may hold a secret.
type word struct {
	text  string
	quote string // the text in quotes, or "the value"
	given bool   // the key has a value, which may be bad
	bad   bool   // the value is invalid, and that is reported
}

func (s *section) word(key string) word {
	node := s.get(key)
	if node == nil {
		return word{}
	}
	return s.scalar(key, node)
}

func (s *section) scalar(key string, node *yaml.Node) word {
	if node.Kind != yaml.ScalarNode {
		s.add(node.Line, "%s: must be a single value", s.name(key))
		return word{given: true, bad: true}
	}
	text, expanded, ok := s.expand(node)
	if !ok {
		return word{given: true, bad: true}
	}
	w := word{text: text, quote: "the value", given: true}
	if !expanded {
		w.quote = strconv.Quote(text)
	}
	return w
}

func (s *section) text(key string) string { return s.word(key).text }

// required reads a text that must not be empty.
func (s *section) required(key, what string) string {
	w := s.word(key)
	if s != nil && w.text == "" && !w.bad {
		s.wrong(key, "is missing: %s", what)
	}
	return w.text
}

// choice reads one of several words. The first word is the fallback. If it is "",
// the key must have a value.
func (s *section) choice(key string, words ...string) string {
	w := s.word(key)
	fallback, offered := words[0], words
	if fallback == "" {
		offered = words[1:]
	}
	switch {
	case s == nil || w.bad:
		return fallback
	case w.text == "":
		if fallback == "" {
			s.wrong(key, "is missing: write %s", strings.Join(offered, " or "))
		}
		return fallback
	}
	for _, one := range offered {
		if w.text == one {
			return one
		}
	}
	s.wrong(key, "%s is not one of %s", w.quote, strings.Join(offered, ", "))
	return fallback
}

func (s *section) flag(key string, fallback bool) bool {
	w := s.word(key)
	switch {
	case w.text == "":
		return fallback
	case w.text == "true", w.text == "false":
		return w.text == "true"
	}
	s.wrong(key, "%s is neither true nor false", w.quote)
	return fallback
}

// number reads a whole number between least and most. It returns 0 if there is none.
func (s *section) number(key string, least, most int64) int64 {
	w := s.word(key)
	if w.text == "" {
		return 0
	}
	n, err := strconv.ParseInt(w.text, 10, 64)
	if err != nil || n < least || n > most {
		s.wrong(key, "%s is not a whole number from %d to %d", w.quote, least, most)
		return 0
	}
	return n
}

// duration reads a time span that is not negative. It returns 0 if there is none.
func (s *section) duration(key string) time.Duration {
	w := s.word(key)
	if w.text == "" {
		return 0
	}
	d, err := time.ParseDuration(w.text)
	if err != nil || d < 0 {
		s.wrong(key, "%s is not a time span, such as 6m or 90s", w.quote)
		return 0
	}
	return d
}

// words reads a list of texts.
func (s *section) words(key string) []word {
	var list []word
	for i, node := range s.items(key) {
		w := s.scalar(fmt.Sprintf("%s[%d]", key, i), resolve(node))
		if w.text == "" && !w.bad {
			s.add(node.Line, "%s: an entry is empty", s.name(key))
			continue
		}
		if !w.bad {
			list = append(list, w)
		}
	}
	return list
}

func (s *section) texts(key string) []string {
	var list []string
	for _, w := range s.words(key) {
		list = append(list, w.text)
	}
	return list
}

// pairs reads a mapping from text to text.
func (s *section) pairs(key string) map[string]string {
	inner := s.section(key)
	if inner == nil {
		return nil
	}
	pairs := make(map[string]string)
	for _, k := range inner.keys {
		pairs[k.Value] = inner.text(k.Value)
	}
	return pairs
}

// section reads a mapping. It returns nil if there is none.
func (s *section) section(key string) *section {
	node := s.get(key)
	if node == nil {
		return nil
	}
	return s.yamlFile.section(node, s.name(key))
}

// sections reads a list of mappings. Problems name each of them by the value of the
// key id or, if it has none, by its number.
func (s *section) sections(key, id string) []*section {
	var list []*section
	for i, node := range s.items(key) {
		inner := s.yamlFile.section(node, fmt.Sprintf("%s[%d]", s.name(key), i))
		if inner == nil {
			continue
		}
		name := inner.values[id]
		if name != nil && name.Kind == yaml.ScalarNode && name.Value != "" && !marked.MatchString(name.Value) {
			inner.path = fmt.Sprintf("%s[%s]", s.name(key), name.Value)
		}
		list = append(list, inner)
	}
	return list
}

func (s *section) items(key string) []*yaml.Node {
	node := s.get(key)
	switch {
	case node == nil:
		return nil
	case node.Kind != yaml.SequenceNode:
		s.add(node.Line, "%s: must be a list", s.name(key))
		return nil
	}
	return node.Content
}

// end reports the keys that no method has read.
func (s *section) end() {
	if s == nil {
		return
	}
	for _, key := range s.keys {
		if !slices.Contains(s.read, key.Value) {
			s.add(key.Line, "%s: unknown key; the keys here are %s",
				s.name(shown(key.Value)), strings.Join(s.read, ", "))
		}
	}
}
