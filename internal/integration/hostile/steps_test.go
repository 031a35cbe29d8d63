package hostile

import (
	"bytes"
	"compress/flate"
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

// endless is after how many bytes a client is said to take all.
const endless = 160 << 20

// usual answers the command as it should be answered.
func (p *peer) usual() {
	if p.text == "greeting" {
		return
	}
	if p.protocol == inbound.IMAP {
		p.usualIMAP()
	} else {
		p.usualPOP3()
	}
}

// instead answers by these lines only, with the tag for TAG.
func instead(lines ...string) step { return func(p *peer) { p.say(lines...) } }

// before sends these lines, and then the usual answer.
func before(lines ...string) step {
	return func(p *peer) { p.say(lines...); p.usual() }
}

// bye sends these lines and hangs up.
func bye(lines ...string) step {
	return func(p *peer) { p.say(lines...); panic(hungUp{}) }
}

// flood sends begin, and then text without end, as fast as it can.
func flood(begin, text string) step {
	return func(p *peer) { p.raw(begin); p.flood(text, endless) }
}

// drip sends text without end, a byte every two seconds.
func drip(text string) step { return func(p *peer) { p.drip(text) } }

// patter sends begin, and then a line without end, with pauses.
func patter(begin, line string, pause time.Duration) step {
	return func(p *peer) { p.raw(begin); p.patter(line, pause) }
}

// repeated sends begin, a text n times, end and the usual answer.
func repeated(begin, text string, n int, end string) step {
	return func(p *peer) {
		p.raw(strings.ReplaceAll(begin, "TAG", p.tag))
		p.repeat(text, n*len(text))
		p.say(end)
		p.usual()
	}
}

// numbers sends begin, n numbers that go from first in steps, end and the usual answer.
func numbers(begin, format string, first, by, n int, end string) step {
	return func(p *peer) {
		var b strings.Builder
		p.raw(strings.ReplaceAll(begin, "TAG", p.tag))
		for i := range n {
			if fmt.Fprintf(&b, format, first+i*by); b.Len() > 32<<10 {
				p.raw(b.String())
				b.Reset()
			}
		}
		p.say(b.String() + end)
		p.usual()
	}
}

// bodies answers UID FETCH of a body with what literal returns, for the first message.
func bodies(literal func(p *peer, uid int)) step {
	return func(p *peer) { literal(p, p.asked()[0]); p.say("TAG OK done") }
}

// literalOf announces a body of that length, and sends text without end.
func literalOf(length any) step {
	return bodies(func(p *peer, uid int) {
		p.say(p.literal(uid, length))
		p.flood("From: c1@post.example\r\n", endless)
	})
}

// bomb is what expands to 16 MiB for a client that believes it has asked for COMPRESS.
func bomb() string {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // the level exists
	for range 1024 {
		_, _ = w.Write(make([]byte, 16<<10)) // to memory
	}
	_ = w.Close()
	return packed.String()
}

// anew sends the usual answer to EXAMINE and SELECT with a UIDVALIDITY that no answer had
// before.
func anew() step {
	validity := 1000
	return func(p *peer) {
		validity++
		p.say("* 3 EXISTS", fmt.Sprintf("* OK [UIDVALIDITY %d] v", validity),
			fmt.Sprintf("* OK [UIDNEXT %d] n", firstUID+3), "TAG OK done")
	}
}

// exists is the answer to EXAMINE of a folder with so many messages, and other lines.
func exists(n int, lines ...string) step {
	return func(p *peer) {
		p.say(fmt.Sprintf("* %d EXISTS", n), "* OK [UIDVALIDITY 7] v")
		p.say(append(lines, "TAG OK done")...)
	}
}

// Changes of a server.

func bearable(h *hostile)   { h.bearable = true }
func byCheck(h *hostile)    { h.checked, h.bearable = true, true }
func byToken(h *hostile)    { h.token = true }
func byStartTLS(h *hostile) { h.security = inbound.StartTLS }

func announces(caps ...string) func(*hostile) { return func(h *hostile) { h.caps = caps } }

func messages(count, length int) func(*hostile) {
	return func(h *hostile) { h.count, h.length = count, length }
}

// records says how many records the ledger may have of messages that the server has
// listed and not delivered.
func records(n int) func(*hostile) { return func(h *hostile) { h.rows = n } }

// within is how long the pass may take, in place of passLimit.
func within(d time.Duration) func(*hostile) { return func(h *hostile) { h.limit = d } }

// terrible is text that controls a terminal, ends a line or turns the direction of writing.
const terrible = "\x1b[2J\x1b]0;pwned\x07\xc2\x9b31m a\rb\u202e level=ERROR\x00\xff"

// slowly sends a message at 50 bytes a second.
func slowly(p *peer, size int) { inBursts(p, size, 1, 20*time.Millisecond) }

// slowBursts are ways to send a message for days, above the least rate of a stall.
func slowBursts() map[string]struct {
	bytes int
	pause time.Duration
} {
	return map[string]struct {
		bytes int
		pause time.Duration
	}{
		"300 bytes a second":               {300, time.Second},
		"a line of 3,500 bytes every 15 s": {3500, 15 * time.Second},
		"20,000 bytes every 90 s":          {20_000, 90 * time.Second},
	}
}

// inBursts sends so many bytes, so many at a time, with pauses.
func inBursts(p *peer, size, burst int, pause time.Duration) {
	line := strings.Repeat("x", burst-1) + "\n"
	if burst == 1 {
		line = "x"
	}
	for ; size > 0; size -= burst {
		p.raw(line[:min(size, burst)])
		p.sleep(pause)
	}
}
