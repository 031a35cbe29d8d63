package safehtml

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHarmlessStyles(t *testing.T) {
	long := strings.Repeat("a, ", 65) + "a"
	for style, want := range map[string]string{
		"":                                                    "",
		"color:red":                                           "color: red",
		" COLOR : Red ;; width:1px; ":                         "COLOR: Red; width: 1px",
		"color:red !important;width:1px":                      "color: red; width: 1px",
		"/* ours */ color:red":                                "color: red",
		"/* ours; */ color:red;width:1px":                     "width: 1px",
		"color:/**/red; /* width:1px":                         "",
		"no declaration; color:red":                           "color: red",
		"x:color:red; color:b:c":                              "",
		"position:fixed; -moz-width:1px":                      "",
		`font-family:'Segoe UI',"a'b"`:                        `font-family: 'Segoe UI',"a'b"`,
		"font-family:'a;b'; color:red":                        "color: red",
		"font-family:'a; color:red; x:b'":                     "color: red",
		"color:rgb(1,2,3); color:rgb(1":                       "color: rgb(1,2,3)",
		"color:1); color:)(":                                  "",
		"color:url(x); background:url(data:a;b":               "",
		"margin:-1px; margin:0 auto":                          "margin: 0 auto",
		`color:\72 ed; width:1px`:                             "width: 1px",
		"color:red\n; width:1\n2":                             "color: red",
		"font-family:" + long + ";color:red":                  "font-family: " + long + "; color: red",
		"font-family:" + long + "bcdef":                       "",
		"color:" + strings.Repeat(" ", 256) + "red;width:1px": "width: 1px",
	} {
		assert.Equal(t, want, harmlessStyles(style), style)
	}
}

// Newsletters have styles of some kilobytes. Of a longer one only the beginning counts.
func TestHarmlessStyles_Longest(t *testing.T) {
	const declaration = "color: red; "
	whole := strings.Repeat(declaration, maxStyle/len(declaration))
	assert.Equal(t, strings.TrimSuffix(whole, "; "), harmlessStyles(whole))
	assert.Equal(t, strings.TrimSuffix(whole, "; "), harmlessStyles(whole+"width: 100px; height: 1px"))
	assert.Empty(t, harmlessStyles("color: red"+strings.Repeat(" ", maxStyle)))
}
