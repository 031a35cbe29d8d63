package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/adapters/smime"
	"github.com/postroom/postroom/inbound/email"
)

// parsedLine is what the command parse prints of one file.
type parsedLine struct {
	File        string       `json:"file"`
	MessageID   string       `json:"message_id"`
	InReplyTo   string       `json:"in_reply_to"`
	References  []string     `json:"references"`
	From        string       `json:"from"`
	FromName    string       `json:"from_name"`
	ReplyTo     string       `json:"reply_to"`
	To          []string     `json:"to"`
	Cc          []string     `json:"cc"`
	Subject     string       `json:"subject"`
	Date        *time.Time   `json:"date"`
	Text        string       `json:"text"`
	HTML        string       `json:"html"`
	ReplyText   string       `json:"reply_text"`
	Class       email.Class  `json:"class"`
	Bounce      *bounceLine  `json:"bounce"`
	Attachments []parsedFile `json:"attachments"`
	Warnings    []string     `json:"warnings"`
	// Who wrote the message that this one forwards, as it says; null if it forwards none.
	ForwardedFrom *email.Address `json:"forwarded_from"`
	Error         string         `json:"error"` // why the file could not be read; "" if it could
}

type bounceLine struct {
	Recipient         string   `json:"recipient"`
	Recipients        []string `json:"recipients"`
	Status            string   `json:"status"`
	Action            string   `json:"action"`
	OriginalMessageID string   `json:"original_message_id"`
}

type parsedFile struct {
	attachmentLine
	Inline    bool   `json:"inline"`
	ContentID string `json:"content_id"`
}

// parse is the command parse. A broken message is no failure. An unreadable file is
// one, and the other files are printed nevertheless.
func (p *app) parse(ctx context.Context, cmd *urfave.Command) error {
	files, err := operands(cmd, 1, -1)
	if err != nil {
		return err
	}
	var failed failures
	for _, file := range files {
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		line := parsedLine{File: file}
		if m, err := parseFile(file); err != nil {
			line.Error = err.Error()
			failed = append(failed, failure{text: line.Error})
		} else {
			line.fill(m)
		}
		line.References, line.To, line.Cc = list(line.References), list(line.To), list(line.Cc)
		line.Attachments, line.Warnings = list(line.Attachments), list(line.Warnings)
		if err := p.print(line); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return failed
	}
	return nil
}

// opener opens letters that are signed with their text within. It has no keys, so what is
// encrypted stays closed.
var opener = new(smime.Opener)

func parseFile(name string) (*email.Message, error) {
	f, err := openMessage(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := email.Parser{Opener: opener}.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// openMessage opens a message file.
func openMessage(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close() // nothing was written
		return nil, fmt.Errorf("%s: is a folder; name the message files in it", name)
	}
	return f, nil
}

func (l *parsedLine) fill(m *email.Message) {
	l.MessageID, l.InReplyTo, l.References = m.MessageID, m.InReplyTo, m.References
	l.From, l.FromName, l.To, l.Cc = m.From.Address, m.From.Name, addresses(m.To), addresses(m.Cc)
	for _, a := range m.ReplyTo {
		l.ReplyTo = cmp.Or(l.ReplyTo, a.Address)
	}
	l.Subject, l.Date = m.Subject, jsonTime(m.Date)
	l.Text, l.HTML, l.ReplyText = m.Text, m.HTML, m.ReplyText()
	l.Class, l.Warnings = m.Class, m.Warnings
	if m.ForwardedFrom.Address != "" {
		l.ForwardedFrom = &m.ForwardedFrom
	}
	if b := m.Bounce; b != nil {
		l.Bounce = &bounceLine{b.Recipient, list(b.Recipients), b.Status, b.Action, b.OriginalMessageID}
	}
	for _, a := range m.Attachments {
		l.Attachments = append(l.Attachments, parsedFile{
			attachmentLine{a.Name, a.Type, a.Size, a.SHA256}, a.Inline, a.ContentID,
		})
	}
}

func addresses(list []email.Address) []string {
	var texts []string
	for _, a := range list {
		texts = append(texts, a.Address)
	}
	return texts
}
