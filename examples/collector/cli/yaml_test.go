package cli

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExpand_ValueIsNeverParsed(t *testing.T) {
	for _, value := range []string{"plain", "a: b", "{x: y}", "# no comment", "&anchor", "*alias", `"quote`,
		"${OTHER}", " spaces ", "null", "\U0001F511"} {
		for _, form := range []string{"${P}", `"${P}"`, "'${P}'"} {
			c, err := parseSettings("c.yaml", fmt.Appendf(nil, minimal, form), environment("P", value))
			require.NoError(t, err, "%s as %s", value, form)
			assert.Equal(t, value, c.Secrets["a"].Password.Reveal())
		}
	}
	c, err := parseSettings("c.yaml", fmt.Appendf(nil, minimal, "a${P}b${P}"), environment("P", "-"))
	require.NoError(t, err)
	assert.Equal(t, "a-b-", c.Secrets["a"].Password.Reveal())
}

func TestExpand_ReportsBadVariables(t *testing.T) {
	assert.Equal(t, []string{"c.yaml:3: the environment variable P is not set"},
		problemsIn(t, fmt.Sprintf(minimal, "${P}"), environment()))
	assert.Equal(t, []string{"c.yaml:3: accounts[a].password: is empty"},
		problemsIn(t, fmt.Sprintf(minimal, "${P}"), environment("P", "")))
	assert.Equal(t,
		[]string{"c.yaml:3: ${...} takes an environment variable, whose name has letters, digits and _ only"},
		problemsIn(t, fmt.Sprintf(minimal, `"${P-1}"`), environment()))
	assert.Empty(t, problemsIn(t, "# ${UNUSED}\n"+fmt.Sprintf(minimal, "p"), environment()))
}

func TestParseYAML_ReportsSyntaxErrors(t *testing.T) {
	assert.Equal(t, []string{"c.yaml: the file is empty"}, problemsIn(t, "# nothing\n", environment()))
	assert.Equal(t, []string{"c.yaml:1: the file must have keys and values, such as \"host: imap.example.com\""},
		problemsIn(t, "- a\n", environment()))
	problems := problemsIn(t, "database: sqlite:c.db\naccounts: [\n", environment())
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0], "not valid YAML")
	assert.Equal(t, []string{"c.yaml:4: database is there twice"},
		problemsIn(t, fmt.Sprintf(minimal, "p")+"database: sqlite:d.db\n", environment()))
}
