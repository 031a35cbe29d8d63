// Package transcript replays what mail servers and providers are known to say, for
// tests of a client. A transcript is a text file: one server, one protocol, and the
// behaviors for which it is known.
//
//	provider: Example Mail
//	protocol: imap
//	uids: 3 7-12 20-40/2
//	behavior busy: a message is refused once
//
//	= verbatim owner/repository#17
//	S: * OK Example ready
//
//	C: LOGIN *
//	S: {tag} OK logged in
//
//	C: UID FETCH {set} *BODY.PEEK[]*
//	@ behavior=busy with=7 times=1
//	= typical
//	S: {tag} NO [UNAVAILABLE] not now
//
//	C: *
//	S: {tag} BAD unknown command
//
// Lines that begin with # are comments. The header has one "key: value" on each line:
//
//	provider, protocol  the name for reports, and imap or pop3
//	uids                the messages in the mailbox: numbers and ranges, perhaps with a step
//	login               "password" (the default) or "token"
//	since               a date: the client is to leave out what arrived before it
//	window              POP3: how many messages a session shows; those that were retrieved
//	                    in a session that ended by QUIT are not shown again
//	behavior NAME       what the provider does; at least three
//
// After the header come rules, with an empty line between them. A rule says what a
// command is answered with: the first rule that applies counts. One without a command
// is the greeting. A rule may go on: after an answer, C: is the next line of the client.
//
//	C: PATTERN    a command, without its tag, in any letter case. * stands for anything,
//	              {star} for a star, {set} for UIDs and {n} for the number of a message:
//	              these two select the messages of the answer, which else are all
//	S: TEXT       a line of the answer
//	M: TEXT       a line of the answer for each selected message
//	M[UID]: TEXT  the same for one message, in place of the lines for all
//	= verbatim SOURCE
//	              the lines that follow, up to the next mark, are in a public log or source:
//	              an address, owner/repository#number, a repository, or a file of one. Names
//	              of accounts, addresses and the numbers of messages are replaced.
//	= typical SOURCE
//	              they are made in the form that the source describes; it may be left out
//	@ KEY=VALUE   when a rule applies, and what it does; several on a line:
//	  behavior=NAME  the rule belongs to this behavior, which is met when its rules are used
//	  times=N        it applies N times, in all connections together
//	  with=UID       it applies if this message is among the selected ones
//	  longer=N       it applies to lines of more than N bytes
//	  after=VERB     it applies after such a command in the connection; unless=VERB is the
//	                 opposite
//	  then=WHAT      close (the connection); retrieved (the messages); quit
//	  means=CAUSE    the operation fails by this inbound.Cause, perhaps with the pause that
//	                 the server asks for: means=throttled,4m59.961s
//	  guard=yes      the client must not make the server use this rule
//
// In the text of an answer, {tag}, {count}, {octets}, {uidnext}, {uids} (of the selected
// messages) and {space} are replaced; and for one message {n}, {uid}, {size}, {size*N},
// {date}, {body} and {header} (IMAP literals), {text} (of POP3, without the last dot), and
// \xNN by a byte.
package transcript
