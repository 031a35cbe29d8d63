package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInternalDate_Forms(t *testing.T) {
	const want = "02-Nov-2026 10:00:00 +0000"
	for text, want := range map[string]string{
		"02-Nov-2026 10:00:00 +0000":       want,
		" 2-Nov-2026 10:00:00 +0000":       want,
		"2-Nov-2026 10:00:00 GMT":          want,
		"02-nov-2026 10:00 +0000":          want,
		"02-NOVEMBER-2026 10:00:00":        want,
		"02 Nov 2026 10:00:00 UT":          want,
		"Mon, 2 Nov 2026 10:00:00 +0000":   want,
		"Mon, 2 Nov 2026 10:00:00":         want,
		"02-Nov-2026 10:00:00 +0000 (UTC)": want,
		"02-Nov-2026  10:00:00   +99999":   want,
		"02-Nov-2026 02:00:00 PST":         "02-Nov-2026 02:00:00 -0800",
		"02-Nov-2026 10:00:00 +01:00":      "02-Nov-2026 10:00:00 +0100",
		"02-Nov-2026 10:00:00 -0330":       "02-Nov-2026 10:00:00 -0330",
		"00-Jan-0000 00:00:00 +0000":       "",
		"31-Feb-2026 00:00:00 +0000":       "",
		"02-Nov-2026 25:00:00 +0000":       "",
		"02-XXX-2026 10:00:00 +0000":       "",
		"02-Nov-26 10:00:00 +0000":         "",
		"02-Nov-2026":                      "",
		"2026-11-02T10:00:00Z":             "",
		"-- 1 2 3":                         "",
		"NIL":                              "",
		"":                                 "",
	} {
		got, ok := internalDate(text)
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, want, got.Format(dateLayout), text)
		}
	}
}
