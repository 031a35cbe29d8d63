package customer_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
)

func ExampleNormalize() {
	address, err := customer.Normalize(" Anna.Schmidt@KÄSE.example ")
	fmt.Println(address, err)
	// Output: anna.schmidt@xn--kse-qla.example <nil>
}

func TestNormalize(t *testing.T) {
	for in, want := range map[string]string{
		"anna@example.com":            "anna@example.com",
		"ANNA@Example.COM":            "anna@example.com",
		"anna@example.com.":           "anna@example.com",
		"anna+tag@example.com":        "anna+tag@example.com",
		"a.n.n.a@gmail.com":           "a.n.n.a@gmail.com",
		"anna@[192.0.2.1]":            "anna@[192.0.2.1]",
		"anna@under_score.example":    "anna@under_score.example",
		"анна@пример.example":         "анна@xn--e1afmkfd.example",
		"o'neill@example.com":         "o'neill@example.com",
		"\tanna@xn--kse-qla.example ": "anna@xn--kse-qla.example",
		`"Jane Roe"@example.com`:      `"jane roe"@example.com`,
		`"jane"@example.com`:          "jane@example.com",
		`"jane.roe"@Example.com`:      "jane.roe@example.com",
		`"jane..roe."@example.com`:    "jane..roe.@example.com",
		`"jane+tag"@example.com`:      "jane+tag@example.com",
		`"jane\ roe"@example.com`:     `"jane roe"@example.com`,
		`"j\ane"@example.com`:         "jane@example.com",
		`"jane\"roe"@example.com`:     `"jane\"roe"@example.com`,
		`"jane\\roe"@example.com`:     `"jane\\roe"@example.com`,
		`"jane@work"@example.com`:     `"jane@work"@example.com`,
		`"roe, jane"@example.com`:     `"roe, jane"@example.com`,
		`" jane "@example.com`:        `" jane "@example.com`,
		`jane."of rome"@example.com`:  `"jane.of rome"@example.com`,
		`"jane".roe@example.com`:      "jane.roe@example.com",
		`"анна роу"@пример.example`:   `"анна роу"@xn--e1afmkfd.example`,
		`"jane roe"@[192.0.2.1]`:      `"jane roe"@[192.0.2.1]`,
	} {
		got, err := customer.Normalize(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got)
		again, err := customer.Normalize(got)
		require.NoError(t, err)
		assert.Equal(t, got, again, "normalizing twice changes nothing")
	}
	for _, in := range []string{
		"", "@", "anna", "anna@", "@example.com", "anna@a..b", "anna@.example", "a b@example.com",
		"<anna@example.com>", "anna@example.com, bob@example.com", "anna@exam\r\nple.com", "anna@\xff",
		strings.Repeat("a", 250) + "@example.com",
		`""@example.com`, `"@example.com`, `"jane@example.com`, `jane"@example.com`, `"jane\"@example.com`,
		`"jane"roe@example.com`, `jane"roe"@example.com`, `"jane" roe@example.com`, "\"jane\troe\"@example.com",
		"\"jane\u0085roe\"@example.com", `"jane".<roe>@example.com`, `jane@[192.0.2.1, 2]`, `jane\roe@example.com`,
		"jane@ example.com", "jane@example.com..",
	} {
		_, err := customer.Normalize(in)
		assert.ErrorIs(t, err, customer.ErrAddress, "%q", in)
	}
}

func TestNormalizeDomain(t *testing.T) {
	for in, want := range map[string]string{
		"Shop.Example": "shop.example", " shop.example. ": "shop.example", "KÄSE.example": "xn--kse-qla.example",
		"xn--kse-qla.example": "xn--kse-qla.example", "intranet": "intranet", "under_score.example": "under_score.example",
	} {
		got, err := customer.NormalizeDomain(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got)
	}
	for _, in := range []string{"", ".", "@shop.example", "anna@shop.example", "a..b", "[192.0.2.1]", "*.shop.example",
		"shop example", "shop.example, b.example", "https://shop.example"} {
		_, err := customer.NormalizeDomain(in)
		assert.ErrorIs(t, err, customer.ErrAddress, "%q", in)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"anna@example.com", "АННА@Пример.example", "a@[::1]", "x@y\x00", "a@ß.example",
		`"a b"@c`, `"a\"b"@c`, `"a"."b c"@d`, `"\\"@a`, `"@"@a`, `"a@b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := customer.Normalize(in)
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\x00") || strings.Count(got, "@") < 1 {
			t.Fatalf("%q became %q", in, got)
		}
		if got[0] != '"' && strings.ContainsAny(got, " <>,") {
			t.Fatalf("%q became %q, which needs quotes", in, got)
		}
		if again, err := customer.Normalize(got); err != nil || again != got {
			t.Fatalf("%q became %q and then %q (%v)", in, got, again, err)
		}
	})
}
