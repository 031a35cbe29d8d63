package dovecot

// Options configure a server. The zero value, like nil, means a Maildir server with
// a valid certificate that allows logins with and without TLS.
type Options struct {
	Storage     Storage
	Certificate Certificate
	// RequireTLS refuses logins on connections without TLS. Such a server
	// listens on 127.0.0.2, which only Linux has without configuration.
	RequireTLS bool
	// MaxUserIPConnections is the number of connections that one user may have
	// from one address at a time; 0 means no limit.
	MaxUserIPConnections int
	// Dir is the directory in which the server creates its own; "" means the
	// system's directory for temporary files. Its path must be short, since it
	// contains sockets. If root starts the server, it must be open to other
	// users.
	Dir string
	// Extra is appended to Dovecot's configuration.
	Extra string
}

// Storage is the format in which the server stores mail.
type Storage string

// The storages. The zero value means Maildir.
const (
	Maildir Storage = "maildir"
	MDBox   Storage = "mdbox"
	SDBox   Storage = "sdbox"
	Mbox    Storage = "mbox" // mail is delivered only to INBOX
)

// Certificate says which certificate the server uses. Each is signed by an authority
// that the server has created; see [Server.CAFile].
type Certificate int

// The certificates.
const (
	Valid     Certificate = iota // for localhost and the server's address
	Expired                      // the same, but expired yesterday
	OtherHost                    // for a different host
)
