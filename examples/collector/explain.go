package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// explanation is what the command explain prints.
type explanation struct {
	Outcome        inbound.Outcome `json:"outcome"`
	From           string          `json:"from"`
	Class          inbound.Class   `json:"class"`
	Verified       bool            `json:"verified"`
	CreateCustomer bool            `json:"create_customer"`
	Customer       *customerLine   `json:"customer"` // null when nobody matches
	ManagerGroup   string          `json:"manager_group"`
	Notify         []notify.Kind   `json:"notify"`
	Reasons        []string        `json:"reasons"`
	Warnings       []string        `json:"warnings"`
}

type customerLine struct {
	ID      string `json:"id"`
	Shop    string `json:"shop"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	Manager string `json:"manager"`
}

// explain is the command explain. Before the first run, it goes by the customers
// of the settings.
func (p *program) explain(ctx context.Context, args []string) (err error) {
	a := p.arguments("explain").withConfig()
	account := a.String("account", "", "")
	files, err := a.read(p, args, 1, 1)
	if err != nil {
		return err
	}
	if *account == "" {
		return a.wrong("-account is missing")
	}
	c, err := readSettings(*a.config, p.env)
	if err != nil {
		return err
	}
	if _, err := c.account(*account); err != nil {
		return err
	}
	message, err := openMessage(files[0])
	if err != nil {
		return err
	}
	defer message.Close()
	open := inspect
	if _, err := os.Stat(c.Database); errors.Is(err, fs.ErrNotExist) {
		open = rehearse
	}
	s, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	syncer, err := s.syncer(slog.New(slog.NewTextHandler(p.stderr, nil)), nil)
	if err != nil {
		return err
	}
	e, err := syncer.Explain(ctx, *account, message)
	if err != nil {
		return err
	}
	line := explanation{Outcome: e.Outcome, From: e.From, Class: e.Class, Verified: e.Verified, CreateCustomer: e.CreateCustomer,
		ManagerGroup: e.ManagerGroup, Notify: list(e.Notify), Reasons: list(e.Reasons), Warnings: list(e.Warnings)}
	if match := e.Customer; match != nil {
		line.Customer = &customerLine{match.ID, match.Shop, match.Email, match.Name, match.ManagerID}
	}
	return p.print(line)
}
