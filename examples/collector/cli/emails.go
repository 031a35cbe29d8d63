package cli

import (
	"context"
	"errors"
	"strconv"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// emailLine is what the command emails prints of one email.
type emailLine struct {
	ID          string           `json:"id"`
	Account     string           `json:"account"`
	Shop        string           `json:"shop"`
	Folder      string           `json:"folder"`
	UID         any              `json:"uid"`
	MessageID   string           `json:"message_id"`
	From        string           `json:"from"`
	Subject     string           `json:"subject"`
	Date        *time.Time       `json:"date"`
	Customer    string           `json:"customer"`
	Manager     string           `json:"manager"`
	Class       email.Class      `json:"class"`
	Verified    bool             `json:"verified"`
	Snippet     string           `json:"snippet"` // of the reply text, one line
	To          []string         `json:"to"`      // addresses
	Cc          []string         `json:"cc"`
	Sources     int              `json:"sources"`
	Size        int64            `json:"size"`
	Attachments []attachmentLine `json:"attachments"`
}

type attachmentLine struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// emails is the command emails.
func (p *app) emails(ctx context.Context, cmd *urfave.Command) (err error) {
	var found []string
	limit := cmd.Int("limit")
	if limit < 0 {
		found = append(found, "-limit is negative")
	}
	if _, err := operands(cmd, 0, 0, found...); err != nil {
		return err
	}
	c, err := config.ReadOffline(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	if cmd.String("account") != "" {
		if _, err := c.Account(cmd.String("account")); err != nil {
			return err
		}
	}
	s, err := inspect(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	after, left := "", limit
	for {
		size := pageSize
		if limit > 0 {
			size = min(size, left)
		}
		page, err := s.store.ListEmails(ctx, inbound.EmailFilter{AccountID: cmd.String("account")}, after, size)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := p.print(newEmailLine(e)); err != nil {
				return err
			}
			after = e.ID
		}
		left -= len(page)
		if len(page) < size || limit > 0 && left == 0 {
			return nil
		}
	}
}

func newEmailLine(e inbound.Email) emailLine {
	line := emailLine{
		ID: e.ID, Account: e.AccountID, Shop: e.Shop, Folder: e.SourceID.Folder, UID: uid(e.SourceID),
		MessageID: e.MessageID, From: e.From, Subject: e.Subject, Date: jsonTime(e.Date),
		Customer: e.CustomerID, Manager: e.ManagerID, Class: e.Class,
		Verified: e.Verified, Snippet: e.Snippet, To: list(addresses(e.To)), Cc: list(addresses(e.Cc)),
		Sources: e.Sources, Size: e.Size, Attachments: []attachmentLine{},
	}
	for _, file := range e.Attachments {
		line.Attachments = append(line.Attachments, attachmentLine{file.Name, file.Type, file.Size, file.SHA256})
	}
	return line
}

// uid returns the identifier of a message in its protocol: a number in IMAP, a
// text in other protocols.
func uid(id inbound.SourceID) any { return numberInIMAP(id, id.String()) }

// generation returns the identifier of the period in which uids are valid: a
// number in IMAP, a text in other protocols.
func generation(id inbound.SourceID) any { return numberInIMAP(id, id.Generation) }

// numberInIMAP returns a part of a source ID. If the source ID is of IMAP, which
// has folders, the part is a number.
func numberInIMAP(id inbound.SourceID, part string) any {
	if n, err := strconv.ParseUint(part, 10, 64); err == nil && id.Folder != "" {
		return n
	}
	return part
}
