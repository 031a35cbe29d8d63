package email

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Classes returns all classes, in the order in which they are documented.
func Classes() []Class {
	return []Class{ClassPersonal, ClassAutoReply, ClassBounce, ClassList, ClassBulk, ClassSpam}
}

// classify says what kind of mail the message is, and why. A report is a bounce whatever
// else it is, since its facts are wanted. Of anything else, the provider's verdict that it is
// spam says the most.
func classify(m *Message, h *header, r *report) {
	m.NoReply = IsNoReply(m.From.Address)
	if class, reason, bounce := reportClass(m, h, r); class != "" {
		m.Class, m.ClassReason, m.Bounce = class, reason, bounce
		return
	}
	found, verdicts := signsIn(h, programSignsOf)
	if verdicts {
		if reason, ok := spamVerdict(h); ok {
			m.Class, m.ClassReason = ClassSpam, reason
			return
		}
	}
	if s, ok := subjectSign(m.Subject, m.From.Name); ok {
		found = append(found, foundSign{sign: s, value: m.Subject})
	}
	m.Class, m.ClassReason = weigh(m, h, found)
}

// foundSign is a sign that a message has.
type foundSign struct {
	sign
	name, value string // of the field, as written
}

// maxSigns is more signs than an honest message has.
const maxSigns = 50

// signsIn returns what the header says by a table, each field once: the topmost that says
// something counts. verdicts is whether there are fields of spam filters.
func signsIn(h *header, rowsOf func(name []byte) []sign) (found []foundSign, verdicts bool) {
	var buffer [longestSignField]byte
	for i := range h.fields {
		name := h.fieldName(i, &buffer)
		if name == nil {
			continue
		}
		if _, ok := spamFields[string(name)]; ok {
			verdicts = true
		}
		rows := rowsOf(name)
		if rows == nil || len(found) == maxSigns {
			continue
		}
		if slices.ContainsFunc(found, func(f foundSign) bool { return f.field == rows[0].field }) {
			continue
		}
		value := clean(rawText(h.value(i), ""))
		lower := strings.ToLower(value)
		for _, s := range rows {
			if s.when == nil || s.when(lower) {
				found = append(found, foundSign{s, h.writtenName(i), value})
				break
			}
		}
	}
	return found, verdicts
}

// weigh returns the class that the most speaks for, and why. It is personal unless what
// speaks for a different class weighs enough, after what speaks for a person is taken off:
// a wrong guess must not lose a person's message.
func weigh(m *Message, h *header, found []foundSign) (Class, string) {
	if len(found) == 0 {
		return ClassPersonal, "nothing says that a program sent it"
	}
	if s, ok := noReplySign(m, found); ok {
		found = append(found, s)
	}
	persons := personsIn(m, h, found)
	class, most, against := ClassPersonal, 0, 0
	for _, c := range [...]Class{ClassAutoReply, ClassList, ClassBulk} {
		off := weight(persons, opposing(found, c))
		if n := weight(found, func(s foundSign) bool { return s.class == c }); n-off >= enough && n-off > most {
			class, most, against = c, n-off, off
		}
	}
	if class == ClassPersonal {
		return class, whyPersonal(found, persons)
	}
	return class, says(found, enough+against, func(s foundSign) bool { return s.class == class && s.weight > 0 })
}

// noReplySign returns what the sender's address says besides: nobody reads answers to it.
// That makes weak signs stronger, unless answers go elsewhere.
func noReplySign(m *Message, found []foundSign) (foundSign, bool) {
	class := found[0].class
	for _, s := range found {
		if s.weight == 1 {
			class = s.class
		}
	}
	_, elsewhere := answersTo(m)
	return foundSign{sign: sign{field: "From", class: class, kind: kindNoReply, weight: 1,
		says: "nobody reads answers to the sender"}}, m.NoReply && !elsewhere
}

// personsIn returns what speaks for a person.
func personsIn(m *Message, h *header, found []foundSign) []foundSign {
	persons, _ := signsIn(h, personSignsOf)
	if !slices.ContainsFunc(persons, func(s foundSign) bool { return s.kind == kindProgram }) {
		// Programs answer, too. Mailings do not, though the subject of some begins with "Re:".
		all := len(persons)
		persons = slices.DeleteFunc(persons, func(s foundSign) bool { return s.kind == kindReply })
		if len(persons) < all && subjectKindOf(m.Subject) != subjectPlain {
			persons = append(persons, foundSign{sign: sign{field: "Subject", class: ClassPersonal,
				kind: kindReplySubject, weight: 3, says: "it is an answer"}})
		}
	}
	mass := slices.ContainsFunc(found, func(s foundSign) bool { return s.kind == kindUnsubscribe })
	return append(persons, formSigns(m, mass)...)
}

// weight adds the weights of signs, of each kind the greatest.
func weight(found []foundSign, counts func(foundSign) bool) int {
	var best [signKinds]int
	for _, s := range found {
		if counts(s) {
			best[s.kind] = max(best[s.kind], s.weight)
		}
	}
	sum := 0
	for _, n := range best {
		sum += n
	}
	return sum
}

// whyPersonal says why what was found is not enough for a different class.
func whyPersonal(found, persons []foundSign) string {
	strongest := found[0]
	for _, s := range found {
		if s.weight > strongest.weight {
			strongest = s
		}
	}
	if weight(found, func(s foundSign) bool { return s.class == strongest.class }) < enough {
		return strongest.field + " alone decides nothing: " + strongest.inWords(strongest.doubt)
	}
	return strongest.inWords(strongest.says) + ", but " + says(persons, enough, opposing(found, strongest.class))
}

// says joins in words what the strongest signs say, until they weigh as much as wanted.
func says(found []foundSign, wanted int, counts func(foundSign) bool) string {
	list := slices.DeleteFunc(slices.Clone(found), func(s foundSign) bool { return !counts(s) })
	slices.SortStableFunc(list, func(a, b foundSign) int { return b.weight - a.weight })
	var words []string
	sum := 0
	var seen [signKinds]bool
	for _, s := range list {
		if sum >= wanted {
			break
		}
		if !seen[s.kind] {
			seen[s.kind] = true
			sum += s.weight
			words = append(words, s.inWords(s.says))
		}
	}
	return strings.Join(words, ", and ")
}

// inWords puts the name and the value, bounded and quoted, into words about a sign.
func (s foundSign) inWords(words string) string {
	before, behind, ok := strings.Cut(strings.ReplaceAll(words, "{field}", s.name), "{}")
	if !ok {
		return before
	}
	return before + quoted(s.value) + behind
}

// longestQuoted is how much of a value a reason has, in characters.
const longestQuoted = 60

// quoted returns a value in quotes, with escapes for what cannot be shown, bounded.
func quoted(value string) string {
	short := fmt.Sprintf("%.*s", longestQuoted, value)
	if len(short) < len(value) {
		short += "..."
	}
	return strconv.Quote(short)
}

// IsNoReply reports whether an address says of itself that nobody reads what is
// sent to it, as no-reply@example.com does.
func IsNoReply(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	local = withoutMarks.Replace(strings.ToLower(local))
	for _, name := range [...]string{"noreply", "donotreply", "dontreply", "noresponder", "noresponda", "nepasrepondre",
		"nichtantworten", "keineantwort", "naoresponda", "nonrispondere"} {
		if strings.HasPrefix(local, name) || strings.HasSuffix(local, name) {
			return true
		}
	}
	return false
}

// withoutMarks removes what separates the words of a local part, and what quotes it.
var withoutMarks = strings.NewReplacer("-", "", "_", "", ".", "", " ", "", `"`, "", `\`, "")
