package mailgen

import "math/rand/v2"

// kind is the kind of a generated message.
type kind int

const (
	short      kind = iota // text, or text with HTML: 2 to 8 KiB
	newsletter             // HTML: 20 to 60 KiB
	attached               // one file: 50 to 500 KiB
	heavy                  // one to three files: 1 to 5 MiB
	autoReply
	bounce
)

// mix is the share of each kind in percent.
var mix = []struct {
	kind  kind
	share float64
}{
	{short, 58}, {newsletter, 25}, {attached, 12}, {heavy, 2.9}, {autoReply, 1.2}, {bounce, 0.9},
}

func pickKind(rng *rand.Rand) kind {
	u := rng.Float64() * 100
	for _, m := range mix {
		if u < m.share {
			return m.kind
		}
		u -= m.share
	}
	return short
}

// byPerson reports whether the message is sent from a person's mailbox. This is so
// for automatic replies too.
func (k kind) byPerson() bool { return k != newsletter && k != bounce }
