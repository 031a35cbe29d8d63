package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/examples/collector/suggest"
	"github.com/postroom/postroom/inbound"
)

// listedKeys is how many keys a section may have for all of them to be named where one
// is unknown.
const listedKeys = 10

// suggestion says what to write instead of an unknown key. It returns the key that was
// probably meant, if there is one.
func suggestion(unknown string, keys []key) (nearest, text string) {
	var names []string
	for _, k := range keys {
		if strings.HasPrefix(unknown, k.name+":") {
			return k.name, fmt.Sprintf("write a space after the colon of %q", k.name+":")
		}
		names = append(names, k.name)
	}
	nearest = suggest.Nearest(unknown, names)
	switch {
	case nearest != "":
		return nearest, "did you mean " + nearest + "?"
	case len(names) > listedKeys:
		return "", "\"collector settings\" lists the keys"
	}
	return "", "the keys here are " + strings.Join(names, ", ")
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
