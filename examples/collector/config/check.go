package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/inbound"
)

// document is the YAML tree of a settings file. Its methods compare the tree with the
// types that it is decoded into. They report what does not fit and take it out, so
// that decoding has no errors of its own: those of package yaml stop at the first
// duplicate key, know no paths and quote secrets.
type document struct {
	*problems
	env     func(name string) (value string, ok bool)
	offline bool // secrets are left out

	secretInFile bool // a secret is in the file itself, not in a variable
}

// decode decodes the text of a settings file. It returns nil if that is not a YAML
// mapping.
func (d *document) decode(text []byte) *File {
	top := d.parse(text)
	if top == nil {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		d.report(top.Line, "the file must have keys and values, such as \"database: sqlite:./collector.db\"")
		return nil
	}
	var file File
	d.section(top, "", keysOf(reflect.TypeFor[File]()))
	if err := top.Decode(&file); err != nil {
		d.report(0, "cannot be decoded; this is a defect of the collector, not of the file")
	}
	return &file
}

// section checks a mapping against the keys that it may have, and adds the defaults of
// missing ones.
func (d *document) section(node *yaml.Node, path string, keys []key) {
	known, meant, values := make(map[string]bool), make(map[string]bool), make(map[string]*yaml.Node)
	for _, k := range keys {
		known[k.name] = true
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		k := node.Content[i]
		at, name := join(path, k.Value), join(d.place(path).name, shown(k.Value))
		switch {
		case k.Kind != yaml.ScalarNode:
			d.report(k.Line, "%s: a key must be a single word", join(d.place(path).name, "?"))
		case !known[k.Value]:
			nearest, text := suggestion(k.Value, path, keys)
			d.report(k.Line, "%s: %s", name, text)
			meant[nearest] = true
		case values[k.Value] != nil:
			d.report(k.Line, "%s: is there twice, first in line %d", name, d.place(at).line)
		default:
			values[k.Value] = node.Content[i+1]
			d.places[at] = place{k.Line, name}
		}
	}
	node.Content = nil
	for _, k := range keys {
		at, value := join(path, k.name), values[k.name]
		if value == nil && meant[k.name] {
			d.reported[at] = true // that it is missing
		}
		if value == nil || !d.value(value, at, k.Type) {
			if k.required {
				d.add(at, "%s", k.missing())
			}
			if value = d.fallback(k, at); value == nil {
				continue
			}
		}
		node.Content = append(node.Content, text(k.name), value)
	}
}

// fallback returns the default of a key, or nil if it has none.
func (d *document) fallback(k key, path string) *yaml.Node {
	switch {
	case k.Kind() == reflect.Struct && isSection(k.Type):
		value := &yaml.Node{Kind: yaml.MappingNode}
		d.section(value, path, keysOf(k.Type))
		return value
	case k.fallback == nil || *k.fallback == `""`:
		return nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(*k.fallback), &document); err != nil {
		panic(err) // a tag of File that is not YAML
	}
	value := document.Content[0]
	if value.Kind == yaml.ScalarNode {
		value.Tag = stringTag
	}
	return value
}

// value checks a value against the type that it is decoded into. It returns false if
// there is none or if it is bad, which it reports.
func (d *document) value(node *yaml.Node, path string, t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	wants := yaml.ScalarNode
	switch {
	case isSection(t) || t.Kind() == reflect.Map:
		wants = yaml.MappingNode
	case t.Kind() == reflect.Slice:
		wants = yaml.SequenceNode
	}
	switch {
	case node.Kind == yaml.ScalarNode && node.ShortTag() == nullTag:
		return false
	case node.Kind != wants:
		d.add(path, "%s", shapes[wants])
		return false
	case t.Kind() == reflect.Map && len(node.Content) > 2*maxNames:
		d.add(path, "has more than %d names", maxNames)
		return false
	case wants == yaml.SequenceNode:
		d.items(node, path, t.Elem())
	case t.Kind() == reflect.Map:
		d.section(node, path, keysIn(node, t.Elem()))
	case wants == yaml.MappingNode:
		d.section(node, path, keysOf(t))
	default:
		return d.scalar(node, path, t)
	}
	return true
}

// shapes says of each kind of node what a value must be.
var shapes = map[yaml.Kind]string{
	yaml.ScalarNode:   "must be a single value",
	yaml.SequenceNode: "must be a list, such as [one, two]",
	yaml.MappingNode:  "must have keys and values, such as {key: value}",
}

// keysIn returns the keys of a mapping that may have any.
func keysIn(node *yaml.Node, t reflect.Type) []key {
	var keys []key
	seen := make(map[string]bool)
	for i := 0; i+1 < len(node.Content); i += 2 {
		k := node.Content[i]
		k.Value = unmark(k.Value)
		if !seen[k.Value] {
			seen[k.Value] = true
			keys = append(keys, key{Type: t, name: k.Value})
		}
	}
	return keys
}

// items checks the items of a list. Problems name a section by the value of its first
// key or, if it has none, by its number.
func (d *document) items(node *yaml.Node, path string, t reflect.Type) {
	for i, item := range node.Content {
		number := fmt.Sprintf("[%d]", i)
		at, name := path+number, d.place(path).name+number
		if isSection(t) {
			for j := 0; j+1 < len(item.Content); j += 2 {
				key, id := item.Content[j].Value, item.Content[j+1].Value
				if key == keysOf(t)[0].name && plainID.MatchString(id) {
					name = d.place(path).name + "[" + id + "]"
				}
			}
		}
		d.places[at] = place{item.Line, name}
		if !d.value(item, at, t) {
			d.add(at, "is empty")
			node.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag} // decoding leaves it out
			if isSection(t) {
				node.Content[i] = &yaml.Node{Kind: yaml.MappingNode} // keeps the numbers of the others
			}
		}
	}
}

// plainID matches the values that problems name an item of a list by.
var plainID = regexp.MustCompile(`^[A-Za-z0-9._@+-]{1,100}$`)

// scalar checks a single value.
func (d *document) scalar(node *yaml.Node, path string, t reflect.Type) bool {
	if d.offline && t == reflect.TypeFor[inbound.Secret]() {
		d.reported[path] = true // that it is missing
		return false
	}
	if name, ok := variableWithoutBraces(node, t); ok {
		d.add(path, "did you mean ${%s}? A value that begins with $ needs quotes", name)
		return false
	}
	if hashOfSecret(node, t) {
		d.add(path, "what follows \" #\" is a comment in YAML: put quotes around the value if it belongs to it,"+
			" or a space after the # of a comment")
		return false
	}
	if !d.expand(node, path) || node.Value == "" {
		return false
	}
	if t == reflect.TypeFor[inbound.Secret]() && !d.variable[path] {
		d.secretInFile = true
	}
	node.Tag, node.Style = stringTag, 0
	if list := words[t]; list != nil && !slices.Contains(list, node.Value) {
		d.add(path, "%s is not one of: %s", d.quote(node, path, t), strings.Join(list, ", "))
		return false
	}
	var wrong *yaml.TypeError
	switch err := node.Decode(reflect.New(t).Interface()); {
	case errors.As(err, &wrong):
		d.add(path, "%s %s", d.quote(node, path, t), strings.Join(wrong.Errors, "; "))
	case err != nil && t == reflect.TypeFor[inbound.Secret]():
		d.add(path, "[redacted] stands for a secret, and is none; write the secret itself, or ${NAME}")
	default:
		return true
	}
	return false
}

const (
	stringTag = "!!str"
	nullTag   = "!!null"
)

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: stringTag, Value: value}
}

// quote returns a value as problems show it: in quotes, unless it may be a secret.
func (d *document) quote(node *yaml.Node, path string, t reflect.Type) string {
	if d.variable[path] || t == reflect.TypeFor[inbound.Secret]() {
		return "the value"
	}
	return fmt.Sprintf("%.60q", node.Value)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// shown returns a key as problems show it. If a space is missing after a colon, the
// YAML parser makes key and value one key. The value may be a password, so shown
// removes it.
func shown(key string) string {
	key = unmark(key)
	if i := strings.IndexAny(key, ":="); i >= 0 {
		key = key[:i+1] + "..."
	}
	if len(key) > 60 || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%.60q", key)
	}
	return key
}
