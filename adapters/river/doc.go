// Package riverjobs runs an inbound.Syncer as jobs of [River], a queue of jobs on PostgreSQL,
// on as many machines as wanted. It is for hosts that have River, and for more accounts than
// one machine can serve; Syncer.Run does the same without River, also in several processes.
//
//	import riverjobs "github.com/postroom/postroom/adapters/river"
//
//	config := &river.Config{SoftStopTimeout: 3 * time.Second}
//	if err := riverjobs.New(syncer, nil).AddTo(config); err != nil { ... }
//	client, err := river.NewClient(riverpgxv5.New(pool), config)
//	...
//	err = client.Start(ctx) // when ctx ends, it stops within seconds: <-client.Stopped()
//
// Each process has such a client, and a Syncer on the same store with the same accounts. The
// tables of River are made by its package rivermigrate; they may be in a different database
// than those of the store.
//
// # The jobs
//
// The store says when an account is due (inbound.Health). Every 5 seconds, a job
// "postroom_plan" makes a job "postroom_sync" of each account that is due and has none. That
// job makes one pass, by Syncer.SyncDue. It is snoozed
//
//   - for 5 seconds while somebody else has the account's lease,
//   - until the time that a server which limits logins or commands has stated,
//   - for about a second when it has read old mail of an initial upload for
//     Options.HistoryTime. New mail comes first each time.
//
// It is not retried by River when it fails: it becomes "discarded" with the cause, the store
// has the time of the next attempt, and at that time there is a new job. The job
// "postroom_dispatch" delivers notifications and assigns waiting customers, every 10 seconds
// and after each pass that had mail.
//
// # When workers die
//
// An account is never worked on by two workers at a time: the lease in the store ensures it,
// not the queue. A worker that is stopped for a while and then goes on writes nothing any
// more. After a worker died, its lease ends within half a minute. A job that has been running
// for half a minute gets a replacement, which waits for the lease: so another worker takes
// over after half a minute or so, without waiting for River's rescuer (an hour by default).
// River's leader, which makes the periodic jobs, is replaced within 20 seconds.
//
// A process that is asked to stop finishes the batch of messages that it is committing, gives
// the lease back, and its job is available to others immediately.
//
// # What a host has to know
//
//   - All clients that are started on a schema of River's tables need AddTo, or
//     LeaderElectionDisabled in their configuration: River's leader makes the periodic
//     jobs, and only those of its own configuration.
//   - One Syncer has a schema of its own (river.Config.Schema). So have tenants.
//   - A worker that is stopped in the middle of a transaction, or whose machine is gone, keeps
//     the locks of that transaction, for which the others wait. Where the store is on
//     PostgreSQL, set idle_in_transaction_session_timeout, to 10 seconds say, for its
//     connections.
//   - The accounts are read from Config.AccountSource before each job: accounts that are
//     added, changed or removed are followed within seconds. An account that is left alone
//     after refused logins is tried again when somebody has changed its password and
//     inserts SyncArgs with Now.
//   - Push (IMAP IDLE) needs a connection that stays open, and so a process that runs
//     Syncer.Run beside the client, on the same store. Run holds the accounts that it watches,
//     and makes their passes when mail comes and when they are due. Set Options.Late to a
//     minute then: the jobs leave these accounts alone as long as Run keeps up with them, and
//     take over if it ends. To watch only some accounts, give that process's Syncer an
//     AccountSource that marks the others as Paused.
//
// [River]: https://riverqueue.com
package riverjobs
