package email

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// answersTo returns the address in Reply-To that answers go to instead of From: of a
// person who filled in a contact form, or whose message a marketplace relays. The address
// that the message came to, and one that nobody reads, are none.
func answersTo(m *Message) (Address, bool) {
	for _, a := range m.ReplyTo {
		if !strings.Contains(a.Address, "@") || equalFold(a.Address, m.From.Address) || IsNoReply(a.Address) {
			continue
		}
		if !hasAddress(m.To, a.Address) {
			return a, true
		}
	}
	return Address{}, false
}

// formSigns returns what speaks for a contact form, or for a message that a marketplace
// relays. Mailings, too, want answers elsewhere; mass says that it looks like one.
func formSigns(m *Message, mass bool) []foundSign {
	var found []foundSign
	add := func(field string, kind signKind, weight int, says string) {
		found = append(found, foundSign{sign: sign{field: field, class: ClassPersonal, kind: kind, weight: weight,
			says: says}})
	}
	if isForm(m.Sender.Address) && siteOf(m.Sender.Address) != siteOf(m.From.Address) {
		add("Sender", kindForm, unless(mass, 5, 1), "a form has sent it in the name of From")
	}
	reply, ok := answersTo(m)
	if viaWords.In(strings.ToLower(m.From.Name)) {
		add("From", kindVia, unless(mass, 4, 2), "From has a person's name before a site's")
	} else if ok && viaWords.In(strings.ToLower(reply.Name)) {
		add("Reply-To", kindVia, unless(mass, 5, 2), "Reply-To has a person's name before a site's")
	}
	if !ok {
		if isToken(m.From.Address) {
			add("From", kindReplyToken, 1, "From is an address for one conversation")
		}
		if !mass && isTyped(m, m.From.Address, topLines) {
			add("From", kindTyped, 4, "the sender's address is typed in the text, as in a contact form")
		}
		return found
	}
	lines := topLines
	if siteOf(reply.Address) != siteOf(m.From.Address) {
		lines = formLines
		sameName := reply.Name != "" && strings.EqualFold(reply.Name, m.From.Name) // a company's other address
		sameName = sameName && !isForm(m.From.Address) && !isNamed(reply)
		add("Reply-To", kindReplyTo, unless(mass, unless(sameName, 5, 2), 1),
			"Reply-To is of a different domain than From")
		if !mass && reply.Name != "" && !sameName {
			add("Reply-To", kindReplyName, 2, "Reply-To has a different name")
		}
	} else if isRelay(reply.Address) {
		add("Reply-To", kindReplyTo, unless(mass, 5, 1), "Reply-To is where a site relays messages")
	}
	if isToken(reply.Address) {
		add("Reply-To", kindReplyToken, 1, "Reply-To is an address for one conversation")
	}
	if isTyped(m, reply.Address, lines) {
		add("Reply-To", kindTyped, 5, "the address in Reply-To is typed in the text, as in a contact form")
	}
	return found
}

// unless returns weight, or otherwise where something takes from it.
func unless(less bool, weight, otherwise int) int {
	if less {
		return otherwise
	}
	return weight
}

// viaWords are in display names of people on a site.
var viaWords = phrases.New([]string{" via ", " (via ", " über ", " through ", " через ", " przez ", " tramite ", "経由"})

// siteOf returns the domain of an address that somebody has registered.
func siteOf(address string) string {
	domain := domainOf(address)
	if len(domain) > longestDomain {
		return domain
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return site
	}
	return domain
}

// isToken reports whether the local part of an address is made for one conversation, as
// "reply+8f3a21c7" and "m-4711-0815" are.
func isToken(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	digits := 0
	for i := range len(local) {
		if '0' <= local[i] && local[i] <= '9' {
			digits++
		}
	}
	return digits >= 6 || len(local) >= 20 && digits > 0
}

// isForm reports the address of a program for contact forms.
func isForm(address string) bool {
	switch localPart(address) {
	case "form", "forms", "webform", "webforms", "contactform", "contactforms", "formmail", "formmailer",
		"formsubmission", "formsubmissions", "kontaktform", "kontaktformular", "formular", "formulaire", "formulario",
		"modulo", "wordpress", "wwwdata", "website", "webseite", "siteweb", "homepage":
		return true
	}
	return false
}

// isNamed reports an address with a person's name, of two words or more, and one of them in its
// local part, as "Mia Berg <berg.m@example.com>".
func isNamed(a Address) bool {
	local := localPart(a.Address)
	words := strings.Fields(strings.ToLower(a.Name[:min(len(a.Name), longestNamed)]))
	return len(words) > 1 && slices.ContainsFunc(words, func(w string) bool {
		return len(w) > 2 && strings.Contains(local, w) && !strings.Contains(domainOf(a.Address), w)
	})
}

// longestNamed is how much of a name is compared with an address, in bytes.
const longestNamed = 100

// isRelay reports an address at the part of a site that relays what its users write to each
// other, such as "m-4711@reply.market.example".
func isRelay(address string) bool {
	first, _, _ := strings.Cut(domainOf(address), ".")
	switch first {
	case "reply", "replies", "relay", "member", "members", "user", "users", "guest", "guests", "message", "messages",
		"msg", "conversation", "conversations", "convo", "marketplace", "inquiry", "inquiries", "anfrage", "anfragen",
		"antwort":
		return true
	}
	return false
}

const (
	topLines  = 8       // of a text, which have what a form asks first
	formLines = 60      // of a text that a form makes
	formBytes = 4 << 10 // of that text
)

// isTyped reports whether an address stands behind a label in the first lines of the text,
// where contact forms put what was typed into their fields.
func isTyped(m *Message, address string, lines int) bool {
	if !strings.Contains(address, "@") {
		return false
	}
	address = strings.ToLower(address)
	label := ""
	for line := range strings.SplitSeq(strings.ToLower(m.Text[:min(len(m.Text), formBytes)]), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if lines--; lines < 0 {
			return false
		}
		before, after, ok := strings.Cut(line, address)
		if ok && isEnd(after, address) {
			before = strings.TrimRight(before, " <([{*\"'\t")
			before = strings.TrimSuffix(before, "mailto:")
			if before == "" {
				before = label
			}
			if isLabel(strings.TrimLeft(before, "*>-• \t")) {
				return true
			}
		}
		label = line
	}
	return false
}

// isEnd reports whether nothing but marks and the same address follows an address.
func isEnd(after, address string) bool {
	if after != "" && (after[0] == '.' || after[0] == '-' || after[0] >= utf8.RuneSelf) {
		return false
	}
	after = strings.Replace(after, "mailto:", "", 1)
	after = strings.Replace(after, address, "", 1)
	return strings.IndexFunc(after, unicode.IsLetter) < 0
}

// longestFormLabel is longer than the label of a field of a form, in bytes.
const longestFormLabel = 60

// isLabel reports whether words are the label of an address in a form, as "E-mail:" is; a
// name may follow it.
func isLabel(words string) bool {
	label, _, marked := strings.Cut(strings.ReplaceAll(words, "：", ":"), ":")
	if label = strings.Trim(label, "* \t|"); label == "" || len(label) > longestFormLabel ||
		strings.ContainsAny(label, "?!.,;@") {
		return false
	}
	if mailWords.In(label) {
		return marked || strings.Count(label, " ") < 2
	}
	return marked && (fromLabels.has(label) || slices.Contains(senderLabels, label))
}

// mailWords are in the labels of email addresses.
var mailWords = phrases.New([]string{
	"mail", "correo", "courriel", "e-post", "epost", "sähköposti", "thư điện tử", "почт", "пошт", "имейл",
	"ηλεκτρονικ", "דוא", "אימייל", "البريد", "ایمیل", "อีเมล", "ईमेल", "メール", "アドレス",
	"邮箱", "邮件", "電郵", "信箱", "電子郵件",
	"이메일", "메일",
})

// senderLabels are labels of who has filled in a form, besides those of From.
var senderLabels = []string{"sender", "reply to", "reply-to", "contact", "name", "customer", "antwort an", "kontakt",
	"kunde", "client", "contacto", "cliente", "contatto", "contato", "klant", "お名前"}
