package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse_OriginalFrom(t *testing.T) {
	jane := Address{Name: "Jane Roe", Address: "jane@example.com"}
	for header, want := range map[string]Address{
		"X-Original-From: Jane Roe <jane@example.com>\r\n":                                jane,
		"X-Original-From: =?utf-8?q?Jane_Roe?= <jane@example.com>\r\n":                    jane,
		"X-Original-Sender: jane@example.com\r\n":                                         {"", "jane@example.com"},
		"X-Original-Sender: bob@x.example\r\nX-Original-From: jane@example.com\r\n":       {"", "jane@example.com"},
		"X-Original-From: nobody\r\nX-Original-Sender: jane@example.com\r\n":              {"", "jane@example.com"},
		"X-Original-From: jane@example.com\r\nX-Original-From: bob@example.com\r\n":       {"", "jane@example.com"},
		"X-Original-From: \"jane roe\"@example.com\r\nX-Original-Sender: b@x.example\r\n": {"", `"jane roe"@example.com`},
		"X-Original-To: jane@example.com\r\n":                                             {},
		"X-Original-From: \r\n":                                                           {},
	} {
		m := parsed(t, header+"From: Support <support@shop.example>\r\n\r\n")
		assert.Equal(t, want, m.OriginalFrom, header)
		assert.Equal(t, "support@shop.example", m.From.Address, "From stays as it is")
	}
}

func TestParse_FromList(t *testing.T) {
	for header, want := range map[string]bool{
		"List-Id: <support.shop.example>\r\n":                                              true,
		"List-ID: Our support <Support.Shop.Example>\r\n":                                  true,
		"List-Id: support.shop.example\r\n":                                                true,
		"List-Post: <mailto:support@shop.example>\r\n":                                     true,
		"List-Post: <https://groups.example/post>, <mailto:support@shop.example?x=y>\r\n":  true,
		"Mailing-list: list support@shop.example; contact support+owners@shop.example\r\n": true,
		"X-BeenThere: support@shop.example\r\n":                                            true,
		"X-Mailing-List: <support@shop.example>\r\n":                                       true,
		"":                                 false,
		"List-Id: <news.shop.example>\r\n": false,
		"List-Post: NO\r\n":                false,
		"List-Post: <mailto:mysupport@shop.example>\r\n":      false,
		"List-Id: <support.shop.example.evil.example>\r\n":    false,
		"List-Unsubscribe: <mailto:support@shop.example>\r\n": false,
	} {
		assert.Equal(t, want, parsed(t, header+"From: support@shop.example\r\n\r\n").FromList, header)
	}
	assert.False(t, parsed(t, "List-Id: <>\r\nFrom: nobody\r\n\r\n").FromList)
}
