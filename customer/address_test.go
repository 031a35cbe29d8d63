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
	} {
		_, err := customer.Normalize(in)
		assert.ErrorIs(t, err, customer.ErrAddress, "%q", in)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"anna@example.com", "АННА@Пример.example", "a@[::1]", "x@y\x00", "a@ß.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := customer.Normalize(in)
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\x00 <>,") || strings.Count(got, "@") < 1 {
			t.Fatalf("%q became %q", in, got)
		}
		if again, err := customer.Normalize(got); err != nil || again != got {
			t.Fatalf("%q became %q and then %q (%v)", in, got, again, err)
		}
	})
}
