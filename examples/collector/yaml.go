package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document reads the settings file's YAML and collects what is wrong with it.
type yamlFile struct {
	problems
	env func(name string) (value string, ok bool)
}

var (
	yamlLine = regexp.MustCompile(`line (\d+): `)
	quoted   = regexp.MustCompile(`'[^']{2,}'`)
)

// parse returns the section that is the whole file, or nil when there is none.
func (d *yamlFile) parse(text []byte) *section {
	var root, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(mark(text)))
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		d.add(0, "the file is empty")
		return nil
	} else if err != nil {
		d.syntax(err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		d.add(second.Line, "a second YAML document begins here: write one only")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
		return nil
	}
	return d.section(root.Content[0], "")
}

// syntax reports text that is not YAML. The parser may quote the text, and that
// may be a password.
func (d *yamlFile) syntax(err error) {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, as the expression says
		text = strings.Replace(text, m[0], "", 1)
	}
	d.add(line, "not valid YAML: %s; texts with special characters need quotes", quoted.ReplaceAllString(text, "'...'"))
}

// section makes a section of a mapping, or reports that node is something else.
func (d *yamlFile) section(node *yaml.Node, path string) *section {
	node = resolve(node)
	if node.Kind != yaml.MappingNode {
		d.add(node.Line, "%s must have keys and values, such as \"host: imap.example.com\"", named(path))
		return nil
	}
	s := &section{yamlFile: d, line: node.Line, path: path, values: make(map[string]*yaml.Node)}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if _, twice := s.values[key.Value]; twice {
			d.add(key.Line, "%s is there twice", s.name(shown(key.Value)))
			continue
		}
		s.keys = append(s.keys, key)
		s.values[key.Value] = resolve(node.Content[i+1])
	}
	return s
}

// resolve follows an alias to what it stands for.
func resolve(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// named is a path as problems call it.
func named(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

// shown is a key that may have become one by a forgotten space: what follows the
// colon may be a password.
func shown(key string) string {
	key = unmark(key)
	if i := strings.IndexAny(key, ":="); i >= 0 {
		return key[:i+1] + "..."
	}
	return key
}

// Variables are marked before the YAML is read and expanded afterwards: the
// braces of ${NAME} mean something in YAML's own {...}, and what a variable holds
// must never be read as YAML.
var (
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	marked   = regexp.MustCompile("\uE000([A-Za-z0-9_]+)\uE001")
)

func mark(text []byte) []byte { return variable.ReplaceAll(text, []byte("\uE000$1\uE001")) }

// unmark gives a text back as it was written.
func unmark(text string) string { return marked.ReplaceAllString(text, "$${$1}") }

// expand puts environment variables into a text. It reports those that are not
// set; ok is false then.
func (d *yamlFile) expand(node *yaml.Node) (text string, expanded, ok bool) {
	ok = true
	if strings.Contains(node.Value, "${") {
		d.add(node.Line, "${...} takes an environment variable, whose name has letters, digits and _ only")
		return "", false, false
	}
	text = marked.ReplaceAllStringFunc(node.Value, func(match string) string {
		name := marked.FindStringSubmatch(match)[1]
		value, set := d.env(name)
		if !set {
			d.add(node.Line, "the environment variable %s is not set", name)
			ok = false
		}
		return value
	})
	return text, text != node.Value, ok
}
