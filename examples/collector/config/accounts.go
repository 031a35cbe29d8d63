package config

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// NobodyGetsCustomers reports an account whose new customers wait, because no manager
// is in its group.
func (s *Settings) NobodyGetsCustomers(a inbound.Account) bool {
	return a.CreateCustomer && a.ManagerGroup != "" && !slices.Contains(s.GroupNames(), a.ManagerGroup)
}

// LacksGroup reports an account whose new customers get no manager, because it names no
// group.
func (s *Settings) LacksGroup(a inbound.Account) bool {
	return a.CreateCustomer && a.ManagerGroup == ""
}

// NobodyIsNotified reports an account that notifies managers, although the settings give
// no customer to any.
func (s *Settings) NobodyIsNotified(a inbound.Account) bool {
	hasManager := func(c customer.Customer) bool { return c.ManagerID != "" }
	return a.NotifyManager && !a.CreateCustomer && a.ManagerGroup == "" &&
		!slices.ContainsFunc(s.Customers, hasManager)
}

// GroupNames returns the groups that managers are in, in alphabetical order.
func (s *Settings) GroupNames() []string {
	names := make(map[string]bool)
	for _, groups := range s.Groups {
		for _, name := range groups {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// SameMailbox returns the other accounts that collect mail of the same mailbox, so that
// each message is uploaded more than once. Inactive accounts collect nothing.
func (s *Settings) SameMailbox(a inbound.Account) []string {
	var ids []string
	for _, b := range s.Accounts {
		if a.ID != b.ID && !a.Inactive && !b.Inactive && mailboxOf(a) == mailboxOf(b) && shareFolder(a, b) {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// mailboxOf identifies a mailbox. The usual ports of IMAP and POP3 are one server.
func mailboxOf(a inbound.Account) string {
	host := strings.TrimSuffix(a.Host, ".")
	switch a.Port {
	case 0, 993, 143, 995, 110:
	default:
		host = net.JoinHostPort(host, strconv.Itoa(a.Port))
	}
	return strings.ToLower(a.Username + " at " + host)
}

// shareFolder reports accounts that have a folder in common. POP3 reads INBOX.
func shareFolder(a, b inbound.Account) bool {
	folders := func(a inbound.Account) []string {
		if len(a.Folders) == 0 {
			return []string{"INBOX"}
		}
		return a.Folders
	}
	for _, one := range folders(a) {
		for _, other := range folders(b) {
			if one == other || strings.EqualFold(one, "INBOX") && strings.EqualFold(other, "INBOX") {
				return true
			}
		}
	}
	return false
}
