package wire

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScanner_Lines(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"* OK ready\n", "* OK ready\r\n"},
		{"\r\n\n  * ok  ready \r\n", "* OK ready\r\n"},
		{"*OK\r\n", "* OK\r\n"},
		{"* OK \x1b[2Jclear\x00\r\n", "* OK 2Jclear\r\n"},
		{"hello\r\nT9 OK no such command\r\n", ""},
		{"t7 ok Done\r\nT7 OK again\r\n", "T7 OK Done\r\n"},
		{"T7\r\n", "T7 BAD\r\n"},
		{"T7 Completed\r\n", "T7 BAD Completed\r\n"},
		{"T7 BYE bye\r\n", "* BYE bye\r\n"},
		{"+ go on\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n"},
		{"* 3  exists now\r\n* 1 RECENT\r\n", "* 3 EXISTS\r\n"},
		{"* 4294967296 EXISTS\r\n* -1 EXISTS\r\n* 0 EXPUNGE\r\n", ""},
		{"* VANISHED 1:5\r\n* LSUB () NIL {5}\r\n\nT7 O\r\n* 2 EXPUNGE\n", "* 2 EXPUNGE\r\n"},
		{"* XUNKNOWN (a {3}\r\n)\r\n {4+}\r\nabcd) b\r\nT7 OK\r\n", "T7 OK\r\n"},
		{"* FLAGS (\\Seen OIB-Seen-[Gmail]/All Mail)\r\n", ""},
		{"* CAPABILITY imap4rev1  UIDPLUS AUTH=plain x(y \r\n", "* CAPABILITY IMAP4REV1 UIDPLUS AUTH=PLAIN\r\n"},
		{"* ID (\"name\" NIL)\r\n", "* ID NIL\r\n"},
		{"* ID NIL\r\n", "* ID NIL\r\n"},
		{"* ENABLED UTF8=ACCEPT\r\n* NAMESPACE ((\"\" {1}\r\n/)) NIL NIL\r\nT7 OK\r\n", "T7 OK\r\n"},
	} {
		assert.Equal(t, tt.want, scanned(t, tt.text), "%q", tt.text)
	}
}

func TestScanner_LongLines(t *testing.T) {
	long := strings.Repeat("x", 3*maxLine)
	out := scanned(t, "T7 NO "+long+"\r\n* 1 EXISTS\r\n")
	assert.Less(t, len(out), maxLine+100)
	assert.True(t, strings.HasSuffix(out, "xx\r\n* 1 EXISTS\r\n"))
	assert.Equal(t, "* 1 EXISTS\r\n", scanned(t, "* LIST () NIL "+long+" {5}\r\n* 9 E\r\n* 1 EXISTS\r\n"))
	assert.Equal(t, "* 1 FETCH (UID 5 RFC822.SIZE 3)\r\n* 1 EXISTS\r\n",
		scanned(t, "* 1 FETCH (UID 5 RFC822.SIZE 3 X "+long+" BODY[] {5}\r\n* 9 E X {2}\r\n\r\n)\r\n* 1 EXISTS\r\n"))
}

func TestScanner_ResponseCodes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"* OK [PERMANENTFLAGS (\\Seen OIB-[Gmail]/All Mail \"a b\" \\*)] ok\r\n", "* OK ok\r\n"},
		{"* OK [PERMANENTFLAGS ( \\*)] ok\r\n", "* OK ok\r\n"},
		{"* OK [UIDVALIDITY 1690369825123] v\r\n* OK [UIDNEXT 0] n\r\n", "* OK v\r\n* OK n\r\n"},
		{"* ok [uidnext  7 ] n\r\n* OK [UIDNEXT 4294967296]\r\n", "* OK [UIDNEXT 7] n\r\n* OK\r\n"},
		{"* OK [HIGHESTMODSEQ x] m\r\n* OK [CLOSED] c\r\n", "* OK m\r\n* OK [CLOSED] c\r\n"},
		{"* OK [unclosed\r\n* OK [[x\r\n* OK [] x\r\n", "* OK unclosed\r\n* OK x\r\n* OK x\r\n"},
		{"T7 NO [Gmail]/Trash is not there\r\n", "T7 NO [GMAIL] /Trash is not there\r\n"},
		{"T7 no [referral imap://x/] [moved]\r\n", "T7 NO [REFERRAL] [moved]\r\n"},
		{"T7 BAD [COPYUID x] y\r\n", "T7 BAD y\r\n"},
		{"T7 OK [READ-ONLY] [x] done\r\n", "T7 OK x] done\r\n"},
		{"T7 OK [CAPABILITY IMAP4rev1 a*b] in\r\n", "T7 OK [CAPABILITY IMAP4REV1] in\r\n"},
	} {
		assert.Equal(t, tt.want, scanned(t, tt.text), "%q", tt.text)
	}
}

func TestScanner_Search(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"* SEARCH \r\n", ""},
		{"* search  3 1  2 \r\n* SEARCH 9\r\n", "1:3,9"},
		{"* SEARCH 1 4294967296 -5 x 007 (MODSEQ 12)\r\n", "*,1,7"},
		{"* SEARCH 2:4,9\r\n* SEARCH 4294967295\r\n", "2:4,9,4294967295"},
		{"* SEARCH 1:4294967295\r\n* SEARCH 3\r\n", "1:4294967295"},
		{"* ESEARCH (TAG \"x\") ALL 1:3,9\r\n", "1:3,9"},
		{"* ESEARCH (TAG \"T1\") uid count 5 all 3:1\r\n", "1:3"},
		{"* ESEARCH\r\n", ""},
		{"* ESEARCH (TAG \"T1\") UID\r\n* ESEARCH UID\r\n", ""},
		{"* ESEARCH UID ALL 1:2,0,5:*\r\n", "*,1:2"},
		{"* ESEARCH UID ALL 1:2\r\n* ESEARCH UID ALL 4\r\n", "1:2,4"},
		{"T1 OK\r\n* SEARCH 5\r\n", ""},
		{"* 1 FETCH (UID 7 RFC822.SIZE 3)\r\n", ""},
	} {
		for name, src := range map[string]io.Reader{
			"together":     strings.NewReader(tt.text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(tt.text)),
		} {
			_, s, err := scan(src)
			require.NoError(t, err)
			found, err := (&Conn{scanner: s}).Found()
			require.NoError(t, err)
			assert.Equal(t, tt.want, found.String(), "%s: %q", name, tt.text)
		}
		assert.NotContains(t, scanned(t, tt.text), "SEARCH")
	}
}

func TestScanner_FetchAsSearch(t *testing.T) {
	text := "* 1 FETCH (UID 9 RFC822.SIZE 3)\r\n* 2 FETCH (FLAGS () UID 8)\r\n* 3 FETCH (RFC822.SIZE 3)\r\nT3 OK\r\n"
	c, server := piped(t)
	c.commands.sent([]byte(inProgress))
	c.Search(true)
	say(server, text)
	out, err := io.ReadAll(c)
	require.NoError(t, err)
	assert.Equal(t, "T3 OK\r\n", string(out))
	found, err := c.Found()
	require.NoError(t, err)
	assert.Equal(t, "8:9", found.String())
}

func TestScanner_Folders(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"* LIST (\\HasNoChildren x \\*) \"/\" INBOX\r\n", "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n"},
		{"* list () nil {5}\r\na\"b\\c\r\n", "* LIST () NIL \"a\\\"b\\\\c\"\r\n"},
		{"* LIST () \"\\\\\" \"&BBcEMAQ6BDAENwRL-\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
			"* LIST () \"\\\\\" \"&BBcEMAQ6BDAENwRL-\"\r\n"},
		{"* LIST () \"\" \"Entwürfe &- mehr\"\r\n", "* LIST () NIL \"Entwürfe &- mehr\"\r\n"},
		{"* LIST () \"/\" \"a&b\"\r\n* LIST () \"/\" \"\xff\"\r\n* LIST () \"/\" \"&AGE-\"\r\n", ""},
		{"* LIST () \"/\" \"open\r\n* LIST x\r\n* LIST () \"/\" \"\"\r\n", ""},
		{"* LIST () \"/\" {5}\r\na\r\nbc\r\n* LIST () \"/\" {0}\r\n\r\n* LIST () \"/\" x\r\n",
			"* LIST () \"/\" \"x\"\r\n"},
		{"* STATUS inbox (messages 5 SIZE 99 X-FOO 3 UNSEEN -1 )\r\n", "* STATUS \"inbox\" (MESSAGES 5 SIZE 99)\r\n"},
		{"* STATUS {5}\r\nINBOX ()\r\n* STATUS\r\n", "* STATUS \"INBOX\" ()\r\n"},
	} {
		assert.Equal(t, tt.want, scanned(t, tt.text), "%q", tt.text)
	}
}
