package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOfHTML(t *testing.T) {
	for html, want := range map[string]string{
		`<meta charset="windows-1251"><p>`:                                   "windows-1251",
		`<META http-equiv=Content-Type content="text/html; charset=koi8-r">`: "koi8-r",
		`<meta name=x><meta charset='utf-8'>`:                                "utf-8",
		`<meta charset=utf-16>`:                                              "", // it would not be readable
		`<meta charset="x-mystery">`:                                         "",
		`<meta charset="us-ascii">`:                                          "",
		`<meta charset=`:                                                     "",
		`<p title="charset=windows-1251">`:                                   "",
		strings.Repeat(" ", metaBytes) + `<meta charset=koi8-r>`:             "",
	} {
		assert.Equal(t, want, OfHTML([]byte(html)), html)
	}
}
