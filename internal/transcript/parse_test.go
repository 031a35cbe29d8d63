package transcript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/transcript"
)

// small is a transcript of a POP3 server, as the lines of its header and of its rules.
const smallHeader = `# a comment
provider: Example
protocol: pop3
uids: 3 7-9 20-30/5
behavior one: the first
behavior two: the second
behavior three: the third

`

const smallRules = `= verbatim owner/repository#1
S: +OK ready

C: STAT
@ behavior=one times=2
S: +OK {count} {octets}

C: TOP *
S: .

C: RETR {n}
@ behavior=two
= typical
M: {uid} \xe9
M[9]: nine
S: .

C: AUTH
@ behavior=three then=close
S: +
C: secret*
S: +OK

C: DELE *
@ behavior=three guard=yes
S: -ERR never

C: *
S: -ERR unknown
`

func TestParse_ReadsHeader(t *testing.T) {
	tr, err := transcript.Parse(strings.NewReader(smallHeader + smallRules))
	require.NoError(t, err)
	assert.Equal(t, "Example", tr.Provider)
	assert.Equal(t, transcript.Behavior{Name: "two", Text: "the second"}, tr.Behaviors[1])
	var uids []uint32
	for _, m := range tr.Messages {
		uids = append(uids, m.UID)
		assert.Contains(t, m.Raw, "\r\n.\r\n", "a message has lines that look like the protocol's")
	}
	assert.Equal(t, []uint32{3, 7, 8, 9, 20, 25, 30}, uids)
}

func TestParse_NamesTheProblem(t *testing.T) {
	for name, tt := range map[string]struct{ header, rules, text string }{
		"no provider":     {strings.Replace(smallHeader, "provider: Example\n", "", 1), smallRules, "wants"},
		"two behaviors":   {strings.Replace(smallHeader, "behavior two: the second\n", "", 1), smallRules, "2 behaviors"},
		"unknown key":     {strings.Replace(smallHeader, "uids", "ids", 1), smallRules, "line 4: the header has no key"},
		"no UID":          {strings.Replace(smallHeader, "7-9", "7..9", 1), smallRules, `line 4: "7..9"`},
		"no mark":         {smallHeader, strings.Replace(smallRules, "= verbatim owner/repository#1\n", "", 1), "not marked"},
		"no source":       {smallHeader, strings.Replace(smallRules, " owner/repository#1", "", 1), "has a source"},
		"another mark":    {smallHeader, strings.Replace(smallRules, "= typical", "= perhaps", 1), "verbatim or typical"},
		"no rule":         {smallHeader, strings.ReplaceAll(smallRules, "=two", "=one"), `"two"`},
		"guard only":      {smallHeader, strings.Replace(smallRules, "=three then=close", "=one", 1), `"three"`},
		"strange rule":    {smallHeader, smallRules + "\nX: what\n", "X: what"},
		"strange @":       {smallHeader, smallRules + "\n@ colour=red\n", "colour"},
		"unknown name":    {smallHeader, strings.Replace(smallRules, "=two", "=four", 1), `"four"`},
		"rule of nothing": {smallHeader, smallRules + "\n@ times=2\n", "no lines"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transcript.Parse(strings.NewReader(tt.header + tt.rules))
			require.ErrorContains(t, err, tt.text)
		})
	}
}
