package postgres

// Options configure a server. The zero value, like nil, means a server with the settings
// of a new one: a commit is on the disk when it returns.
type Options struct {
	// Dir is the directory in which the server creates its own; "" means the system's
	// directory for temporary files. If root starts the server, it must be open to other
	// users.
	Dir string
	// Settings are more lines of postgresql.conf, such as "max_connections = 20".
	Settings []string
}
