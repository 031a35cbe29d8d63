package sqlrecord

import (
	"fmt"
	"strconv"
	"strings"
)

// node is a token of a statement, or a group in parentheses.
type node struct {
	text  string // keywords and names in lower case; "(" for a group
	arg   int    // number of the argument, from 1; 0: it is no placeholder
	group []node
}

func (n node) isGroup() bool { return n.text == "(" }

// parse reads a statement of any dialect: "?" and "$1" are placeholders, and names may stand
// in double quotes or backticks.
func parse(text string) ([]node, error) {
	p := parser{text: text}
	nodes, err := p.nodes(0)
	if err == nil && p.at < len(text) {
		err = fmt.Errorf("there is a %q too much", text[p.at])
	}
	return nodes, err
}

type parser struct {
	text string
	at   int
	args int
}

// nodes reads up to the end, or to the end of a group.
func (p *parser) nodes(depth int) (all []node, err error) {
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			p.at++
		case strings.HasPrefix(p.text[p.at:], "--"):
			p.take(func(c byte) bool { return c != '\n' })
		case c == ')' && depth > 0:
			return all, nil
		case c == ')':
			return nil, fmt.Errorf("a group ends that has not begun: %.50q", p.text[p.at:])
		case c == '(':
			p.at++
			group, err := p.nodes(depth + 1)
			if err != nil {
				return nil, err
			}
			if p.at >= len(p.text) {
				return nil, fmt.Errorf("a group does not end")
			}
			p.at++
			all = append(all, node{text: "(", group: group})
		case c == '?':
			p.at++
			p.args++
			all = append(all, node{text: "?", arg: p.args})
		case c == '$':
			p.at++
			number := p.take(isWord)
			n, err := strconv.Atoi(number)
			if err != nil || n < 1 {
				return nil, fmt.Errorf("%q is no placeholder", "$"+number)
			}
			all = append(all, node{text: "?", arg: n})
		case c == '\'' || c == '"' || c == '`':
			quoted, err := p.quoted(c)
			if err != nil {
				return nil, err
			}
			if c == '\'' {
				quoted = "'" + quoted
			}
			all = append(all, node{text: quoted})
		case isWord(c):
			all = append(all, node{text: strings.ToLower(p.take(isWord))})
		default:
			p.at++
			all = append(all, node{text: string(c)})
		}
	}
	return all, nil
}

func (p *parser) take(is func(byte) bool) string {
	from := p.at
	for p.at < len(p.text) && is(p.text[p.at]) {
		p.at++
	}
	return p.text[from:p.at]
}

func (p *parser) quoted(quote byte) (string, error) {
	end := strings.IndexByte(p.text[p.at+1:], quote)
	if end < 0 {
		return "", fmt.Errorf("a quote does not end: %.50q", p.text[p.at:])
	}
	text := p.text[p.at+1 : p.at+1+end]
	p.at += end + 2
	return text, nil // a doubled quote makes two texts, which is good enough here
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// split cuts nodes at each separator of this level.
func split(nodes []node, separators ...string) (parts [][]node) {
	var part []node
	for _, n := range nodes {
		if is(n, separators...) {
			parts, part = append(parts, part), nil
			continue
		}
		part = append(part, n)
	}
	return append(parts, part)
}

// is reports whether a node is one of these words.
func is(n node, words ...string) bool {
	for _, w := range words {
		if n.text == w {
			return true
		}
	}
	return false
}

// index returns where the first of these words is, or -1.
func index(nodes []node, words ...string) int {
	for i, n := range nodes {
		if is(n, words...) {
			return i
		}
	}
	return -1
}
