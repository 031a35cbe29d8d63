package fingerprint

import (
	"math/rand/v2"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// change makes another message of one.
type change struct {
	rewriter
	header bool // the header is another, too
}

var changes = []change{
	{rewriter{"another Subject", onHeader(func(_ *rand.Rand, fields []string) []string {
		return suffixed(fields, "Subject", "!")
	})}, true},
	{rewriter{"another Message-ID", onHeader(func(_ *rand.Rand, fields []string) []string {
		return suffixed(fields, "Message-ID", "x")
	})}, true},
	{rewriter{"another From", onHeader(func(_ *rand.Rand, fields []string) []string {
		return suffixed(fields, "From", ".other")
	})}, true},
	{rewriter{"a second From", onHeader(func(_ *rand.Rand, fields []string) []string {
		return append(fields, "From: other@example.com\r\n")
	})}, true},
	{rewriter{"another Date", onHeader(func(_ *rand.Rand, fields []string) []string {
		at, v, ok := fieldOf(fields, "Date")
		t, err := mail.ParseDate(v)
		if !ok || err != nil || t.Year() < 1900 {
			return nil
		}
		fields[at] = "Date: " + t.Add(time.Second).Format(time.RFC1123Z) + "\r\n"
		return fields
	})}, true},
	{rewriter{"a byte of a part", onTree(func(rng *rand.Rand, n *node) bool {
		return onLeaf(rng, n, false, func(s string) string {
			at := len(strings.TrimRight(s, " \t\r\n")) - 1
			if at < 0 {
				return "x"
			}
			return s[:at] + string(rune('x'+(s[at]+1)%2)) + s[at+1:]
		})
	})}, false},
	{rewriter{"a footer", onTree(func(rng *rand.Rand, n *node) bool {
		return onLeaf(rng, n, true, func(s string) string { return s + "\r\n--\r\nScanned by a gateway\r\n" })
	})}, false},
	{rewriter{"a line less", onTree(func(rng *rand.Rand, n *node) bool {
		return onLeaf(rng, n, true, func(s string) string {
			first, rest, _ := strings.Cut(s, "\n")
			if strings.TrimSpace(first) == "" || strings.TrimSpace(rest) == "" {
				return s + "x"
			}
			return rest
		})
	})}, false},
	{rewriter{"a part more", onTree(func(_ *rand.Rand, n *node) bool {
		n.wrap()
		n.parts = append(n.parts, &node{mediaType: "text/plain", body: "footer\r\n"})
		return true
	})}, false},
	{rewriter{"parts in another order", onTree(func(_ *rand.Rand, n *node) bool {
		if len(n.parts) < 2 || contents(n.parts[0]) == contents(n.parts[1]) || contents(n.parts[0]) == "" ||
			contents(n.parts[1]) == "" {
			return false
		}
		n.parts[0], n.parts[1] = n.parts[1], n.parts[0]
		return true
	})}, false},
	{rewriter{"a part less", onTree(func(_ *rand.Rand, n *node) bool {
		if len(n.parts) < 2 || contents(n.parts[0]) == "" {
			return false
		}
		n.parts = slices.Delete(n.parts, 0, 1)
		return true
	})}, false},
}

func suffixed(fields []string, name, suffix string) []string {
	at, v, ok := fieldOf(fields, name)
	if !ok {
		return nil
	}
	fields[at] = name + ": " + v + suffix + "\r\n"
	return fields
}

// onLeaf changes the decoded content of a leaf.
func onLeaf(rng *rand.Rand, n *node, text bool, rewrite func(string) string) bool {
	list := n.leaves()
	l := list[rng.IntN(len(list))]
	content, ok := l.decoded()
	if !ok || text && !l.isText() {
		return false
	}
	l.encode(rng, rewrite(content))
	return true
}

// contents are those of all leaves, without white space.
func contents(n *node) string {
	var all string
	for _, l := range n.leaves() {
		content, _ := l.decoded()
		all += strings.Join(strings.Fields(content), "")
	}
	return all
}
