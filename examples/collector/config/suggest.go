package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/inbound"
)

// listedKeys is how many keys a section may have for all of them to be named where one
// is unknown.
const listedKeys = 10

// suggestion says what to write instead of an unknown key. It returns the key that was
// probably meant, if there is one.
func suggestion(unknown string, keys []key) (nearest, text string) {
	var names []string
	least := 3 // more wrong letters than that are a different word
	for _, k := range keys {
		if strings.HasPrefix(unknown, k.name+":") {
			return k.name, fmt.Sprintf("write a space after the colon of %q", k.name+":")
		}
		names = append(names, k.name)
		if n := wrongLetters(unknown, k.name); n < least {
			nearest, least = k.name, n
		} else if n == least {
			nearest = "" // a guess would be as often wrong as right
		}
	}
	switch {
	case nearest != "":
		return nearest, "did you mean " + nearest + "?"
	case len(names) > listedKeys:
		return "", "\"collector settings\" lists the keys"
	}
	return "", "the keys here are " + strings.Join(names, ", ")
}

// wrongLetters returns how many letters of a word differ from those of a key, where
// two letters that are exchanged count as one. It returns 3 if they are different words.
func wrongLetters(word, key string) int {
	const different = 3
	if len(word) > 40 {
		return different
	}
	word = strings.ToLower(word)
	n := levenshtein.ComputeDistance(word, key)
	switch {
	case isTransposed(word, key):
		return 1
	case n >= different, n == 2 && min(len(word), len(key)) < 4, 2*n >= len(key) && n != 2:
		return different
	}
	return n
}

// isTransposed reports whether two neighboring letters of a word are exchanged in the
// other one, which is otherwise the same.
func isTransposed(a, b string) bool {
	for i := 0; len(a) == len(b) && i+1 < len(a); i++ {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
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
