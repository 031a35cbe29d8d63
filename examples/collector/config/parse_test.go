package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse_VariableIsNeverParsed(t *testing.T) {
	for _, value := range []string{"plain", "a: b", "{x: y}", "# no comment", "&anchor", "*alias", `"quote`,
		"${OTHER}", " spaces ", "null", "\U0001F511"} {
		for _, form := range []string{"${P}", `"${P}"`, "'${P}'"} {
			c, err := Parse("c.yaml", fmt.Appendf(nil, minimal, form), environment("P", value))
			require.NoError(t, err, "%s as %s", value, form)
			assert.Equal(t, value, c.Secrets["a"].Password.Reveal())
		}
	}
	c, err := Parse("c.yaml", fmt.Appendf(nil, minimal, "a${P}b${P}"), environment("P", "-"))
	require.NoError(t, err)
	assert.Equal(t, "a-b-", c.Secrets["a"].Password.Reveal())
}

func TestParse_ReportsBadVariables(t *testing.T) {
	assert.Equal(t, []string{"c.yaml:3: accounts[a].password: the environment variable P is not set"},
		problemsIn(t, fmt.Sprintf(minimal, "${P}"), environment()))
	assert.Equal(t,
		[]string{"c.yaml:3: accounts[a].password: ${P} is empty: set the environment variable, or leave the key out"},
		problemsIn(t, fmt.Sprintf(minimal, "${P}"), environment("P", "")))
	assert.Equal(t,
		[]string{"c.yaml:3: accounts[a].password: ${...} takes an environment variable," +
			" whose name has letters, digits and _ only"},
		problemsIn(t, fmt.Sprintf(minimal, `"${P-1}"`), environment()))
	assert.Empty(t, problemsIn(t, "# ${UNUSED}\n"+fmt.Sprintf(minimal, "p"), environment()))
}

func TestParse_ReportsSyntaxErrors(t *testing.T) {
	const hint = "; write a space after a colon, and quotes around text with special characters"
	const tooLarge = "the file is larger than 1 MiB: a settings file is not that large"
	const account = "accounts:\n  - {id: a, protocol: imap, host: h, username: u, password: p}\n"
	for text, want := range map[string]string{
		"":                    `c.yaml: the file is empty; "collector settings -yaml" prints an example`,
		"# nothing\n":         `c.yaml: the file is empty; "collector settings -yaml" prints an example`,
		"- a\n":               `c.yaml:1: the file must have keys and values, such as "database: sqlite:./collector.db"`,
		"text\n":              `c.yaml:1: the file must have keys and values, such as "database: sqlite:./collector.db"`,
		"a: 1\n\tb: 2\n":      `c.yaml:2: indent by spaces, not tabs`,
		"a: [\n":              `c.yaml:1: not valid YAML: did not find expected node content` + hint,
		"a: 1\nb: {c: 1\n":    `c.yaml:2: not valid YAML: did not find expected ',' or '}'` + hint,
		"a: 1\nb: *hunter2\n": `c.yaml:2: a value that begins with * or & has another meaning in YAML: put quotes around it`,
		"database: sqlite:c.db\n" + account + "---\na: b\n":   `c.yaml:4: a second YAML document begins here: write one only`,
		"database: sqlite:c.db\n" + account + "? [a]\n: b\n":  `c.yaml:4: ?: a key must be a single word`,
		fmt.Sprintf(minimal, "p") + "database: sqlite:d.db\n": `c.yaml:4: database: is there twice, first in line 1`,
		strings.Repeat("# large\n", 1<<17+1):                  "c.yaml: " + tooLarge,
	} {
		assert.Equal(t, []string{want}, problemsIn(t, text, environment()), "%.60s", text)
	}
}

// The line is that of the cause, also where package yaml has a different one.
func TestParse_LineOfSyntaxError(t *testing.T) {
	const before = "database: x\naccounts:\n  - id: shop\n    shop: main\n"
	for text, want := range map[string]string{
		"   host: h\n    user: u\n":                          "5: not valid YAML: this line is indented unlike those above",
		"    user: u\n managers: []\n":                       "6: not valid YAML: this line is indented unlike those above",
		"    name: 'Anna's shop'\n    user: u\n":             "5: not valid YAML: this line is indented unlike those above",
		"    password: \"abc\"def\n    user: u\n":            "5: not valid YAML: this line is indented unlike those above",
		"    password: \"abc\n    user: u\nx: y\n":           "5: not valid YAML: a quote that begins here has no end",
		"    password: a: b\n    user: u\n":                  "5: not valid YAML: mapping values are not allowed",
		"    password: @abc\n    user: u\n":                  "5: not valid YAML: found character that cannot start",
		"    host h\n    user: u\n":                          "5: not valid YAML: could not find expected ':';",
		"    folders: [INBOX\n    user: u\n":                 "5: not valid YAML: did not find expected ',' or ']';",
		"\thost: h\n    user: u\n":                           "5: indent by spaces, not tabs",
		"    a: b\nmanagers:\n\t- id: m\n":                   "7: indent by spaces, not tabs",
		"    password: *hunter2\n":                           "5: a value that begins with * or & has another meaning",
		"    folders: [a, *hunter2]\n    user: u\n":          "5: a value that begins with * or & has another meaning",
		"    # *x is 2 * x\n    password: *x\n":              "5: a value that begins with * or & has another meaning",
		"    password: *${P}\n    x: y\n":                    "5: a value that begins with * or & has another meaning",
		"    password: &$b\n    x: y\n":                      "5: a value that begins with * or & has another meaning",
		"    password: a\xe9b\n":                             "5: a character is not in UTF-8: save the file as UTF-8",
		"    a: \"b\n      c\"\n  - id: x\n    \"u\" v: w\n": "8: not valid YAML: this line is indented unlike those above",
	} {
		problems := problemsIn(t, before+text, environment())
		if assert.Len(t, problems, 1, text) {
			assert.Contains(t, problems[0], "c.yaml:"+want, text)
		}
	}
	assert.Contains(t, problemsIn(t, "database: 'x\naccounts:\n  - id: shop\n", environment())[0], "c.yaml:1: ")
}

func TestParse_Encodings(t *testing.T) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		assert.Equal(t, []string{"c.yaml: the file is in UTF-16: save it as UTF-8"},
			problemsIn(t, mark+"d\x00a\x00", environment()))
	}
	assert.Empty(t, problemsIn(t, "\ufeff"+fmt.Sprintf(minimal, "p"), environment()))
}

func TestParse_Aliases(t *testing.T) {
	text := fmt.Sprintf(minimal, "p, folders: &f [INBOX, Orders]")
	c, err := Parse("c.yaml", []byte(text+strings.Replace(accountB, "b,", "b, folders: *f,", 1)), environment())
	require.NoError(t, err)
	assert.Equal(t, []string{"INBOX", "Orders"}, c.Accounts[1].Folders)
	assert.Equal(t, []string{`c.yaml:3: accounts[a].folders[1]: is empty`},
		problemsIn(t, fmt.Sprintf(minimal, "p, folders: &f [INBOX, ~]")+
			strings.Replace(accountB, "b,", "b, fields: {x: *f},", 1), environment())[:1])
}

const accountB = "  - {id: b, protocol: imap, host: h, username: u, password: p}\n"

// A few aliases of aliases stand for 9^10 values, or for endlessly many.
func TestParse_RefusesAliasBomb(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 10 {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), i)
	}
	for _, text := range []string{bomb, "a: &a [*a]\n", "a: &a {b: *a}\n"} {
		var problems []string
		allocated := testing.AllocsPerRun(1, func() { problems = problemsIn(t, text, environment()) })
		assert.Equal(t, []string{"c.yaml: the file has more than 100000 keys and values," +
			" counted with what its aliases (*name) repeat"}, problems)
		assert.Less(t, allocated, 10.0*maxNodes)
	}
}

func TestParse_BoundsNames(t *testing.T) {
	var fields strings.Builder
	for i := range maxNames + 1 {
		fmt.Fprintf(&fields, "f%d: x, ", i)
	}
	assert.Equal(t, []string{"c.yaml:3: accounts[a].fields: has more than 1000 names"},
		problemsIn(t, fmt.Sprintf(minimal, "p, fields: {"+fields.String()+"}"), environment()))
}

// FuzzParse: nothing panics, and no value of the environment is in a problem.
func FuzzParse(f *testing.F) {
	f.Add(example(f))
	f.Add("accounts: [{id: ${P}, port: ${P}, fields: {a: ${P}}}]\nnotify: ${P}")
	f.Add("a: &a [*a]\n")
	f.Add(fmt.Sprintf(minimal, "x, <<: {a: b}, oauth2: {token_url: ${P}}"))
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "\u26bfhunter2"
		_, err := Parse("c.yaml", []byte(text), func(string) (string, bool) { return secret, true })
		if err != nil && !strings.Contains(text, secret) {
			assert.NotContains(t, err.Error(), "hunter2")
			assert.NotContains(t, err.Error(), "defect")
		}
	})
}
