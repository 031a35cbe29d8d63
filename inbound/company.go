package inbound

import (
	"errors"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/postroom/postroom/customer"
)

// company knows which addresses are the company's own. Only this question is answered
// more broadly than addresses are compared elsewhere: a customer with a plus tag is a
// different customer.
type company struct {
	addresses map[string]string // normalized address by mailbox
	domains   map[string]bool   // of Config.OwnDomains
	sites     map[string]bool   // of all own addresses, public mail providers left out
}

// newCompany returns the company of a checked configuration.
func newCompany(c Config) company {
	own := company{addresses: make(map[string]string), domains: make(map[string]bool), sites: make(map[string]bool)}
	for _, a := range c.Accounts {
		own.add(a.Username)
	}
	for _, address := range c.OwnAddresses {
		own.add(address)
	}
	for _, domain := range c.OwnDomains {
		domain, _ = ownDomain(domain) // checked by validate
		own.domains[domain] = true
	}
	return own
}

// add adds an own address. A user name need not be one.
func (c company) add(address string) {
	normal, err := customer.Normalize(address)
	if err != nil {
		return
	}
	c.addresses[mailbox(normal)] = normal
	if domain := domainOf(normal); !publicDomains[domain] {
		c.sites[domain] = true
	}
}

// owner returns the own address or domain that a normalized address belongs to, or ""
// if it is not the company's.
func (c company) owner(address string) string {
	for _, name := range [...]string{mailbox(address), mailbox(withoutTag(address))} {
		if own := c.addresses[name]; own != "" {
			return own
		}
	}
	return inOrBelow(c.domains, domainOf(address))
}

// isOwn reports whether a normalized address is the company's.
func (c company) isOwn(address string) bool { return c.owner(address) != "" }

// hasSite reports whether the domain of a normalized address, or one above it, is the
// company's.
func (c company) hasSite(address string) bool {
	domain := domainOf(address)
	return inOrBelow(c.domains, domain) != "" || inOrBelow(c.sites, domain) != ""
}

// inOrBelow returns the domain of the set that domain is, or is a subdomain of.
func inOrBelow(set map[string]bool, domain string) string {
	for found := true; found; _, domain, found = strings.Cut(domain, ".") {
		if set[domain] {
			return domain
		}
	}
	return ""
}

// mailbox returns what is the same for all spellings of a normalized address that one
// mailbox has whoever provides it: Gmail ignores dots and plus tags, and googlemail.com
// is gmail.com.
func mailbox(address string) string {
	switch domainOf(address) {
	case "gmail.com", "googlemail.com":
		local, _ := splitAddress(withoutTag(address))
		return strings.ReplaceAll(local, ".", "") + "@gmail.com"
	}
	return address
}

// withoutTag returns a normalized address without its plus tag (RFC 5233), as in
// shop+orders@shop.example.
func withoutTag(address string) string {
	local, domain := splitAddress(address)
	base, _, tagged := strings.Cut(local, "+")
	if !tagged || base == "" || base == `"` {
		return address
	}
	if base[0] == '"' {
		base += `"`
	}
	normal, err := customer.Normalize(base + "@" + domain)
	if err != nil {
		return address
	}
	return normal
}

func splitAddress(address string) (local, domain string) {
	at := strings.LastIndexByte(address, '@')
	return address[:max(at, 0)], address[at+1:]
}

func domainOf(address string) string {
	_, domain := splitAddress(address)
	return domain
}

// ValidateOwnDomain returns what is wrong with a domain for Config.OwnDomains, as a
// sentence, or nil. New calls it; a form of settings can, too.
func ValidateOwnDomain(domain string) error {
	_, err := ownDomain(domain)
	return err
}

// ownDomain returns a domain of Config.OwnDomains in the form of
// [customer.NormalizeDomain]. An "@" in front of it is allowed.
func ownDomain(text string) (string, error) {
	domain, err := customer.NormalizeDomain(strings.TrimPrefix(strings.TrimSpace(text), "@"))
	if err != nil {
		return "", errors.New("it is not a domain, such as shop.example; subdomains are included")
	}
	suffix, registered := publicsuffix.PublicSuffix(domain)
	switch {
	case publicDomains[domain]:
		return "", errors.New("it is a mail provider's, whose other users are not the company: name single addresses")
	case suffix == domain && registered:
		return "", errors.New("anybody can register a domain under it: name the company's domain, such as shop.example")
	}
	return domain, nil
}

// publicDomains are the domains of large mail providers: two addresses there have
// nothing to do with each other.
var publicDomains = func() map[string]bool {
	set := make(map[string]bool)
	for domain := range strings.FieldsSeq(`
		gmail.com googlemail.com googlegroups.com groups.io
		outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp outlook.com.br hotmail.com hotmail.co.uk
		hotmail.de hotmail.fr hotmail.es hotmail.it hotmail.nl hotmail.com.br live.com live.co.uk live.de live.fr
		live.it live.nl msn.com
		yahoo.com yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.com.br yahoo.ca yahoo.de yahoo.es yahoo.fr yahoo.it
		ymail.com rocketmail.com aol.com aol.de aim.com icloud.com me.com mac.com
		gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.us gmx.fr web.de t-online.de freenet.de arcor.de posteo.de mailbox.org
		mail.com email.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.com tuta.io
		fastmail.com fastmail.fm hey.com zoho.com zohomail.com zohomail.eu
		mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com yandex.ua yandex.by yandex.kz ya.ru rambler.ru
		ukr.net i.ua meta.ua
		qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn sina.com sina.cn sohu.com aliyun.com
		naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp
		wp.pl o2.pl onet.pl op.pl interia.pl gazeta.pl poczta.onet.pl seznam.cz email.cz centrum.cz post.cz
		azet.sk zoznam.sk freemail.hu citromail.hu abv.bg mail.bg
		orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr libero.it virgilio.it tiscali.it alice.it tin.it
		uol.com.br bol.com.br terra.com.br ig.com.br rediffmail.com
		comcast.net verizon.net att.net sbcglobal.net cox.net charter.net earthlink.net
		btinternet.com sky.com talktalk.net virginmedia.com bigpond.com optusnet.com.au telus.net rogers.com shaw.ca
		bluewin.ch hispeed.ch chello.at aon.at ziggo.nl kpnmail.nl planet.nl home.nl telenet.be skynet.be`) {
		set[domain] = true
	}
	return set
}()
