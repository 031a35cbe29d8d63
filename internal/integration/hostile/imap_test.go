package hostile

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

func imap(name, at string, answer step, more ...func(*hostile)) *hostile {
	if at == "FETCH BODY" || at == "LOGOUT" {
		more = append([]func(*hostile){bearable}, more...)
	}
	return newHostile(name+" at "+at, inbound.IMAP, map[string]step{at: answer}, more)
}

// still is a line that means nothing.
const still = "* OK still here\r\n"

// imapServers are the hostile servers of IMAP.
func imapServers() (list []*hostile) {
	add := func(name, at string, answer step, more ...func(*hostile)) {
		list = append(list, imap(name, at, answer, more...))
	}
	// Time and amount, at each step.
	for _, at := range []string{"greeting", "CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH SIZE",
		"FETCH BODY", "SELECT", "STORE", "EXPUNGE", "LOGOUT"} {
		add("a byte every 2 s", at, drip("* OK [ALERT] "+strings.Repeat("z", 1000)))
		add("a flood of lines", at, flood("", still))
		add("100 lines a second", at, patter("", still, 10*time.Millisecond))
		add("a line every 15 s", at, patter("", still, 15*time.Second), within(2*time.Hour))
	}
	add("challenges without end", "AUTHENTICATE", patter("", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n", 10*time.Millisecond),
		byToken, announces("AUTH=XOAUTH2"))
	add("a flood of challenges", "AUTHENTICATE", flood("", "+ \r\n"), byToken, announces("AUTH=XOAUTH2"))
	add("a byte every 2 s", "AUTHENTICATE", drip("+ "+strings.Repeat("z", 1000)), byToken, announces("AUTH=XOAUTH2"))
	add("a line without end", "greeting", flood("* OK ", "hello "))
	add("capabilities without end", "CAPABILITY", flood("* CAPABILITY IMAP4rev1", " X-THAT"))
	add("different capabilities", "CAPABILITY", numbers("* CAPABILITY IMAP4rev1", " X%d", 0, 1, 15_000_000, ""))
	add("a flood of FETCH", "EXAMINE", flood("", "* 1 FETCH (FLAGS ())\r\n"))
	add("a flood of empty FETCH", "FETCH SIZE", flood("", "* 1 FETCH ()\r\n"))
	add("EXISTS that grows", "EXAMINE", numbers("", "* %d EXISTS\r\n", 4, 1, 9_000_000, "* OK"))
	add("a flood of EXPUNGE", "FETCH SIZE", flood("", "* 1 EXPUNGE\r\n"))
	add("a flood of EXPUNGE", "EXAMINE", flood("* 4294967295 EXISTS\r\n", "* 1 EXPUNGE\r\n"))
	add("continuations", "LOGIN", flood("", "+ \r\n"))
	add("continuations", "FETCH BODY", flood("", "+ go on\r\n"))
	add("answers with unknown tags", "EXAMINE", flood("", "T99999 OK done\r\n"))
	add("answers with unknown tags", "FETCH BODY", flood("", "T99999 NO not so\r\n"))
	add("refusals without end", "EXAMINE", flood("", "* NO not now\r\n"))
	add("a quoted string of 150 MB", "EXAMINE", flood("* 1 FETCH (ENVELOPE (NIL \"", "quoted "))
	add("a quoted string of 150 MB", "FETCH SIZE", flood("* 1 FETCH (UID 101 RFC822.SIZE 6 FLAGS (\"", "quoted "))
	add("a quoted body of 30 MB", "FETCH BODY", bodies(func(p *peer, uid int) {
		p.raw(fmt.Sprintf("* 1 FETCH (UID %d %s \"", uid, p.section()))
		p.repeat("quoted ", 30<<20)
		p.say("\")")
	}))
	add("50 bytes a second of a message", "FETCH BODY", bodies(func(p *peer, uid int) {
		p.say(p.literal(uid, 3<<20))
		slowly(p, 3<<20)
	}), messages(1, 3<<20))
	for name, burst := range slowBursts() {
		add(name, "FETCH BODY", bodies(func(p *peer, uid int) {
			p.say(p.literal(uid, largest-1))
			inBursts(p, largest-1, burst.bytes, burst.pause)
		}), messages(1, largest-1), within(30*time.Minute))
	}
	add("each message after 110 s", "FETCH BODY", func(p *peer) {
		for _, uid := range p.asked() {
			p.sleep(110 * time.Second)
			p.say(p.literal(uid, 5) + "\r\nhello)")
		}
		p.say("TAG OK done")
	}, messages(1000, 6000), within(time.Hour))
	for _, at := range []string{"greeting", "LOGIN", "AUTHENTICATE", "EXAMINE", "SEARCH", "FETCH BODY", "EXPUNGE"} {
		more := []func(*hostile){within(time.Minute)}
		if at == "AUTHENTICATE" {
			more = append(more, byToken, announces("AUTH=XOAUTH2"))
		}
		add("a BYE and silence", at, func(p *peer) { p.say("* BYE I end here"); p.silence() }, more...)
	}
	add("compressed zeros", "LOGIN", func(p *peer) { p.flood(bomb(), endless) })
	add("compressed zeros", "EXAMINE", func(p *peer) { p.flood(bomb(), endless) })
	add("compressed zeros", "FETCH BODY", func(p *peer) { p.flood(bomb(), endless) })

	// Depth and width.
	for _, at := range []string{"LOGIN", "EXAMINE", "FETCH SIZE", "FETCH BODY"} {
		add("80 KB of nested BODYSTRUCTURE", at, repeated("* 1 FETCH (BODYSTRUCTURE ", "(", 80<<10, "x"), bearable)
		add("4 MiB of nested BODYSTRUCTURE", at, repeated("* 1 FETCH (BODYSTRUCTURE ", "(", 4<<20, "x"), bearable)
	}
	add("80 KB of closed BODYSTRUCTURE", "FETCH SIZE", repeated("* 1 FETCH (BODYSTRUCTURE "+
		strings.Repeat("(", 40<<10), ")", 40<<10, ")"), bearable)
	for what, line := range map[string]string{"THREAD": "* THREAD ", "LIST": `* LIST () "/" x ("A" (`,
		"NAMESPACE": "* NAMESPACE ", "ENVELOPE": "* 1 FETCH (ENVELOPE ", "an unknown item": "* 1 FETCH (X-THAT ",
		"QUOTA": "* QUOTA x ", "METADATA": `* METADATA "" `} {
		add("4 MiB of nested "+what, "EXAMINE", repeated(line, "(", 4<<20, "x"), bearable)
	}
	add("30 MiB of nested BODYSTRUCTURE", "EXAMINE", func(p *peer) {
		p.raw("* 1 FETCH (BODYSTRUCTURE ")
		p.repeat("(", 30<<20)
		p.silence()
	})
	add("a wide BODYSTRUCTURE", "FETCH SIZE", flood(
		"* 1 FETCH (BODYSTRUCTURE (", `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)`))
	add("flags without end", "EXAMINE", numbers("* FLAGS (", "f%d ", 0, 1, 15_000_000, ")"))
	add("flags without end", "FETCH SIZE", numbers("* 1 FETCH (UID 101 FLAGS (", "f%d ", 0, 1, 15_000_000, "))"))
	add("'<' 80,000 times in an ENVELOPE", "LOGIN", repeated(
		"* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL {80000}\r\n", "<", 80_000, "))"), bearable)
	add("'<(' 80,000 times in an ENVELOPE", "FETCH BODY", repeated(
		"* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL {160000}\r\n", "<(", 80_000, " NIL))"))

	// Sets and numbers.
	few := []string{"1:4294967295", "4294967290:4294967295", "4294967295:1", "*", "1:*", "0", "4294967296", "-1"}
	for _, set := range few {
		add("ESEARCH "+set, "SEARCH", instead(`* ESEARCH (TAG "TAG") UID ALL `+set, "TAG OK done"), bearable,
			records(10)) // a few more than EXISTS says: mail may just have come
	}
	for _, h := range []string{"SEARCH", "EXPUNGE"} {
		add("VANISHED 1:4294967295", h, before("* VANISHED (EARLIER) 1:4294967295", "* VANISHED 1:4294967295"), bearable)
	}
	many := instead(`* ESEARCH (TAG "TAG") UID ALL 1:4294967295`, "TAG OK done")
	list = append(list,
		newHostile("EXISTS and SEARCH of 4294967295", inbound.IMAP, map[string]step{
			"EXAMINE": exists(4294967295), "SEARCH": many}, nil),
		newHostile("EXISTS and SEARCH of 4294967295, named one by one", inbound.IMAP, map[string]step{
			"EXAMINE": exists(4294967295),
			"SEARCH":  numbers("* SEARCH", " %d", 1, 2, 6_000_000, "")}, nil),
		newHostile("a new UIDVALIDITY each time", inbound.IMAP, map[string]step{
			"EXAMINE": anew(), "SELECT": anew()}, []func(*hostile){bearable}),
	)
	add("400,000 UIDs in descending order", "SEARCH", numbers("* SEARCH", " %d", 800_000, -2, 400_000, ""), bearable)
	add("a set of 400,000 in descending order", "SEARCH", numbers(`* ESEARCH (TAG "TAG") UID ALL 900000`, ",%d",
		800_000, -2, 400_000, ""), bearable)
	add("one UID 7 million times", "SEARCH", numbers("* SEARCH", " %d", firstUID, 0, 7_000_000, ""), bearable)
	add("searches without end", "SEARCH", flood("* SEARCH", " 4294967295"))
	add("EXISTS 4294967295", "EXAMINE", exists(4294967295, "* OK [UIDNEXT 4294967295] n"), bearable)
	add("no UIDVALIDITY", "EXAMINE", instead("* 3 EXISTS", "TAG OK done"))
	add("UIDVALIDITY 4294967296", "EXAMINE", instead("* 3 EXISTS", "* OK [UIDVALIDITY 4294967296] v", "TAG OK done"),
		bearable)
	add("COPYUID 1:4294967295", "STORE", before("* OK [COPYUID 7 1:4294967295 1:4294967295] x"), bearable)
	for _, uid := range []string{"0", "4294967296", "-1", "101.5"} {
		add("UID "+uid, "FETCH SIZE", before("* 1 FETCH (UID "+uid+" RFC822.SIZE 10)"), bearable)
	}
	add("RFC822.SIZE 2^63", "FETCH SIZE", before("* 1 FETCH (UID 101 RFC822.SIZE 9223372036854775808)"), bearable)

	// Literals.
	for _, length := range []string{"4611686018427387904", "1099511627776", "-5", "many", "99999999999999999999999", ""} {
		add("a literal of "+cmp.Or(length, "no number of")+" bytes", "FETCH BODY", literalOf(length))
	}
	add("a literal larger than the message", "FETCH BODY", literalOf(1<<30))
	add("a literal larger than the part that was asked for", "FETCH BODY", literalOf(1<<30), messages(1, 2*largest))
	add("a literal that comes slowly", "FETCH BODY", bodies(func(p *peer, uid int) {
		p.say(p.literal(uid, 4611686018427387904))
		slowly(p, 1<<20)
	}))
	add("a body of another message", "FETCH BODY", instead("* 9 FETCH (UID 999 BODY[] {5}", "From:)", "TAG OK"))
	add("bodies that nobody asked for", "FETCH SIZE", func(p *peer) {
		for uid := 1000; ; uid++ {
			p.say(fmt.Sprintf("* 9 FETCH (UID %d BODY[] {1000000}", uid))
			p.repeat("text", 1_000_000)
			if p.say(")"); uid == 1000+endless/1_000_000 {
				p.trial.failed("%s: the client takes %d bodies", p.name, uid-1000)
				p.silence()
			}
		}
	})
	for _, at := range []string{"greeting", "LOGIN", "EXAMINE", "FETCH SIZE", "LOGOUT"} {
		add("a literal in an OK", at, flood("* OK {4611686018427387904}\r\n", "text"))
		add("a literal in a BYE", at, bye("* BYE {20}", terrible+"literal"), bearable)
	}
	add("a literal as flag", "FETCH SIZE", flood("* 1 FETCH (UID 101 FLAGS ({4611686018427387904}\r\n", "text"))
	add("a literal as name", "LIST", flood("* LIST () \"/\" {4611686018427387904}\r\n", "text"), byCheck)
	add("a literal of 8 MiB as name", "LIST", repeated("* LIST () \"/\" {8388608}\r\n", "n", 8<<20, ""), byCheck)
	add("folders without end", "LIST", numbers("", "* LIST () \"/\" folder%d\r\n", 0, 1, 6_000_000, "* OK"), byCheck)
	add("a byte every 2 s", "LIST", drip("* LIST () \"/\" "+strings.Repeat("n", 1000)), byCheck)
	add("nested folders", "LIST", repeated(`* LIST () "/" x ("CHILDINFO" `, "(", 4<<20, "x"), byCheck)

	// Words.
	for _, at := range []string{"greeting", "LOGIN", "EXAMINE", "SEARCH", "FETCH SIZE", "FETCH BODY", "STORE", "EXPUNGE",
		"LOGOUT"} {
		add("BYE with escapes", at, bye("* BYE "+terrible+strings.Repeat("\x1b[31m", 1000)))
		add("NO with escapes", at, instead("TAG NO ["+terrible+"] "+terrible+strings.Repeat("\u202e", 1000)), bearable)
	}
	add("NUL bytes", "EXAMINE", before("* OK \x00\x00[ALERT]\x00 x"), bearable)
	add("NUL bytes", "FETCH SIZE", before("* 1 FETCH (UID 101\x00 RFC822.SIZE 10)"), bearable)
	add("PREAUTH", "greeting", instead("* PREAUTH hello"), bearable)
	add("PREAUTH instead of STARTTLS", "greeting", instead("* PREAUTH hello"), byStartTLS)
	add("text after STARTTLS", "STARTTLS", instead("TAG OK go on\r\n* OK [CAPABILITY IMAP4rev1] injected"), byStartTLS,
		announces("STARTTLS"))
	add("no STARTTLS", "STARTTLS", instead("TAG BAD unknown"), byStartTLS, announces("STARTTLS"))
	add("a byte of TLS every 2 s", "STARTTLS", func(p *peer) {
		p.say("TAG OK go on")
		p.sleep(time.Second)
		p.drip("\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb" + strings.Repeat("\x00", 1000))
	}, byStartTLS, announces("STARTTLS"))
	add("TLS without end", "STARTTLS", func(p *peer) {
		p.say("TAG OK go on")
		p.sleep(time.Second)
		p.flood("\x16\x03\x03\x00\x04\x00\x00\x00\x00", endless)
	}, byStartTLS, announces("STARTTLS"))
	add("two answers", "EXAMINE", before("TAG OK done"), bearable)
	add("MESSAGELIMIT 0", "CAPABILITY", instead("* CAPABILITY IMAP4rev1 UIDPLUS MESSAGELIMIT=0", "TAG OK"), bearable)
	return list
}
