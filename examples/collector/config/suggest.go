package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/examples/collector/suggest"
	"github.com/postroom/postroom/inbound"
)

// listedKeys is how many keys a section may have for all of them to be named where one
// is unknown.
const listedKeys = 10

// suggestion says what to write instead of an unknown key of the section at path. It
// returns the key that was probably meant, if there is one.
func suggestion(unknown, path string, keys []key) (nearest, text string) {
	if text := misplaced(unknown, path); text != "" {
		return "", text
	}
	var names []string
	for _, k := range keys {
		if strings.HasPrefix(unknown, k.name+":") {
			return k.name, fmt.Sprintf("unknown key; write a space after the colon of %q", k.name+":")
		}
		names = append(names, k.name)
	}
	nearest = suggest.Nearest(unknown, names)
	switch {
	case nearest != "":
		return nearest, "unknown key; did you mean " + nearest + "?"
	case len(names) > listedKeys:
		return "", "unknown key; \"collector settings\" lists the keys"
	}
	return "", "unknown key; the keys here are " + strings.Join(names, ", ")
}

// misplaced says where a key belongs that is one of an account at the top of the file, or
// the other way round; "" where it is neither.
func misplaced(name, path string) string {
	isNamed := func(k key) bool { return k.name == name }
	switch {
	case path == "" && slices.ContainsFunc(keysOf(reflect.TypeFor[Account]()), isNamed):
		return "belongs in an account, not at the top of the file"
	case accountPath.MatchString(path) && slices.ContainsFunc(keysOf(reflect.TypeFor[File]()), isNamed):
		return "belongs at the top of the file, not in an account"
	}
	return ""
}

var accountPath = regexp.MustCompile(`^accounts\[[0-9]+\]$`)

// hashOfSecret reports a secret without quotes that a word with # follows, which YAML
// takes for a comment although it may be the end of the secret.
func hashOfSecret(node *yaml.Node, t reflect.Type) bool {
	return t == reflect.TypeFor[inbound.Secret]() && node.Style == 0 && !marked.MatchString(node.Value) &&
		len(node.LineComment) > 1 && node.LineComment[1] != ' '
}

var dollarName = regexp.MustCompile(`^\$([A-Z_][A-Z0-9_]*)$`)

// variableWithoutBraces reports a secret that is written as $NAME. In quotes, it is
// taken as it is: a password may begin with that character.
func variableWithoutBraces(node *yaml.Node, t reflect.Type) (name string, ok bool) {
	m := dollarName.FindStringSubmatch(node.Value)
	if t != reflect.TypeFor[inbound.Secret]() || node.Style != 0 || m == nil {
		return "", false
	}
	return m[1], true
}
