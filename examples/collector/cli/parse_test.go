package cli

import (
	"os"
	"path/filepath"
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
