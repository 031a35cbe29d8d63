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
	assert.Equal(t, `level=WARN msg=w account=shop@shop.example g.error=<[address]>,[address] g.folder=a@b
level=DEBUG msg=d error=<iris@a.example>,jürgen@b.example
level=ERROR msg=e error="no address" n=1
`, out.String())
}

func TestWithoutAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"none, a @ b":                       "none, a @ b",
		"iris@example.com":                  "[address]",
		`<iris@a.example>,jürgen@b.example`: "<[address]>,[address]",
		`to "iris smith"@example.com`:       "to [address]",
		`smtp://user:pass@host`:             `smtp://user:[address]`,
		"Shop@shop.example. has no rights":  "Shop@shop.example. has no rights",
	} {
		assert.Equal(t, want, withoutAddresses(text, "shop@shop.example"))
	}
}
