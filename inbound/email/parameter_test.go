package email

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseParameters(t *testing.T) {
	for name, test := range map[string]struct{ value, first, key, want string }{
		"plain":                        {`text/plain; charset=utf-8`, "text/plain", "charset", "utf-8"},
		"quoted":                       {`text/plain; charset="utf-8"; x=y`, "text/plain", "charset", "utf-8"},
		"case of names":                {`Text/Plain; CharSet=UTF-8`, "text/plain", "charset", "UTF-8"},
		"missing":                      {`text/plain`, "text/plain", "charset", ""},
		"spaces in an unquoted value":  {`a/b; name=my file.pdf; x=y`, "a/b", "name", "my file.pdf"},
		"semicolon in quotes":          {`a/b; name="a;b.pdf"`, "a/b", "name", "a;b.pdf"},
		"semicolon in an encoded word": {`a/b; name==?utf-8?q?a;b?=; x=y`, "a/b", "name", "=?utf-8?q?a;b?="},
		"path of Windows":              {`a/b; name="C:\temp\a.pdf"`, "a/b", "name", `C:\temp\a.pdf`},
		"escaped quote":                {`a/b; name="a\"b"`, "a/b", "name", `a"b`},
		"quote not closed":             {`a/b; name="a.pdf; x=y`, "a/b", "name", "a.pdf"},
		"semicolon missing":            {`a/b name=a.pdf`, "a/b", "name", "a.pdf"},
		"semicolons doubled":           {`a/b;; name=a.pdf;`, "a/b", "name", "a.pdf"},
		"first of two counts":          {`a/b; name=a; name=b`, "a/b", "name", "a"},
		"extended":                     {`a/b; name*=utf-8''%C3%BC.pdf`, "a/b", "name", "ü.pdf"},
		"extended wins":                {`a/b; name=u.pdf; name*=utf-8''%C3%BC.pdf`, "a/b", "name", "ü.pdf"},
		"extended in Latin-1":          {`a/b; name*=iso-8859-1'de'%FC.pdf`, "a/b", "name", "ü.pdf"},
		"extended without charset":     {`a/b; name*=a%20b`, "a/b", "name", "a b"},
		"bad percent stays":            {`a/b; name*=utf-8''100%.pdf`, "a/b", "name", "100%.pdf"},
		"pieces":                       {`a/b; name*0="a"; name*1="b.pdf"`, "a/b", "name", "ab.pdf"},
		"pieces out of order":          {`a/b; name*1="b.pdf"; name*0="a"`, "a/b", "name", "ab.pdf"},
		"pieces of one character":      {`a/b; name*0*=utf-8''%C3; name*1*=%BC.pdf`, "a/b", "name", "ü.pdf"},
		"encoded and plain pieces":     {`a/b; name*0*=utf-8''%C3%BC; name*1=".pdf"`, "a/b", "name", "ü.pdf"},
		"piece with a huge number":     {`a/b; name=x; name*99999999999999999999=y`, "a/b", "name", "x"},
		"empty":                        {``, "", "name", ""},
		"nothing but separators":       {`;;=;=;`, "", "name", ""},
	} {
		t.Run(name, func(t *testing.T) {
			first, list := parseParameters(test.value, nil)
			assert.Equal(t, test.first, first)
			assert.Equal(t, test.want, get(list, test.key))
		})
	}
}

func TestParseParameters_Bounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "; name*%d=x", i)
	}
	_, list := parseParameters("a/b"+b.String(), nil)
	assert.Len(t, list, maxParameters)
	assert.Len(t, get(list, "name"), maxParameters)
}

func FuzzParameters(f *testing.F) {
	for _, s := range []string{"text/plain; charset=utf-8", "a/b; name*0*=utf-8'en'%41; name*1=b; name*3=c",
		"x; a=\"b;c\\\"", "a/b;;;=;=;x", "multipart/mixed; boundary=\"", "a/b; name==?utf-8?q?x?=; y=z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		_, list := parseParameters(s, nil)
		require.LessOrEqual(t, len(list), maxParameters)
		for _, p := range list {
			value := get(list, p.key)
			require.True(t, utf8.ValidString(value), "%q", value)
			name := fileName(plainName(value), "text/plain", "1")
			require.NotEmpty(t, name)
			require.True(t, isHarmless(name) && !strings.ContainsAny(name, `/\`) && len(name) <= longestName, "%q",
				name)
		}
	})
}
