package imapfetch

import (
	"sync/atomic"
)

// server is what a Fetcher has learned of a server. It is kept for the Fetcher's
// lifetime, is the same for all accounts there, and has nothing of them in it.
type server struct {
	// oneByOne means that the server does not take a command before it has answered
	// the one before.
	oneByOne atomic.Bool
	// pipelines means that it has answered commands that were sent together.
	pipelines atomic.Bool
	// refusesID means that it announces ID (RFC 2971) and does not answer it.
	refusesID atomic.Bool
	// login is how to log in by password: a loginMethod.
	login atomic.Int32
	// form is how to ask for the UIDs in a folder: a listForm.
	form atomic.Int32
	// answersStar means that a search for n:* has found something.
	answersStar atomic.Bool
	// oddTails is how many answers in a row to openTail have proved nothing.
	oddTails atomic.Int32
	// refusesIdle means that it announces IDLE (RFC 2177) and refuses it.
	refusesIdle atomic.Bool
}
