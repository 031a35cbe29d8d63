package cli

import (
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// settingsSteps returns the lines about an account's settings that a reader may not
// expect: mail that is not uploaded, customers whom nobody gets, and what happens to the
// mail on the server.
func settingsSteps(c *config.Settings, a inbound.Account) []checkStep {
	var steps []checkStep
	add := func(mark rune, label, text string) {
		steps = append(steps, checkStep{mark: mark, label: label, text: text})
	}
	if !a.CreateCustomer {
		add(markWarning, "customers", "mail of unknown senders is not uploaded (create_customer: false)")
	}
	switch {
	case c.NobodyGetsCustomers(a):
		add(markWarning, "managers", nobodyText(a.ManagerGroup, c))
	case c.LacksGroup(a):
		add(markWarning, "managers", noGroupText)
	case c.NobodyIsNotified(a):
		add(markWarning, "managers", unnotifiedText)
	}
	if others := c.SameMailbox(a); len(others) > 0 {
		noun := "account "
		if len(others) > 1 {
			noun = "accounts "
		}
		add(markWarning, "mailbox", "collects the same mailbox as "+noun+someOf(others, shownNames)+
			"; each of them uploads its messages")
	}
	if a.DeleteUploaded {
		add(markWarning, "deletion", deletionText(a))
	}
	switch {
	case a.MarkSeen && a.Protocol == inbound.POP3:
		add(markWarning, "marking", "POP3 cannot mark mail as read (mark_seen: true)")
	case a.MarkSeen:
		add(markNone, "marking", "uploaded mail is marked as read on the server (mark_seen: true)")
	}
	return steps
}

// nobodyText says that nobody is in a group, and which groups there are instead.
func nobodyText(group string, c *config.Settings) string {
	text := fmt.Sprintf("nobody is in group \"%s\"; new customers wait; ", plainText(group))
	switch names := c.GroupNames(); {
	case len(c.Managers) == 0:
		return text + "there are no managers"
	case len(names) == 0:
		return text + "no manager is in a group"
	default:
		return text + "the groups are " + someOf(names, 2*shownNames)
	}
}

const (
	noGroupText    = "manager_group is missing: new customers get no manager, and nobody is notified of them"
	unnotifiedText = "manager_group is missing, and no customer of the settings has a manager: nobody is notified"
)

// exposedText says what to do about a settings file with secrets that others can read.
func exposedText(c *config.Settings, mode fs.FileMode) string {
	return fmt.Sprintf("has a password or token and is readable by others (mode %#o); run: chmod 600 %s",
		mode, plainText(config.AbsolutePath(c.File)))
}

// exposedDatabaseText says what to do about a database that others can read.
func exposedDatabaseText(c *config.Settings, mode fs.FileMode) string {
	return fmt.Sprintf("has the mail and is readable by others (mode %#o); run: chmod 600 %s",
		mode, plainText(c.Database.String()))
}

// warnOfExposure logs a settings file with secrets, and a database, that others can read.
func warnOfExposure(logger *slog.Logger, c *config.Settings) {
	if mode, exposed := c.Exposed(); exposed {
		logger.Warn("the settings file " + exposedText(c, mode))
	}
	if mode, exposed := c.DatabaseExposed(); exposed {
		logger.Warn("the database " + exposedDatabaseText(c, mode))
	}
}

// warnOfGroups logs the groups that nobody is in, although accounts give them customers,
// and the accounts that name no group.
func warnOfGroups(logger *slog.Logger, c *config.Settings) {
	accounts := make(map[string][]string) // by group
	for _, a := range c.Accounts {
		if !a.Inactive && c.NobodyGetsCustomers(a) {
			accounts[a.ManagerGroup] = append(accounts[a.ManagerGroup], a.ID)
		}
	}
	for _, one := range []struct {
		text  string
		holds func(inbound.Account) bool
	}{{noGroupText, c.LacksGroup}, {unnotifiedText, c.NobodyIsNotified}} {
		var ids []string
		for _, a := range c.Accounts {
			if !a.Inactive && one.holds(a) {
				ids = append(ids, a.ID)
			}
		}
		if len(ids) > 0 {
			logger.Warn(one.text, "accounts", ids)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(accounts)) {
		logger.Warn("nobody is in the group that gets new customers; they wait",
			"group", group, "accounts", accounts[group], "groups", c.GroupNames())
	}
}

// notificationStep returns the line about the notifications of the first run, if there
// are any of the mail that is on the server. messages is how much that is; -1: unknown.
func notificationStep(c *config.Settings, a inbound.Account, messages int64) (step checkStep, ok bool) {
	all := !a.Start.Now && a.Start.Since.IsZero()
	nobody := c.NobodyGetsCustomers(a) || c.LacksGroup(a) || c.NobodyIsNotified(a)
	if !a.NotifyManager || a.Inactive || !all || nobody || messages == 0 {
		return checkStep{}, false
	}
	text := "the first run notifies them of each message that it uploads"
	if messages > 0 {
		text += ", of the " + groupedText(messages)
	}
	return checkStep{mark: markWarning, label: "managers",
		text: text + " (start: now, or a date, keeps old mail out)"}, true
}

func deletionText(a inbound.Account) string {
	when := "immediately"
	if a.DeleteAfter > 0 {
		when = "after " + spanText(a.DeleteAfter)
	}
	return "uploaded mail is deleted from the server " + when + " (delete_uploaded: true)"
}

// spanText returns a time span in days, or as Go writes it, without units that are 0 at
// its end.
func spanText(span time.Duration) string {
	const day = 24 * time.Hour
	if span%day == 0 {
		return countText(int64(span/day), "day")
	}
	text := span.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// dateText returns the date of an account's start.
func dateText(since time.Time) string { return since.UTC().Format(time.DateOnly) }
