package hostile

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// together names the trial with ten servers at once.
const together = "ten servers together"

// TestHostileServers makes a pass over each hostile server. Whatever the server does, the
// pass ends in time with an error that has a class, or succeeds where only a message is at
// fault; memory is bounded; no goroutine and no connection is left; and nothing is recorded
// that the server has not proved to have.
func TestHostileServers(t *testing.T) {
	servers := slices.Concat(imapServers(), pop3Servers())
	if name := os.Getenv(which); name != "" {
		trialOf(t, servers, name).run(t)
		return
	}
	assert.Greater(t, len(servers), 80)
	program := buildProgram(t)
	names := []string{together}
	for _, h := range servers {
		require.False(t, slices.Contains(names, h.name), "two servers are called %q", h.name)
		names = append(names, h.name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(runApart(t, program, name))
		})
	}
}

func trialOf(t *testing.T, servers []*hostile, name string) *trial {
	if name == together {
		return &trial{servers: ten(), heap: tenHeap}
	}
	i := slices.IndexFunc(servers, func(h *hostile) bool { return h.name == name })
	require.GreaterOrEqual(t, i, 0, "no server %q", name)
	return &trial{servers: servers[i : i+1], heap: oneHeap}
}

// ten are servers that need much memory at the same time.
func ten() []*hostile {
	wide := repeated("* 1 FETCH (BODYSTRUCTURE (", `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)`, 100_000, "))")
	large := messages(1, largest-1)
	trickle := func(p *peer, uid int) {
		p.say(p.literal(uid, largest-1))
		p.repeat("text", 3<<20)
		slowly(p, 1<<20)
	}
	trickleLines := func(p *peer) {
		p.say("+OK")
		p.repeat("text\r\n", 3<<20)
		slowly(p, 1<<20)
	}
	return []*hostile{
		uniqueIDs(),
		pop3("a trickle after 3 MiB", "RETR", trickleLines, large),
		pop3("lines without end", "RETR", flood("+OK\r\n", "text\r\n")),
		imap("a trickle after 3 MiB", "FETCH BODY", bodies(trickle), large),
		imap("a trickle after 3 MiB, too", "FETCH BODY", bodies(trickle), large),
		imap("a wide BODYSTRUCTURE", "FETCH SIZE", wide, bearable),
		imap("a literal of 2^62", "FETCH BODY", literalOf("4611686018427387904")),
		imap("UIDs of every second message", "SEARCH", numbers("* SEARCH", " %d", 1, 2, 4_000_000, ""), bearable),
		imap("flags without end", "EXAMINE", numbers("* FLAGS (", "f%d ", 0, 1, 500_000, ")"), bearable),
		imap("capabilities without end", "CAPABILITY", flood("* CAPABILITY ", "IMAP4rev1 ")),
	}
}
