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
// and calls [New]. Accounts that change at run time come from an [AccountSource], such as
// [SavedAccounts]. [Syncer.Run] then does everything until its context ends;
// [Syncer.Sync] makes one pass, [Syncer.Explain] says what would become of a message. A host
// with a scheduler of its own, such as a queue of jobs, has it call [Syncer.Due],
// [Syncer.SyncDue], [Syncer.Dispatch] and [Syncer.AssignWaiting].
// For a person there are [Syncer.Check], which tries a connection,
// [Syncer.Reconcile], which compares server and ledger, [Syncer.Replay] for mail that
// was left unmatched, and [Syncer.Redecide] for what was quarantined.
//
// # The way of one message
//
// The steps are files of this package. Run has a runner for each account (run, crew,
// runner), which keeps its session between passes (session, renew), waits until the next
// one is due (schedule; due without Run) and follows the settings (settings, reload);
// budget bounds them all. A pass (sync, visit, pass) takes one folder after the other
// through the steps:
//
//	plan        where to begin in a folder, and from when mail counts
//	page        what a page lists, minus what already has a final outcome
//	uidvalidity what to do when the server's identities are no longer valid;
//	            duplicatekeys when POP3 gives several messages the same one
//	history     what was there at first, read in slices after what is new (historyturn,
//	            turn); maildrop does it in POP3
//	withhold    what to do with messages that are marked as deleted or as drafts
//	retry       how long to wait before a failed message is tried again
//	fetch       stream the bytes off the wire, headers first where that saves bytes
//	stepwatch   say which step waits long for the server, and end one that is too slow
//	allowance   say when more old mail may be read, by what the provider allows (usage);
//	            providerlimits asks it for each slice of a history
//	spool       keep them in bounded memory, or in a file when they are large
//	reorder     put them in the order of the listing
//	pipeline    parse concurrently, pass on in batches and in that order
//	bisect      the only way into the committer: commit a batch, or find what makes it fail
//	recognize   what was uploaded before: by its bytes, or by its fingerprint and parts;
//	            sameshop when another account of the shop uploads it meanwhile
//	match       find the customers of a batch
//	sender      whom a message counts as sent by; company which addresses are its own
//	rules       the settings that hold for a message, and its facts
//	decide      a pure function from settings and facts to a decision
//	undelivered what to do with a message of which less came than the server lists
//	archivestep put the bytes into the archive, where there is one, before the transaction
//	create      create the customers that are missing
//	managers    decide who is notified of a customer's messages
//	commit      apply a batch in one transaction
//	initial     who is notified of what was there at first; digest and outbox hold it back
//	seen        mark as read what is committed
//	delete      remove from the server what is committed and kept whole
//	waiting     assign managers to waiting customers, step by step (assignstep)
//	health      how an account is doing; alert notifies operators of it, overview and
//	            healthhandler show it of all accounts
//
// The pipeline knows nothing of customers, the committer nothing of servers. Both
// read and write the ledger through records. Calls to the host are in hostcall,
// requests for access tokens in keychain. They are made outside of transactions,
// except Create and AttachManager of a customer.Transactional. Every write is fenced by
// a lease (lease, fence).
//
// # What it guarantees
//
// A message is recorded in the [Ledger] in the same transaction as the email, the
// customer's assignment and the notifications, and removed from the server only
// afterwards, when its kept bytes have been compared. A message is fetched again
// until it is recorded, and every step is idempotent, so a crash at any point leaves
// work to do again and nothing to repair. Whether a message was uploaded is decided by
// the ledger and, where it has a new identity, by comparing its bytes, or its header's
// fingerprint and its parts; never by \Seen, a date, the highest UID or a Message-ID alone.
//
// # Where raw mail is kept
//
// The Store keeps the bytes of what is uploaded or quarantined, unless there is a
// [Config.Archive]: then it keeps their SHA-256 only. They are durable there before the
// transaction that refers to them begins, and are verified whenever they are read. A pass that
// dies in between leaves bytes that nothing refers to; [Syncer.CleanArchive] removes them. A host
// opens bytes by [Syncer.OpenRaw], wherever they are: a database that had mail before it had an
// archive keeps that mail.
//
// # Non-goals
//
// It sends no mail, does not synchronize folders, and does not decide which
// conversation an email belongs to; In-Reply-To and References are kept for
// hosts that do.
package inbound
