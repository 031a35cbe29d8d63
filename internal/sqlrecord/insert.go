package sqlrecord

import (
	"errors"
	"fmt"
	"slices"
)

// insert checks INSERT INTO table (columns) VALUES (...), (...) and INSERT ... SELECT.
func (c checker) insert(nodes []node) error {
	into := index(nodes, "into")
	columns := slices.IndexFunc(nodes, node.isGroup)
	if into < 0 || columns < into+2 {
		return errors.New("not understood: INSERT without columns")
	}
	table := nodes[columns-1].text
	if c.Shared[table] != "" || !c.mentions(nodes[into:columns]) {
		return c.nested(nodes, nil)
	}
	place := -1
	for i, column := range split(nodes[columns].group, ",") {
		if len(column) == 1 && column[0].text == "namespace" {
			place = i
		}
	}
	if place < 0 {
		return fmt.Errorf("a row of %s is inserted without a namespace", table)
	}
	rest := nodes[columns+1:]
	if len(rest) == 0 {
		return errors.New("not understood: INSERT without rows")
	}
	tail, err := c.rows(rest, place)
	if err != nil {
		return err
	}
	if err := c.conflict(tail); err != nil {
		return err
	}
	return c.nested(nodes, nil)
}

// rows checks what is inserted, and returns what follows it.
func (c checker) rows(nodes []node, place int) (tail []node, err error) {
	end := len(nodes)
	if at := index(nodes, "on", "returning"); at >= 0 {
		end = at
	}
	switch nodes[0].text {
	case "values":
		for _, row := range nodes[1:end] {
			if !row.isGroup() {
				continue
			}
			if err := c.value(split(row.group, ","), place); err != nil {
				return nil, err
			}
		}
	case "select":
		if err := c.query(nodes[:end], nil); err != nil {
			return nil, err
		}
		list := nodes[1:end]
		if from := index(list, "from"); from >= 0 {
			list = list[:from]
		}
		if err := c.value(split(list, ","), place); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("not understood: INSERT with %q", nodes[0].text)
	}
	return nodes[end:], nil
}

// value checks the namespace of a row.
func (c checker) value(row [][]node, place int) error {
	if place >= len(row) {
		return errors.New("a row has too few values")
	}
	ok, err := c.isNamespace(row[place])
	if err == nil && !ok {
		err = errors.New("the namespace of a row is no argument")
	}
	return err
}

// conflict checks which rows an INSERT may change instead: the key must have the namespace.
func (c checker) conflict(tail []node) error {
	if len(tail) < 2 || tail[0].text != "on" || tail[1].text != "conflict" {
		return nil // MariaDB names no key: those of the schema count
	}
	if len(tail) < 3 || index(tail[2].group, "namespace") < 0 {
		return errors.New("the key of ON CONFLICT has no namespace")
	}
	return nil
}
