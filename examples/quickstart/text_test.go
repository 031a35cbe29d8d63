package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestUnicodeAddresses(t *testing.T) {
	assert.Equal(t, "no customer has the address laden@käse.example",
		unicodeAddresses("no customer has the address laden@xn--kse-qla.example"))
}

func TestSenderNames_FirstNameCounts(t *testing.T) {
	names := senderNames([]inbound.Email{
		{From: "a@example.com"}, {From: "a@example.com", FromName: "Anna"}, {From: "a@example.com", FromName: "A. K."},
		{From: "b@example.com"},
	})
	assert.Equal(t, map[string]string{"a@example.com": "Anna"}, names)
	assert.Equal(t, "Anna", nameOrAddress(names, "a@example.com"))
	assert.Equal(t, "b@example.com", nameOrAddress(names, "b@example.com"))
}

func TestPrintable_EscapesWhatATerminalObeys(t *testing.T) {
	assert.Equal(t, `\u001b[31mred\u000a\u202eevil`, printable("\x1b[31mred\n\u202eevil"))
	assert.Equal(t, `a\u200bb\u3164`, printable("a\u200bb\u3164"))
	assert.Equal(t, "田中 ゆき", printable("田中\u3000ゆき "))
}

func TestTruncate_CountsColumns(t *testing.T) {
	assert.Equal(t, 8, columns("田中ゆき"))
	assert.Equal(t, 5, columns("Cafe\u0301!"))
	assert.Equal(t, "田中ゆき", truncate("田中ゆき", 8))
	assert.Equal(t, "田中…", truncate("田中ゆき", 6))
	assert.Equal(t, "…", truncate("long", 1))
	assert.Empty(t, truncate("long", 0))
	assert.Equal(t, "田中  ", pad("田中", 6))
}

func TestJoin_SaysHowManyAreLeftOut(t *testing.T) {
	names := []string{"Anna", "Ben", "Claire"}
	assert.Equal(t, "Anna, Ben, Claire", join(names, 17))
	assert.Equal(t, "Anna and 2 more", join(names, 16))
	assert.Equal(t, "Anna a…", join(names, 7))
	assert.Empty(t, join(nil, 80))
}

func TestNewTerminal_FileIsNone(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	term := newTerminal(file)
	assert.Equal(t, &terminal{out: file, width: 80}, term)
}

func TestTerminal_LiveLineFitsTheWidthOfNow(t *testing.T) {
	for width := 1; width <= 100; width++ {
		var out bytes.Buffer
		term := &terminal{out: &out, width: 80, animated: true, measure: func() (int, error) { return width, nil }}
		term.live("Mailbox", 19, 42, "北京店: Beställning av te, kopp och fat till julen i år")
		line := strings.TrimPrefix(out.String(), "\r\x1b[K")
		assert.Less(t, columns(line), max(width, 2), line)
		if width >= 50 {
			assert.True(t, strings.HasPrefix(line, "Mailbox   19 of 42  █████████████░░░░░"), line)
		}
	}
	term := &terminal{width: 80, measure: func() (int, error) { return 0, os.ErrInvalid }}
	term.resize()
	assert.Equal(t, 80, term.width)
}

func TestTerminal_LiveLine(t *testing.T) {
	var out bytes.Buffer
	term := &terminal{out: &out, width: 80}
	term.live("Upload", 1, 2, "text")
	term.endLive()
	assert.Empty(t, out.String(), "not a terminal")

	term.animated = true
	term.live("Upload", 1, 2, "text")
	assert.Equal(t, "\r\x1b[KUpload     1 of 2  "+
		"███████████████░░░░░░░░░░░░░░░  text", out.String())
	term.endLive()
	term.endLive()
	assert.Equal(t, 2, bytes.Count(out.Bytes(), []byte("\r\x1b[K")))
}
