package calendar

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
)

// MaxBytes is how much of a calendar is read.
const MaxBytes = 1 << 20

// maxEvents is how many appointments are shown.
const maxEvents = 20

// Text returns what a calendar says, in lines, no longer than limit bytes. label is its
// charset, "" when it is not known. It is "" when raw has no appointment.
func Text(raw []byte, label string, limit int) string {
	raw = raw[:min(len(raw), MaxBytes)]
	var c reader
	eachProperty(raw, label, c.property)
	c.end()
	var b strings.Builder
	for i := range c.events {
		if i > 0 {
			b.WriteString("\n")
		}
		c.events[i].write(&b, strings.ToUpper(c.method))
	}
	text := b.String()
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:max(0, limit)], "")
	}
	return text
}

// reader is the state of reading one calendar.
type reader struct {
	method string
	events []event
	open   *event // the one that is being read
	within int    // components within it, which do not count: alarms
}

// event is an appointment, a task or a note, each property as text.
type event struct {
	kind                           string // of the component: "VEVENT"
	summary, location, description string
	html                           string // the description in HTML
	comments                       []string
	start, end, due                property
	duration, rule, status, url    string
	organizer                      property
	attendees                      []property
}

// maxPeople is how many attendees are kept.
const maxPeople = 50

func (c *reader) end() {
	if c.open != nil {
		c.events = append(c.events, *c.open)
		c.open = nil
	}
}

func (c *reader) property(p property) (more bool) {
	component := strings.ToUpper(strings.TrimSpace(p.value))
	switch {
	case p.name == "BEGIN" && (component == "VEVENT" || component == "VTODO" || component == "VJOURNAL"):
		c.end()
		c.open, c.within = &event{kind: component}, 0
		return len(c.events) < maxEvents
	case p.name == "BEGIN" && c.open != nil:
		c.within++
	case p.name == "END" && c.open != nil && component == c.open.kind:
		c.end()
	case p.name == "END" && c.open != nil && c.within > 0:
		c.within--
	case p.name == "METHOD" && c.open == nil && c.method == "":
		c.method = p.text()
	case c.open != nil && c.within == 0:
		c.open.set(p)
	}
	return true
}

// set keeps a property that is shown. The first of a kind counts.
func (e *event) set(p property) {
	switch p.name {
	case "SUMMARY":
		first(&e.summary, p.text())
	case "LOCATION":
		first(&e.location, p.text())
	case "DESCRIPTION":
		first(&e.description, p.text())
	case "X-ALT-DESC":
		first(&e.html, p.text())
	case "COMMENT":
		if len(e.comments) < maxPeople {
			e.comments = append(e.comments, p.text())
		}
	case "DTSTART":
		firstOf(&e.start, p)
	case "DTEND":
		firstOf(&e.end, p)
	case "DUE":
		firstOf(&e.due, p)
	case "DURATION":
		first(&e.duration, p.text())
	case "RRULE":
		first(&e.rule, p.text())
	case "STATUS":
		first(&e.status, p.text())
	case "URL":
		first(&e.url, p.text())
	case "ORGANIZER":
		firstOf(&e.organizer, p)
	case "ATTENDEE":
		if len(e.attendees) < maxPeople {
			e.attendees = append(e.attendees, p)
		}
	}
}

func first(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func firstOf(field *property, p property) {
	if field.name == "" {
		*field = p
	}
}

// titles say what a method (RFC 5546) is about.
var titles = map[string]string{
	"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation",
	"COUNTER":        "Another time is proposed",
	"DECLINECOUNTER": "The proposed time is declined", "REFRESH": "Asks for the current version",
	"ADD": "Further dates",
}

// answers are what an attendee may say.
var answers = map[string]string{
	"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "accepted tentatively", "DELEGATED": "delegated it",
	"COMPLETED": "completed", "IN-PROCESS": "in process",
}

// write writes the event in lines.
func (e *event) write(b *strings.Builder, method string) {
	title := titles[method]
	if title == "" {
		title = map[string]string{"VEVENT": "Appointment", "VTODO": "Task", "VJOURNAL": "Note"}[e.kind]
	}
	if method != "CANCEL" && strings.EqualFold(e.status, "CANCELLED") {
		title = titles["CANCEL"]
	}
	line := func(name, value string) {
		if value = strings.Join(strings.Fields(value), " "); value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	if e.summary == "" {
		b.WriteString(title + "\n")
	}
	line(title, e.summary)
	line("When", e.when())
	if e.due.name != "" {
		line("Due", when(e.due))
	}
	line("Repeats", repeats(e.rule))
	line("Where", e.location)
	line("Organizer", person(e.organizer))
	for _, a := range e.attendees {
		if answer := answers[strings.ToUpper(a.parameter("PARTSTAT"))]; answer != "" && method != "REQUEST" {
			line("Answer", person(a)+": "+answer)
		}
	}
	line("Link", e.url)
	for _, text := range append([]string{e.words()}, e.comments...) {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString("\n" + text + "\n")
		}
	}
}

// words returns the description as text: some programs write HTML into it.
func (e *event) words() string {
	text := e.description
	if strings.TrimSpace(text) == "" {
		text = e.html
	}
	lower := strings.ToLower(text)
	for _, tag := range [...]string{"<br", "</p>", "</a>", "</span>", "</html>", "</div>", "</b>", "</li>"} {
		if strings.Contains(lower, tag) {
			return htmltext.Convert(strings.ReplaceAll(text, "\n", "<br>"), len(text))
		}
	}
	return text
}

// person returns who an organizer or attendee is: "Name <address>".
func person(p property) string {
	address := strings.TrimSpace(p.value)
	if len(address) >= 7 && strings.EqualFold(address[:7], "mailto:") {
		address = address[7:]
	}
	name := p.parameter("CN")
	switch {
	case name == "" || strings.EqualFold(name, address):
		return address
	case !strings.Contains(address, "@"):
		return name
	}
	return name + " <" + address + ">"
}
