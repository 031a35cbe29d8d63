package sqlrecord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Scope is what the statements of one company may touch.
type Scope struct {
	Prefix    string            // what the names of the tables that are looked at begin with
	Namespace string            // what has to be in their column namespace
	Shared    map[string]string // tables without this column, with the reason
}

// Check returns an error unless a statement reads and writes only rows of the namespace, as its
// text and its arguments say: each table is bound by "namespace = ?", by the same namespace as
// that of a table that is, by the number of a row that a derived table has found (seq), or by
// the value that is inserted. It understands what this module's statements are made of, and
// reports what it does not.
func (s Scope) Check(st Statement) error {
	nodes, err := parse(st.Text)
	if err == nil {
		c := checker{s, st.Args}
		err = c.query(nodes, nil)
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.Join(strings.Fields(st.Text), " "))
	}
	return nil
}

type checker struct {
	Scope
	args []any
}

// bound are the names of tables of a query and of those around it: true if the namespace of
// their rows is the right one.
type bound map[string]bool

func (c checker) query(nodes []node, outer bound) error {
	if len(nodes) == 0 {
		return nil
	}
	switch nodes[0].text {
	case "select":
		var problems []error
		for _, part := range split(nodes, "union", "except", "intersect") {
			if len(part) > 0 && part[0].text == "all" {
				part = part[1:]
			}
			problems = append(problems, c.read(part, outer))
		}
		return errors.Join(problems...)
	case "update":
		set := index(nodes, "set")
		if set < 0 {
			return errors.New("not understood: UPDATE without SET")
		}
		where := where(nodes)
		if assigned := nodes[set : len(nodes)-len(where)]; index(assigned, "namespace") >= 0 {
			return errors.New("sets a namespace")
		}
		return c.tables(nodes, nodes[1:set], where, outer)
	case "delete":
		from := nodes[min(2, len(nodes)):]
		if end := index(from, "where"); end >= 0 {
			from = from[:end]
		}
		return c.tables(nodes, from, where(nodes), outer)
	case "insert", "replace":
		return c.insert(nodes)
	}
	if c.mentions(nodes) {
		return fmt.Errorf("not understood: %s", strings.ToUpper(nodes[0].text))
	}
	return nil
}

// where returns the condition of a statement.
func where(nodes []node) []node {
	from := index(nodes, "where")
	if from < 0 {
		return nil
	}
	rest := nodes[from+1:]
	if end := index(rest, "group", "having", "order", "limit", "window", "returning", "for"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// read checks one SELECT.
func (c checker) read(nodes []node, outer bound) error {
	from := index(nodes, "from")
	if from < 0 {
		return c.nested(nodes, outer)
	}
	rest := nodes[from+1:]
	if end := index(rest, "where", "group", "having", "order", "limit", "window", "for"); end >= 0 {
		rest = rest[:end]
	}
	return c.tables(nodes, rest, where(nodes), outer)
}

// tables checks a statement with the tables that it names and the condition on them.
func (c checker) tables(all, from, where []node, outer bound) error {
	here := make(bound)
	for name, ok := range outer {
		here[name] = ok
	}
	names := make(map[string]string) // tables by the names that they have here
	derived := make(bound)
	conditions := []condition{{terms: where}}
	for i, item := range joined(from) {
		name, table, on := c.item(item.nodes)
		if name == "" {
			name = fmt.Sprint("derived ", i)
		}
		here[name], derived[name] = table == "", table == "" // what a derived table reads is checked there
		if strings.HasPrefix(table, c.Prefix) && c.Shared[table] == "" {
			names[name] = table
		}
		only := ""
		if item.outer { // its condition leaves all rows of the other tables
			only = name
		}
		conditions = append(conditions, condition{on, only})
	}
	single := ""
	if len(names) == 1 {
		for single = range names {
		}
	}
	for changed := true; changed; {
		changed = false
		for _, cond := range conditions {
			more, err := c.bind(cond, here, derived, single)
			if err != nil {
				return err
			}
			changed = changed || more
		}
	}
	for _, name := range sorted(names) {
		if !here[name] {
			return fmt.Errorf("%s is not bound to a namespace", names[name])
		}
	}
	return c.nested(all, here)
}

// join is a table of FROM with what follows it.
type join struct {
	nodes []node
	outer bool
}

func joined(from []node) (all []join) {
	item := join{}
	for _, n := range from {
		switch {
		case is(n, "join", ","):
			all = append(all, item)
			item = join{outer: item.outer && len(item.nodes) == 0}
		case is(n, "left", "right", "full"):
			all = append(all, item)
			item = join{outer: true}
		case is(n, "inner", "cross", "outer"):
		default:
			item.nodes = append(item.nodes, n)
		}
	}
	all = append(all, item)
	return slices.DeleteFunc(all, func(j join) bool { return len(j.nodes) == 0 })
}

// item reads a table of FROM: the name that it has in the query, the table ("" for a derived
// one), and the condition after ON.
func (c checker) item(nodes []node) (name, table string, on []node) {
	if at := index(nodes, "on"); at > 0 {
		nodes, on = nodes[:at], nodes[at+1:]
	}
	rest := nodes[1:]
	if !nodes[0].isGroup() {
		table = nodes[0].text
		for len(rest) > 1 && rest[0].text == "." { // of a schema
			table, rest = rest[1].text, rest[2:]
		}
	}
	if len(rest) > 0 && rest[0].text == "as" {
		rest = rest[1:]
	}
	if len(rest) > 0 && !is(rest[0], "indexed", "not", "force", "use") {
		return rest[0].text, table, on
	}
	return table, table, on
}

// condition is a list of terms that all have to hold.
type condition struct {
	terms []node
	only  string // the table that it decides about; "" for all
}

// bind marks the tables that a condition binds, and reports whether there are more than before.
func (c checker) bind(cond condition, here, derived bound, single string) (more bool, err error) {
	if index(cond.terms, "or") >= 0 {
		return false, nil // nothing is certain
	}
	for _, term := range split(cond.terms, "and") {
		if len(term) == 1 && term[0].isGroup() {
			inner, err := c.bind(condition{term[0].group, cond.only}, here, derived, single)
			if err != nil {
				return more, err
			}
			more = more || inner
			continue
		}
		sides := split(term, "=")
		if len(sides) != 2 {
			continue
		}
		if row := tableOf(sides[0], "seq"); row != "" && !here[row] && derived[tableOf(sides[1], "")] {
			here[row], more = true, true
		}
		left, right := namespaceOf(sides[0], single), namespaceOf(sides[1], single)
		switch {
		case left == "" && right == "":
			continue
		case left == "":
			left, sides[1], right = right, sides[0], ""
		}
		ok := here[right]
		if right == "" {
			if ok, err = c.isNamespace(sides[1]); err != nil {
				return more, err
			}
		}
		switch {
		case ok && !here[left] && (cond.only == "" || cond.only == left):
			here[left], more = true, true
		case right != "" && here[left] && !here[right] && (cond.only == "" || cond.only == right):
			here[right], more = true, true
		}
	}
	return more, nil
}

// namespaceOf returns the table whose namespace an expression is, or "".
func namespaceOf(nodes []node, single string) string {
	if len(nodes) == 1 && nodes[0].text == "namespace" {
		return single
	}
	return tableOf(nodes, "namespace")
}

// tableOf returns the table whose column an expression is, or "". A column "" is any one.
func tableOf(nodes []node, column string) string {
	if len(nodes) == 3 && nodes[1].text == "." && (column == "" || nodes[2].text == column) {
		return nodes[0].text
	}
	return ""
}

// isNamespace reports whether an expression is the namespace, as an argument. A different
// argument is an error.
func (c checker) isNamespace(nodes []node) (bool, error) {
	if len(nodes) != 1 || nodes[0].arg == 0 {
		return false, nil
	}
	n := nodes[0].arg
	if n > len(c.args) {
		return false, fmt.Errorf("argument %d is missing", n)
	}
	if c.args[n-1] != c.Namespace {
		return false, fmt.Errorf("argument %d is %#v and not the namespace %q", n, c.args[n-1], c.Namespace)
	}
	return true, nil
}

// nested checks the queries within groups.
func (c checker) nested(nodes []node, outer bound) error {
	for _, n := range nodes {
		if !n.isGroup() {
			continue
		}
		check := c.nested
		if len(n.group) > 0 && n.group[0].text == "select" {
			check = c.query
		}
		if err := check(n.group, outer); err != nil {
			return err
		}
	}
	return nil
}

// mentions reports whether a table is named.
func (c checker) mentions(nodes []node) bool {
	return slices.ContainsFunc(nodes, func(n node) bool {
		return strings.HasPrefix(n.text, c.Prefix) && c.Shared[n.text] == "" || c.mentions(n.group)
	})
}

func sorted(names map[string]string) []string {
	all := make([]string, 0, len(names))
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
