package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

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

// section reads a mapping; nil when there is none.
func (s *section) section(key string) *section {
	node := s.get(key)
	if node == nil {
		return nil
	}
	return s.document.section(node, s.name(key))
}

// sections reads a list of mappings. Each one is called by its id, where it has
// one, and by its number otherwise.
func (s *section) sections(key, id string) []*section {
	var list []*section
	for i, node := range s.items(key) {
		inner := s.document.section(node, fmt.Sprintf("%s[%d]", s.name(key), i))
		if inner == nil {
			continue
		}
		if name := inner.values[id]; name != nil && name.Kind == yaml.ScalarNode && name.Value != "" && !marked.MatchString(name.Value) {
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

// end reports the keys that nobody asked for.
func (s *section) end() {
	if s == nil {
		return
	}
	for _, key := range s.keys {
		if !slices.Contains(s.asked, key.Value) {
			s.add(key.Line, "%s: unknown key; the keys here are %s", s.name(shown(key.Value)), strings.Join(s.asked, ", "))
		}
	}
}

const (
	maxPort = math.MaxUint16
	maxSize = math.MaxInt64
)
