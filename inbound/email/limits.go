package email

// Limits bound what Parse keeps and follows, whatever a sender made. Zero or less means
// the default; no limit can be switched off. Where a limit is hit, the message comes
// back without the rest and with a warning: the raw bytes still have it.
type Limits struct {
	HeaderBytes int // one header block, of the message or of a part; default 256 KiB
	Fields      int // header fields of one block; default 1000
	ValueBytes  int // one header field's value; default 64 KiB
	Depth       int // multiparts within multiparts; default 30
	Parts       int // parts of a message, all levels together; default 1000
	TextBytes   int // decoded text and decoded HTML, each; default 1 MiB
	Attachments int // default 500
	// SealedBytes is for sealed parts and what is within them, together; default 16 MiB. They
	// are in memory as a whole, so with an Opener each message that is being parsed may
	// take so much.
	SealedBytes int
	References  int // message IDs of References, addresses of To, Cc and Reply-To, each; default 100
}

func (l Limits) withDefaults() Limits {
	set := func(n *int, fallback int) {
		if *n <= 0 {
			*n = fallback
		}
	}
	set(&l.HeaderBytes, 256<<10)
	set(&l.Fields, 1000)
	set(&l.ValueBytes, 64<<10)
	set(&l.Depth, 30)
	set(&l.Parts, 1000)
	set(&l.TextBytes, 1<<20)
	set(&l.Attachments, 500)
	set(&l.References, 100)
	set(&l.SealedBytes, 16<<20)
	return l
}
