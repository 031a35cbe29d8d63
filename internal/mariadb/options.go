package mariadb

// Options configure a server. The zero value, like nil, means small buffers, and that
// what is committed survives a power cut.
type Options struct {
	// Dir is the directory in which the server creates its own; "" means the system's
	// directory for temporary files. If root starts the server, it must be open to
	// other users.
	Dir string
	// Extra is added to the arguments of mariadbd, as in "--sql-mode=ANSI_QUOTES".
	Extra []string
}
