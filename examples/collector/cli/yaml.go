package cli

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlFile reads the YAML of the settings file and collects its problems.
type yamlFile struct {
	problems
	env func(name string) (value string, ok bool)
}

var (
	yamlLine = regexp.MustCompile(`line (\d+): `)
	quoted   = regexp.MustCompile(`'[^']{2,}'`)
)

// parse returns the section that is the whole file, or nil if there is none.
func (y *yamlFile) parse(text []byte) *section {
	var root, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(mark(text)))
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		y.add(0, "the file is empty")
		return nil
	} else if err != nil {
		y.syntax(err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		y.add(second.Line, "a second YAML document begins here: write one only")
	} else if !errors.Is(err, io.EOF) {
		y.syntax(err)
		return nil
	}
	return y.section(root.Content[0], "")
}

// syntax reports a syntax error. It removes what the parser quotes, which may be a
// password.
func (y *yamlFile) syntax(err error) {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, as the expression says
		text = strings.Replace(text, m[0], "", 1)
	}
	y.add(line, "not valid YAML: %s; texts with special characters need quotes",
		quoted.ReplaceAllString(text, "'...'"))
}

// section returns a mapping as a section. If node is not a mapping, it reports that
// and returns nil.
func (y *yamlFile) section(node *yaml.Node, path string) *section {
	node = resolve(node)
	if node.Kind != yaml.MappingNode {
		y.add(node.Line, "%s must have keys and values, such as \"host: imap.example.com\"", named(path))
		return nil
	}
	s := &section{yamlFile: y, line: node.Line, path: path, values: make(map[string]*yaml.Node)}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if _, duplicate := s.values[key.Value]; duplicate {
			y.add(key.Line, "%s is there twice", s.name(shown(key.Value)))
			continue
		}
		s.keys = append(s.keys, key)
		s.values[key.Value] = resolve(node.Content[i+1])
	}
	return s
}

// resolve returns the node that an alias refers to.
func resolve(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// named returns the name of a path in problems.
func named(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

// shown returns a key as problems show it. If a space is missing after a colon, the
// YAML parser makes key and value one key. The value may be a password, so shown
// removes it.
func shown(key string) string {
	key = unmark(key)
	if i := strings.IndexAny(key, ":="); i >= 0 {
		return key[:i+1] + "..."
	}
	return key
}

// Variables are marked before the YAML is parsed, since the braces of ${NAME} have
// a meaning in YAML. They are expanded afterwards, since their values must not be
// parsed as YAML.
var (
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	marked   = regexp.MustCompile("\uE000([A-Za-z0-9_]+)\uE001")
)

func mark(text []byte) []byte { return variable.ReplaceAll(text, []byte("\uE000$1\uE001")) }

// unmark returns a text as it was written in the file.
func unmark(text string) string { return marked.ReplaceAllString(text, "$${$1}") }

// expand replaces the variables in a text by their values. If a variable is not
// set, expand reports that and returns ok false.
func (y *yamlFile) expand(node *yaml.Node) (text string, expanded, ok bool) {
	ok = true
	if strings.Contains(node.Value, "${") {
		y.add(node.Line, "${...} takes an environment variable, whose name has letters, digits and _ only")
		return "", false, false
	}
	text = marked.ReplaceAllStringFunc(node.Value, func(match string) string {
		name := marked.FindStringSubmatch(match)[1]
		value, set := y.env(name)
		if !set {
			y.add(node.Line, "the environment variable %s is not set", name)
			ok = false
		}
		return value
	})
	return text, text != node.Value, ok
}
