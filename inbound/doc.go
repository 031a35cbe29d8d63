// Package inbound uploads incoming emails: it reads the mailboxes of a company's
// online stores, binds every email to the customer who sent it, creates customers
// where the account says so, shares them out among managers and leaves
// notifications in the outbox.
//
// # How to use it
//
// A host implements [CustomerRepo], [ManagerDirectory] and [Notifier], chooses a
// [Store] and one [Fetcher] for each protocol (packages below adapters), describes
// its mailboxes as [Account] values, says where their secrets are ([Credentials]),
// and calls [New]. [Syncer.Run] then does everything until its context ends;
// [Syncer.Sync] makes one pass, [Syncer.Explain] says what would become of a message.
// For a person there are [Syncer.Check], which tries a connection,
// [Syncer.Reconcile], which compares server and ledger, [Syncer.Replay] for mail that
// was left unmatched, and [Syncer.Redecide] for what was quarantined.
//
// # The way of one message
//
// The steps are files of this package. A pass (sync, pass, session) takes one folder
// after the other through them:
//
//	plan        where to begin in a folder, and from when mail counts
//	page        what a page of the listing has, less what the ledger has settled
//	uidvalidity what to do when the server's identities are not valid any more;
//	            twins when POP3 gives several messages the same one
//	fetch       stream the bytes off the wire, headers first where that saves bytes
//	spool       keep them in bounded memory, or in a file when they are large
//	reorder     put them in the order of the listing
//	pipeline    parse concurrently, pass on in batches and in that order
//	bisect      the committer's one door: commit a batch, or find what makes it fail
//	match       find the customers of a batch
//	rules       the settings that hold for a message, and its facts
//	decide      a pure function from settings and facts to a decision
//	create      create the customers that are missing
//	care        settle who is notified of a customer's messages
//	commit      apply a batch in one transaction
//	seen        mark as read what is committed
//	delete      remove from the server what is committed and kept whole
//	waiting     give customers without a manager to one, step by step (assignstep)
//
// The pipeline knows nothing of customers, the committer nothing of servers. What
// both remember goes through records; what the host and a network are asked stands in
// hostcall and credentials, and happens outside of transactions; what is written is
// fenced by a lease (lease, fence).
//
// # What it guarantees
//
// A message is recorded in the [Ledger] in the same transaction as the email, the
// customer's assignment and the notifications, and removed from the server only
// afterwards, when its kept bytes have been compared. Fetching is repeated until
// that has happened, and every step is idempotent, so a crash at any point leaves
// work to do again and nothing to repair. \Seen, dates and a highest UID are never
// the memory of what was uploaded: it is the ledger's records, and where the server
// may have given an identity to another message, the bytes.
//
// # Non-goals
//
// It sends no mail, keeps no folders in step, and does not decide which
// conversation an email belongs to; In-Reply-To and References are kept for
// hosts that do.
package inbound
