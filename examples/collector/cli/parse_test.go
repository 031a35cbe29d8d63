package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	s := &site{t: t}
	dir := t.TempDir()
	file, broken := filepath.Join(dir, "a.eml"), filepath.Join(dir, "b.eml")
	require.NoError(t, os.WriteFile(file, []byte(stranger), 0o600))
	require.NoError(t, os.WriteFile(broken, []byte("\x00\xff not a message"), 0o600))

	r := s.do("parse", file, broken)
	require.Equal(t, exitOK, r.code, r.stderr)
	parsed := lines(t, r.stdout)
	assert.Equal(t, []any{file, "<2@example.org>", "bert@example.org", []any{"shop@shop.example"}, []any{}, []any{},
		"price list", "personal", nil, ""},
		pick(parsed[0], "file", "message_id", "from", "to", "cc", "references", "subject", "class", "bounce", "error"))
	assert.Contains(t, parsed[0]["text"], "See the file.")
	assert.Equal(t, []any{"p.csv", false},
		pick(parsed[0]["attachments"].([]any)[0].(map[string]any), "name", "inline"))
	assert.NotEmpty(t, parsed[1]["warnings"])
	assert.Nil(t, parsed[0]["forwarded_from"])

	require.NoError(t, os.WriteFile(file, []byte("From: maria@shop.example\nTo: Undisclosed Recipients, a@shop.example\n"+
		"Subject: Fwd: order\n\nBegin forwarded message:\n\nFrom: Anna <anna@example.com>\nDate: 5 May\n"), 0o600))
	forwarded := lines(t, s.do("parse", file).stdout)[0]
	assert.Equal(t, map[string]any{"name": "Anna", "address": "anna@example.com"}, forwarded["forwarded_from"])
	assert.Equal(t, []any{"a@shop.example"}, forwarded["to"])
	require.NoError(t, os.WriteFile(file, []byte(stranger), 0o600))

	missing := filepath.Join(dir, "missing.eml")
	r = s.do("parse", missing, dir, file)
	assert.Equal(t, exitFailure, r.code)
	parsed = lines(t, r.stdout)
	require.Len(t, parsed, 3, "the other files are printed")
	assert.Contains(t, parsed[0]["error"], "no such file")
	assert.Contains(t, parsed[1]["error"], "is a folder")
	assert.Equal(t, []any{[]any{}, []any{}, []any{}, []any{}, []any{}},
		pick(parsed[0], "references", "to", "cc", "attachments", "warnings"))
	assert.Equal(t, parsed[0]["error"].(string)+"\n"+parsed[1]["error"].(string)+"\n", r.stderr)
}

func TestParse_PrintsAllFailedRecipients(t *testing.T) {
	s := &site{t: t}
	file := filepath.Join(t.TempDir(), "a.eml")
	require.NoError(t, os.WriteFile(file, []byte("From: mailer-daemon@mx.example\r\nTo: shop@shop.example\r\n"+
		"Subject: Undelivered mail\r\nX-Failed-Recipients: a@gone.example, b@gone.example\r\n\r\n550 5.1.1 unknown\r\n"),
		0o600))
	r := s.do("parse", file)
	require.Equal(t, exitOK, r.code, r.stderr)
	assert.Equal(t, map[string]any{"recipient": "a@gone.example", "status": "5.1.1", "action": "failed",
		"recipients": []any{"a@gone.example", "b@gone.example"}, "original_message_id": ""},
		lines(t, r.stdout)[0]["bounce"])
}

// A letter that is signed so that its text is within the signature (opaque S/MIME) is read; what
// is encrypted stays closed.
func TestParse_OpensWhatIsSigned(t *testing.T) {
	const data = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" // the identifiers of CMS
	signed, encrypted := data[:10]+"\x02", data[:10]+"\x03"
	seal := func(kind string) string {
		content := "Content-Type: text/plain\r\n\r\nMy order is late.\r\n"
		return "From: jane@customer.example\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n" +
			"Content-Transfer-Encoding: binary\r\n\r\n0\x80" + kind + "\xa0\x800\x80\x02\x01\x011\x000\x80" + data +
			"\xa0\x80\x04" + string(rune(len(content))) + content + strings.Repeat("\x00\x00", 5)
	}
	file := filepath.Join(t.TempDir(), "sealed.eml")
	for kind, want := range map[string]struct {
		text, warning string
		files         int
	}{
		signed:    {"My order is late.\n", "the letter was sealed by S/MIME: its signature was not checked", 0},
		encrypted: {"", "stays closed", 1},
	} {
		require.NoError(t, os.WriteFile(file, []byte(seal(kind)), 0o600))
		s := &site{t: t}
		r := s.do("parse", file)
		require.Equal(t, exitOK, r.code, r.stderr)
		parsed := lines(t, r.stdout)[0]
		assert.Equal(t, want.text, parsed["text"])
		assert.Contains(t, fmt.Sprint(parsed["warnings"]), want.warning)
		assert.Len(t, parsed["attachments"], want.files)
	}
}
