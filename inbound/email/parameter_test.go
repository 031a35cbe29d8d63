package email

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParameters(t *testing.T) {
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

func TestParametersAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "; name*%d=x", i)
	}
	_, list := parseParameters("a/b"+b.String(), nil)
	assert.Len(t, list, maxParameters)
	assert.Len(t, get(list, "name"), maxParameters)
}

func TestMediaType(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"comma instead of a semicolon": {"image/png, name=a", "image/png"},
		"control character":            {"image/p\x01ng", "image/p"},
		"only a word":                  {"pdf", "application/octet-stream"},
		"longer than any":              {"image/" + strings.Repeat("x", 500), "application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, "Content-Type: "+test.value+"\r\n\r\nx")
			if assert.Len(t, m.Attachments, 1) {
				assert.Equal(t, test.want, m.Attachments[0].Type)
			}
		})
	}
}
