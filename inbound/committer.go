package inbound

import (
	"log/slog"

	"github.com/postroom/postroom/assign"
)

// committer uploads batches of messages: it looks their senders up, decides, creates
// customers, and commits everything together. Its one door is commit.
type committer struct {
	rules   *rules
	account Account
	shop    []string // the accounts of the shop, this one included
	store   Store
	archive Archive // nil: the store keeps the bytes
	fence
	customers   customerRepo
	joins       *transactions
	distributor assign.Distributor
	outbox      outbox
	attempts    int     // failures of one message before it is quarantined; 0: never
	initial     *Health // to be kept up to date while the initial upload goes on; nil otherwise
	rereads     bool    // the messages are decided on again from kept bytes
	tally       *tally
	logger      *slog.Logger
	// dispatch is signaled when there are notifications to deliver, assign when a
	// customer waits for a manager.
	dispatch, assign signal
}
