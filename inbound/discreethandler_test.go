package inbound

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDiscreetHandler(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(discreetHandler{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})})
	err := errors.New("<iris@a.example>,jürgen@b.example")
	logger.With("account", "shop@shop.example").WithGroup("g").Warn("w", "error", err, "folder", "a@b")
	logger.Debug("d", "error", err)
	logger.Error("e", "error", errors.New("no address"), "n", 1)
	assert.Equal(t, `level=WARN msg=w account=shop@shop.example g.error=<***@a.example>,***@b.example g.folder=a@b
level=DEBUG msg=d error=<iris@a.example>,jürgen@b.example
level=ERROR msg=e error="no address" n=1
`, out.String())
}

func TestWithoutAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"none":                        "none",
		"iris@example.com":            "***@example.com",
		`to "iris smith"@example.com`: "to ***@example.com",
		`"iris@example.com" and @`:    `"***@example.com" and ***@`,
		`smtp://u:pass@host, a@b@c`:   `smtp://u:***@host, ***@***@c`,
		`half "quoted@example.com`:    `half "***@example.com`,
		`"@example.com`:               `"***@example.com`,
	} {
		assert.Equal(t, want, withoutAddresses(text))
	}
}
