package config

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/mitchellh/go-wordwrap"

	"github.com/postroom/postroom/inbound"
)

// WriteTable writes a table of all keys with type, default and meaning, at most width
// columns wide. The keys of a section, or of the items of a list, are indented below
// it.
func WriteTable(w io.Writer, width uint) error {
	const others = 47 // columns that come before the meaning
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tTYPE\tDEFAULT\tMEANING")
	writeRows(table, reflect.TypeFor[File](), "", max(width, others+20)-others)
	return table.Flush()
}

func writeRows(w io.Writer, t reflect.Type, indent string, width uint) {
	for _, k := range keysOf(t) {
		cells := fmt.Sprintf("%s%s\t%s\t%s\t", indent, k.name, k.typeName(), k.defaultText())
		for line := range strings.Lines(wordwrap.WrapString(k.meaning(), width)) {
			fmt.Fprintf(w, "%s%s\n", cells, strings.TrimSuffix(line, "\n"))
			cells = "\t\t\t"
		}
		if inner, ok := k.section(); ok {
			writeRows(w, inner, indent+"  ", width)
		}
	}
}

// WriteYAML writes a settings file that has every key that can be set, with its
// meaning. Those that are needed at first have an example, the others are in comments
// and have their defaults. [Parse] accepts it if its environment variables are set.
func WriteYAML(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "# All keys of the settings file. Those behind a # may be left out; to set one, remove the #.")
	writeKeys(b, reflect.TypeFor[File](), "", "")
	return b.Flush()
}

// writeKeys writes the keys of a section. In the items of a list, the first key has
// an indent of its own.
func writeKeys(w io.Writer, t reflect.Type, first, indent string) {
	for _, k := range keysOf(t) {
		at, below := first, indent
		if k.instead != "" {
			fmt.Fprintf(w, "%s# instead of %s:\n", indent, k.instead)
		}
		if k.inComment() && !strings.Contains(indent, "#") {
			at, below = first+"# ", indent+"# "
		}
		inner, isSection := k.section()
		switch {
		case !isSection:
			writeKey(w, at, below, k, " "+k.exampleText())
		case k.Kind() == reflect.Slice:
			writeKey(w, at, below, k, "")
			writeKeys(w, inner, below+"  - ", below+"    ")
		default:
			writeKey(w, at, below, k, "")
			writeKeys(w, inner, below+"  ", below+"  ")
		}
		first = indent
	}
}

// inComment reports whether the reference has a key in a comment.
func (k key) inComment() bool {
	_, section := k.section()
	return k.rare || k.instead != "" || !k.required && !section && k.example == ""
}

// writeKey writes a key and its meaning, on one line if that is not too long.
func writeKey(w io.Writer, first, indent string, k key, value string) {
	const column, width = 40, 100
	comment := "# " + k.meaning()
	if k.required {
		comment += "; required"
	}
	text := first + k.name + ":" + value
	if max(len(text), column)+1+len(comment) > width && first == indent {
		fmt.Fprintf(w, "%s%s\n%s\n", indent, comment, text)
		return
	}
	fmt.Fprintf(w, "%-*s %s\n", column, text, comment)
}

// section returns the struct type of a section, or of the sections in a list.
func (k key) section() (reflect.Type, bool) {
	t := k.Type
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t, isSection(t)
}

// words returns the words that a value is one of, or nil.
func (k key) words() []string {
	t := k.Type
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return words[t]
}

// meaning returns what a key is for, with the words that it may have.
func (k key) meaning() string {
	if list := k.words(); len(list) > 0 {
		return k.doc + ": " + strings.Join(list, ", ")
	}
	return k.doc
}

var typeNames = map[reflect.Type]string{
	reflect.TypeFor[Flag]():           "boolean",
	reflect.TypeFor[Number]():         "number",
	reflect.TypeFor[Duration]():       "duration",
	reflect.TypeFor[Start]():          "date",
	reflect.TypeFor[Address]():        "address",
	reflect.TypeFor[OwnAddress]():     "address",
	reflect.TypeFor[Domain]():         "domain",
	reflect.TypeFor[inbound.Secret](): "secret",
}

func (k key) typeName() string {
	name := typeNames[k.Type]
	switch {
	case name != "":
		return name
	case k.Kind() == reflect.Slice:
		return "list"
	case k.Kind() == reflect.Map:
		return "mapping"
	case k.Kind() == reflect.String && words[k.Type] == nil:
		return "text"
	case k.Kind() == reflect.String:
		return "word"
	}
	return "section"
}

func (k key) defaultText() string {
	switch {
	case k.required:
		return "required"
	case k.fallback == nil:
		return "-"
	}
	return *k.fallback
}

// exampleText returns the value of a key in the YAML of the reference.
func (k key) exampleText() string {
	if k.example != "" || k.fallback == nil {
		return k.example
	}
	return *k.fallback
}
