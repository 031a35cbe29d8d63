//go:build linux

package mailserver

import (
	"fmt"

	"github.com/postroom/postroom/internal/daemon"
)

// mailutilsConf is the configuration of both servers. Users are those of the system, and
// have mboxes in /var/mail.
const mailutilsConf = `mode daemon;
foreground yes;
pidfile /run/%s.pid;
max-children 50;
server 127.0.0.1:%d { transcript no; };
mailbox { mail-spool /var/mail; mailbox-type mbox; };
auth { authentication "generic:system:pam"; authorization "system"; };
logging { syslog yes; facility mail; };
`

// startMailutils starts the servers of GNU mailutils. Its IMAP server does not find the
// UIDVALIDITY again that it has written into an mbox once the mbox has grown.
func startMailutils(v *Server) error {
	ports, err := daemon.FreePorts("127.0.0.1", 2)
	if err != nil {
		return err
	}
	v.IMAP, v.POP3, v.deliver = ports[0], ports[1], v.root.deliverMbox
	v.Renumbers, v.Notes = true, []string{"X-IMAPbase", "X-UID", "X-UIDL", "Status"}
	if err := v.root.addUsers(); err != nil {
		return err
	}
	var programs []*daemon.Process
	for i, program := range []string{"imap4d", "pop3d"} {
		file := "/etc/" + program + "-test.conf"
		if err := v.root.write(file, fmt.Sprintf(mailutilsConf, program, ports[i])); err != nil {
			return err
		}
		p, err := v.root.start("/usr/sbin/"+program, "--config-file="+file)
		if err != nil {
			return err
		}
		programs = append(programs, p)
	}
	return v.await(programs...)
}
