package mailgen

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Options shape a mailbox. Zero values mean the defaults.
type Options struct {
	Seed     uint64
	Messages int // how many; default 1000
	// Senders is the number of people who write; default one for every four
	// messages. How much each of them writes follows Zipf's law.
	Senders int
	// Scale multiplies the size of attachments and newsletters; default 1, at
	// which 10,000 messages are about 700 MB. A test is quick with 0.05.
	Scale float64
	// Recipient is the mailbox; default shop@shop.example.
	Recipient string
	// Start is when the first message was sent; default 2025-01-01. The
	// messages are about an hour apart.
	Start time.Time
}

// Generator generates the messages of one mailbox. It is safe for concurrent use.
type Generator struct {
	options  Options
	people   []person
	sender   []int // of each message, an index into people; -1 if no person wrote it
	previous []int // of each message, the sender's message that it follows; -1 if there is none
	kinds    []kind
}

// Truth is what a parser has to find in a message.
type Truth struct {
	From        string // the address in lower case; of a bounce, that of the mail system
	FromName    string
	Subject     string
	MessageID   string // with angle brackets
	InReplyTo   string // with angle brackets; "" if the message starts a thread
	Date        time.Time
	Class       Class
	Charset     string // of the text part
	Line        string // a line of the text part, decoded
	Attachments []Attachment
}

// Attachment is a file in a message.
type Attachment struct {
	Name   string
	Type   string
	Size   int64  // decoded bytes
	SHA256 string // of the decoded bytes, hex
}

// Class is what kind of mail a message is; the values are those of inbound/email.
type Class string

// The classes.
const (
	Personal  Class = "personal"
	AutoReply Class = "auto_reply"
	Bounce    Class = "bounce"
	Bulk      Class = "bulk" // newsletters; they carry List headers too
)

// New returns the generator of a mailbox.
func New(o Options) *Generator {
	if o.Messages == 0 {
		o.Messages = 1000
	}
	if o.Senders == 0 {
		o.Senders = 1 + o.Messages/4
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Recipient == "" {
		o.Recipient = "shop@shop.example"
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC)
	}
	g := &Generator{options: o, people: makePeople(o.Seed, o.Senders)}
	g.cast()
	return g
}

// cast decides the sender and kind of each message, and which message it follows.
func (g *Generator) cast() {
	rng := rand.New(rand.NewPCG(g.options.Seed, 1))
	shares := zipf(g.options.Senders)
	last := make(map[int]int)
	for i := range g.options.Messages {
		k := pickKind(rng)
		sender, previous := -1, -1
		if k.byPerson() {
			sender = shares.pick(rng.Float64())
			if before, ok := last[sender]; ok && rng.Float64() < 0.6 {
				previous = before
			}
			last[sender] = i
		}
		g.kinds = append(g.kinds, k)
		g.sender = append(g.sender, sender)
		g.previous = append(g.previous, previous)
	}
}

// Len returns the number of messages.
func (g *Generator) Len() int { return g.options.Messages }

// Senders returns the addresses of the people who may write. The first of them
// writes most.
func (g *Generator) Senders() []string {
	addresses := make([]string, len(g.people))
	for i, p := range g.people {
		addresses[i] = p.address
	}
	return addresses
}

// Message returns message i, with 0 <= i < Len. Its lines end in CRLF.
func (g *Generator) Message(i int) ([]byte, Truth) {
	rng := rand.New(rand.NewPCG(g.options.Seed, uint64(i)+1000))
	w := &writer{rng: rng, buf: new(bytes.Buffer), scale: g.options.Scale}
	var t Truth
	switch g.kinds[i] {
	case newsletter:
		t = g.newsletter(w, i)
	case autoReply:
		t = g.autoReply(w, i)
	case bounce:
		t = g.bounce(w, i)
	default:
		t = g.personal(w, i)
	}
	return w.buf.Bytes(), t
}

// date returns when message i was sent.
func (g *Generator) date(i int) time.Time {
	minute := time.Duration(i*60+i*i%50) * time.Minute
	return g.options.Start.Add(minute).UTC().Truncate(time.Second)
}

// id returns the Message-ID of message i.
func (g *Generator) id(i int) string {
	return fmt.Sprintf("<%x.%d.%x@mail.postroom.example>", g.options.Seed+77, i, uint64(i)*0x9E3779B97F4A7C15)
}

// law is a cumulative distribution over senders.
type law []float64

func zipf(n int) law {
	l := make(law, n)
	var total float64
	for i := range l {
		total += 1 / math.Pow(float64(i+1), 0.9)
		l[i] = total
	}
	for i := range l {
		l[i] /= total
	}
	return l
}

func (l law) pick(u float64) int {
	low, high := 0, len(l)-1
	for low < high {
		if mid := (low + high) / 2; l[mid] < u {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
