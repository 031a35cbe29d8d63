package email

import (
	"slices"
	"strconv"
	"strings"
)

// verdictField is a field in which a spam filter says what it takes a message for.
type verdictField struct {
	field string
	// read returns whether the value, in lower case, says that the message is spam, and
	// whether it says anything of that.
	read func(value string) (spam, ok bool)
	// trust says where else than above the receiving server's Received the field counts;
	// nil: nowhere.
	trust func(*receiving) bool
}

// verdictFields is the table of fields with a verdict. Scores without one, such as
// X-Spam-Level, say nothing: what is too much is the provider's to know.
var verdictFields = []verdictField{
	// SpamAssassin and what writes as it does.
	{"X-Spam-Flag", yesNo, namedBy("X-Spam-Checker-Version")},
	{"X-Spam-Status", yesNo, namedBy("X-Spam-Checker-Version")},
	{"X-Spam", yesNo, namedBy("X-Rspamd-Server")}, // rspamd, Rambler, Mail.ru
	{"X-Spam-Verdict", yesNo, nil},
	{"X-Spam-Result", firstOf("spam", "ham", "innocent"), nil},
	{"X-Spam-Category", firstOf("spam", "legitimate", "ham"), nil},
	// Microsoft 365 and Exchange, which remove them from what comes in.
	{"X-Forefront-Antispam-Report", readForefront, isMicrosoft365},
	{"X-MS-Exchange-Organization-SCL", readSCL, isExchange},
	// Providers.
	{"X-YandexSpam", readYandex, nil},
	{"X-Yandex-Spam", readYandex, nil},
	{"X-Gm-Spam", firstOf("1", "0"), at("google.com")},
	{"X-Mras", firstOf("spam", "ok"), at("mail.ru")},
	{"X-SES-Spam-Verdict", firstOf("fail", "pass"), at("amazonaws.com", "amazonses.com")},
	{"X-UI-Filterresults", firstOf("junk", "notjunk"),
		at("gmx.net", "gmx.com", "web.de", "kundenserver.de", "1and1.com")},
	{"X-GMX-Antispam", readGMX, at("gmx.net", "gmx.com")},
	{"X-Ovh-Spam-Status", firstOf("spam", "ok"), nil},
	{"X-VR-SpamState", firstOf("spam", "ok"), nil},
	{"X-Vade-SpamState", firstOf("spam", "clean"), nil},
	{"X-WP-Spam", yesNo, at("wp.pl")},
	{"X-Pm-Spam-Action", firstOf("spam", "inbox", "dunno"), nil}, // Proton
	{"X-Apple-Action", firstOf("junk/junk", "move_to_folder/inbox"), nil},
	{"X-Apple-MoveToFolder", firstOf("junk", "inbox"), nil},
	{"X-Me-SpamLevel", firstOf("high", "not-spam"), at("orange.fr")},
	// Filters.
	{"X-Rspamd-Action", readRspamd, namedBy("X-Rspamd-Server")},
	{"X-Spamd-Result", readSpamd, namedBy("X-Rspamd-Server")},
	{"X-Barracuda-Spam-Flag", yesNo, nil},
	{"X-Barracuda-Spam-Status", yesNo, nil},
	{"X-Proofpoint-Spam-Details", readProofpoint, nil},
	{"X-DSPAM-Result", firstOf("spam", "innocent", "whitelisted"), nil},
	{"X-Bogosity", yesNo, nil},
	{"X-CRM114-Status", firstOf("spam", "good"), nil},
	{"X-MailScanner-SpamCheck", firstOf("spam", "not"), nil},
	{"X-KLMS-AntiSpam-Status", firstOf("spam", "not_detected"), nil},
	{"X-KSMG-AntiSpam-Status", firstOf("spam", "not_detected"), nil},
	{"X-DrWeb-SpamState", yesNo, nil},
	{"X-CMAE-Verdict", firstOf("spam", "clean", "legit"), nil},
	{"X-SpamExperts-Class", firstOf("spam", "ham", "unsure"), nil},
	{"X-Zone-Spam-Status", yesNo, nil},
	{"X-NAI-Spam-Flag", yesNo, nil},
	{"X-TM-AS-Result", yesNo, nil},
	{"X-Sophos-Spam", yesNo, nil},
	{"X-IronPort-Spam", firstOf("spam", "ham"), nil},
}

// spamFields are the rows of verdictFields by their name in lower case.
var spamFields = func() map[string]*verdictField {
	byName := make(map[string]*verdictField, len(verdictFields))
	for i := range verdictFields {
		byName[strings.ToLower(verdictFields[i].field)] = &verdictFields[i]
	}
	return byName
}()

// spamVerdict returns why the provider takes the message for spam, if it does. Servers
// write above what they get, and anybody may have written what is below: the servers
// before, about mail that they forward, and the sender. So of all verdicts, the topmost
// counts that the receiving side has written: above the Received of the server that took
// the message from outside, anywhere if there is no Received, or as the table says.
func spamVerdict(h *header) (reason string, ok bool) {
	var buffer [longestSignField]byte
	side := receivingSide(h)
	var seen []*verdictField
	for i := range h.fields {
		f := spamFields[string(h.fieldName(i, &buffer))]
		if f == nil || slices.Contains(seen, f) {
			continue
		}
		seen = append(seen, f) // of each field, the topmost
		if i > side.end && (f.trust == nil || !f.trust(side)) {
			continue
		}
		value := clean(rawText(h.value(i), ""))
		if spam, says := f.read(strings.ToLower(value)); says {
			return "the receiving server takes it for spam: " + f.field + " " + quoted(value), spam
		}
	}
	return "", false
}

// receiving is what the header says of the servers of the mailbox's side.
type receiving struct {
	*header
	end      int      // the field of the server that took the message from outside
	hosts    []string // that wrote the Received down to there, in lower case
	exchange bool     // one of them is an Exchange
}

// maxHops is more servers than a message passes behind the one that takes it.
const maxHops = 20

// receivingSide reads the Received of the mailbox's side: the topmost, and those below it
// as long as each came from the same machine, the same network or the same site.
func receivingSide(h *header) *receiving {
	r := &receiving{header: h, end: len(h.fields)}
	for i := range h.fields {
		if !h.is(i, "Received") {
			continue
		}
		value := strings.ToLower(clean(rawText(h.value(i), "")))
		from, by := hop(value)
		r.hosts = append(r.hosts, by)
		r.exchange = r.exchange || strings.Contains(value, "microsoft smtp server")
		if r.end = i; !isInside(from, by) || len(r.hosts) == maxHops {
			return r
		}
	}
	r.end = len(h.fields)
	return r
}

// hop returns what a Received in lower case says of the machine that a message came from,
// with its address, and the name of the one that wrote it (RFC 5321, section 4.4).
func hop(value string) (from, by string) {
	value, _, _ = strings.Cut(value, ";")
	rest := " " + value
	if i := strings.Index(rest, " by "); i >= 0 {
		from, by = rest[:i], firstWord(strings.TrimLeft(rest[i+len(" by "):], " "))
	} else {
		from = rest
	}
	from, ok := strings.CutPrefix(strings.TrimLeft(from, " "), "from ")
	if !ok {
		from = ""
	}
	return from, by
}

// isInside reports whether a server got a message from one of its own side.
func isInside(from, by string) bool {
	name := firstWord(strings.TrimLeft(from, " "))
	if name == "" || name == "localhost" || by != "" && name == by {
		return true
	}
	// The name is what the machine says of itself; its address is in parentheses.
	if i := strings.LastIndexByte(from, '('); i >= 0 && !strings.HasPrefix(from[i:], "(helo=") {
		from = from[i:]
	}
	for _, local := range [...]string{"127.0.0.1", "[::1]", "ipv6:::1", "[10.", "(10.", "[192.168.", "(192.168."} {
		if strings.Contains(from, local) {
			return true
		}
	}
	return strings.Contains(name, ".") && strings.Contains(by, ".") && siteOf(name) == siteOf(by)
}

var isMicrosoft365 = at("outlook.com", "office365.us", "partner.outlook.cn")

func isExchange(r *receiving) bool { return r.exchange || isMicrosoft365(r) }

// at returns whether a server of the receiving side is of one of the domains.
func at(domains ...string) func(*receiving) bool {
	return func(r *receiving) bool {
		for _, host := range r.hosts {
			for _, domain := range domains {
				if host == domain || strings.HasSuffix(host, "."+domain) {
					return true
				}
			}
		}
		return false
	}
}

// namedBy returns whether the field in which the filter names its machine has the name of
// a server of the receiving side.
func namedBy(field string) func(*receiving) bool {
	return func(r *receiving) bool {
		words := strings.Fields(strings.ToLower(r.get(field)))
		for _, host := range r.hosts {
			if host != "" && len(words) > 0 && words[len(words)-1] == host {
				return true
			}
		}
		return false
	}
}

func yesNo(value string) (spam, ok bool) {
	word, _, _ := strings.Cut(firstWord(value), ",")
	word, _, _ = strings.Cut(word, "--") // X-TM-AS-Result: Yes--12.3
	switch word {
	case "yes", "true", "spam":
		return true, true
	case "no", "false", "not", "ham":
		return false, true
	}
	return false, false
}

// firstOf reads values that begin with the word for spam or with one of others.
func firstOf(spam string, others ...string) func(string) (bool, bool) {
	return func(value string) (bool, bool) {
		word, _, _ := strings.Cut(firstWord(value), ":")
		word = strings.TrimRight(word, ",")
		return word == spam, word == spam || slices.Contains(others, word)
	}
}

// readSCL reads a spam confidence level: -1 to 9, from 5 on it is spam.
func readSCL(value string) (spam, ok bool) {
	n, err := strconv.Atoi(firstWord(value))
	return n >= 5, err == nil && n >= 0
}

// readForefront reads "CIP:192.0.2.1;SCL:5;SFV:SPM;...": the verdict of the filter, or else
// the level.
func readForefront(value string) (spam, ok bool) {
	for part := range strings.SplitSeq(value, ";") {
		name, v, _ := strings.Cut(strings.TrimSpace(part), ":")
		switch name {
		case "sfv":
			switch v {
			case "spm", "skb", "sks", "blk":
				return true, true
			case "nspm", "skn", "ska", "sfe", "skq":
				return false, true
			}
		case "scl":
			spam, ok = readSCL(v)
		}
	}
	return spam, ok
}

// readYandex reads 1 and 2, which are no spam, and 4.
func readYandex(value string) (spam, ok bool) {
	n, err := strconv.Atoi(firstWord(value))
	if err != nil {
		return yesNo(value)
	}
	return n >= 4, true
}

// readGMX reads a kind of spam, or 0, and negative numbers for what the user trusts.
func readGMX(value string) (spam, ok bool) {
	n, err := strconv.Atoi(firstWord(value))
	return n > 0, err == nil
}

func readRspamd(value string) (spam, ok bool) {
	switch strings.TrimSpace(value) {
	case "add header", "rewrite subject", "quarantine", "reject":
		return true, true
	case "no action", "greylist":
		return false, true
	}
	return false, false
}

// readSpamd reads "default: False [1.2 / 15.0]; ...".
func readSpamd(value string) (spam, ok bool) {
	_, value, _ = strings.Cut(value, ":")
	return yesNo(strings.TrimSpace(value))
}

// readProofpoint reads "rule=spam policy=default score=...". Rules for what goes out are
// the sender's.
func readProofpoint(value string) (spam, ok bool) {
	rule, found := strings.CutPrefix(firstWord(value), "rule=")
	if !found || strings.HasPrefix(rule, "outbound") {
		return false, false
	}
	return rule == "spam" || strings.HasSuffix(rule, "_spam"), true
}
