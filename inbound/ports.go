package inbound

import (
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// The three interfaces that a host implements.
type (
	// CustomerRepo is the host's customer repository.
	CustomerRepo = customer.Repo
	// ManagerDirectory is the host's users.
	ManagerDirectory = assign.ManagerDirectory
	// Notifier is how the host tells its managers.
	Notifier = notify.Notifier
)

// Class is what kind of mail a message is.
type Class = email.Class
