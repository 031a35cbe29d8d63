package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
)

// showChecks checks the database and the accounts and shows each step, for a person.
func (p *app) showChecks(ctx context.Context, c *config.Settings, syncer *inbound.Syncer,
	accounts []inbound.Account) error {
	screen := p.checkScreen()
	database, usable := databaseStep(ctx, c)
	fmt.Fprintln(p.stdout, screen.bold(plainText(c.File)))
	if mode, exposed := c.Exposed(); exposed {
		fmt.Fprint(p.stdout, screen.step(checkStep{mark: markWarning, label: "settings", text: exposedText(c, mode)}))
	}
	fmt.Fprint(p.stdout, screen.step(database))
	if mode, exposed := c.DatabaseExposed(); exposed {
		fmt.Fprint(p.stdout, screen.step(checkStep{mark: markWarning, label: "", text: exposedDatabaseText(c, mode)}))
	}
	var failed []string // IDs
	var shown failures
	if !usable {
		_, err := checkDatabase(ctx, c)
		shown = append(shown, failuresOf(err)...)
	}
	for _, a := range accounts {
		fmt.Fprintln(p.stdout)
		fmt.Fprintln(p.stdout, screen.bold(accountTitle(a)))
		fmt.Fprint(p.stdout, screen.waiting)
		if err := p.stdout.Flush(); err != nil { // the check may take long
			return err
		}
		result, err := syncer.Check(ctx, a.ID)
		fmt.Fprint(p.stdout, screen.done)
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			failed = append(failed, a.ID)
			shown = append(shown, accountLine(a.ID, err))
		}
		steps := checkSteps(a, result, err)
		if err == nil {
			steps = append(steps, settingsSteps(c, a)...)
			messages, _ := waitingOf(result)
			if step, ok := notificationStep(c, a, messages); ok && isNew(ctx, c, a.ID) {
				steps = append(steps, step)
			}
		}
		for _, step := range steps {
			fmt.Fprint(p.stdout, screen.step(step))
		}
	}
	if n := len(accounts); n > 1 {
		text := fmt.Sprintf("%d accounts: all in order", n)
		if len(failed) > 0 {
			text = fmt.Sprintf("%d accounts: %d in order, %d failed (%s)",
				n, n-len(failed), len(failed), someOf(failed, 10))
		}
		if !usable {
			text += "; the database cannot be used"
		}
		fmt.Fprint(p.stdout, "\n", terminal.Wrap(text, p.columns, "", ""))
	}
	if len(shown) > 0 {
		return shownFailures{shown}
	}
	return nil
}

// checkScreen returns the screen of standard output, which is a terminal.
func (p *app) checkScreen() checkScreen {
	redraw, color := p.escapes()
	screen := checkScreen{columns: p.columns, color: color}
	if redraw {
		screen.waiting, screen.done = "  connecting ...", "\r\x1b[K"
	}
	return screen
}

func accountTitle(a inbound.Account) string {
	title := a.ID
	if a.Name != "" && a.Name != a.ID {
		title = plainText(a.Name) + " (" + a.ID + ")"
	}
	return title + ": " + string(a.Protocol) + " at " + plainText(a.Host)
}

// checkScreen formats the steps of a check for a terminal.
type checkScreen struct {
	columns int
	color   bool
	waiting string // shown during a check
	done    string // removes it
}

// labelWidth is that of the longest label.
const labelWidth = len("certificate")

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
)

var markColors = map[rune]string{markGood: green, markBad: red, markWarning: yellow}

// step returns the lines of a step.
func (s checkScreen) step(step checkStep) string {
	indent := strings.Repeat(" ", 2+2+labelWidth+2)
	first := fmt.Sprintf("  %c %-*s  ", step.mark, labelWidth, step.label)
	text := terminal.Wrap(step.text, s.columns, first, indent)
	if code := markColors[step.mark]; code != "" {
		text = strings.Replace(text, string(step.mark), s.paint(code, string(step.mark)), 1)
	}
	for _, line := range step.more {
		text += terminal.Wrap(line, s.columns, indent, indent)
	}
	if step.hint != "" {
		text += terminal.Wrap(plainText(step.hint), s.columns, indent+"→ ", indent+"  ")
	}
	return text
}

func (s checkScreen) bold(text string) string { return s.paint(bold, text) }

func (s checkScreen) paint(code, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
