package email

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// expectation is one line of expect.jsonl; nil says nothing.
type expectation struct {
	File         string
	From         *string
	FromName     *string `json:"from_name"`
	Subject      *string
	TextContains *string `json:"text_contains"`
	TextFrom     string  `json:"text_from"`
	Attachments  []struct {
		Name, SHA256 *string
		Size         *int64
	}
	IsBounce    *bool   `json:"is_bounce"`
	IsAutoReply *bool   `json:"is_autoreply"`
	ReplyText   *string `json:"reply_text"`
	Kind, Tier  string
	Disputed    []string
	Extra       struct {
		Failed     []string // recipients
		Status     string
		Bounces    []struct{ Status string }
		Date       string
		To         []string
		ReplyTo    []string `json:"reply_to"`
		MessageID  *string  `json:"message_id"`
		InReplyTo  []string `json:"in_reply_to"`
		References []string
		ReplyBegin string `json:"reply_first_fragment"`
	}
}

// score counts how many expectations of a field hold.
type score struct {
	hold, all, lenientHold, lenientAll int
	misses                             []string
}

// floors are the shares, in percent, that must hold of what is required: of the
// lines of tier "core", without the disputed fields.
var floors = map[string]float64{
	"from": 99, "from_name": 99, "to": 95, "reply-to": 99, "subject": 99, "date": 99,
	"message-id": 99, "in-reply-to": 99, "references": 99,
	"text": 99, "reply_text": 90, "reply begins": 90,
	"attachment name": 98, "attachment size": 98, "attachment sha256": 98,
	"bounce": 97, "bounce recipient": 90, "bounce status": 90, "auto-reply": 97,
}

// TestCorpus measures against real-life messages of many programs, with what
// other projects' tests say about them. POSTROOM_CORPUS names their folder.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("POSTROOM_CORPUS")
	if folder == "" {
		t.Skip("POSTROOM_CORPUS does not name a folder with messages and their expect.jsonl")
	}
	board := make(map[string]*score)
	for _, e := range expectations(t, folder) {
		raw, err := os.ReadFile(filepath.Join(folder, e.File))
		require.NoError(t, err)
		if e.Kind == "body" {
			raw = append([]byte("From: a@example.com\nContent-Type: text/plain; charset=utf-8\n\n"), raw...)
		}
		m, err := Parse(bytes.NewReader(raw), Limits{})
		require.NoError(t, err)
		compare(board, e, m)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-18s %6s %6s %7s   %s\n", "field", "hold", "of", "share", "lenient or disputed")
	for _, field := range slices.Sorted(mapKeys(board)) {
		s := board[field]
		share := 100 * float64(s.hold) / float64(max(s.all, 1))
		fmt.Fprintf(&table, "%-18s %6d %6d %6.1f%%   %d of %d\n", field, s.hold, s.all, share, s.lenientHold,
			s.lenientAll)
		assert.GreaterOrEqualf(t, share, floors[field], "share of %s", field)
	}
	for _, field := range slices.Sorted(mapKeys(board)) {
		for _, miss := range board[field].misses {
			fmt.Fprintf(&table, "%s: %s\n", field, miss)
		}
	}
	t.Log(table.String())
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func expectations(t *testing.T, folder string) []expectation {
	f, err := os.Open(filepath.Join(folder, "expect.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	var list []expectation
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e expectation
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		list = append(list, e)
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, list)
	return list
}

func compare(board map[string]*score, e expectation, m *Message) {
	check := func(field, disputable string, holds bool, want, got any) {
		s := board[field]
		if s == nil {
			s = &score{}
			board[field] = s
		}
		if e.Tier != "core" || slices.Contains(e.Disputed, disputable) {
			s.lenientAll++
			if holds {
				s.lenientHold++
				return
			}
			s.misses = append(s.misses, fmt.Sprintf("(not required) %s: want %.200q, got %.200q", e.File, want, got))
			return
		}
		s.all++
		if holds {
			s.hold++
			return
		}
		s.misses = append(s.misses, fmt.Sprintf("%s: want %.200q, got %.200q", e.File, want, got))
	}
	if e.From != nil {
		check("from", "from", strings.EqualFold(*e.From, m.From.Address), *e.From, m.From.Address)
	}
	if e.FromName != nil {
		check("from_name", "from_name", collapse(*e.FromName) == collapse(m.From.Name), *e.FromName, m.From.Name)
	}
	if e.Subject != nil {
		check("subject", "subject", collapse(*e.Subject) == collapse(m.Subject), *e.Subject, m.Subject)
	}
	if e.TextContains != nil {
		got := m.Text
		if e.TextFrom == "html" {
			got = htmltext.Convert(m.HTML, 1<<20)
		}
		want := *e.TextContains
		if e.TextFrom == "html" {
			want = htmltext.Convert(want, 1<<20)
		}
		check("text", "text_contains", strings.Contains(bare(got), bare(want)), want, got)
	}
	for _, a := range e.Attachments {
		if a.Name != nil {
			want := collapse(path.Base(*a.Name))
			check("attachment name", "attachments",
				slices.ContainsFunc(m.Attachments, func(b Attachment) bool { return collapse(b.Name) == want }),
				*a.Name, names(m))
		}
		if a.Size != nil {
			check("attachment size", "attachments",
				slices.ContainsFunc(m.Attachments, func(b Attachment) bool { return b.Size == *a.Size }),
				fmt.Sprint(*a.Size), names(m))
		}
		if a.SHA256 != nil {
			check("attachment sha256", "attachments",
				slices.ContainsFunc(m.Attachments, func(b Attachment) bool { return b.SHA256 == *a.SHA256 }),
				fmt.Sprint(a.Name, *a.SHA256), names(m))
		}
	}
	if e.IsBounce != nil {
		check("bounce", "is_bounce", *e.IsBounce == (m.Class == ClassBounce), fmt.Sprint(*e.IsBounce),
			fmt.Sprint(m.Class, " ", m.ClassReason, " | ", m.From, " | ", m.Subject, " | ", m.Text))
	}
	if len(e.Extra.Failed) > 0 && m.Bounce != nil {
		check("bounce recipient", "", slices.ContainsFunc(e.Extra.Failed,
			func(r string) bool { return strings.EqualFold(r, m.Bounce.Recipient) }),
			fmt.Sprint(e.Extra.Failed), m.Bounce.Recipient)
	}
	statuses := []string{e.Extra.Status}
	for _, b := range e.Extra.Bounces {
		statuses = append(statuses, b.Status)
	}
	// Codes such as 5.0.910 are a reader's own, not the message's.
	statuses = slices.DeleteFunc(statuses, func(s string) bool { return s == "" || strings.Contains(s, ".0.9") })
	if len(statuses) > 0 && m.Bounce != nil {
		check("bounce status", "", slices.Contains(statuses, m.Bounce.Status), fmt.Sprint(statuses), m.Bounce.Status)
	}
	// 1900 is how one source says that there is no date.
	if e.Extra.Date != "" && !strings.HasPrefix(e.Extra.Date, "1900") {
		want, err := time.Parse(time.RFC3339, e.Extra.Date)
		check("date", "", err == nil && want.Equal(m.Date) || m.Date.Format("2006-01-02T15:04:05") == e.Extra.Date,
			e.Extra.Date, m.Date)
	}
	if len(e.Extra.ReplyTo) > 0 {
		check("reply-to", "", slices.EqualFunc(e.Extra.ReplyTo, m.ReplyTo,
			func(want string, got Address) bool { return strings.EqualFold(want, got.Address) }),
			fmt.Sprint(e.Extra.ReplyTo), fmt.Sprint(m.ReplyTo))
	}
	if len(e.Extra.InReplyTo) > 0 {
		check("in-reply-to", "", unbracket(m.InReplyTo) == e.Extra.InReplyTo[0], e.Extra.InReplyTo, m.InReplyTo)
	}
	if e.Extra.ReplyBegin != "" {
		check("reply begins", "", strings.HasPrefix(collapse(m.ReplyText()), collapse(e.Extra.ReplyBegin)),
			e.Extra.ReplyBegin, m.ReplyText())
	}
	if e.Extra.To != nil {
		check("to", "", slices.EqualFunc(e.Extra.To, m.To,
			func(want string, got Address) bool { return strings.EqualFold(want, got.Address) }),
			fmt.Sprint(e.Extra.To), fmt.Sprint(m.To))
	}
	if e.Extra.MessageID != nil {
		check("message-id", "", *e.Extra.MessageID == unbracket(m.MessageID), *e.Extra.MessageID, m.MessageID)
	}
	if e.Extra.References != nil {
		check("references", "", slices.EqualFunc(e.Extra.References, m.References,
			func(want, got string) bool { return want == unbracket(got) }),
			fmt.Sprint(e.Extra.References), fmt.Sprint(m.References))
	}
	if e.IsAutoReply != nil {
		check("auto-reply", "is_autoreply", *e.IsAutoReply == (m.Class == ClassAutoReply), fmt.Sprint(*e.IsAutoReply),
			fmt.Sprint(m.Class, " ", m.ClassReason))
	}
	if e.ReplyText != nil {
		check("reply_text", "reply_text", collapse(*e.ReplyText) == collapse(m.ReplyText()), *e.ReplyText,
			m.ReplyText())
	}
}

func unbracket(id string) string { return strings.Trim(id, "<>") }

func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// bare leaves the words only: programs lay the same HTML out in different ways.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func names(m *Message) string {
	var list []string
	for _, a := range m.Attachments {
		list = append(list, fmt.Sprintf("%s (%d)", a.Name, a.Size))
	}
	return strings.Join(list, ", ")
}
