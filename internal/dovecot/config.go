package dovecot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// config returns the whole configuration of the server.
func (s *Server) config() string {
	var b strings.Builder
	set := func(key string, value any) { fmt.Fprintf(&b, "%s = %v\n", key, value) }

	set("protocols", "imap pop3")
	set("listen", s.Host())
	set("base_dir", filepath.Join(s.dir, "run"))
	set("state_dir", filepath.Join(s.dir, "run"))
	set("log_path", s.logFile())

	set("ssl", s.sslMode())
	set("ssl_cert", "<"+filepath.Join(s.dir, "server.pem"))
	set("ssl_key", "<"+filepath.Join(s.dir, "server.key"))
	set("ssl_min_protocol", "TLSv1.2")
	set("disable_plaintext_auth", yesNo(s.options.RequireTLS))
	set("auth_mechanisms", "plain login")
	set("auth_failure_delay", 0)

	set("mail_location", s.mailLocation())
	set("mail_max_userip_connections", s.options.MaxUserIPConnections)
	set("mail_fsync", "never") // its mail is not kept anyway
	set("first_valid_uid", 1)
	set("first_valid_gid", 1)
	fmt.Fprintf(&b, "passdb {\n  driver = passwd-file\n  args = %s\n}\n", s.usersFile())
	fmt.Fprintf(&b, "userdb {\n  driver = passwd-file\n  args = %s\n}\n", s.usersFile())
	b.WriteString("namespace inbox {\n  inbox = yes\n  separator = /\n}\n")

	// Login processes serve many connections: tests open them in bursts.
	fmt.Fprintf(&b, "service imap-login {\n  chroot =\n  service_count = 0\n"+
		"  inet_listener imap {\n    port = %d\n  }\n  inet_listener imaps {\n    port = %d\n    ssl = yes\n  }\n}\n",
		s.ports.IMAP, s.ports.IMAPS)
	fmt.Fprintf(&b, "service pop3-login {\n  chroot =\n  service_count = 0\n"+
		"  inet_listener pop3 {\n    port = %d\n  }\n  inet_listener pop3s {\n    port = %d\n    ssl = yes\n  }\n}\n",
		s.ports.POP3, s.ports.POP3S)
	// Without the penalty, wrong passwords in one test do not slow down the next test.
	b.WriteString("service anvil {\n  chroot =\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n")
	b.WriteString("service stats {\n  chroot =\n}\n")
	set("default_process_limit", 2000)
	set("default_client_limit", 10000)

	if os.Geteuid() != 0 {
		set("default_internal_user", s.owner.name)
		set("default_internal_group", s.owner.group)
		set("default_login_user", s.owner.name)
	}
	b.WriteString(s.options.Extra)
	b.WriteString("\n")
	return b.String()
}

func (s *Server) sslMode() string {
	if s.options.RequireTLS {
		return "required"
	}
	return "yes"
}

func (s *Server) mailLocation() string {
	switch s.options.Storage {
	case MDBox, SDBox:
		return fmt.Sprintf("%s:~/%[1]s", s.options.Storage)
	case Mbox:
		return "mbox:~/folders:INBOX=~/inbox"
	default:
		return "maildir:~/Maildir:UTF-8"
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
