package dovecot

// Options shape a server. The zero value, like nil, is a Maildir server with a
// valid certificate that lets people log in with or without TLS.
type Options struct {
	Storage     Storage
	Certificate Certificate
	// RequireTLS refuses log-ins on connections without TLS. Such a server
	// listens on 127.0.0.2, which only Linux has by itself.
	RequireTLS bool
	// MaxUserIPConnections is how many connections one user may have from one
	// address at a time; 0 means no limit.
	MaxUserIPConnections int
	// Dir is the folder in which the server makes its own; "" means the
	// system's folder for temporary files. Its path must be short (sockets lie
	// in it) and open to other users when the server is started by root.
	Dir string
	// Extra is appended to Dovecot's configuration.
	Extra string
}

// Storage is how the server keeps mail.
type Storage string

// The storages. The zero value means Maildir.
const (
	Maildir Storage = "maildir"
	MDBox   Storage = "mdbox"
)

// Certificate is what the server shows to its clients. Each is signed by the
// server's own authority; see [Server.CAFile].
type Certificate int

// The certificates.
const (
	Valid     Certificate = iota // for localhost and the server's address
	Expired                      // the same, but it ended yesterday
	OtherHost                    // for another host
)
