package email

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// serviceEvent is what a mail service reports in JSON about mail that was sent through it.
type serviceEvent struct {
	kind       string // "bounce", "complaint", "delay"; "other": delivered, opened, ...
	recipients recipients
	status     string
	originalID string
	followed   bool // by other words than a footer
}

const (
	largestEvent = 128 << 10 // bytes of a text that is read as JSON
	deepestEvent = 6         // objects around the facts
)

// jsonEvent reads a text that begins with the JSON of such an event; nil if it does not.
func jsonEvent(text string) *serviceEvent {
	text = strings.TrimLeft(text[:min(len(text), largestEvent)], " \t\n\ufeff")
	if text == "" || text[0] != '{' && text[0] != '[' {
		return nil
	}
	value, behind, ok := decodeJSON(text)
	if !ok {
		return nil
	}
	behind = strings.TrimSpace(behind)
	e := &serviceEvent{followed: behind != "" && !strings.HasPrefix(behind, "--")}
	e.read(value, 0)
	if e.kind == "" {
		return nil
	}
	return e
}

// decodeJSON decodes the value that text begins with, and returns what stands behind it. Servers
// break long lines, within strings too.
func decodeJSON(text string) (value any, behind string, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	if d.Decode(&value) == nil {
		return value, text[d.InputOffset():], true
	}
	if !strings.Contains(text, "\n") || text[0] == '[' && !strings.Contains(text, "{") {
		return nil, "", false
	}
	text = strings.NewReplacer("!\n ", "", "\n", "").Replace(text)
	d = json.NewDecoder(strings.NewReader(text))
	if d.Decode(&value) != nil {
		return nil, "", false
	}
	return value, text[d.InputOffset():], true
}

// read looks for events in a value, in the objects within it, and in the JSON that a message queue
// puts into a string. The first kind of event counts.
func (e *serviceEvent) read(value any, depth int) {
	if depth > deepestEvent {
		return
	}
	switch v := value.(type) {
	case []any:
		for _, element := range v[:min(len(v), maxRecipients)] {
			e.read(element, depth+1)
		}
	case map[string]any:
		if inner, ok := v["Message"].(string); ok && strings.HasPrefix(inner, "{") {
			if decoded, _, ok := decodeJSON(inner); ok {
				e.read(decoded, depth+1)
				return
			}
		}
		if kind := eventKind(v); kind != "" && (e.kind == "" || e.kind == kind) {
			e.kind = kind
			e.readFacts(v, 0)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			e.read(v[key], depth+1)
		}
	}
}

// eventKind returns what an object is about, by the names that services use; "" if it is no event.
func eventKind(v map[string]any) string {
	for _, key := range [...]string{"notificationType", "eventType", "event", "RecordType", "event_type", "EventType",
		"type"} {
		name, _ := v[key].(string)
		if name == "" || key == "type" && v["rcpt_to"] == nil && v["recipient"] == nil && v["email"] == nil {
			continue
		}
		switch name = withoutMarks.Replace(strings.ToLower(name)); {
		case strings.Contains(name, "complain"), strings.Contains(name, "spam"):
			return "complaint"
		case strings.Contains(name, "delay"), strings.HasPrefix(name, "deferr"), name == "temporaryfail":
			return "delay"
		case strings.Contains(name, "bounce"), strings.HasPrefix(name, "fail"), name == "dropped", name == "rejected",
			name == "reject", name == "blocked", name == "permanentfail":
			return "bounce"
		case slices.Contains([]string{"delivery", "delivered", "send", "sent", "open", "opened", "click", "clicked",
			"processed", "accepted", "renderingfailure", "subscription", "injection"}, name):
			return "other"
		}
	}
	return ""
}

// readFacts gathers recipients, status and Message-ID from an event and what is in it.
func (e *serviceEvent) readFacts(value any, depth int) {
	if depth > deepestEvent {
		return
	}
	switch v := value.(type) {
	case []any:
		for _, element := range v[:min(len(v), maxRecipients)] {
			if name, ok := element.(map[string]any); ok && strings.EqualFold(textOf(name["name"]), "Message-ID") {
				e.addID(name["value"])
			}
			e.readFacts(element, depth+1)
		}
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		for _, key := range keys {
			e.readFact(key, v[key])
		}
		for _, key := range keys {
			e.readFacts(v[key], depth+1)
		}
	}
}

func (e *serviceEvent) readFact(key string, value any) {
	text := textOf(value)
	switch strings.ToLower(withoutMarks.Replace(key)) {
	case "emailaddress", "email", "recipient", "rcptto":
		if address := statusAddress(text); strings.Contains(address, "@") {
			e.recipients.add(address)
		}
	case "status", "diagnosticcode", "reason", "rawreason", "diag", "details", "description", "response", "message",
		"code", "errorcode", "enhancedcode":
		if len(text) <= longestLine {
			e.status = exactStatus(e.status, text)
		}
	case "messageid", "smtpid":
		if strings.Contains(text, "@") {
			e.addID(value)
		}
	}
}

func (e *serviceEvent) addID(value any) {
	if e.originalID == "" {
		e.originalID = messageID(clean(textOf(value)))
	}
}

func textOf(value any) string {
	s, _ := value.(string)
	return s
}

// event is the verdict on a message with a service's event.
func (n *notice) event(e *serviceEvent) (Class, string, *Bounce) {
	if e.kind == "other" {
		return ClassAutoReply, "a mail service reports what became of mail (JSON)", nil
	}
	action := map[string]string{"bounce": "failed", "complaint": "abuse", "delay": "delayed"}[e.kind]
	o := outcome{first: Bounce{Status: e.status, Action: action}, all: e.recipients}
	if n.r.originalID == "" {
		n.r.originalID = e.originalID
	}
	n.r.complaint = e.kind == "complaint"
	return n.bounce("JSON", o)
}
