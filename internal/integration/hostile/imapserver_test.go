package hostile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// firstUID is the UID of the first message; the others follow.
const firstUID = 101

// serveIMAP answers commands, those in steps as the server likes.
func (p *peer) serveIMAP() {
	p.tag, p.text = "*", "greeting"
	if !p.attack("greeting") {
		p.say("* OK ready")
	}
	for {
		p.tag, p.text, _ = strings.Cut(p.line(), " ")
		if !p.attack(imapStep(p.text)) {
			p.usualIMAP()
		}
	}
}

// imapStep returns the step that a command is: its verb, or for FETCH what is asked for.
func imapStep(text string) string {
	words := strings.Fields(strings.ToUpper(text))
	switch {
	case len(words) < 2:
		return strings.ToUpper(text)
	case words[0] == "UID" && words[1] == "FETCH" && strings.Contains(text, "BODY"):
		return "FETCH BODY"
	case words[0] == "UID" && words[1] == "FETCH":
		return "FETCH SIZE"
	case words[0] == "UID":
		return words[1]
	}
	return words[0]
}

// usualIMAP answers a command as it should be answered.
func (p *peer) usualIMAP() {
	switch imapStep(p.text) {
	case "CAPABILITY":
		p.say("* CAPABILITY IMAP4rev1 UIDPLUS " + strings.Join(p.caps, " "))
	case "AUTHENTICATE":
		p.say("+ ")
		p.line()
	case "EXAMINE", "SELECT":
		p.say(fmt.Sprintf("* %d EXISTS", len(p.uids())), "* OK [UIDVALIDITY 7] v",
			fmt.Sprintf("* OK [UIDNEXT %d] n", firstUID+p.count))
	case "SEARCH":
		hits := "* SEARCH"
		for _, uid := range p.asked() {
			hits += fmt.Sprint(" ", uid)
		}
		p.say(hits)
	case "FETCH SIZE":
		for _, uid := range p.asked() {
			p.say(p.size(uid, p.length))
		}
	case "FETCH BODY":
		for _, uid := range p.asked() {
			body := p.mail(uid - firstUID)
			if strings.Contains(p.text, "HEADER") {
				head, _, _ := strings.Cut(body, "\r\n\r\n")
				body = head + "\r\n\r\n"
			}
			p.say(p.literal(uid, len(body)) + "\r\n" + body + ")")
		}
	case "EXPUNGE":
		for _, uid := range p.asked() {
			p.gone[uid] = true
		}
	case "LOGOUT":
		p.say("* BYE", "TAG OK")
		panic(hungUp{})
	}
	p.say("TAG OK done")
}

// uids returns those of the messages that are there.
func (p *peer) uids() (list []int) {
	for i := range p.count {
		if !p.gone[firstUID+i] {
			list = append(list, firstUID+i)
		}
	}
	return list
}

// asked returns the UIDs that the command asks for; the set is its word with a digit first.
func (p *peer) asked() (list []int) {
	words := strings.FieldsFunc(p.text, func(r rune) bool { return r == ' ' || r == '(' || r == ')' })
	at := slices.IndexFunc(words, func(w string) bool { return w[0] >= '0' && w[0] <= '9' })
	if at < 0 {
		return p.uids()
	}
	for _, uid := range p.uids() {
		for span := range strings.SplitSeq(words[at], ",") {
			from, to, isRange := strings.Cut(span, ":")
			first, _ := strconv.Atoi(from)
			last, err := strconv.Atoi(to)
			if err != nil {
				last = firstUID + p.count
			}
			if !isRange {
				last = first
			}
			if uid >= first && uid <= last {
				list = append(list, uid)
			}
		}
	}
	return list
}

// size is the answer with the size of a message.
func (p *peer) size(uid, size int) string {
	return fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE %d FLAGS ())", uid-firstUID+1, uid, size)
}

// literal begins the answer with the body of a message, in the form that was asked for.
func (p *peer) literal(uid int, length any) string {
	return fmt.Sprintf("* %d FETCH (UID %d %s {%v}", uid-firstUID+1, uid, p.section(), length)
}

// section is the item of the body that the command asks for.
func (p *peer) section() string {
	_, item, _ := strings.Cut(p.text, "BODY.PEEK")
	item, _, _ = strings.Cut(item, "]")
	item = "BODY" + item + "]"
	if strings.Contains(p.text, "]<0.") {
		item += "<0>"
	}
	return item
}
