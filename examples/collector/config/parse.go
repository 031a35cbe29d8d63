package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The bounds of a settings file.
const (
	maxBytes = 1 << 20
	maxNodes = 100_000 // keys and values, each as often as aliases repeat it
	maxNames = 1000    // of custom fields; package yaml compares each with each
)

// parse returns the mapping that is the whole file, or nil if there is none.
func (d *document) parse(text []byte) *yaml.Node {
	if len(text) > maxBytes {
		d.report(0, "the file is larger than 1 MiB: a settings file is not that large")
		return nil
	}
	if !d.isUTF8(text) {
		return nil
	}
	var root, second yaml.Node
	text = markVariables(text)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		d.report(0, "the file is empty; \"collector settings -yaml\" prints an example")
		return nil
	} else if err != nil {
		d.syntax(text, err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		d.report(second.Line, "a second YAML document begins here: write one only")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(text, err)
		return nil
	}
	nodes := maxNodes
	top := withoutAliases(root.Content[0], &nodes)
	if nodes < 0 {
		d.report(0, "the file has more than %d keys and values, counted with what its aliases (*name) repeat", maxNodes)
		return nil
	}
	return top
}

// withoutAliases returns a copy of a tree in which the aliases are replaced by copies
// of what they refer to. It subtracts the number of nodes from left, and stops where
// that is negative: a few aliases of aliases can stand for billions of nodes.
func withoutAliases(node *yaml.Node, left *int) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	*left--
	whole := *node
	whole.Content = nil
	for _, inner := range node.Content {
		if *left < 0 {
			break
		}
		whole.Content = append(whole.Content, withoutAliases(inner, left))
	}
	return &whole
}

// Variables are marked before the YAML is parsed, since the braces of ${NAME} have
// a meaning in YAML. They are expanded afterwards, since their values must not be
// parsed as YAML.
var (
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	marked   = regexp.MustCompile("\uE000([A-Za-z0-9_]+)\uE001")
)

func markVariables(text []byte) []byte { return variable.ReplaceAll(text, []byte("\uE000$1\uE001")) }

// unmark returns a text as it was written in the file.
func unmark(text string) string { return marked.ReplaceAllString(text, "$${$1}") }

// expand replaces the variables in a value by those of the environment. It reports
// those that are not set, and a value that is empty then: that could mean a default
// that nobody wants.
func (d *document) expand(node *yaml.Node, path string) (ok bool) {
	if strings.Contains(node.Value, "${") {
		d.add(path, "${...} takes an environment variable, whose name has letters, digits and _ only")
		return false
	}
	ok = true
	text := marked.ReplaceAllStringFunc(node.Value, func(match string) string {
		name := marked.FindStringSubmatch(match)[1]
		value, set := d.env(name)
		if !set {
			d.add(path, "the environment variable %s is not set", name)
			ok = false
		}
		return value
	})
	if ok && text == "" && node.Value != "" {
		d.add(path, "%s is empty: set the environment variable, or leave the key out", unmark(node.Value))
		ok = false
	}
	if text != node.Value {
		node.Value = text
		d.variable[path] = true
		mark(d.variable, path)
	}
	return ok
}
