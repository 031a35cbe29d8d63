package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAddressList(t *testing.T) {
	jane := Address{Name: "Jane Roe", Address: "jane@example.com"}
	for name, test := range map[string]struct {
		value string
		want  []Address
	}{
		"name and address": {`Jane Roe <jane@example.com>`, []Address{jane}},
		"quoted name": {`"Roe, Jane" <jane@example.com>`,
			[]Address{{"Roe, Jane", "jane@example.com"}}},
		"escaped quote": {`"Jane \"JR\" Roe" <jane@example.com>`,
			[]Address{{`Jane "JR" Roe`, "jane@example.com"}}},
		"bare address":      {`jane@example.com`, []Address{{"", "jane@example.com"}}},
		"name in a comment": {`jane@example.com (Jane Roe)`, []Address{jane}},
		"nested comment": {`jane@example.com (Jane (of Rome) Roe)`,
			[]Address{{"Jane (of Rome) Roe", "jane@example.com"}}},
		"two": {`Jane Roe <jane@example.com>, bob@example.org`,
			[]Address{jane, {"", "bob@example.org"}}},
		"group": {`Team: Jane Roe <jane@example.com>, bob@example.org;`,
			[]Address{jane, {"", "bob@example.org"}}},
		"empty group": {`undisclosed-recipients:;`, nil},
		"unquoted comma": {`Roe, Jane <jane@example.com>, bob@example.org`,
			[]Address{{"Roe, Jane", "jane@example.com"}, {"", "bob@example.org"}}},
		"unquoted brackets": {`[Shop] Jane Roe <jane@example.com>`,
			[]Address{{"[Shop] Jane Roe", "jane@example.com"}}},
		"semicolons between": {`jane@example.com; bob@example.org`,
			[]Address{{"", "jane@example.com"}, {"", "bob@example.org"}}},
		"doubled angle brackets":   {`Jane Roe <<jane@example.com>>`, []Address{jane}},
		"angle bracket not closed": {`Jane Roe <jane@example.com`, []Address{jane}},
		"angle brackets missing":   {`Jane Roe jane@example.com`, []Address{jane}},
		"name is the address": {`"jane@example.com" <jane@example.com>`,
			[]Address{{"jane@example.com", "jane@example.com"}}},
		"single quotes":    {`'Jane Roe' <jane@example.com>`, []Address{jane}},
		"quote not closed": {`"Jane Roe <jane@example.com>`, []Address{jane}},
		"spaces around @":  {`jane @ example.com`, []Address{{"", "jane@example.com"}}},
		"mailto":           {`<mailto:jane@example.com>`, []Address{{"", "jane@example.com"}}},
		"source route": {`<@relay.example,@b.example:jane@example.com>`,
			[]Address{{"", "jane@example.com"}}},
		"quoted local part": {`<"jane roe"@example.com>`, []Address{{"", `"jane roe"@example.com`}}},
		"quoted local part without angle brackets": {`"jane roe"@example.com, bob@example.org`,
			[]Address{{"", `"jane roe"@example.com`}, {"", "bob@example.org"}}},
		"quoted local part, name in a comment": {`"jane roe"@example.com (Jane Roe)`,
			[]Address{{"Jane Roe", `"jane roe"@example.com`}}},
		"escaped quote in a local part": {`"jane \"jr\" roe"@example.com`,
			[]Address{{"", `"jane \"jr\" roe"@example.com`}}},
		"escaped quotes around a local part": {`"\"jane roe\""@example.com`,
			[]Address{{"", `"\"jane roe\""@example.com`}}},
		"escaped backslash in a local part": {`Jane Roe <"jane\\"@example.com>`,
			[]Address{{"Jane Roe", `"jane\\"@example.com`}}},
		"closing bracket in a local part": {`Jane Roe <"jane>roe"@example.com>, bob@example.org`,
			[]Address{{"Jane Roe", `"jane>roe"@example.com`}, {"", "bob@example.org"}}},
		"brackets in a local part": {`Jane Roe <"<jane>"@example.com>, bob@example.org`,
			[]Address{{"Jane Roe", `"<jane>"@example.com`}, {"", "bob@example.org"}}},
		"parentheses in a local part": {`Jane Roe <"jane (jr) roe"@example.com (work)>`,
			[]Address{{"Jane Roe", `"jane (jr) roe"@example.com`}}},
		"separators in a local part": {`"roe, jane; a:b"@example.com, bob@example.org`,
			[]Address{{"", `"roe, jane; a:b"@example.com`}, {"", "bob@example.org"}}},
		"at sign in a local part": {`Jane Roe <"jane@work"@example.com>`,
			[]Address{{"Jane Roe", `"jane@work"@example.com`}}},
		"spaces behind a quoted local part": {`Jane Roe < "jane roe" @ example.com >`,
			[]Address{{"Jane Roe", `"jane roe"@example.com`}}},
		"quoted local part in a group": {`Team: "jane roe"@example.com;`,
			[]Address{{"", `"jane roe"@example.com`}}},
		"quoted local part, bracket not closed": {`Jane Roe <"jane roe"@example.com`,
			[]Address{{"Jane Roe", `"jane roe"@example.com`}}},
		"angle brackets around a name that looks like a local part": {`<"Jane" @work <jane@example.com>>`,
			[]Address{{`"Jane" @work`, "jane@example.com"}}},
		"quoted local part in a quoted address": {`"\"jane roe\"@example.com"`,
			[]Address{{"", `"jane roe"@example.com`}}},
		"Unicode in both": {`Jürgen <jürgen@müller.example>`,
			[]Address{{"Jürgen", "jürgen@müller.example"}}},
		"encoded name": {`=?utf-8?q?J=C3=BCrgen?= <j@example.com>`,
			[]Address{{"Jürgen", "j@example.com"}}},
		"encoded comma is no comma": {`=?utf-8?q?Roe,_Jane?= <jane@example.com>`,
			[]Address{{"Roe, Jane", "jane@example.com"}}},
		"encoded word in quotes": {`"=?utf-8?q?J=C3=BCrgen?=" <j@example.com>`,
			[]Address{{"Jürgen", "j@example.com"}}},
		"all of it encoded": {`=?utf-8?q?Jane_Roe_=3Cjane=40example.com=3E?=`, []Address{jane}},
		"line break in an encoded one": {`=?utf-8?q?Jane=0D=0ABcc:_x?= <jane@example.com>`,
			[]Address{{"Jane Bcc: x", "jane@example.com"}}},
		"direction override": {"Jane\u202eRoe <jane@example.com>",
			[]Address{{"JaneRoe", "jane@example.com"}}},
		"direction override in an address": {"<\u202evip@bank.example>", []Address{{"", "\ufffdvip@bank.example"}}},
		"NUL between two addresses": {"<vip@bank.example\x00@evil.example>",
			[]Address{{"", "vip@bank.example\ufffd@evil.example"}}},
		"NUL at the end of an address":   {"<vip@bank.example\x00>", []Address{{"", "vip@bank.example\ufffd"}}},
		"line separator in an address":   {"<vip\u2028@bank.example>", []Address{{"", "vip\ufffd@bank.example"}}},
		"no-break space in an address":   {"<vip\u00a0@bank.example>", []Address{{"", "vip\ufffd@bank.example"}}},
		"no-break space at its end":      {"vip@bank.example\u00a0", []Address{{"", "vip@bank.example\ufffd"}}},
		"no-break space and a space":     {"<vi\u00a0p @bank.example>", []Address{{"", "vi\ufffdp@bank.example"}}},
		"zero-width space in an address": {"<vi\u200bp@bank.example>", []Address{{"", "vi\u200bp@bank.example"}}},
		"encoded override in an address": {"<=?utf-8?q?=E2=80=AEvip?=@bank.example>",
			[]Address{{"", "\ufffdvip@bank.example"}}},
		"space between two addresses": {"<vip@bank.example @evil.example>",
			[]Address{{"", "vip@bank.example@evil.example"}}},
		"two at signs":                {"vip@bank.example @evil.example", []Address{{"", "vip@bank.example@evil.example"}}},
		"an address twice":            {"<jane@example.com jane@example.com>", []Address{{"", "jane@example.com"}}},
		"a word in the brackets":      {"<Jane jane@example.com>", []Address{{"", "jane@example.com"}}},
		"no address":                  {`MAILER-DAEMON`, []Address{{"MAILER-DAEMON", ""}}},
		"empty brackets":              {`<>`, nil},
		"nothing but commas":          {`, ,,`, nil},
		"a broken one loses no other": {`<>, @, jane@example.com, "`, []Address{{"", "jane@example.com"}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, addressList(test.value, 10))
		})
	}
}

func TestAddressList_StopsAtLimit(t *testing.T) {
	assert.Len(t, addressList("a@example.com, b@example.com, c@example.com", 2), 2)
}

func FuzzAddressList(f *testing.F) {
	for _, s := range []string{"", "a@b", "Doe, John <j@b>", "\"a\\\"b\" <<c@d>>", "g: a@b, c@d;",
		"=?utf-8?q?a=2C?= <x@y> (c (d))", "'a@b' <a@b>", "a@b; c@d", "<@r:a@b>", "\"unclosed <a@b>", "((((", "a @ b",
		`x <"a\"> (b"@c> y`, `"a\"b"@c`, `<"a" @ b>, c@d`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		list := addressList(s, 10)
		require.LessOrEqual(t, len(list), 10)
		for _, a := range list {
			require.NotEqual(t, Address{}, a)
			require.True(t, isHarmless(a.Name), "%q", a.Name)
			require.True(t, isHarmless(a.Address), "%q", a.Address)
		}
	})
}
