//go:build linux

package mailserver

import (
	"strconv"

	"github.com/postroom/postroom/internal/daemon"
)

// startCourier starts Courier, whose users are those of the system and have Maildirs.
func startCourier(v *Server) error {
	ports, err := daemon.FreePorts("127.0.0.1", 2)
	if err != nil {
		return err
	}
	v.IMAP, v.POP3, v.FolderPrefix, v.deliver = ports[0], ports[1], "INBOX.", v.root.deliverMaildir
	if err := v.root.addUsers(); err != nil {
		return err
	}
	for _, user := range userNames() {
		if err := v.root.makeMaildir(user); err != nil {
			return err
		}
	}
	if err := v.root.set("/etc/courier/authdaemonrc", "authmodulelist", "authpam"); err != nil {
		return err
	}
	for program, port := range map[string]int{"imapd": v.IMAP, "pop3d": v.POP3} {
		err := v.root.set("/etc/courier/"+program,
			"ADDRESS", "127.0.0.1", "PORT", strconv.Itoa(port), "MAXPERIP", "100")
		if err != nil {
			return err
		}
	}
	const sockets = "/run/courier/authdaemon"
	if err := v.root.run("", "install", "-d", "-o", "courier", "-g", "courier", sockets); err != nil {
		return err
	}
	p, err := v.root.start("/usr/lib/courier/courier-authlib/authdaemond")
	if err != nil {
		return err
	}
	if err := p.Await("unix", v.root.path(sockets+"/socket")); err != nil {
		return err
	}
	for _, program := range []string{"imapd", "pop3d"} {
		if err := v.root.run("", "/usr/sbin/"+program, "start"); err != nil {
			return err
		}
	}
	return v.await(v.root.init)
}
