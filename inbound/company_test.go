package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompany_Owner(t *testing.T) {
	c := newCompany(Config{
		Accounts: []Account{{Username: "Orders@Shop.example"}, {Username: "login"}},
		OwnAddresses: []string{"shop.name@gmail.com", "other.shop+crm@googlemail.com", `"The Shop"@shop.example`,
			"boss+private@mail.ru", "Käse@KÄSE.example"},
		OwnDomains: []string{"Brand.example", "@second.example", "bücher.example", "xn--mnchen-3ya.example"},
	})
	for address, want := range map[string]string{
		"orders@shop.example":            "orders@shop.example",
		"orders+new@shop.example":        "orders@shop.example",
		"orders+a+b@shop.example":        "orders@shop.example",
		"orders+@shop.example":           "orders@shop.example",
		"orders@shop.example.com":        "",
		"orders@other.example":           "",
		"anna@shop.example":              "",
		"ord.ers@shop.example":           "",
		"+orders@shop.example":           "",
		"login":                          "",
		"login@shop.example":             "",
		"shop.name@gmail.com":            "shop.name@gmail.com",
		"shopname@gmail.com":             "shop.name@gmail.com",
		"s.h.o.p.name@googlemail.com":    "shop.name@gmail.com",
		"shopname+x.y@googlemail.com":    "shop.name@gmail.com",
		"shopnames@gmail.com":            "",
		"shopname@gmail.com.example":     "",
		"shopname@mail.google.com":       "",
		"othershop@gmail.com":            "other.shop+crm@googlemail.com",
		`"the shop"@shop.example`:        `"the shop"@shop.example`,
		`"the shop+x y"@shop.example`:    `"the shop"@shop.example`,
		`"the shop"@brand.example`:       "brand.example",
		"boss+private@mail.ru":           "boss+private@mail.ru",
		"boss@mail.ru":                   "",
		"boss+other@mail.ru":             "",
		"käse@xn--kse-qla.example":       "käse@xn--kse-qla.example",
		"anybody@brand.example":          "brand.example",
		"any.body+tag@brand.example":     "brand.example",
		"news@mail.brand.example":        "brand.example",
		"a@b.c.brand.example":            "brand.example",
		"a@notbrand.example":             "",
		"a@brand.example.com":            "",
		"brand.example@evil.example":     "",
		"a@second.example":               "second.example",
		"a@xn--bcher-kva.example":        "xn--bcher-kva.example",
		"a@xn--mnchen-3ya.example":       "xn--mnchen-3ya.example",
		"a@www.xn--mnchen-3ya.example":   "xn--mnchen-3ya.example",
		`"x@brand.example"@evil.example`: "",
		"":                               "",
	} {
		assert.Equal(t, want, c.owner(address), address)
	}
}

func TestValidateOwnDomain(t *testing.T) {
	for _, domain := range []string{"shop.example", "@shop.example", " Shop.Example. ", "käse.example", "shop.co.uk",
		"intranet", "shop.github.io", "mail.shop.example"} {
		assert.NoError(t, ValidateOwnDomain(domain), domain)
	}
	for domain, want := range map[string]string{
		"": "not a domain", "@": "not a domain", "anna@shop.example": "not a domain", "*.shop.example": "subdomains are",
		"shop example": "not a domain", "gmail.com": "mail provider", "@Yahoo.co.uk": "mail provider",
		"googlegroups.com": "mail provider", "com": "anybody", "co.uk": "anybody", "рф": "anybody",
	} {
		assert.ErrorContains(t, ValidateOwnDomain(domain), want, domain)
	}
}

func TestNew_RefusesOwnDomains(t *testing.T) {
	_, err := New(Config{OwnDomains: []string{"shop.example", "gmail.com", "no domain"}})
	require.ErrorContains(t, err, `inbound: own domain "gmail.com": it is a mail provider's`)
	require.ErrorContains(t, err, `inbound: own domain "no domain": it is not a domain`)
	assert.NotContains(t, err.Error(), `"shop.example"`)
}
